package dev.mortar.audit;

import java.time.Duration;

/**
 * What an audit takes for granted about the environment.
 *
 * @param partitions partitions of every event topic, by which a key's partition is checked with Kafka's default
 *     partitioner; 0 leaves the placement of keys unchecked
 * @param patience how long a service may take to react to an event before the step counts as owed
 * @param slack how long after a deadline its timer may fire, and how far a service may have lagged behind another
 * @param contactLag how long the sender of mails may not have heard of a change to a contact
 * @param violationsKept how many violations of each invariant are kept with their evidence
 * @param idsInMemory how many event ids are looked up in memory; more of them spill to temporary files
 */
public record AuditRules(
        int partitions, Duration patience, Duration slack, Duration contactLag, int violationsKept, int idsInMemory) {
    public AuditRules {
        if (partitions < 0 || violationsKept < 1 || idsInMemory < 2 || patience.isNegative() || slack.isNegative()) {
            throw new IllegalArgumentException("Rules have to be positive: " + partitions + " partitions, patience "
                    + patience + ", slack " + slack + ", " + violationsKept + " violations, " + idsInMemory + " ids");
        }
    }

    /** Two minutes of patience and of slack, ten seconds for contacts, keys may lie in any partition. */
    public static AuditRules standard() {
        return new AuditRules(0, Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofSeconds(10), 100, 4_000_000);
    }

    /** The same rules for topics with this many partitions. */
    public AuditRules withPartitions(int partitions) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }

    /** The same rules with another patience. */
    public AuditRules withPatience(Duration patience) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }

    /** The same rules with another slack. */
    public AuditRules withSlack(Duration slack) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }

    /** The same rules with another lag of contacts. */
    public AuditRules withContactLag(Duration contactLag) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }

    /** The same rules with another bound on the event ids in memory. */
    public AuditRules withIdsInMemory(int idsInMemory) {
        return new AuditRules(partitions, patience, slack, contactLag, violationsKept, idsInMemory);
    }
}
