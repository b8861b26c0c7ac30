package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import dev.mortar.kafka.KafkaAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Every topic of Mortar with its settings, and the release step that creates them.
 *
 * <p>The number of partitions is fixed for life, so a topic that already has another number is an error. Settings are
 * brought to what is declared here. A topic of lanes holds no records: its number of partitions says how many lanes the
 * deciders of a service have, and it is created again when another number is wanted and the service is stopped.
 */
public final class Topics {
    /** A little more than the 8 MiB that producers refuse to exceed. */
    private static final int MESSAGE_MAX_BYTES = 8 * 1024 * 1024 + 64 * 1024;

    private static final Duration BROKER_WAIT = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final String LANES = ".lanes";

    private Topics() {}

    /**
     * Creates what is missing; the environment says where: {@link KafkaAccess} tells the variables of the connection,
     * {@code MORTAR_TOPIC_PARTITIONS} (12), {@code MORTAR_LANES} (1), {@code MORTAR_TOPIC_REPLICATION} (3),
     * {@code MORTAR_TOPIC_PREFIX} (none). Waits up to 60 seconds for a broker; ends with status 1 and a sentence on
     * standard error when something is wrong.
     */
    public static void main(String[] arguments) {
        step(environment -> {
            Map<String, Object> client = KafkaAccess.ofEnvironment(environment);
            int created = create(
                    client,
                    number(environment, "MORTAR_TOPIC_PARTITIONS", 12),
                    number(environment, "MORTAR_LANES", 1),
                    (short) number(environment, "MORTAR_TOPIC_REPLICATION", 3),
                    environment.getOrDefault("MORTAR_TOPIC_PREFIX", ""));
            System.out.printf("%d of %d topics created at %s%n", created, all().size(), brokers(client));
        });
    }

    private static int number(Map<String, String> environment, String variable, int unlessSet) {
        String text = environment.getOrDefault(variable, Integer.toString(unlessSet));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new StackFailure(variable + " has to be a whole number, not " + text, e);
        }
    }

    /** Runs a release step with the environment; a failure is a sentence on standard error and status 1. */
    static void step(Consumer<Map<String, String>> step) {
        try {
            step.accept(System.getenv());
        } catch (StackFailure | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static Object brokers(Map<String, Object> client) {
        return requireNonNull(client.get("bootstrap.servers"));
    }

    /** Every topic's name, without prefix, and the settings in which it differs from the broker's own. */
    public static Map<String, Map<String, String>> all() {
        var topics = new TreeMap<String, Map<String, String>>();
        for (String noun : Service.ALL) {
            topics.put(noun + ".commands", deletedAfter(7));
            topics.put(noun + ".events", forEver());
            // Longer than commands: the mark in a reply says where the decider goes on in them.
            topics.put(noun + ".replies", deletedAfter(14));
            topics.put(noun + LANES, Map.of("cleanup.policy", "delete"));
            topics.put(noun + ".dead-letters", forEver());
        }
        topics.put("order.summaries", Map.of("cleanup.policy", "compact"));
        topics.put("order.sourcing-rules", Map.of("cleanup.policy", "compact"));
        topics.put("inventory.levels", Map.of("cleanup.policy", "compact"));
        topics.put("inventory.locations", Map.of("cleanup.policy", "compact"));
        topics.put("inventory.capacity", Map.of("cleanup.policy", "compact"));
        topics.put("customer.contacts", forgetful());
        topics.put("customer.contact-reads", deletedAfter(400));
        topics.put("customer.erasures", Map.of("cleanup.policy", "compact"));
        return topics;
    }

    /**
     * Creates the topics that are missing and sets the settings of those that exist.
     *
     * @param client settings of a client that may do so
     * @param partitions of each topic: 2 in the local stack, 12 elsewhere
     * @param prefix put before every name as it is, separator included; empty for none
     * @return how many were created
     * @throws StackFailure when no broker answers within 60 seconds, a topic has another number of partitions, or a
     *     service runs with another number of lanes
     */
    public static int create(Map<String, Object> client, int partitions, int lanes, short replication, String prefix) {
        if (lanes < 1 || lanes > partitions) {
            throw new StackFailure("There are %d partitions, so there can be 1 to %d lanes; %d were wanted"
                    .formatted(partitions, partitions, lanes));
        }
        var wanted = new TreeMap<String, NewTopic>();
        all().forEach((name, settings) -> wanted.put(
                prefix + name,
                new NewTopic(prefix + name, name.endsWith(LANES) ? lanes : partitions, replication)
                        .configs(withDurability(settings, replication))));
        try (Admin admin = admin(client)) {
            Set<String> existing = admin.listTopics().names().get();
            Set<String> present = new TreeSet<>(wanted.keySet());
            present.retainAll(existing);
            present.removeAll(dropOtherwiseDivided(admin, present, wanted));
            List<NewTopic> missing = wanted.values().stream()
                    .filter(topic -> !present.contains(topic.name()))
                    .toList();
            int created = create(admin, missing);
            awaitVisible(admin, wanted.keySet());
            applySettings(admin, present.stream().map(wanted::get).toList());
            return created;
        } catch (ExecutionException e) {
            String cause = Objects.requireNonNullElse(e.getCause(), e).getMessage();
            throw new StackFailure("Topics could not be created at " + brokers(client) + ": " + cause, e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("topics at " + brokers(client), e);
        }
    }

    static Admin admin(Map<String, Object> client, Duration wait) {
        int waitMillis = Math.toIntExact(wait.toMillis());
        Map<String, Object> settings = new TreeMap<>(client);
        settings.put("default.api.timeout.ms", waitMillis);
        settings.put("request.timeout.ms", Math.min(waitMillis, 10_000));
        settings.put("reconnect.backoff.max.ms", 200);
        return Admin.create(settings);
    }

    /** A client that waits up to 60 seconds for the broker. */
    public static Admin admin(Map<String, Object> client) {
        return admin(client, BROKER_WAIT);
    }

    /** A consumer without a group, of bytes. */
    public static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String isolationLevel) {
        Map<String, Object> settings = new TreeMap<>(client);
        settings.putAll(Map.of("isolation.level", isolationLevel, "auto.offset.reset", "earliest"));
        settings.put("enable.auto.commit", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
        return topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /**
     * Gives each record of a topic, from the first one to the last one of now.
     *
     * @throws StackFailure when the broker gives none for a minute although there are more
     */
    static void read(
            KafkaConsumer<byte[], byte[]> consumer, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        List<TopicPartition> partitions = partitions(consumer, List.of(topic));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long lastNs = System.nanoTime();
        while (partitions.stream()
                .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            records.forEach(each);
            if (!records.isEmpty()) {
                lastNs = System.nanoTime();
            } else if (System.nanoTime() - lastNs > BROKER_WAIT.toNanos()) {
                throw new StackFailure("The broker gave no record of " + topic + " for " + BROKER_WAIT.toSeconds()
                        + " seconds, and there are more");
            }
        }
    }

    /** Two releases may run at once: a topic that the other one created in the meantime is there, and that is all. */
    private static int create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        int created = 0;
        for (var result : admin.createTopics(missing).values().values()) {
            try {
                result.get();
                created++;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        return created;
    }

    /** The controller has created them; brokers hear of it a moment later, and a service must not start before. */
    private static void awaitVisible(Admin admin, Set<String> names) throws ExecutionException, InterruptedException {
        await(
                () -> admin.listTopics().names().get().containsAll(names),
                "Topics were created, but the broker does not show them after " + BROKER_WAIT.toSeconds() + " seconds");
    }

    private interface Question {
        boolean holds() throws ExecutionException, InterruptedException;
    }

    private static void await(Question question, String failure) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + BROKER_WAIT.toNanos();
        while (!question.holds()) {
            if (System.nanoTime() > deadline) {
                throw new StackFailure(failure);
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    /** Deletes topics of lanes with another number than wanted, and gives their names; other topics must not differ. */
    private static Set<String> dropOtherwiseDivided(Admin admin, Set<String> names, Map<String, NewTopic> wanted)
            throws ExecutionException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        Set<String> lanes = new TreeSet<>();
        for (TopicDescription topic :
                admin.describeTopics(names).allTopicNames().get().values()) {
            String name = topic.name();
            int number = requireNonNull(wanted.get(name)).numPartitions();
            int there = topic.partitions().size();
            if (there != number && name.endsWith(LANES)) {
                lanes.add(name);
            } else if (there != number) {
                wrong.add("%s has %d, wanted were %d".formatted(name, there, number));
            }
        }
        if (!wrong.isEmpty()) {
            throw new StackFailure("The number of partitions is fixed for life: " + String.join("; ", wrong));
        }
        for (String name : lanes) {
            awaitStopped(admin, name);
        }
        admin.deleteTopics(lanes).all().get();
        return lanes;
    }

    /** A stopped instance stays a member of the deciders' group until its session ends. */
    private static void awaitStopped(Admin admin, String lanes) throws ExecutionException, InterruptedException {
        String service = lanes.substring(0, lanes.length() - LANES.length());
        await(
                () -> !hasMembers(admin, service + "-decider"),
                "The number of lanes can change only while a service is stopped, and the deciders of " + service
                        + " run: stop all instances of it first");
    }

    private static boolean hasMembers(Admin admin, String group) throws ExecutionException, InterruptedException {
        try {
            var groups = admin.describeConsumerGroups(List.of(group)).all().get();
            return !requireNonNull(groups.get(group)).members().isEmpty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return false;
            }
            throw e;
        }
    }

    private static void applySettings(Admin admin, List<NewTopic> topics)
            throws ExecutionException, InterruptedException {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = topics.stream()
                .collect(toMap(
                        topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        topic -> topic.configs().entrySet().stream()
                                .map(setting -> new AlterConfigOp(
                                        new ConfigEntry(setting.getKey(), setting.getValue()),
                                        AlterConfigOp.OpType.SET))
                                .toList()));
        admin.incrementalAlterConfigs(changes).all().get();
    }

    /** The broker's clock stamps these records, because it is the clock of the deciders. */
    private static Map<String, String> deletedAfter(int days) {
        return Map.of(
                "cleanup.policy", "delete",
                "retention.ms", millis(Duration.ofDays(days)),
                "message.timestamp.type", "LogAppendTime");
    }

    private static Map<String, String> forEver() {
        return Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1");
    }

    /**
     * Erased within 24 hours: a segment closes with the first record after an hour, is cleaned at the latest 20 hours
     * after it was written, and the rest is the cleaner's own time. A partition without a further record waits for one
     * ({@code docs/privacy.md}). The tombstone itself names nobody (the key is an opaque id); it stays a week so that a
     * consumer which was away sees it and forgets too.
     */
    private static Map<String, String> forgetful() {
        return Map.of(
                "cleanup.policy", "compact",
                "segment.ms", millis(Duration.ofHours(1)),
                "max.compaction.lag.ms", millis(Duration.ofHours(20)),
                "delete.retention.ms", millis(Duration.ofDays(7)));
    }

    private static Map<String, String> withDurability(Map<String, String> settings, short replication) {
        var all = new TreeMap<>(settings);
        all.put("min.insync.replicas", replication >= 3 ? "2" : "1");
        all.put("unclean.leader.election.enable", "false");
        all.put("max.message.bytes", Integer.toString(MESSAGE_MAX_BYTES));
        return all;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
