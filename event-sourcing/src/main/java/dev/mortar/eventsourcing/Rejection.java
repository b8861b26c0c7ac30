package dev.mortar.eventsourcing;

/**
 * A business refusal as a value. A service declares its rejections as records of a sealed interface. In the problem
 * details (RFC 9457), the record's components are members and its simple name is the type.
 */
public interface Rejection {
    /** The kind of a refusal; it decides the HTTP status. */
    enum Kind {
        /** The caller may not do this: 403. */
        FORBIDDEN,
        /** The command names something that does not exist: 404. */
        NOT_FOUND,
        /** The command conflicts with the current state: 409. */
        CONFLICT,
        /** The state has changed since the caller read it ({@code If-Match}): 412. */
        PRECONDITION_FAILED,
        /** The command is invalid in any state: 422. */
        UNPROCESSABLE
    }

    Kind kind();

    /** One sentence for the caller, without personal data. */
    String message();

    interface NotFound extends Rejection {
        @Override
        default Kind kind() {
            return Kind.NOT_FOUND;
        }
    }

    interface Conflict extends Rejection {
        @Override
        default Kind kind() {
            return Kind.CONFLICT;
        }
    }

    interface Unprocessable extends Rejection {
        @Override
        default Kind kind() {
            return Kind.UNPROCESSABLE;
        }
    }
}
