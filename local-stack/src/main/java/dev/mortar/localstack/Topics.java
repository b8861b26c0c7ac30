package dev.mortar.localstack;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Every topic of Mortar with its settings, and the release step that creates them.
 *
 * <p>The number of partitions is fixed for life, so a topic that already has another number is an error. Settings are
 * brought to what is declared here. Internal topics of Kafka Streams are not listed: Streams creates its own.
 */
public final class Topics {
    /** A little more than the 8 MiB that producers refuse to exceed. */
    private static final int MESSAGE_MAX_BYTES = 8 * 1024 * 1024 + 64 * 1024;

    private static final Duration BROKER_WAIT = Duration.ofMinutes(1);
    private static final Duration VISIBLE_POLL_INTERVAL = Duration.ofMillis(20);
    private static final List<String> NOUNS = List.of("order", "inventory", "pickup", "returns", "notification");

    private Topics() {}

    /**
     * Creates what is missing; the environment says where: {@code KAFKA_BOOTSTRAP_SERVERS} (127.0.0.1:9092),
     * {@code MORTAR_TOPIC_PARTITIONS} (12), {@code MORTAR_TOPIC_REPLICATION} (3), {@code MORTAR_TOPIC_PREFIX} (none).
     * The arguments {@code bootstrap partitions replication prefix}, as far as given, come first. Waits up to 60
     * seconds for a broker; ends with status 1 and a sentence on standard error when something is wrong.
     */
    public static void main(String[] arguments) {
        String bootstrap = setting(arguments, 0, "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092");
        String prefix = setting(arguments, 3, "MORTAR_TOPIC_PREFIX", "");
        try {
            int partitions = Integer.parseInt(setting(arguments, 1, "MORTAR_TOPIC_PARTITIONS", "12"));
            short replication = Short.parseShort(setting(arguments, 2, "MORTAR_TOPIC_REPLICATION", "3"));
            int created = create(bootstrap, partitions, replication, prefix);
            System.out.printf("%d of %d topics created at %s%n", created, all().size(), bootstrap);
        } catch (NumberFormatException e) {
            System.err.println("Partitions and replication have to be whole numbers: " + e.getMessage());
            System.exit(1);
        } catch (StackFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Every topic's name, without prefix, and the settings in which it differs from the broker's own. */
    public static Map<String, Map<String, String>> all() {
        var topics = new TreeMap<String, Map<String, String>>();
        for (String noun : NOUNS) {
            topics.put(
                    noun + ".commands",
                    Map.of(
                            "cleanup.policy", "delete",
                            "retention.ms", millis(Duration.ofDays(7)),
                            // A decider's clock is the broker's.
                            "message.timestamp.type", "LogAppendTime"));
            topics.put(noun + ".events", forEver());
            topics.put(
                    noun + ".replies",
                    Map.of(
                            "cleanup.policy", "delete",
                            "retention.ms", millis(Duration.ofHours(1)),
                            // Retention drops whole segments, so a segment must not be older than it.
                            "segment.ms", millis(Duration.ofMinutes(30))));
            topics.put(noun + ".dead-letters", forEver());
        }
        topics.put("order.summaries", Map.of("cleanup.policy", "compact"));
        topics.put("inventory.levels", Map.of("cleanup.policy", "compact"));
        topics.put("inventory.locations", Map.of("cleanup.policy", "compact"));
        topics.put("customer.contacts", forgetful());
        return topics;
    }

    /**
     * Creates the topics that are missing and sets the settings of those that exist.
     *
     * @param partitions of each topic: 4 in the local stack, 12 elsewhere
     * @param prefix put before every name as it is, separator included; empty for none
     * @return how many were created
     * @throws StackFailure when no broker answers within 60 seconds, or a topic has another number of partitions
     */
    public static int create(String bootstrapServers, int partitions, short replication, String prefix) {
        var wanted = new TreeMap<String, Map<String, String>>();
        all().forEach((name, settings) -> wanted.put(prefix + name, withDurability(settings, replication)));
        try (Admin admin = admin(bootstrapServers, BROKER_WAIT)) {
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing = wanted.entrySet().stream()
                    .filter(topic -> !existing.contains(topic.getKey()))
                    .map(topic -> new NewTopic(topic.getKey(), partitions, replication).configs(topic.getValue()))
                    .toList();
            int created = create(admin, missing);
            awaitVisible(admin, wanted.keySet());
            List<String> present =
                    wanted.keySet().stream().filter(existing::contains).toList();
            checkPartitions(admin, present, partitions);
            applySettings(
                    admin, present.stream().collect(toMap(name -> name, name -> wanted.getOrDefault(name, Map.of()))));
            return created;
        } catch (ExecutionException e) {
            throw new StackFailure(
                    "Topics could not be created at " + bootstrapServers + ": "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackFailure("Interrupted while creating topics at " + bootstrapServers, e);
        }
    }

    static Admin admin(String bootstrapServers, Duration wait) {
        int waitMillis = Math.toIntExact(wait.toMillis());
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                waitMillis,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.min(waitMillis, 10_000),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                200));
    }

    /** Two releases may run at once: a topic that the other one created in the meantime is there, and that is all. */
    private static int create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        var results = admin.createTopics(missing).values();
        int created = 0;
        for (var result : results.values()) {
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
        long deadline = System.nanoTime() + BROKER_WAIT.toNanos();
        while (!admin.listTopics().names().get().containsAll(names)) {
            if (System.nanoTime() > deadline) {
                throw new StackFailure("Topics were created, but the broker does not show them after "
                        + BROKER_WAIT.toSeconds() + " seconds");
            }
            Thread.sleep(VISIBLE_POLL_INTERVAL);
        }
    }

    private static void checkPartitions(Admin admin, Collection<String> names, int partitions)
            throws ExecutionException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (TopicDescription topic :
                admin.describeTopics(names).allTopicNames().get().values()) {
            if (topic.partitions().size() != partitions) {
                wrong.add(topic.name() + " has " + topic.partitions().size());
            }
        }
        if (!wrong.isEmpty()) {
            throw new StackFailure("The number of partitions is fixed for life, wanted " + partitions + ": "
                    + String.join(", ", wrong));
        }
    }

    private static void applySettings(Admin admin, Map<String, Map<String, String>> settingsByTopic)
            throws ExecutionException, InterruptedException {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = settingsByTopic.entrySet().stream()
                .collect(toMap(
                        topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.getKey()),
                        topic -> topic.getValue().entrySet().stream()
                                .map(setting -> new AlterConfigOp(
                                        new ConfigEntry(setting.getKey(), setting.getValue()),
                                        AlterConfigOp.OpType.SET))
                                .toList()));
        admin.incrementalAlterConfigs(changes).all().get();
    }

    private static Map<String, String> forEver() {
        return Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1");
    }

    /**
     * Erased within 24 hours: a segment closes after an hour, is cleaned at the latest 20 hours after it was written,
     * and the rest is the cleaner's own time. The tombstone itself names nobody (the key is an opaque id); it stays a
     * week so that a consumer which was away sees it and forgets too.
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

    private static String setting(String[] arguments, int index, String variable, String otherwise) {
        return arguments.length > index ? arguments[index] : System.getenv().getOrDefault(variable, otherwise);
    }
}
