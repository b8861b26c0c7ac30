package dev.mortar.audit;

import java.time.Duration;
import java.time.Instant;

/**
 * The limits that an audit applies.
 *
 * @param partitions partitions of every event topic, by which a key's partition is checked with Kafka's default
 *     partitioner; 0 leaves the partitions of keys unchecked
 * @param patience time that a service has to react to an event; afterwards the step is overdue
 * @param slack time after a deadline within which its timer has to fire, and the longest lag of one service behind
 *     another
 * @param contactLag time within which the sender of mails may not yet know of a change to a contact
 * @param violationsKept number of violations of each invariant that are kept with their evidence
 * @param idsInMemory number of event ids that are looked up in memory; more of them go to temporary files
 */
public record AuditRules(
        int partitions, Duration patience, Duration slack, Duration contactLag, int violationsKept, int idsInMemory) {
    public AuditRules {
        if (partitions < 0 || violationsKept < 1 || idsInMemory < 2 || patience.isNegative() || slack.isNegative()) {
            throw new IllegalArgumentException("Rules have to be positive: " + partitions + " partitions, patience "
                    + patience + ", slack " + slack + ", " + violationsKept + " violations, " + idsInMemory + " ids");
        }
    }

    /** Two minutes of patience and of slack, ten seconds for contacts, no check of partitions. */
    public static AuditRules standard() {
        return new AuditRules(0, Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofSeconds(10), 100, 4_000_000);
    }

    /** The same rules for topics with this many partitions. */
    public AuditRules withPartitions(int partitions) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }

    /** Whether a timer may fire at this time: at its deadline or within the slack after it. */
    boolean isAtDeadline(Instant at, Instant deadline) {
        return !at.isBefore(deadline) && at.isBefore(deadline.plus(slack));
    }
}
