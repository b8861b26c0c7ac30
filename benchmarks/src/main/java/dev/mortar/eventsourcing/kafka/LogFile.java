package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * A partition of a service's events as the broker's file has it, each transaction a batch. Commands of a process are
 * decided over entries in memory, and their events are written with the headers and marks of the real log. The events
 * are on disk, because the fold has the heap of a service: the real follower folds them into a store on disk, without a
 * broker and without a network.
 */
public final class LogFile<C, S, V, E> implements AutoCloseable {
    private static final Map<String, String> SERDE = Map.of(
            "schema.registry.url", "mock://bench",
            "specific.avro.reader", "true",
            "value.subject.name.strategy", "TopicRecordNameStrategy");
    private static final Duration REMEMBERED = Duration.ofHours(24);
    /** A poll ends with the transaction that reaches this number. */
    private static final int POLL_RECORDS = 2_000;

    private static final long BEGAN_MS = Instant.parse("2027-01-01T00:00:00Z").toEpochMilli();

    private final ServiceDefinition<C, S, V, E> definition;
    private final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    private final FileRecords file;
    private final Map<String, V> entries = new HashMap<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private long events;
    private long commands;

    /** An empty log in a file. */
    public LogFile(ServiceDefinition<C, S, V, E> definition, Path path) throws IOException {
        this.definition = definition;
        serializer.configure(SERDE, false);
        file = FileRecords.open(path.toFile());
    }

    /**
     * Decides commands and writes their events, whose number it gives, as one transaction; the first is a poll of its
     * own.
     */
    public int decide(List<? extends C> batch) throws IOException {
        List<SimpleRecord> records = new ArrayList<>();
        long before = events;
        for (C command : batch) {
            decide(command, commands++, command == batch.getLast(), records);
        }
        file.append(MemoryRecords.withRecords(before, Compression.NONE, records.toArray(SimpleRecord[]::new)));
        return records.size();
    }

    private void decide(C command, long number, boolean last, List<SimpleRecord> records) {
        String key = definition.aggregateId.apply(command);
        Instant now = Instant.ofEpochMilli(BEGAN_MS + number);
        var id = new UUID(0, number);
        var source = new SourcePosition("source", 0, number, 0);
        Actor actor = Actor.system("order-process");
        var cause = new CommandHeaders(id, actor, null, id.toString(), id, null, null, null, source, null);
        WorkingSet<V> before = WorkingSet.over(entries::get);
        S state = definition.load(key, before);
        if (!(definition.decider.decide(state, command, now) instanceof Decision.Accepted<E>(List<E> accepted))) {
            throw new IllegalStateException("Refused: " + command);
        }
        for (int index = 0; index < accepted.size(); index++) {
            state = definition.decider.evolve(state, accepted.get(index));
            long sequence = sequences.merge(key, 1L, Long::sum);
            EventMeta meta = EventRecords.meta(cause, index, accepted.size(), sequence, ++events, now);
            SpecificRecord avro = definition.binder().write(accepted.get(index), meta);
            Headers headers = EventRecords.headers(definition.noun, key, avro, meta, cause);
            if (last && index == accepted.size() - 1) {
                new Mark("commands", number, 0, List.of()).addTo(headers);
            }
            byte[] value = serializer.serialize(definition.eventsTopic(), avro);
            records.add(new SimpleRecord(now.toEpochMilli(), EventRecords.key(key), value, headers.toArray()));
        }
        definition.save(key, before, state).changes().forEach((entry, value) -> {
            if (value == null) {
                entries.remove(entry);
            } else {
                entries.put(entry, value);
            }
        });
    }

    @Override
    public void close() throws IOException {
        file.close();
        serializer.close();
    }

    /**
     * Folds files, each a partition of the events, into a store in a new directory. The figures leave out the first
     * transactions and the reading of the files.
     */
    public static <C, S, V, E> Map<String, Double> fold(
            ServiceDefinition<C, S, V, E> definition, List<Path> files, Path directory) throws IOException {
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(SERDE, false);
        var polledNs = new AtomicLong();
        try (var polls = new Polls(definition.eventsTopic(), files);
                LocalStore store = new RocksLocalStore(directory)) {
            var fold = new Fold<>(definition, deserializer, REMEMBERED);
            var follower = new Follower<>(
                    definition, "", files.size(), fold, store, consumer(polls, polledNs), new Follower.Listener() {});
            follower.start();
            follower.step(Duration.ZERO);
            polledNs.set(0);
            long events = 0;
            long cpuNs = cpuNs();
            long compiledMs = compiledMs();
            long beganNs = System.nanoTime();
            for (int folded = follower.step(Duration.ZERO); folded > 0; folded = follower.step(Duration.ZERO)) {
                events += folded;
            }
            double foldNs = System.nanoTime() - beganNs - polledNs.get();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("events/s", events / foldNs * 1e9);
            figures.put("processor time, ms per 1,000 events", (cpuNs() - cpuNs) / 1e3 / events);
            figures.put("compilers, ms", (double) compiledMs() - compiledMs);
            return figures;
        }
    }

    @SuppressWarnings("unchecked") // A proxy knows no type arguments.
    private static Consumer<String, byte[]> consumer(Polls polls, AtomicLong polledNs) {
        return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                LogFile.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (_, method, _) -> switch (method.getName()) {
                    case "assign", "seek" -> null;
                    case "beginningOffsets" -> Map.of();
                    case "poll" -> {
                        long beganNs = System.nanoTime();
                        var polled = polls.poll();
                        polledNs.addAndGet(System.nanoTime() - beganNs);
                        yield polled;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static long cpuNs() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private static long compiledMs() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Reads files, each a partition, poll by poll. */
    static final class Polls implements AutoCloseable {
        private final String topic;
        private final List<FileRecords> files = new ArrayList<>();
        private final List<Iterator<? extends RecordBatch>> batches = new ArrayList<>();
        private boolean begun;

        Polls(String topic, List<Path> paths) throws IOException {
            this.topic = topic;
            for (Path path : paths) {
                FileRecords file = FileRecords.open(path.toFile(), false);
                files.add(file);
                batches.add(file.batches().iterator());
            }
        }

        /** The next records of each file; none at the end. */
        ConsumerRecords<String, byte[]> poll() {
            int most = begun ? POLL_RECORDS / files.size() : 1;
            begun = true;
            Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> polled = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            for (int i = 0; i < files.size(); i++) {
                TopicPartition partition = new TopicPartition(topic, i);
                List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
                while (records.size() < most && batches.get(i).hasNext()) {
                    batches.get(i).next().forEach(record -> records.add(record(partition, record)));
                }
                if (!records.isEmpty()) {
                    polled.put(partition, records);
                    next.put(partition, new OffsetAndMetadata(records.getLast().offset() + 1, Optional.of(0), ""));
                }
            }
            return new ConsumerRecords<>(polled, next);
        }

        private static ConsumerRecord<String, byte[]> record(TopicPartition partition, Record record) {
            return new ConsumerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    record.offset(),
                    record.timestamp(),
                    TimestampType.LOG_APPEND_TIME,
                    record.keySize(),
                    record.valueSize(),
                    Utils.utf8(record.key()),
                    Utils.toArray(record.value()),
                    new RecordHeaders(record.headers()),
                    Optional.of(0));
        }

        @Override
        public void close() throws IOException {
            for (FileRecords file : files) {
                file.close();
            }
        }
    }
}
