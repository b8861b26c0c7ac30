package dev.mortar.audit;

import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.SubjectNameStrategy;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/**
 * Measures the audit itself: a synthetic log of pickup orders, encoded in temporary files, is decoded by two threads
 * and folded by one, as when it is read from brokers.
 */
final class Measurement {
    private static final int PARTITIONS = 12;
    private static final int ORDERS_AT_ONCE = 100;
    private static final int READERS = 2;
    private static final int QUEUED_BATCHES_MAX = 2;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String END_OF_BATCH = "";

    private Measurement() {}

    static void run(long events, PrintStream out) {
        try {
            var folder = Files.createTempDirectory("mortar-audit");
            var files = new ArrayList<Path>();
            try {
                for (int reader = 0; reader < READERS; reader++) {
                    files.add(folder.resolve("log-" + reader));
                }
                run(events, files, out);
            } finally {
                for (var file : files) {
                    Files.deleteIfExists(file);
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("No room for temporary files", e);
        }
    }

    private static void run(long events, List<Path> files, PrintStream out) throws IOException {
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
        Written log = write(events, serializer, files);
        long bytes = 0;
        for (var file : files) {
            bytes += Files.size(file);
        }

        var audit = new Audit(AuditRules.standard().withPartitions(PARTITIONS));
        long begun = System.nanoTime();
        var readings = new ArrayList<Reading>();
        for (var file : files) {
            var batches = new ArrayBlockingQueue<List<LoggedEvent>>(QUEUED_BATCHES_MAX);
            var ended = CompletableFuture.runAsync(
                    () -> read(file, deserializer, batches),
                    Thread.ofPlatform().daemon().name("reader")::start);
            readings.add(new Reading(batches, ended));
        }
        for (int i = 0; i < log.batches; i++) {
            for (var reading : readings) {
                reading.next().forEach(audit::accept);
            }
        }
        var report = audit.finish(log.end);
        double seconds = (System.nanoTime() - begun) / 1e9;
        out.printf(
                Locale.ROOT,
                "%d events (%d MB) judged in %.1f s: %.0f events/s on %d processors; %s%n",
                report.events(),
                bytes >> 20,
                seconds,
                report.events() / seconds,
                Runtime.getRuntime().availableProcessors(),
                report.holds() ? "all invariants hold" : report.violations().getFirst());
    }

    /** What lies in each file, and the time of the newest event. */
    private record Written(int batches, Instant end) {}

    /** Each reader has a file of its own, with the partitions that it reads. */
    private static Written write(long events, AvroSerializer<SpecificRecord> serializer, List<Path> files)
            throws IOException {
        var log = new SyntheticLog(PARTITIONS);
        var outputs = new ArrayList<DataOutputStream>();
        try {
            for (var file : files) {
                outputs.add(new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)));
            }
            int batches = 0;
            long written = 0;
            for (long order = 0; written < events; batches++) {
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
                for (var event : log.events()) {
                    var place = event.place();
                    var encoded = Objects.requireNonNull(serializer.serialize(place.topic(), event.event()));
                    var output = outputs.get(place.partition() % READERS);
                    output.writeUTF(place.topic());
                    output.writeInt(place.partition());
                    output.writeLong(place.offset());
                    output.writeLong(event.appendedAt().toEpochMilli());
                    output.writeUTF(event.key());
                    output.writeInt(encoded.length);
                    output.write(encoded);
                    written++;
                }
                for (var output : outputs) {
                    output.writeUTF(END_OF_BATCH);
                }
                log.events().clear();
            }
            return new Written(batches, log.now);
        } finally {
            for (var output : outputs) {
                output.close();
            }
        }
    }

    private static void read(
            Path file, AvroDeserializer<SpecificRecord> deserializer, BlockingQueue<List<LoggedEvent>> queue) {
        try (var input = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            var batch = new ArrayList<LoggedEvent>();
            while (true) {
                // One object for each topic, as consumers give it.
                var topic = input.readUTF().intern();
                if (topic.equals(END_OF_BATCH)) {
                    queue.put(batch);
                    batch = new ArrayList<>();
                    continue;
                }
                var place = new Place(topic, input.readInt(), input.readLong());
                var appendedAt = Instant.ofEpochMilli(input.readLong());
                var key = input.readUTF();
                var bytes = input.readNBytes(input.readInt());
                batch.add(new LoggedEvent(
                        place, appendedAt, key, Objects.requireNonNull(deserializer.deserialize(topic, bytes))));
            }
        } catch (EOFException end) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("Temporary files cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What one thread reads. */
    private record Reading(BlockingQueue<List<LoggedEvent>> batches, CompletableFuture<Void> ended) {

        /**
         * Waits for the next batch.
         *
         * @throws CompletionException when the thread failed
         */
        List<LoggedEvent> next() {
            try {
                List<LoggedEvent> batch = null;
                while (batch == null) {
                    if (ended.isCompletedExceptionally()) {
                        ended.join();
                    }
                    batch = batches.poll(1, TimeUnit.SECONDS);
                }
                return batch;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        }
    }
}
