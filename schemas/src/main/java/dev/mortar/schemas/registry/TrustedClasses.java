package dev.mortar.schemas.registry;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Makes Avro trust the generated classes, so that {@code org.apache.avro.SERIALIZABLE_PACKAGES} need not be set.
 *
 * <p>Avro instantiates only trusted classes, even in a builder (for the default of an enum), and has no hook for trust.
 * But before it parses the first schema, it loads every {@link LogicalTypes.LogicalTypeFactory} as a service. So this
 * class is such a factory, for a logical type that no schema uses.
 */
public final class TrustedClasses implements LogicalTypes.LogicalTypeFactory {
    private static final String PACKAGE_PREFIX = "dev.mortar.schemas.";

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(PACKAGE_PREFIX)));
    }

    /** Ensures the trust if a thread that does not see this jar's services has loaded Avro. */
    static void trust() {
        // The static initialiser does the work.
    }

    @Override
    public LogicalType fromSchema(Schema schema) {
        return new LogicalType(getTypeName());
    }

    @Override
    public String getTypeName() {
        return "dev.mortar.trusted";
    }
}
