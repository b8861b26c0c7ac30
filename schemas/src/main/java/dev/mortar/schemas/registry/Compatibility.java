package dev.mortar.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * How a new version of a schema must be compatible with earlier ones. The names are those of the registry's protocol.
 */
public enum Compatibility {
    NONE(false, false, false),
    /** The new schema reads records of the last version. */
    BACKWARD(true, false, false),
    /** The new schema reads records of every version. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** The last version reads records of the new schema. */
    FORWARD(false, true, false),
    /** Every version reads records of the new schema. */
    FORWARD_TRANSITIVE(false, true, true),
    /** The new schema and the last version read each other's records. */
    FULL(true, true, false),
    /** The new schema and every version read each other's records. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsEarlier;
    private final boolean isReadByEarlier;
    private final boolean transitive;

    Compatibility(boolean readsEarlier, boolean isReadByEarlier, boolean transitive) {
        this.readsEarlier = readsEarlier;
        this.isReadByEarlier = isReadByEarlier;
        this.transitive = transitive;
    }

    /**
     * Why a schema must not follow the earlier versions (the oldest first), by Avro's rules of schema resolution. One
     * sentence for each violation; empty if the schema may follow.
     */
    public List<String> violations(Schema proposed, List<Schema> earlier) {
        var violations = new ArrayList<String>();
        for (int i = transitive ? 0 : Math.max(0, earlier.size() - 1); i < earlier.size(); i++) {
            var version = "version " + (i + 1);
            if (readsEarlier) {
                check("the new schema cannot read " + version, proposed, earlier.get(i), violations);
            }
            if (isReadByEarlier) {
                check(version + " cannot read the new schema", earlier.get(i), proposed, violations);
            }
        }
        return List.copyOf(violations);
    }

    private static void check(String violation, Schema reader, Schema writer, List<String> violations) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult();
        if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
            result.getIncompatibilities()
                    .forEach(cause -> violations.add(violation + ": " + cause.getType() + " at " + cause.getLocation()
                            + ": " + cause.getMessage()));
        }
    }
}
