package dev.mortar.eventsourcing.kafka;

/** Another instance serves this key; the kit forwards the request there. */
public final class OwnedElsewhere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String owner;

    /** @param owner host and port */
    public OwnedElsewhere(String owner) {
        super("Served by " + owner, null, false, false);
        this.owner = owner;
    }

    /** Host and port of the owner. */
    public String owner() {
        return owner;
    }
}
