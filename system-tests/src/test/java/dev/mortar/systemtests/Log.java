package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The records of the topics, read by a plain consumer that knows nothing of Mortar, and the offsets of Mortar's groups.
 */
final class Log implements AutoCloseable {

    /** The services, as their groups and topics are called. */
    static final List<String> NOUNS = List.of("order", "inventory", "pickup", "returns", "notification");

    /** A listener's groups, each with the topics it reads. */
    static final Map<String, List<String>> LISTENERS = Map.of(
            "order-process", List.of("inventory.events", "pickup.events", "returns.events"),
            "inventory-process", List.of("order.events", "pickup.events", "returns.events", "inventory.events"),
            "pickup-process", List.of("order.events"),
            "returns-process", List.of("order.events"),
            "notification-process", List.of("order.events", "pickup.events", "returns.events", "notification.events"),
            "notification-effects", List.of("notification.events"));

    /** Events of a notification that nobody has claimed to send. */
    static final Set<String> UNCLAIMED =
            Set.of("NotificationRequested", "NotificationDue", "NotificationAttemptFailed");

    private static final Set<String> UNFINISHED =
            Set.of("NotificationRequested", "NotificationDue", "NotificationAttemptFailed", "NotificationSending");
    private static final Duration POLL = Duration.ofMillis(200);

    private final Admin admin;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<TopicPartition, List<Entry>> entries = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    Log(Map<String, Object> client) {
        this.admin = Admin.create(client);
        Map<String, Object> settings = new HashMap<>(client);
        settings.putAll(Map.of("isolation.level", "read_committed", "fetch.max.wait.ms", 50));
        this.consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * One record and its place.
     *
     * @param type simple name of the event, empty for other records
     * @param eventId empty for other records
     * @param value a character for each byte; null for a tombstone
     */
    record Entry(
            String topic,
            int partition,
            long offset,
            String key,
            String type,
            String eventId,
            @Nullable String value) {

        TopicPartition topicPartition() {
            return new TopicPartition(topic, partition);
        }

        static Entry of(ConsumerRecord<String, byte[]> record) {
            return new Entry(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.key(),
                    Shop.simpleName(header(record, "ce_type")),
                    header(record, "ce_id"),
                    record.value() == null ? null : new String(record.value(), StandardCharsets.ISO_8859_1));
        }

        private static String header(ConsumerRecord<String, byte[]> record, String name) {
            Header header = record.headers().lastHeader(name);
            return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
        }

        /** Everything that has to stay the same, without the bytes. */
        @Override
        public String toString() {
            return topic + "/" + partition + "/" + offset + " " + key + " " + type + " " + eventId;
        }
    }

    /**
     * All committed records of these topics, in the order of topic, partition, offset. Reads only what is new to it.
     */
    synchronized List<Entry> read(Collection<String> topics) {
        List<TopicPartition> partitions = topics.stream()
                .sorted()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        partitions.forEach(each -> consumer.seek(each, positions.getOrDefault(each, 0L)));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Entry entry = Entry.of(record);
                entries.computeIfAbsent(entry.topicPartition(), _ -> new ArrayList<>())
                        .add(entry);
            }
            partitions.forEach(each -> positions.put(each, consumer.position(each)));
        }
        return partitions.stream()
                .flatMap(each -> entries.getOrDefault(each, List.of()).stream())
                .toList();
    }

    /** Every event of every service. */
    List<Entry> events() {
        return read(topics("events"));
    }

    /** The events of one order, in all services. */
    List<Entry> eventsOf(String topic, String key) {
        return read(List.of(topic)).stream()
                .filter(entry -> entry.key().equals(key))
                .toList();
    }

    List<Entry> deadLetters() {
        return read(topics("dead-letters"));
    }

    private static List<String> topics(String kind) {
        return NOUNS.stream().map(noun -> noun + "." + kind).toList();
    }

    /** Waits until every event has been reacted to and every command decided. */
    void awaitReactions() {
        await("all events reacted to, all commands decided")
                .atMost(Shop.PATIENCE)
                .pollInterval(POLL)
                .untilAsserted(() -> {
                    int before = events().size();
                    LISTENERS.forEach(this::requireCaughtUp);
                    NOUNS.forEach(noun -> requireCaughtUp(noun + "-decider", List.of(noun + ".commands")));
                    if (events().size() != before) {
                        throw new AssertionError("Events still come");
                    }
                });
    }

    /** Waits until nothing moves any more: reactions, decisions, mails. */
    void awaitQuiet() {
        awaitNotifications(UNFINISHED, Shop.PATIENCE);
        awaitReactions();
    }

    /**
     * Waits this long until no notification has one of these events as its newest, those aside whose shopper nobody
     * knows how to reach: they wait for an hour.
     */
    void awaitNotifications(Set<String> unfinished, Duration patience) {
        await("notifications are on their way no longer")
                .atMost(patience)
                .pollInterval(POLL)
                .untilAsserted(() -> {
                    Map<String, Entry> newest = new HashMap<>();
                    read(List.of("notification.events")).forEach(event -> newest.put(event.key(), event));
                    Map<String, Entry> contacts = new HashMap<>();
                    read(List.of("customer.contacts")).forEach(entry -> contacts.put(entry.key(), entry));
                    contacts.values().removeIf(entry -> entry.value() == null);
                    assertThat(newest.values().stream()
                                    .filter(event -> unfinished.contains(event.type()))
                                    .filter(event -> contacts.keySet().stream()
                                            .anyMatch(String.valueOf(event.value())::contains)))
                            .isEmpty();
                });
    }

    private void requireCaughtUp(String group, List<String> topics) {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError(group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Map<TopicPartition, Long> last =
                read(topics).stream().collect(Collectors.toMap(Entry::topicPartition, Entry::offset, Math::max));
        last.forEach((partition, offset) -> {
            OffsetAndMetadata reached = committed.get(partition);
            if (reached == null || reached.offset() <= offset) {
                throw new AssertionError(group + " has not come to " + partition + " offset " + offset);
            }
        });
    }

    /** Sets a group back to the first record of everything it reads; its service is stopped. */
    void resetToBeginning(String group) {
        Map<TopicPartition, OffsetAndMetadata> beginning = read(LISTENERS.getOrDefault(group, List.of())).stream()
                .map(Entry::topicPartition)
                .distinct()
                .collect(Collectors.toMap(partition -> partition, _ -> new OffsetAndMetadata(0)));
        // A member that stopped is missed only when its session has timed out.
        await(group + " has no members")
                .atMost(Shop.PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptionsMatching(e -> e instanceof ExecutionException)
                .until(() -> {
                    admin.alterConsumerGroupOffsets(group, beginning).all().get();
                    return true;
                });
    }

    /** The settings of a topic that are its own. */
    Map<String, String> settings(String topic) throws ExecutionException, InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Objects.requireNonNull(
                        admin.describeConfigs(List.of(resource)).all().get().get(resource))
                .entries()
                .stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    @Override
    public synchronized void close() {
        consumer.close();
        admin.close();
    }
}
