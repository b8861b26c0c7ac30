package dev.mortar.schemas.registry;

import java.util.List;
import org.apache.avro.Schema;

/**
 * A client of a schema registry with Confluent's protocol. Thread-safe.
 *
 * <p>Every method throws {@link RegistryException.Unavailable} if no URL answers within the configured retries,
 * {@link RegistryException.NotFound} if the registry does not have the subject, schema or id, and
 * {@link RegistryException.Refused} if it refuses for another reason.
 */
sealed interface RegistryClient permits HttpRegistry, MemoryRegistry {
    /** A new client for the registry in a configuration. Opens no connection. */
    static RegistryClient of(RegistryConfig config) {
        return config.memoryScope()
                .<RegistryClient>map(MemoryRegistry::shared)
                .orElseGet(() -> new HttpRegistry(config));
    }

    /**
     * The client that all serdes of this JVM share for the registry in a configuration. They share its cache, so fewer
     * schemas are missing while the registry is away.
     */
    static RegistryClient shared(RegistryConfig config) {
        return config.memoryScope().isPresent() ? of(config) : HttpRegistry.shared(config);
    }

    /**
     * Adds a schema to a subject unless the subject has it already.
     *
     * @return the schema's id, the same in all subjects
     * @throws RegistryException.Incompatible when the subject's compatibility forbids the schema
     */
    int register(String subject, Schema schema);

    /** The id and version of a schema that the subject already has. Changes nothing. */
    Version lookUp(String subject, Schema schema);

    Schema schema(int id);

    Version latest(String subject);

    /** Sets the compatibility of one subject. The subject need not exist yet. */
    void setCompatibility(String subject, Compatibility compatibility);

    /**
     * Asks whether a schema could be registered as the subject's next version. Changes nothing.
     *
     * @return the registry's objections; empty if it would accept the schema
     */
    List<String> violations(String subject, Schema schema);

    /** A schema in a subject. Its versions are 1, 2, 3 …; its id is the same in all subjects. */
    record Version(String subject, int version, int id, Schema schema) {}
}
