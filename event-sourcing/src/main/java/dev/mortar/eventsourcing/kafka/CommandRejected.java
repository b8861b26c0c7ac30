package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Rejection;
import tools.jackson.databind.JsonNode;

/** A decider refused a command. The HTTP layer turns the rejection's data into problem details. */
public final class CommandRejected extends RuntimeException {
    private final Refusal refusal;

    CommandRejected(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    /** A refusal without a decider. */
    public CommandRejected(Rejection reason) {
        this(Refusal.of(reason));
    }

    /** Simple name of the rejection's record. */
    public String name() {
        return refusal.name();
    }

    public Rejection.Kind kind() {
        return refusal.kind();
    }

    /** Components of the rejection's record. */
    public JsonNode data() {
        return refusal.data();
    }
}
