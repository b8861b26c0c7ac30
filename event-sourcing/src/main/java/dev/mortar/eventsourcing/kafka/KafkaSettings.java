package dev.mortar.eventsourcing.kafka;

import dev.mortar.kafka.KafkaAccess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/** The settings of every Kafka client of a service, in one place. */
record KafkaSettings(MortarProperties properties, String noun) {
    /**
     * The partitions of a dead instance move after this time. A restarted instance gets its partitions back at once.
     */
    private static final int SESSION_TIMEOUT_MS = 10_000;

    /** A transaction that follows the previous one too closely waits this long. Kafka's default is 100 ms. */
    private static final int RETRY_BACKOFF_MS = 2;

    private static final int DELIVERY_TIMEOUT_MS = 8_000;
    private static final int MAX_BLOCK_MS = 3_000;
    private static final int LANE_DELIVERY_TIMEOUT_MS = 20_000;
    private static final int LANE_MAX_BLOCK_MS = 20_000;

    /**
     * The producer refuses larger records. An order of 1,000 lines needs a large part of Kafka's default, 1 MiB. Topics
     * allow slightly larger records, so the broker never refuses one.
     */
    static final int RECORD_MAX_BYTES = 8 * 1024 * 1024;

    /**
     * A deployment cannot give these: the runtime sets them itself, or it is right only with their defaults (order of
     * the records of a key, all records of a poll, no lost send).
     */
    static final Set<String> OWN = Set.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            CommonClientConfigs.CLIENT_ID_CONFIG,
            CommonClientConfigs.RETRIES_CONFIG,
            CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG,
            CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG,
            CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
            CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ConsumerConfig.CHECK_CRCS_CONFIG,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            ProducerConfig.PARTITIONER_CLASS_CONFIG,
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.LINGER_MS_CONFIG,
            ProducerConfig.BATCH_SIZE_CONFIG,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG);

    /** @throws IllegalArgumentException when a setting cannot be given, or the user cannot log in with it */
    KafkaSettings {
        var refused = new TreeSet<>(properties.kafka().keySet());
        refused.retainAll(OWN);
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException("Remove " + refused
                    + " from mortar.kafka (MORTAR_KAFKA_...): the service sets this itself and needs its own value");
        }
        access(properties);
    }

    private static Map<String, Object> access(MortarProperties properties) {
        return KafkaAccess.settings(properties.kafka(), properties.kafkaUser(), properties.kafkaPasswordFile());
    }

    String prefixed(String topic) {
        return properties.topicPrefix() + topic;
    }

    /** The interval of a {@link Pace}. */
    Duration pace() {
        return properties.pace();
    }

    Map<String, Object> admin() {
        return common("admin", AdminClientConfig.CLIENT_ID_CONFIG);
    }

    /** An idempotent producer that gives up after these times. */
    Map<String, Object> producer(String name, int deliveryTimeoutMs, int maxBlockMs) {
        Map<String, Object> settings = common(name, ProducerConfig.CLIENT_ID_CONFIG);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeoutMs);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(deliveryTimeoutMs, 5_000));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlockMs);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_MAX_BYTES);
        return settings;
    }

    /** A consumer of committed records of any type, without a group. */
    Map<String, Object> consumer(String name) {
        Map<String, Object> settings = common(name, ConsumerConfig.CLIENT_ID_CONFIG);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    /** A consumer that only reads forwards. It polls the broker rarely while no records come. */
    Map<String, Object> tail(String name) {
        Map<String, Object> settings = consumer(name);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 2_000);
        return settings;
    }

    /**
     * A consumer that seeks single records. Its fetches wait only briefly, because a waiting fetch delays the next
     * seek.
     */
    Map<String, Object> seeker(String name) {
        Map<String, Object> settings = consumer(name);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
        return settings;
    }

    /** A consumer of a group. It is the same member after every restart. */
    Map<String, Object> groupConsumer(String name) {
        Map<String, Object> settings = tail(name);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, properties.topicPrefix() + noun + "-" + name);
        settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_TIMEOUT_MS / 4);
        return settings;
    }

    /** A producer for requests of waiting callers. It waits a tenth of the lane's pause to batch requests. */
    Map<String, Object> requestProducer() {
        Map<String, Object> settings = producer("requests", DELIVERY_TIMEOUT_MS, MAX_BLOCK_MS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, pace().toMillis() / 10);
        return settings;
    }

    /** The producer of a lane. It sends each transaction as one batch for each partition, when the lane commits. */
    Map<String, Object> laneProducer(int lane) {
        Map<String, Object> settings = producer("lane-" + lane, LANE_DELIVERY_TIMEOUT_MS, LANE_MAX_BLOCK_MS);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, prefixed(noun + "-decider-" + lane));
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 1_000);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1024 * 1024);
        settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500);
        return settings;
    }

    /** The consumer of a lane's commands. The commands of one poll are one transaction. */
    Map<String, Object> commands(int lane) {
        Map<String, Object> settings = consumer("commands-" + lane);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 * 1024 * 1024);
        return settings;
    }

    Map<String, Object> follower() {
        Map<String, Object> settings = consumer("follower");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        return settings;
    }

    /** The member of the group of deciders. The other members notice with their next heartbeat that one has left. */
    Map<String, Object> member() {
        Map<String, Object> settings = groupConsumer("decider");
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 500);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    /** For events: a subject for each topic and type. */
    Serializer<SpecificRecord> serializer() {
        return serializer("TopicRecordNameStrategy");
    }

    /** For compacted topics: one subject for each topic. */
    Serializer<SpecificRecord> stateSerializer() {
        return serializer("TopicNameStrategy");
    }

    @SuppressWarnings("unchecked")
    private Serializer<SpecificRecord> serializer(String subjectNameStrategy) {
        Serializer<SpecificRecord> serializer =
                (Serializer<SpecificRecord>) create(properties.serializer(), Serializer.class);
        Map<String, Object> configuration = new HashMap<>(properties.serde());
        configuration.put(
                "value.subject.name.strategy", "io.confluent.kafka.serializers.subject." + subjectNameStrategy);
        serializer.configure(configuration, false);
        return serializer;
    }

    @SuppressWarnings("unchecked")
    Deserializer<SpecificRecord> deserializer() {
        Deserializer<SpecificRecord> deserializer =
                (Deserializer<SpecificRecord>) create(properties.deserializer(), Deserializer.class);
        deserializer.configure(properties.serde(), false);
        return deserializer;
    }

    private static <T> T create(String className, Class<T> type) {
        try {
            return Utils.newInstance(className, type);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("There is no serde class " + className, e);
        }
    }

    private String instanceId() {
        return properties.instanceId().replaceAll("[^A-Za-z0-9._-]", "-");
    }

    private Map<String, Object> common(String name, String clientIdKey) {
        // A new client reads the password again, which may have changed.
        Map<String, Object> settings = access(properties);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, properties.bootstrapServers());
        settings.put(clientIdKey, noun + "-" + name + "-" + instanceId());
        return settings;
    }
}
