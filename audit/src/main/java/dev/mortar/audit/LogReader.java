package dev.mortar.audit;

import dev.mortar.schemas.notification.CustomerContact;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.Contract;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.RegistryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all event topics, from their beginning to their end at the time of the start. Reader threads decode some
 * partitions each; the calling thread passes the events on.
 *
 * <p>Every partition is read twice, side by side, because only the uncommitted reading sees records of aborted
 * transactions.
 */
final class LogReader {
    private static final int READERS = 2;
    private static final int QUEUED_BATCHES_MAX = 8;
    private static final int BACKLOG_MAX_RECORDS = 20_000;
    private static final int WAITING_MAX_EVENTS = 50_000;
    private static final Duration POLL = Duration.ofMillis(200);
    /** The two readings share a thread, so neither waits longer than this for its own records. */
    private static final Duration IDLE = Duration.ofMillis(5);

    private static final int API_TIMEOUT_MILLIS = 20_000;
    private static final String CONTACTS = "customer.contacts";
    /** States of customers do not follow from events. */
    private static final String CUSTOMERS = "customer.";

    private final Map<String, Object> client;
    private final String prefix;
    private final AvroDeserializer<SpecificRecord> deserializer = new AvroDeserializer<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final Set<TopicPartition> held = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    LogReader(Map<String, Object> client, String registry, String prefix) {
        this.client = client;
        this.prefix = prefix;
        // The client's settings may name a token for the registry.
        Map<String, Object> config = new HashMap<>(client);
        config.put(RegistryConfig.SCHEMA_REGISTRY_URL, registry);
        config.put(RegistryConfig.SPECIFIC_AVRO_READER, true);
        deserializer.configure(config, false);
    }

    /** A log that cannot be judged. The message tells the operator why. */
    static final class Unreadable extends RuntimeException {
        Unreadable(String message) {
            super(message);
        }
    }

    /** A committed record on an event topic that is no event, and the reason for which it cannot be read. */
    record ForeignRecord(RecordId recordId, Instant appendedAt, String why) {}

    /** The records of one read, and the progress of its thread. */
    private static final class Batch {
        final List<LoggedEvent> committed = new ArrayList<>();
        final List<ForeignRecord> foreign = new ArrayList<>();
        final List<LoggedEvent> aborted = new ArrayList<>();
        long offsetsRead;
        boolean isLast = true;
    }

    /** Told of the offsets that are read, and of all. */
    interface Progress {
        void at(long read, long total);
    }

    /**
     * Finds the event topics and their ends, and gives the number of partitions, which has to be that of each topic.
     */
    int open() {
        try (var consumer = consumer("read_committed")) {
            var topics = consumer.listTopics();
            var partitions = new TreeMap<Integer, String>();
            var all = new ArrayList<TopicPartition>();
            for (var topic : Contract.topics()) {
                var name = prefix + topic.name();
                var infos = topic.hasEvents() ? topics.get(name) : List.<PartitionInfo>of();
                if (infos == null) {
                    throw new Unreadable("There is no topic " + name + " at "
                            + client.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG)
                            + "; is the prefix right? (--prefix, now '" + prefix + "')");
                }
                if (topic.hasEvents()) {
                    partitions.put(infos.size(), name);
                }
                infos.forEach(info -> all.add(new TopicPartition(name, info.partition())));
            }
            if (partitions.size() > 1) {
                throw new Unreadable("Topics differ in their number of partitions: " + partitions);
            }
            ends.putAll(consumer.endOffsets(all));
            return partitions.firstKey();
        }
    }

    /** Reads the newest contact of each customer. The audit keeps only whether the customer may be notified. */
    void contacts(Audit audit) {
        // No service of Mortar wrote a record that is no contact, so no promise is about it.
        newest(
                CONTACTS,
                (record, contact) -> {
                    if (contact == null || contact instanceof CustomerContact) {
                        var at = Instant.ofEpochMilli(record.timestamp());
                        audit.contact(key(record), at, (CustomerContact) contact);
                    }
                },
                (_, _) -> {});
    }

    /** Reads the newest record of each key of the state topics that follow from events. */
    void published(PublishedAudit audit) {
        Contract.topics().stream()
                .filter(topic -> topic.isCompacted() && !topic.name().startsWith(CUSTOMERS))
                .forEach(topic -> newest(
                        topic.name(),
                        (_, state) -> Optional.ofNullable(state).ifPresent(audit::accept),
                        audit::unreadable));
    }

    /**
     * The value of a record, or null if it has none.
     *
     * @throws SerializationException if it is not encoded as Mortar encodes records
     * @throws Unreadable if the registry cannot be asked, so that nothing is known of the record
     */
    private @Nullable SpecificRecord decoded(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? null : deserializer.deserialize(record.topic(), record.value());
        } catch (RegistryException.NotFound e) {
            throw e;
        } catch (RegistryException e) {
            throw new Unreadable("the schema registry gives no schema: " + e.getMessage());
        }
    }

    private static String why(SerializationException e) {
        return Objects.requireNonNullElse(e.getMessage(), "it cannot be read");
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    /**
     * Gives the newest record of each key with its value or null, or the place of the record and why it is unreadable.
     */
    private void newest(
            String topic,
            BiConsumer<ConsumerRecord<byte[], byte[]>, @Nullable SpecificRecord> reader,
            BiConsumer<String, String> unreadable) {
        try (var consumer = consumer("read_committed")) {
            for (var info : consumer.listTopics().getOrDefault(prefix + topic, List.of())) {
                var partition = new TopicPartition(info.topic(), info.partition());
                var newest = new LinkedHashMap<ByteBuffer, ConsumerRecord<byte[], byte[]>>();
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
                while (consumer.position(partition) < end) {
                    consumer.poll(POLL).forEach(record -> newest.put(ByteBuffer.wrap(record.key()), record));
                }
                for (var record : newest.values()) {
                    try {
                        reader.accept(record, decoded(record));
                    } catch (SerializationException e) {
                        unreadable.accept(info.topic() + "/" + info.partition() + "/" + record.offset(), why(e));
                    }
                }
            }
        }
    }

    /**
     * Gives all records to the audit, in the order of their partitions.
     *
     * @param isAfter whether a record is too new to be judged
     * @param judged told of every event that is judged
     */
    void read(Audit audit, BiPredicate<RecordId, Instant> isAfter, Progress progress, Consumer<LoggedEvent> judged) {
        long total = ends.values().stream().mapToLong(Long::longValue).sum();
        var batches = new ArrayBlockingQueue<Batch>(QUEUED_BATCHES_MAX);
        // Partitions of the same number are read together, because their events were written at the same time.
        var partitions = ends.keySet().stream()
                .sorted(Comparator.comparing(TopicPartition::partition).thenComparing(TopicPartition::topic))
                .toList();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            var share = IntStream.range(0, partitions.size())
                    .filter(number -> number % READERS == reader)
                    .mapToObj(partitions::get)
                    .toList();
            threads.add(Thread.ofPlatform().daemon().name("reader").start(() -> run(share, batches)));
        }
        long read = 0;
        int running = threads.size();
        try {
            while (running > 0) {
                var batch = batches.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
                var failed = failure.get();
                if (failed != null) {
                    throw failed;
                }
                if (batch == null) {
                    continue;
                }
                for (var event : batch.committed) {
                    if (!isAfter.test(event.recordId(), event.appendedAt())) {
                        audit.accept(event);
                        judged.accept(event);
                    }
                }
                batch.foreign.removeIf(each -> isAfter.test(each.recordId(), each.appendedAt()));
                batch.foreign.forEach(each -> audit.foreign(each.recordId(), each.why()));
                batch.aborted.forEach(audit::aborted);
                hold(batch.committed, audit);
                read += batch.offsetsRead;
                running -= batch.isLast ? 1 : 0;
                progress.at(read, total);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreadable("Interrupted while reading");
        } finally {
            if (running > 0) {
                threads.forEach(Thread::interrupt);
            }
        }
    }

    /** Holds back partitions whose events wait for those of others, so that few events wait. */
    private void hold(List<LoggedEvent> batch, Audit audit) {
        for (var event : batch) {
            var id = event.recordId();
            if (audit.waiting(id.topic(), id.partition()) > WAITING_MAX_EVENTS) {
                held.add(new TopicPartition(prefix + id.topic(), id.partition()));
            }
        }
        held.removeIf(partition ->
                audit.waiting(unprefixed(partition.topic()), partition.partition()) < WAITING_MAX_EVENTS / 2);
    }

    private String unprefixed(String topic) {
        return topic.substring(prefix.length());
    }

    private void run(List<TopicPartition> share, BlockingQueue<Batch> batches) {
        try (var committed = consumer("read_committed");
                var everything = consumer("read_uncommitted")) {
            committed.assign(share);
            committed.seekToBeginning(share);
            everything.assign(share);
            everything.seekToBeginning(share);
            var sides = new HashMap<TopicPartition, Side>();
            for (var partition : share) {
                sides.put(partition, new Side(ends.getOrDefault(partition, 0L), committed.position(partition)));
            }
            boolean done = false;
            boolean progressed = true;
            while (!done) {
                var batch = new Batch();
                sides.forEach((partition, side) ->
                        pause(committed, partition, held.contains(partition) || side.position >= side.end));
                for (var record : committed.poll(progressed ? Duration.ZERO : IDLE)) {
                    var side = sides.get(new TopicPartition(record.topic(), record.partition()));
                    if (side != null && record.offset() < side.end) {
                        side.committed.add(record.offset());
                        Optional.ofNullable(event(record, batch.foreign)).ifPresent(batch.committed::add);
                    }
                }
                sides.forEach((partition, side) -> pause(
                        everything,
                        partition,
                        side.everything.size() > BACKLOG_MAX_RECORDS || everything.position(partition) >= side.end));
                var records = everything.poll(Duration.ZERO);
                progressed = !records.isEmpty();
                for (var record : records) {
                    var side = sides.get(new TopicPartition(record.topic(), record.partition()));
                    if (side != null && record.offset() < side.end) {
                        side.everything.add(record);
                    }
                }
                for (var entry : sides.entrySet()) {
                    var side = entry.getValue();
                    long position = Math.min(side.end, committed.position(entry.getKey()));
                    progressed |= position > side.position;
                    batch.offsetsRead += position - side.position;
                    side.position = position;
                    // An aborted record that is no event breaks no promise.
                    side.compare(record -> Optional.ofNullable(event(record, new ArrayList<>()))
                            .ifPresent(batch.aborted::add));
                    batch.isLast &= position >= side.end && everything.position(entry.getKey()) >= side.end;
                }
                done = batch.isLast;
                batches.put(batch);
            }
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private static void pause(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, boolean isPaused) {
        if (isPaused) {
            consumer.pause(Set.of(partition));
        } else {
            consumer.resume(Set.of(partition));
        }
    }

    /** The two readings of one partition. */
    private static final class Side {
        final long end;
        long position;
        final ArrayDeque<Long> committed = new ArrayDeque<>();
        final ArrayDeque<ConsumerRecord<byte[], byte[]>> everything = new ArrayDeque<>();

        Side(long end, long position) {
            this.end = end;
            this.position = position;
        }

        /** Gives the records that the committed reading passed over: they were aborted. */
        void compare(Consumer<ConsumerRecord<byte[], byte[]>> aborted) {
            while (!everything.isEmpty() && everything.element().offset() < position) {
                var record = everything.remove();
                while (!committed.isEmpty() && committed.element() < record.offset()) {
                    committed.remove();
                }
                if (!committed.isEmpty() && committed.element() == record.offset()) {
                    committed.remove();
                } else {
                    aborted.accept(record);
                }
            }
        }
    }

    /** The event of a record; null if it is none, and then the foreign records take it. */
    @Nullable
    LoggedEvent event(ConsumerRecord<byte[], byte[]> record, Collection<ForeignRecord> foreign) {
        var recordId = new RecordId(unprefixed(record.topic()), record.partition(), record.offset());
        var appendedAt = Instant.ofEpochMilli(record.timestamp());
        try {
            var event = decoded(record);
            if (event != null) {
                return LoggedEvent.labelled(recordId, appendedAt, key(record), record.headers(), event);
            }
            foreign.add(new ForeignRecord(recordId, appendedAt, "it has no value"));
        } catch (SerializationException e) {
            foreign.add(new ForeignRecord(recordId, appendedAt, why(e)));
        }
        return null;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        var settings = new HashMap<>(client);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 512 * 1024);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
