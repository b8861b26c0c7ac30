package dev.mortar.schemas.registry;

import dev.mortar.schemas.registry.RegistryException.Incompatible;
import dev.mortar.schemas.registry.RegistryException.NotFound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/** A registry in memory, for tests. In a JVM, {@code mock://<scope>} always means the same registry. */
final class MemoryRegistry implements RegistryClient {
    private static final Map<String, MemoryRegistry> SCOPES = new ConcurrentHashMap<>();

    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Integer> idsByText = new HashMap<>();
    private final Map<String, List<Integer>> subjects = new HashMap<>();
    private final Map<String, Compatibility> compatibilities = new HashMap<>();

    static MemoryRegistry shared(String scope) {
        return SCOPES.computeIfAbsent(scope, _ -> new MemoryRegistry());
    }

    @Override
    public synchronized int register(String subject, Schema schema) {
        var known = idsByText.get(schema.toString());
        if (known != null && versions(subject).contains(known)) {
            return known;
        }
        var violations = violations(subject, schema);
        if (!violations.isEmpty()) {
            throw new Incompatible(subject, violations);
        }
        int id = idsByText.computeIfAbsent(schema.toString(), _ -> {
            schemas.add(schema);
            return schemas.size();
        });
        subjects.computeIfAbsent(subject, _ -> new ArrayList<>()).add(id);
        return id;
    }

    @Override
    public synchronized Version lookUp(String subject, Schema schema) {
        var versions = versionsOfKnown(subject);
        var id = idsByText.get(schema.toString());
        int index = id == null ? -1 : versions.indexOf(id);
        if (id == null || index < 0) {
            throw new NotFound(
                    NotFound.SCHEMA, "Subject " + subject + " has no such schema of " + schema.getFullName());
        }
        return new Version(subject, index + 1, id, schema);
    }

    @Override
    public synchronized Schema schema(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new NotFound(NotFound.SCHEMA, "No schema has id " + id);
        }
        return schemas.get(id - 1);
    }

    @Override
    public synchronized Version latest(String subject) {
        var versions = versionsOfKnown(subject);
        int id = versions.getLast();
        return new Version(subject, versions.size(), id, schema(id));
    }

    synchronized Compatibility compatibility(String subject) {
        return compatibilities.getOrDefault(subject, Compatibility.BACKWARD);
    }

    @Override
    public synchronized void setCompatibility(String subject, Compatibility compatibility) {
        compatibilities.put(subject, compatibility);
    }

    @Override
    public synchronized List<String> violations(String subject, Schema schema) {
        var earlier = versions(subject).stream().map(this::schema).toList();
        return compatibility(subject).violations(schema, earlier);
    }

    private List<Integer> versions(String subject) {
        return subjects.getOrDefault(subject, List.of());
    }

    private List<Integer> versionsOfKnown(String subject) {
        var versions = versions(subject);
        if (versions.isEmpty()) {
            throw new NotFound(NotFound.SUBJECT, "No subject is called " + subject);
        }
        return versions;
    }
}
