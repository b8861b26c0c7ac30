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
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Measures the audit itself on a synthetic log of pickup orders. As with brokers, two threads decode records and one
 * thread judges events. The log is written in parts, and the time of writing is not measured.
 */
final class Measurement {
    private static final int PARTITIONS = 12;
    private static final int READERS = 2;
    private static final int ORDERS_OF_PART = 10_000;
    private static final int ORDERS_OF_BATCH = 100;

    private final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    private final AvroDeserializer<SpecificRecord> deserializer = new AvroDeserializer<>();
    private final SyntheticLog log = new SyntheticLog(PARTITIONS);
    private final Audit audit = new Audit(AuditRules.standard().withPartitions(PARTITIONS));
    private long orders;
    private long bytes;

    private Measurement() {
        var config = Map.of(
                RegistryConfig.SCHEMA_REGISTRY_URL,
                "mock://measurement",
                RegistryConfig.SPECIFIC_AVRO_READER,
                true,
                RegistryConfig.VALUE_SUBJECT_NAME_STRATEGY,
                SubjectNameStrategy.TopicRecordNameStrategy.name());
        serializer.configure(config, false);
        deserializer.configure(config, false);
    }

    /** A record as a broker gives it. */
    private record Encoded(RecordId recordId, Instant appendedAt, String key, byte[] value) {}

    static void run(long events, PrintStream out) {
        out.printf(Locale.ROOT, "Judging a log of %d events ...%n", events);
        var measurement = new Measurement();
        long nanos = 0;
        long judged = 0;
        while (judged < events) {
            var part = measurement.write(events - judged);
            long begun = System.nanoTime();
            judged += measurement.judge(part);
            nanos += System.nanoTime() - begun;
        }
        long begun = System.nanoTime();
        var report = measurement.audit.finish(measurement.log.now);
        double seconds = (nanos + System.nanoTime() - begun) / 1e9;
        var result =
                report.holds() ? "all invariants hold" : report.violations().getFirst();
        int processors = Runtime.getRuntime().availableProcessors();
        long megabytes = measurement.bytes >> 20;
        double perSecond = report.events() / seconds;
        var sentence = "%d events (%d MB) judged in %.1f s: %.0f events/s on %d processors; %s%n";
        out.printf(Locale.ROOT, sentence, report.events(), megabytes, seconds, perSecond, processors, result);
    }

    /** Writes the next part of the log, in batches of whole orders. */
    private List<List<Encoded>> write(long eventsMax) {
        var batches = new ArrayList<List<Encoded>>();
        for (int written = 0; written < eventsMax && batches.size() < ORDERS_OF_PART / ORDERS_OF_BATCH; ) {
            for (int i = 0; i < ORDERS_OF_BATCH; i++, orders++) {
                var location = "store-" + orders % 50;
                var sku = "SKU " + orders % 997;
                var id = new UUID(orders * 0x9E3779B97F4A7C15L, orders).toString();
                log.receive(location, sku, 1);
                log.clickAndCollect(id, "customer-" + orders % 10_000, location, sku, 1);
            }
            var batch = new ArrayList<Encoded>();
            for (var event : log.events()) {
                var value = Objects.requireNonNull(
                        serializer.serialize(event.recordId().topic(), event.event()));
                bytes += value.length;
                batch.add(new Encoded(event.recordId(), event.appendedAt(), event.key(), value));
            }
            log.events().clear();
            batches.add(batch);
            written += batch.size();
        }
        return batches;
    }

    /** Judges a part: each reader decodes its partitions of a batch while the batch before is judged. */
    private long judge(List<List<Encoded>> batches) {
        long judged = 0;
        var next = decode(batches.getFirst());
        for (int i = 0; i < batches.size(); i++) {
            var current = next;
            if (i + 1 < batches.size()) {
                next = decode(batches.get(i + 1));
            }
            for (var decoded : current) {
                var events = decoded.join();
                events.forEach(audit::accept);
                judged += events.size();
            }
        }
        return judged;
    }

    private List<CompletableFuture<List<LoggedEvent>>> decode(List<Encoded> batch) {
        Executor threads = Thread.ofPlatform().daemon().name("reader")::start;
        return IntStream.range(0, READERS)
                .mapToObj(reader -> batch.stream().filter(each -> each.recordId.partition() % READERS == reader))
                .map(share -> CompletableFuture.supplyAsync(
                        () -> share.map(this::decode).toList(), threads))
                .toList();
    }

    private LoggedEvent decode(Encoded encoded) {
        var event = deserializer.deserialize(encoded.recordId.topic(), encoded.value);
        return new LoggedEvent(encoded.recordId, encoded.appendedAt, encoded.key, Objects.requireNonNull(event));
    }
}
