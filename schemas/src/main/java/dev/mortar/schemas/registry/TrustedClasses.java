package dev.mortar.schemas.registry;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro to trust the generated classes, so that nobody has to set {@code org.apache.avro.SERIALIZABLE_PACKAGES}.
 *
 * <p>Avro instantiates only classes it was told to trust, and even a builder needs that (for the default of an enum).
 * Avro has no hook for trust, but it loads every {@link LogicalTypes.LogicalTypeFactory} as a service before it parses
 * the first schema, so this is one: of a logical type that no schema uses.
 */
public final class TrustedClasses implements LogicalTypes.LogicalTypeFactory {
    private static final String PACKAGE_PREFIX = "dev.mortar.schemas.";

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(PACKAGE_PREFIX)));
    }

    /** Called by Avro through {@link java.util.ServiceLoader}. */
    public TrustedClasses() {}

    /** Makes sure of the trust where Avro was loaded by a thread that does not see this jar's services. */
    static void trust() {
        // Running the static initialiser is all there is to do.
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
