package dev.mortar.schemas.registry;

import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

/** A failed request to a registry. A later attempt may succeed after {@link Unavailable}, but not after the others. */
public abstract sealed class RegistryException extends SerializationException {
    private RegistryException(String message) {
        super(message);
    }

    /** In all retries, no URL answered, or the answers were server errors. */
    public static final class Unavailable extends RegistryException {
        Unavailable(String message) {
            super(message);
        }
    }

    /** The registry does not have the requested subject, version or schema. */
    public static final class NotFound extends RegistryException {
        public static final int SUBJECT = 40401;

        public static final int SCHEMA = 40403;

        private final int errorCode;

        NotFound(int errorCode, String message) {
            super(message);
            this.errorCode = errorCode;
        }

        public int errorCode() {
            return errorCode;
        }
    }

    /** The schema would break readers or writers of an earlier version of its subject. */
    public static final class Incompatible extends RegistryException {
        Incompatible(String subject, List<String> violations) {
            super("Schema is not compatible with earlier versions of subject " + subject + ": "
                    + String.join("; ", violations));
        }
    }

    /** The registry refused the request, for example because of missing access or an invalid schema. */
    public static final class Refused extends RegistryException {
        Refused(String message) {
            super(message);
        }
    }
}
