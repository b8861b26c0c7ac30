package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How much lies on the log, and what was written to it in between. */
final class LogMeter implements AutoCloseable {
    /** Commands of the gateway and of processes; all else that an order writes is written in transactions. */
    static final String COMMANDS = "commands";

    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final Admin admin;

    /**
     * What lies on the log.
     *
     * @param ends next offset of each partition, transaction markers counted
     * @param diskBytes of the broker's files, by topic, of all topics with Kafka's own
     */
    record Mark(Map<TopicPartition, Long> ends, Map<String, Long> diskBytes) {}

    /**
     * What was written between two marks.
     *
     * @param records by topic, without transaction markers
     * @param recordBytes keys, values and headers of the records, by topic
     * @param diskBytes by which the broker's files grew, by topic
     */
    record Written(Map<String, Long> records, Map<String, Long> recordBytes, Map<String, Long> diskBytes) {

        /** Records in all topics. */
        long allRecords() {
            return sum(records, _ -> true);
        }

        /** Records by what their topics are for. */
        Map<String, Long> recordsByKind() {
            Map<String, Long> byKind = new TreeMap<>();
            records.forEach((topic, count) -> byKind.merge(kind(topic), count, Long::sum));
            return byKind;
        }

        /** Bytes on disk of topics like these. */
        long diskBytes(Predicate<String> topics) {
            return sum(diskBytes, topics);
        }

        /** Mean size of a record, key and headers included. */
        int meanBytes() {
            return Math.toIntExact(sum(recordBytes, _ -> true) / Math.max(1, allRecords()));
        }

        private static long sum(Map<String, Long> byTopic, Predicate<String> topics) {
            return byTopic.entrySet().stream()
                    .filter(topic -> topics.test(topic.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    LogMeter(String bootstrap) {
        this.bootstrap = bootstrap;
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap));
    }

    /** What a topic is for, in words. */
    static String kind(String topic) {
        if (topic.contains("-decider-")) {
            return "changes of deciders' stores";
        }
        if (topic.contains("-views-")) {
            return "changes of views and events on their way there";
        }
        String last = topic.substring(topic.lastIndexOf('.') + 1);
        return Set.of(COMMANDS, "events", "replies").contains(last) ? last : "published states and others";
    }

    /**
     * Waits until nobody writes any more, as far as topics that are not Kafka's own tell.
     *
     * @return what lies there then
     */
    Mark settle() throws InterruptedException {
        long endNs = System.nanoTime() + SETTLED_WITHIN.toNanos();
        Mark before = mark();
        while (true) {
            Thread.sleep(LOOK);
            Mark now = mark();
            if (now.ends().equals(before.ends()) || System.nanoTime() > endNs) {
                return now;
            }
            before = now;
        }
    }

    /** What lies there now. */
    Mark mark() throws InterruptedException {
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = consumer.listTopics().values().stream()
                    .flatMap(Collection::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .filter(partition -> !partition.topic().startsWith("__"))
                    .toList();
            Map<String, Long> disk = new TreeMap<>();
            admin.describeLogDirs(brokers()).allDescriptions().get().values().stream()
                    .map(Map::values)
                    .flatMap(Collection::stream)
                    .map(LogDirDescription::replicaInfos)
                    .forEach(replicas -> replicas.forEach(
                            (partition, replica) -> disk.merge(partition.topic(), replica.size(), Long::sum)));
            return new Mark(Map.copyOf(consumer.endOffsets(partitions)), disk);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The broker does not tell what lies on its log", e);
        }
    }

    /** Reads and weighs what was written from one mark to a later one. */
    Written between(Mark from, Mark to) {
        Map<String, Long> records = new TreeMap<>();
        Map<String, Long> bytes = new TreeMap<>();
        Map<String, Long> disk = new TreeMap<>();
        to.diskBytes()
                .forEach(
                        (topic, size) -> disk.put(topic, size - from.diskBytes().getOrDefault(topic, 0L)));
        Map<TopicPartition, Long> left = new HashMap<>();
        to.ends().forEach((partition, end) -> {
            if (end > from.ends().getOrDefault(partition, 0L)) {
                left.put(partition, end);
            }
        });
        try (var consumer = consumer()) {
            consumer.assign(left.keySet());
            left.keySet()
                    .forEach(partition -> consumer.seek(partition, from.ends().getOrDefault(partition, 0L)));
            while (!left.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Long end = left.get(new TopicPartition(record.topic(), record.partition()));
                    if (end != null && record.offset() < end) {
                        records.merge(record.topic(), 1L, Long::sum);
                        bytes.merge(record.topic(), size(record), Long::sum);
                    }
                }
                left.entrySet().removeIf(entry -> consumer.position(entry.getKey()) >= entry.getValue());
                consumer.pause(consumer.assignment().stream()
                        .filter(partition -> !left.containsKey(partition))
                        .toList());
            }
        }
        return new Written(records, bytes, disk);
    }

    @Override
    public void close() {
        admin.close();
    }

    private Set<Integer> brokers() throws ExecutionException, InterruptedException {
        return admin.describeCluster().nodes().get().stream()
                .map(node -> node.id())
                .collect(Collectors.toSet());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "benchmark-meter",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
    }

    private static long size(ConsumerRecord<byte[], byte[]> record) {
        long size = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}
