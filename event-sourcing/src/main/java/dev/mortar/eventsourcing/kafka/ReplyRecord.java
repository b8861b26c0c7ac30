package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Rejection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reply as it travels through {@code <noun>.replies} and lies in the memory of command ids, in JSON.
 *
 * @param sequence the aggregate's sequence after the command; of no meaning when it was rejected
 * @param state the definition's reply, or null
 * @param rejection why it was refused, or null when it was accepted
 */
record ReplyRecord(
        boolean repeated,
        long sequence,
        @Nullable JsonNode state,
        @Nullable Refusal rejection) {

    /**
     * A rejection, flattened for the way.
     *
     * @param name simple name of the rejection's record
     * @param data the record's components
     */
    record Refusal(String name, Rejection.Kind kind, String message, JsonNode data) {}

    /** @param repeated true when there was nothing left to do */
    static ReplyRecord accepted(boolean repeated, long sequence, @Nullable Object state) {
        return new ReplyRecord(
                repeated, sequence, state == null ? null : Json.mapper().valueToTree(state), null);
    }

    static ReplyRecord rejected(Rejection reason) {
        return new ReplyRecord(false, 0, null, refusal(reason));
    }

    static Refusal refusal(Rejection reason) {
        ObjectNode data = Json.mapper().valueToTree(reason);
        // The name says it; as a member of the problem details it would clash with their own type.
        data.remove("type");
        return new Refusal(reason.getClass().getSimpleName(), reason.kind(), reason.message(), data);
    }

    ReplyRecord again() {
        return new ReplyRecord(true, sequence, state, rejection);
    }

    /** The command could not be read back; it is kept as a dead letter. */
    record UnreadableCommand() implements Rejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The command holds values that no command can have";
        }
    }

    /** The command could not be decided, and an operator took it out; it is kept as a dead letter. */
    record ParkedCommand() implements Rejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The command could not be decided, and an operator put it aside";
        }
    }

    /** The same idempotency key came with another request. */
    record KeyReused() implements Rejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

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
