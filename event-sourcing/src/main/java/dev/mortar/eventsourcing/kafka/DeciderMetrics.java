package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Decision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What a decider's partition tells of itself; all names begin with {@code mortar.}. */
final class DeciderMetrics {

    private static final long ENTRIES_REFRESH_MS = 10_000;

    private final MeterRegistry meters;
    private final Counter accepted;
    private final Counter rejected;
    private final Counter events;
    private final List<Meter> gauges;

    final Counter repeated;
    final Counter deadLetters;
    final Timer decideTime;
    final AtomicInteger timersDue = new AtomicInteger();

    DeciderMetrics(MeterRegistry meters, String noun, int partition, DeciderStore store) {
        this.meters = meters;
        Tags service = Tags.of("service", noun);
        accepted = meters.counter("mortar.commands", service.and("outcome", "accepted"));
        rejected = meters.counter("mortar.commands", service.and("outcome", "rejected"));
        repeated = meters.counter("mortar.commands", service.and("outcome", "repeated"));
        events = meters.counter("mortar.events.out", service);
        deadLetters = meters.counter("mortar.dead.letters", service.and("by", "decider"));
        decideTime = Timer.builder("mortar.decide.time").tags(service).register(meters);
        Tags ofPartition = service.and("partition", Integer.toString(partition));
        gauges = List.of(
                Gauge.builder("mortar.timers.due", timersDue, AtomicInteger::get)
                        .tags(ofPartition)
                        .register(meters),
                Gauge.builder("mortar.store.entries", new Entries(store), Entries::count)
                        .tags(ofPartition)
                        .strongReference(true)
                        .register(meters));
    }

    void decided(Decision<?> decision, long eventsOut) {
        switch (decision) {
            case Decision.Accepted<?> _ -> accepted.increment();
            case Decision.Rejected<?> _ -> rejected.increment();
        }
        events.increment(eventsOut);
    }

    /** The partition moved elsewhere. */
    void close() {
        gauges.forEach(meters::remove);
    }

    /** Asked by a scraping thread, while the store may just have been closed. */
    private static final class Entries {
        private final DeciderStore store;
        private long readAtMs;
        private double count;

        private Entries(DeciderStore store) {
            this.store = store;
        }

        synchronized double count() {
            long nowMs = System.currentTimeMillis();
            if (nowMs - readAtMs > ENTRIES_REFRESH_MS) {
                readAtMs = nowMs;
                try {
                    count = store.approximateEntries();
                } catch (RuntimeException closed) {
                    count = Double.NaN;
                }
            }
            return count;
        }
    }
}
