package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The runtime of a service between broker and disk: batches of a lane are decided over a real local store, their
 * records are kept in memory, and the real follower folds them. There is no broker, no network and no wait.
 */
public final class LogInMemory<C, S, V, E> implements AutoCloseable {

    private static final int PARTITIONS = 2;
    private static final String SOURCE_TOPIC_ID = "source";

    private final ServiceDefinition<C, S, V, E> definition;
    private final LaneBatch.Contract contract;
    private final Fold<C, S, V, E> fold;
    private final LocalStore store;
    private final Follower<C, S, V, E> follower;
    private final Overlay overlay = new Overlay();
    private final Changes.Below below = new Changes.Below() {
        @Override
        public <T> @Nullable T get(String key, Form<T> form) {
            return overlay.get(key, form, follower.rows());
        }
    };
    private final Queue<ConsumerRecords<String, byte[]>> toFollow = new ArrayDeque<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final List<ConsumerRecords<String, byte[]>> log = new ArrayList<>();
    private long commands;

    /** How long it took to decide commands, and to fold their records. */
    public record Took(long decideNs, long foldNs, int events) {}

    /** An empty log, and a store in a directory that does not exist yet. */
    public LogInMemory(ServiceDefinition<C, S, V, E> definition, Path directory) {
        this.definition = definition;
        AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
        AvroDeserializer<SpecificRecord> deserializer = new AvroDeserializer<>();
        Map<String, String> serde = Map.of(
                "schema.registry.url", "mock://bench",
                "specific.avro.reader", "true",
                "value.subject.name.strategy", "TopicRecordNameStrategy");
        serializer.configure(serde, false);
        deserializer.configure(serde, false);
        contract = new LaneBatch.Contract("", "commands", PARTITIONS, serializer, serializer);
        fold = new Fold<>(definition, deserializer, Duration.ofHours(24));
        store = new RocksLocalStore(directory);
        follower = follower(store, toFollow);
    }

    private Follower<C, S, V, E> follower(LocalStore into, Queue<ConsumerRecords<String, byte[]>> polls) {
        Follower<C, S, V, E> begun =
                new Follower<>(definition, "", PARTITIONS, fold, into, consumer(polls), new Follower.Told() {
                    @Override
                    public void changed(String view, String storeKey) {}

                    @Override
                    public void answered(int partition, Answer answer) {}
                });
        begun.start();
        return begun;
    }

    /** Decides commands of a process in one batch, commits it and lets the follower fold it. */
    public Took decide(List<C> batchOf) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        for (C command : batchOf) {
            records.add(record(command));
        }
        long beganNs = System.nanoTime();
        LaneBatch<C, S, V, E> batch = new LaneBatch<>(definition, contract, fold, below);
        for (ConsumerRecord<String, byte[]> record : records) {
            if (batch.add(record, null) instanceof LaneBatch.Outcome.Failed failed) {
                throw failed.cause();
            }
        }
        List<ProducerRecord<String, byte[]>> written = batch.records();
        overlay.committed(batch.changes(), Map.of());
        long decideNs = System.nanoTime() - beganNs;
        ConsumerRecords<String, byte[]> committed = committed(written);
        log.add(committed);
        toFollow.add(committed);
        beganNs = System.nanoTime();
        follower.step(Duration.ZERO);
        long foldNs = System.nanoTime() - beganNs;
        overlay.evict(_ -> 0);
        return new Took(decideNs, foldNs, committed.count());
    }

    /** Folds the log from its first record into another store; returns the time for what follows the first polls. */
    public Took foldAfresh(Path directory, int firstPolls) {
        Queue<ConsumerRecords<String, byte[]>> polls = new ArrayDeque<>(log);
        try (LocalStore fresh = new RocksLocalStore(directory)) {
            Follower<C, S, V, E> follower = follower(fresh, polls);
            for (int i = 0; i < firstPolls; i++) {
                follower.step(Duration.ZERO);
            }
            int events = 0;
            long beganNs = System.nanoTime();
            while (!polls.isEmpty()) {
                events += follower.step(Duration.ZERO);
            }
            return new Took(0, System.nanoTime() - beganNs, events);
        }
    }

    public int polls() {
        return log.size();
    }

    @Override
    public void close() {
        store.close();
    }

    private ConsumerRecord<String, byte[]> record(C command) {
        long number = commands++;
        String key = definition.aggregateId.apply(command);
        int partition = EventRecords.partition(key, PARTITIONS);
        UUID id = new UUID(0, number);
        CommandHeaders headers = new CommandHeaders(
                id,
                Actor.system("order-process"),
                id.toString(),
                id,
                null,
                null,
                null,
                new SourcePosition(SOURCE_TOPIC_ID, partition, number, 0),
                null,
                null);
        return new ConsumerRecord<>(
                definition.commandsTopic(),
                partition,
                number,
                1_800_000_000_000L + number,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                key,
                Json.write(definition.commandType, command),
                headers.toHeaders(1),
                Optional.of(0));
    }

    private ConsumerRecords<String, byte[]> committed(List<ProducerRecord<String, byte[]>> written) {
        Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> records = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        for (ProducerRecord<String, byte[]> each : written) {
            boolean followed = each.topic().equals(definition.eventsTopic())
                    || each.topic().equals(definition.repliesTopic());
            if (followed) {
                TopicPartition at = new TopicPartition(each.topic(), each.partition());
                long offset = ends.merge(at, 1L, Long::sum) - 1;
                records.computeIfAbsent(at, _ -> new ArrayList<>())
                        .add(new ConsumerRecord<>(
                                each.topic(),
                                each.partition(),
                                offset,
                                0L,
                                TimestampType.LOG_APPEND_TIME,
                                0,
                                0,
                                each.key(),
                                each.value(),
                                each.headers(),
                                Optional.of(0)));
                next.put(at, new OffsetAndMetadata(offset + 1, Optional.of(0), ""));
            }
        }
        return new ConsumerRecords<>(records, next);
    }

    @SuppressWarnings("unchecked") // A proxy knows no type arguments.
    private static Consumer<String, byte[]> consumer(Queue<ConsumerRecords<String, byte[]>> polls) {
        return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                LogInMemory.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (_, method, _) -> answer(method.getName(), polls));
    }

    private static @Nullable Object answer(String method, Queue<ConsumerRecords<String, byte[]>> polls) {
        return switch (method) {
            case "assign", "seek" -> null;
            case "beginningOffsets" -> Map.of();
            case "poll" -> polls.remove();
            default -> throw new UnsupportedOperationException(method);
        };
    }
}
