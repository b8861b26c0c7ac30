package dev.mortar.eventsourcing.kafka;

/** The command is in the log and its reply did not come in time: it will be decided; the caller looks later. */
public final class CommandPending extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String statusPath;

    CommandPending(String statusPath) {
        super("The command was taken and is not decided yet", null, false, false);
        this.statusPath = statusPath;
    }

    /** Path of the resource that will show the outcome. */
    public String statusPath() {
        return statusPath;
    }
}
