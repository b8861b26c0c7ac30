package dev.mortar.schemas.registry;

import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A schema registry, spoken to in Confluent's protocol. Safe for many threads.
 *
 * <p>Every method throws {@link RegistryException.Unavailable} when no URL answers within the configured retries,
 * {@link RegistryException.NotFound} when the registry does not know what it is asked for, and
 * {@link RegistryException.Refused} when it refuses for another reason.
 */
public sealed interface RegistryClient permits HttpRegistry, MemoryRegistry {

    /** A client of its own for the registry a configuration names. Opens no connection. */
    static RegistryClient of(RegistryConfig config) {
        return config.memoryScope()
                .<RegistryClient>map(MemoryRegistry::shared)
                .orElseGet(() -> new HttpRegistry(config));
    }

    /**
     * The client that all serdes of this JVM share for the registry a configuration names: what one has learnt all
     * know, and need not ask while the registry is away.
     */
    static RegistryClient shared(RegistryConfig config) {
        return config.memoryScope()
                .<RegistryClient>map(MemoryRegistry::shared)
                .orElseGet(() -> HttpRegistry.shared(config));
    }

    /**
     * Adds a schema to a subject unless the subject has it already.
     *
     * @param normalise whether the registry brings it into normal form before it compares
     * @return the schema's id, the same in all subjects
     * @throws RegistryException.Incompatible when the subject's compatibility forbids it
     */
    int register(String subject, Schema schema, boolean normalise);

    /** The id and version of a schema that the subject already has. Changes nothing. */
    Version lookUp(String subject, Schema schema, boolean normalise);

    /** The schema of an id. */
    Schema schema(int id);

    /** The newest schema of a subject. */
    Version latest(String subject);

    /** The compatibility of subjects that have none of their own. */
    Compatibility compatibility();

    /** The compatibility in force for a subject: its own or the global one. */
    Compatibility compatibility(String subject);

    /** Sets the compatibility of subjects that have none of their own. */
    void setCompatibility(Compatibility compatibility);

    /** Sets the compatibility of one subject, which need not exist yet. */
    void setCompatibility(String subject, Compatibility compatibility);

    /**
     * Asks whether a schema could be registered as the subject's next version. Changes nothing.
     *
     * @return what the registry objects to, in its own words; empty when it would be accepted
     */
    List<String> violations(String subject, Schema schema);

    /**
     * Asks each URL once whether it is there, for health checks. Never retries.
     *
     * @throws RegistryException when none answers well within the timeout
     */
    void ping(Duration timeout);

    /**
     * A schema in a subject.
     *
     * @param version 1, 2, 3 … within the subject
     * @param id the schema's id, the same in all subjects
     */
    record Version(String subject, int version, int id, Schema schema) {}
}
