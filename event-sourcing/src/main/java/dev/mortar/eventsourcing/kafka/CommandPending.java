package dev.mortar.eventsourcing.kafka;

/**
 * The command is in the log, but its reply did not come in time. The command will be decided, and the caller can look
 * for the outcome later.
 */
public final class CommandPending extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String statusPath;

    CommandPending(String statusPath) {
        super("The command was accepted for processing and is not decided yet", null, false, false);
        this.statusPath = statusPath;
    }

    /** Path at which the outcome will be visible. */
    public String statusPath() {
        return statusPath;
    }
}
