package dev.mortar.eventsourcing.kafka;

/** The command is in the log, but its reply did not come in time. It will be decided, and the caller can look later. */
public final class CommandPending extends RuntimeException {
    private final String statusPath;

    CommandPending(String statusPath) {
        super("The command was accepted for processing and is not decided yet", null, false, false);
        this.statusPath = statusPath;
    }

    public String statusPath() {
        return statusPath;
    }
}
