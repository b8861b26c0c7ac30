package dev.mortar.schemas.registry;

import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

/** What a registry could not or would not do. {@link Unavailable} passes with time, the others do not. */
public abstract sealed class RegistryException extends SerializationException {
    private static final long serialVersionUID = 1L;

    private RegistryException(String message) {
        super(message);
    }

    /** No URL answered, or all answered with a fault of their own, through every retry. */
    public static final class Unavailable extends RegistryException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    /** The registry does not know what it was asked for. */
    public static final class NotFound extends RegistryException {
        private static final long serialVersionUID = 1L;

        /** The registry's code for a subject it does not know. */
        public static final int SUBJECT = 40401;

        /** The registry's code for a version that the subject does not have. */
        public static final int VERSION = 40402;

        /** The registry's code for a schema or an id it does not know. */
        public static final int SCHEMA = 40403;

        /** The registry's code for a subject that has no compatibility of its own. */
        public static final int SUBJECT_COMPATIBILITY = 40408;

        private final int errorCode;

        NotFound(int errorCode, String message) {
            super(message);
            this.errorCode = errorCode;
        }

        /** What is unknown, in the registry's five-digit codes. */
        public int errorCode() {
            return errorCode;
        }
    }

    /** The schema would break readers or writers of an earlier version of its subject. */
    public static final class Incompatible extends RegistryException {
        private static final long serialVersionUID = 1L;

        private final List<String> violations;

        Incompatible(String subject, List<String> violations) {
            super("Schema is not compatible with earlier versions of subject " + subject + ": "
                    + String.join("; ", violations));
            this.violations = List.copyOf(violations);
        }

        /** What the registry objects to, in its own words. */
        public List<String> violations() {
            return violations;
        }
    }

    /** The registry answered, and the answer is no: no access, a schema it takes for invalid, no such path. */
    public static final class Refused extends RegistryException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        /** HTTP status of the answer. */
        public int status() {
            return status;
        }
    }
}
