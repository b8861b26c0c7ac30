package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.Rejection.Unprocessable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rejection as it is stored in {@code <noun>.replies}, and the rejections that the kit itself makes.
 *
 * @param name simple name of the rejection's record
 * @param data the record's components
 */
record Refusal(String name, Rejection.Kind kind, String message, JsonNode data) {
    static Refusal of(Rejection reason) {
        ObjectNode data = Json.mapper().valueToTree(reason);
        // The name says the same; as a member of the problem details it would clash with their own type.
        data.remove("type");
        return new Refusal(reason.getClass().getSimpleName(), reason.kind(), reason.message(), data);
    }

    /** The command could not be read, or its events could not be written. It is a dead letter now. */
    record UnreadableCommand() implements Unprocessable {
        @Override
        public String message() {
            return "The command contains values that are not allowed";
        }
    }

    /** The command could not be decided, and an operator parked it. It is a dead letter now. */
    record ParkedCommand() implements Unprocessable {
        @Override
        public String message() {
            return "The command could not be decided, and an operator has parked it";
        }
    }

    /** The caller may not change this object. */
    record Forbidden() implements Rejection {
        @Override
        public Kind kind() {
            return Kind.FORBIDDEN;
        }

        @Override
        public String message() {
            return AccessDenied.OTHER_STORE;
        }
    }

    record KeyReused() implements Unprocessable {
        @Override
        public String message() {
            return "The Idempotency-Key was used for another request";
        }
    }

    record SequenceMismatch(long expected, long actual) implements Rejection {
        @Override
        public Kind kind() {
            return Kind.PRECONDITION_FAILED;
        }

        @Override
        public String message() {
            return "The current sequence is " + actual + ", not " + expected;
        }
    }
}
