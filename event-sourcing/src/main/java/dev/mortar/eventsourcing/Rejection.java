package dev.mortar.eventsourcing;

/**
 * A business refusal as a value. A service declares its own as records of a sealed interface, each of one of the kinds
 * below; their components become members of the problem details (RFC 9457), their simple name its type.
 */
public interface Rejection {

    /** The kind of a refusal; it decides the HTTP status. */
    enum Kind {
        /** The thing the command names does not exist: 404. */
        NOT_FOUND,
        /** The command does not fit the state the thing is in: 409. */
        CONFLICT,
        /** Somebody changed the thing since the caller looked ({@code If-Match}): 412. */
        PRECONDITION_FAILED,
        /** The command makes no sense by itself: 422. */
        UNPROCESSABLE
    }

    /** The kind of this refusal. */
    Kind kind();

    /** One sentence for a person. Holds no personal data. */
    String message();

    /** A refusal of kind {@link Kind#NOT_FOUND}. */
    interface NotFound extends Rejection {
        @Override
        default Kind kind() {
            return Kind.NOT_FOUND;
        }
    }

    /** A refusal of kind {@link Kind#CONFLICT}. */
    interface Conflict extends Rejection {
        @Override
        default Kind kind() {
            return Kind.CONFLICT;
        }
    }

    /** A refusal of kind {@link Kind#UNPROCESSABLE}. */
    interface Unprocessable extends Rejection {
        @Override
        default Kind kind() {
            return Kind.UNPROCESSABLE;
        }
    }
}
