package dev.mortar.schemas.registry;

import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

/** A failed request to a registry. A later attempt may succeed after {@link Unavailable}, but not after the others. */
public abstract sealed class RegistryException extends SerializationException {
    private static final long serialVersionUID = 1L;

    private RegistryException(String message) {
        super(message);
    }

    /** In all retries, no URL answered, or the answers were server errors. */
    public static final class Unavailable extends RegistryException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    /** The registry does not have the requested subject, version or schema. */
    public static final class NotFound extends RegistryException {
        private static final long serialVersionUID = 1L;

        /** The registry's code for an unknown subject. */
        public static final int SUBJECT = 40401;

        /** The registry's code for an unknown version of a subject. */
        public static final int VERSION = 40402;

        /** The registry's code for an unknown schema or id. */
        public static final int SCHEMA = 40403;

        /** The registry's code for a subject without its own compatibility. */
        public static final int SUBJECT_COMPATIBILITY = 40408;

        private final int errorCode;

        NotFound(int errorCode, String message) {
            super(message);
            this.errorCode = errorCode;
        }

        /** The registry's five-digit code. */
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

        /** The registry's objections. */
        public List<String> violations() {
            return violations;
        }
    }

    /**
     * The registry refused the request, for example because of missing access, an invalid schema or an unknown path.
     */
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
