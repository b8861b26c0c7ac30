package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Rejection;
import tools.jackson.databind.JsonNode;

/** A decider refused a command. The HTTP layer turns the rejection's data into problem details. */
public final class CommandRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final Rejection.Kind kind;
    private final transient JsonNode data;

    CommandRejected(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.name = refusal.name();
        this.kind = refusal.kind();
        this.data = refusal.data();
    }

    /** A refusal without a decider. */
    public CommandRejected(Rejection reason) {
        this(Refusal.of(reason));
    }

    /** Simple name of the rejection's record. */
    public String name() {
        return name;
    }

    /** The kind of the refusal. */
    public Rejection.Kind kind() {
        return kind;
    }

    /** Components of the rejection's record. */
    public JsonNode data() {
        return data;
    }
}
