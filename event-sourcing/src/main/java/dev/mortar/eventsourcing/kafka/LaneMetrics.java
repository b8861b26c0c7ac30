package dev.mortar.eventsourcing.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/** The metrics of the lanes of a service; all names begin with {@code mortar.}. */
final class LaneMetrics {

    private final Counter accepted;
    private final Counter rejected;
    private final Counter repeated;
    private final Counter events;
    private final Counter deadLetters;
    private final DistributionSummary batch;

    /** From the poll to the last decision of a transaction, which is serialised and folded by then. */
    final Timer decideTime;

    /** From the beginning of a transaction to its commit; their number is that of the transactions. */
    final Timer commitTime;

    LaneMetrics(MeterRegistry meters, String noun) {
        Tags service = Tags.of("service", noun);
        accepted = meters.counter("mortar.commands", service.and("outcome", "accepted"));
        rejected = meters.counter("mortar.commands", service.and("outcome", "rejected"));
        repeated = meters.counter("mortar.commands", service.and("outcome", "repeated"));
        events = meters.counter("mortar.events.out", service);
        deadLetters = meters.counter("mortar.dead.letters", service.and("by", "decider"));
        batch = DistributionSummary.builder("mortar.batch.commands")
                .tags(service)
                .register(meters);
        decideTime = Timer.builder("mortar.decide.time").tags(service).register(meters);
        commitTime = Timer.builder("mortar.commit.time").tags(service).register(meters);
    }

    /** A batch is committed, or had nothing to commit. */
    void decided(LaneBatch.Tally tally) {
        accepted.increment(tally.accepted);
        rejected.increment(tally.rejected);
        repeated.increment(tally.repeated);
        events.increment(tally.events);
        deadLetters.increment(tally.deadLetters);
        batch.record(tally.accepted + tally.rejected + tally.repeated);
    }
}
