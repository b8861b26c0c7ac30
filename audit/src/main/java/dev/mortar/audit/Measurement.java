package dev.mortar.audit;

import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.SubjectNameStrategy;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.avro.specific.SpecificRecord;

/**
 * Measures the audit itself: a synthetic log of pickup orders, encoded in memory, is decoded by two threads and folded
 * by one, as when it is read from brokers.
 */
final class Measurement {
    private static final int PARTITIONS = 12;
    private static final int ORDERS_AT_ONCE = 2_000;
    private static final int READERS = 2;

    private Measurement() {}

    private static final class Encoded {
        final Place place;
        final Instant appendedAt;
        final String key;
        final byte[] bytes;

        Encoded(LoggedEvent event, byte[] bytes) {
            place = event.place();
            appendedAt = event.appendedAt();
            key = event.key();
            this.bytes = bytes;
        }
    }

    static void run(long events, PrintStream out) {
        var config = Map.of(
                RegistryConfig.SCHEMA_REGISTRY_URL,
                "mock://measurement",
                RegistryConfig.SPECIFIC_AVRO_READER,
                true,
                RegistryConfig.VALUE_SUBJECT_NAME_STRATEGY,
                SubjectNameStrategy.TopicRecordNameStrategy.name());
        var serializer = new AvroSerializer<SpecificRecord>();
        serializer.configure(config, false);
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(config, false);

        out.printf(Locale.ROOT, "Writing a log of %d events ...%n", events);
        var log = new SyntheticLog(PARTITIONS);
        List<List<Encoded>> batches = new ArrayList<>();
        long written = 0;
        long bytes = 0;
        for (long order = 0; written < events; ) {
            for (int i = 0; i < ORDERS_AT_ONCE; i++, order++) {
                var location = "store-" + order % 50;
                var sku = "SKU " + order % 997;
                log.receive(location, sku, 1);
                log.clickAndCollect(
                        new UUID(order * 0x9E3779B97F4A7C15L, order).toString(),
                        "customer-" + order % 10_000,
                        location,
                        sku,
                        1);
            }
            var batch = new ArrayList<Encoded>(log.events().size());
            for (var event : log.events()) {
                var encoded = serializer.serialize(event.place().topic(), event.event());
                if (encoded != null) {
                    batch.add(new Encoded(event, encoded));
                    bytes += encoded.length;
                }
            }
            written += batch.size();
            batches.add(batch);
            log.events().clear();
        }

        var audit = new Audit(AuditRules.standard().withPartitions(PARTITIONS));
        long begun = System.nanoTime();
        var queues = new ArrayList<BlockingQueue<List<LoggedEvent>>>();
        for (int reader = 0; reader < READERS; reader++) {
            var queue = new ArrayBlockingQueue<List<LoggedEvent>>(8);
            queues.add(queue);
            int share = reader;
            Thread.ofPlatform().daemon().name("reader").start(() -> {
                for (var batch : batches) {
                    var decoded = new ArrayList<LoggedEvent>();
                    for (var event : batch) {
                        if (event.place.partition() % READERS == share) {
                            var record = deserializer.deserialize(event.place.topic(), event.bytes);
                            if (record != null) {
                                decoded.add(new LoggedEvent(event.place, event.appendedAt, event.key, record));
                            }
                        }
                    }
                    put(queue, decoded);
                }
            });
        }
        for (int i = 0; i < batches.size(); i++) {
            for (var queue : queues) {
                take(queue).forEach(audit::accept);
            }
        }
        var report = audit.finish(log.now);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.gc();
        var runtime = Runtime.getRuntime();
        out.printf(
                Locale.ROOT,
                "%d events (%d MB) judged in %.1f s: %.0f events/s on %d processors; %s%n",
                report.events(),
                bytes >> 20,
                seconds,
                report.events() / seconds,
                runtime.availableProcessors(),
                report.holds() ? "all invariants hold" : report.violations().getFirst());
    }

    private static void put(BlockingQueue<List<LoggedEvent>> queue, List<LoggedEvent> batch) {
        try {
            queue.put(batch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<LoggedEvent> take(BlockingQueue<List<LoggedEvent>> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
