package dev.mortar.audit;

import java.time.Instant;
import java.util.Collection;

/** The judge. */
public final class Audit {
    private final AuditRules rules;

    /** A judge who has seen nothing yet. */
    public Audit(AuditRules rules) {
        this.rules = rules;
    }

    /** The requests of clients whose effects are to be checked. Before the first event. */
    public void clients(Collection<ClientRequest> journal) {}

    /** That a person's contact was erased. Before the first event. */
    public void erased(String customerId, Instant at) {}

    /** An event that was written and aborted: nobody may have acted on it. */
    public void aborted(LoggedEvent event) {}

    /**
     * Takes the next event of its partition. Partitions each come in offset order, among each other in any order: an
     * event waits until its cause was accepted, so that every step is a causally closed cut.
     */
    public void accept(LoggedEvent event) {}

    /**
     * Ends the audit: what still waits has no cause, and what is due by then is owed.
     *
     * @param asOf the time of the judgement
     */
    public AuditReport finish(Instant asOf) {
        return new AuditReport(0, java.util.Map.of(), java.util.List.of(), java.util.Map.of(), java.util.Map.of());
    }
}
