package dev.mortar.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** What a new version of a schema owes to earlier ones; the names are the registry protocol's. */
public enum Compatibility {
    /** Anything goes. */
    NONE(false, false, false),
    /** Reads what the last version wrote. */
    BACKWARD(true, false, false),
    /** Reads what every version wrote. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** Is read by the last version. */
    FORWARD(false, true, false),
    /** Is read by every version. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Reads the last version and is read by it. */
    FULL(true, true, false),
    /** Reads every version and is read by it. */
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
     * Why a schema may not follow the versions before it, by Avro's rules of schema resolution.
     *
     * @param earlier versions in order, the oldest first
     * @return one sentence for each violation; empty when it may follow
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
