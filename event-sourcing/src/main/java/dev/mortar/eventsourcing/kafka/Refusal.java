package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.Rejection.Unprocessable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rejection as it travels through {@code <noun>.replies}, and the rejections that lie in the request itself.
 *
 * @param name simple name of the rejection's record
 * @param data the record's components
 */
record Refusal(String name, Rejection.Kind kind, String message, JsonNode data) {

    static Refusal of(Rejection reason) {
        ObjectNode data = Json.mapper().valueToTree(reason);
        // The name says it; as a member of the problem details it would clash with their own type.
        data.remove("type");
        return new Refusal(reason.getClass().getSimpleName(), reason.kind(), reason.message(), data);
    }

    /** The command could not be read back; it is kept as a dead letter. */
    record UnreadableCommand() implements Unprocessable {
        @Override
        public String message() {
            return "The command holds values that no command can have";
        }
    }

    /** The command could not be decided, and an operator took it out; it is kept as a dead letter. */
    record ParkedCommand() implements Unprocessable {
        @Override
        public String message() {
            return "The command could not be decided, and an operator put it aside";
        }
    }

    /** The same idempotency key came with another request. */
    record KeyReused() implements Unprocessable {
        @Override
        public String message() {
            return "The Idempotency-Key was used for another request";
        }
    }

    /** The aggregate is not at the sequence that {@code If-Match} named. */
    record SequenceMismatch(long expected, long actual) implements Rejection {
        @Override
        public Kind kind() {
            return Kind.PRECONDITION_FAILED;
        }

        @Override
        public String message() {
            return "It is at sequence " + actual + ", not " + expected;
        }
    }
}
