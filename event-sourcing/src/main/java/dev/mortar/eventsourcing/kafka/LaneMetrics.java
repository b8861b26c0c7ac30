package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.LaneBatch.Counted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.stream.Stream;

/** The metrics of a service's lanes. All names begin with {@code mortar.}. */
final class LaneMetrics {
    private final Map<Counted, Counter> counters;
    private final DistributionSummary batch;

    /** From the poll to the last decision of a transaction, including serialising and folding. */
    final Timer decideTime;

    /** From the beginning of a transaction to its commit. Its count is the number of transactions. */
    final Timer commitTime;

    LaneMetrics(MeterRegistry meters, String noun) {
        Tags service = Tags.of("service", noun);
        counters = Map.of(
                Counted.ACCEPTED, meters.counter("mortar.commands", service.and("outcome", "accepted")),
                Counted.REJECTED, meters.counter("mortar.commands", service.and("outcome", "rejected")),
                Counted.REPEATED, meters.counter("mortar.commands", service.and("outcome", "repeated")),
                Counted.EVENT, meters.counter("mortar.events.out", service),
                Counted.DEAD_LETTER, meters.counter("mortar.dead.letters", service.and("by", "decider")));
        batch = DistributionSummary.builder("mortar.batch.commands")
                .tags(service)
                .register(meters);
        decideTime = Timer.builder("mortar.decide.time").tags(service).register(meters);
        commitTime = Timer.builder("mortar.commit.time").tags(service).register(meters);
    }

    /** Counts a batch that is committed or had nothing to commit. */
    void decided(Map<Counted, Integer> tally) {
        counters.forEach((counted, counter) -> counter.increment(tally.getOrDefault(counted, 0)));
        batch.record(Stream.of(Counted.ACCEPTED, Counted.REJECTED, Counted.REPEATED)
                .mapToInt(outcome -> tally.getOrDefault(outcome, 0))
                .sum());
    }
}
