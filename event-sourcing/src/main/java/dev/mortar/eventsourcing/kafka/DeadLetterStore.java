package dev.mortar.eventsourcing.kafka;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.DeadLetter.Resolution;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Lists, retries and discards the dead letters of a service, on any instance; other instances read each action in the
 * topic. Thread-safe; the threads wait for one another.
 *
 * <p>A retry of an event reacts to it again, and a retry of a command sends it again. The commands carry the
 * {@link DeadLetter#retrySource source} of the letter, so a second retry changes nothing, on any instance. The letter
 * is resolved after the broker has acknowledged the commands. If the decider rejects one later, that is a new letter,
 * which refers to this one.
 */
final class DeadLetterStore<C> {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterStore.class);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final int KAFKA_TIMEOUT_MS = 10_000;
    private static final long COUNT_INTERVAL_MS = 5_000;
    private static final int RETRIED_AT_ONCE_MAX = 1_000;
    private static final int HEX_MAX_BYTES = 64 * 1024;

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final KafkaSettings settings;
    private final @Nullable ProcessReaction<?, C> reaction;
    private final Deserializer<SpecificRecord> deserializer;
    private final String topic;
    private final DeadLetterIndex letters = new DeadLetterIndex();
    private final ScheduledExecutorService counter;

    private @Nullable Consumer<String, byte[]> consumer;
    private volatile double waiting = Double.NaN;

    enum Outcome {
        RETRIED,
        DISCARDED,
        /** It still cannot be processed, so it still waits. */
        FAILED,
        /** It was not tried, because an earlier letter of its key failed. */
        BEHIND,
        /** It was retried or discarded before, so nothing was done. */
        RESOLVED_BEFORE
    }

    /**
     * A letter after a retry or discard, and the number of commands sent. After a failed retry it has the new cause.
     */
    record Result(@JsonUnwrapped DeadLetter letter, Outcome outcome, int commands) {}

    /**
     * A letter with its headers and value.
     *
     * @param bytes size of the value
     * @param value as JSON: a decoded event, or the command. If it is neither, the hexadecimal digits of at most the
     *     first 65,536 bytes
     */
    record Content(DeadLetter letter, Map<String, String> headers, int bytes, JsonNode value) {}

    private static final class CannotRetry extends RuntimeException {
        CannotRetry(String message) {
            super(message);
        }
    }

    DeadLetterStore(ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        this.definition = definition;
        this.settings = settings;
        this.deserializer = settings.deserializer();
        String prefix = settings.prefixed("");
        var parked = new ParkedKeys();
        this.reaction = definition.listening == null
                ? null
                : new ProcessReaction<>(
                        definition, definition.listening, prefix, deserializer, Map.of(), parked, meters);
        this.topic = settings.prefixed(definition.deadLettersTopic());
        this.counter = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .name(definition.noun + "-dead-letters")
                .daemon()
                .factory());
        Gauge.builder("mortar.dead.letters.waiting", this, store -> store.waiting)
                .description("Dead letters of the service that nobody has retried or discarded yet")
                .tag("service", definition.noun)
                .register(meters);
    }

    void start() {
        counter.scheduleWithFixedDelay(this::count, 0, COUNT_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void count() {
        try {
            list();
        } catch (RuntimeException e) {
            LOG.debug("Dead letters could not be counted", e);
        }
    }

    synchronized List<DeadLetter> list() {
        refresh();
        return letters.all();
    }

    synchronized Content open(String id) {
        DeadLetter letter = find(id);
        try (Consumer<String, byte[]> reader = consumer("dead-letter")) {
            ConsumerRecord<String, byte[]> record = read(reader, letter);
            Map<String, String> headers = new LinkedHashMap<>();
            for (Header header : record.headers()) {
                headers.put(
                        header.key(), header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
            }
            return new Content(letter, headers, record.value().length, value(letter, record));
        }
    }

    private JsonNode value(DeadLetter letter, ConsumerRecord<String, byte[]> record) {
        byte[] bytes = record.value();
        try {
            String json = letter.event()
                    ? String.valueOf(deserializer.deserialize(letter.source().topic(), record.headers(), bytes))
                    : new String(bytes, StandardCharsets.UTF_8);
            return Json.mapper().readTree(json);
        } catch (JacksonException | KafkaException e) {
            LOG.debug("The dead letter of {} is shown in hexadecimal digits", letter.source(), e);
            return StringNode.valueOf(
                    HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, HEX_MAX_BYTES))));
        }
    }

    /** Retries a letter after the earlier waiting letters of its key. */
    synchronized List<Result> retry(String id, Actor actor) {
        DeadLetter letter = find(id);
        if (letter.state() != State.WAITING) {
            return List.of(new Result(letter, Outcome.RESOLVED_BEFORE, 0));
        }
        Predicate<DeadLetter> sameKey = each -> each.sourceKey().equals(letter.sourceKey());
        return retry(
                sameKey.and(each -> each.partition() == letter.partition() && each.offset() <= letter.offset()), actor);
    }

    /** Retries up to 1,000 waiting letters, by key the oldest first, and letters parked behind them meanwhile. */
    synchronized List<Result> retryAll(Actor actor) {
        refresh();
        return retry(each -> true, actor);
    }

    private List<Result> retry(Predicate<DeadLetter> wanted, Actor actor) {
        String topicId = topicId();
        List<Result> results = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> failing = new HashSet<>();
        try (Producer<String, byte[]> producer = producer();
                Consumer<String, byte[]> reader = consumer("dead-letter")) {
            List<DeadLetter> next;
            do {
                next = letters.waiting().stream()
                        .filter(wanted)
                        // Skips letters that this retry itself made.
                        .filter(letter -> results.isEmpty() || letter.retryOf() == null)
                        .filter(letter -> seen.add(letter.id()))
                        .limit(RETRIED_AT_ONCE_MAX - results.size())
                        .toList();
                for (DeadLetter letter : next) {
                    Result result = failing.contains(letter.sourceKey())
                            ? new Result(letter, Outcome.BEHIND, 0)
                            : retry(letter, topicId, actor, producer, reader);
                    if (result.outcome() == Outcome.FAILED) {
                        failing.add(letter.sourceKey());
                    }
                    results.add(result);
                }
                refresh();
            } while (!next.isEmpty());
        }
        return results;
    }

    private Result retry(
            DeadLetter letter,
            String topicId,
            Actor actor,
            Producer<String, byte[]> producer,
            Consumer<String, byte[]> reader) {
        ConsumerRecord<String, byte[]> record = read(reader, letter);
        List<ProducerRecord<String, byte[]>> commands;
        try {
            commands = commands(letter, record, letter.retrySource(topicId));
        } catch (RuntimeException e) {
            LOG.info("{} still cannot be processed", letter.source(), e);
            String cause = e instanceof CannotRetry ? String.valueOf(e.getMessage()) : e.toString();
            return new Result(letter.failed(cause), Outcome.FAILED, 0);
        }
        commands.stream().map(producer::send).toList().forEach(DeadLetterStore::await);
        DeadLetter retried = letter.resolved(Resolution.now(State.RETRIED, actor, null));
        await(producer.send(retried.resolution(topic)));
        return new Result(retried, Outcome.RETRIED, commands.size());
    }

    private List<ProducerRecord<String, byte[]>> commands(
            DeadLetter letter, ConsumerRecord<String, byte[]> record, SourcePosition source) {
        List<ProducerRecord<String, byte[]>> commands = letter.event()
                ? Objects.requireNonNull(reaction, "the service has no process")
                        .commands(letter.source().topic(), record.headers(), record.value(), source)
                : List.of(command(definition, settings.prefixed(definition.commandsTopic()), record, source));
        commands.forEach(command -> CommandHeaders.add(
                command.headers(), DeadLetter.RETRY_OF, Objects.requireNonNullElse(letter.retryOf(), letter.id())));
        return commands;
    }

    /**
     * The record that sends the command of a letter again.
     *
     * @throws RuntimeException when the decider cannot read the command, or must not decide it
     */
    static <C> ProducerRecord<String, byte[]> command(
            ServiceDefinition<C, ?, ?, ?> definition,
            String commandsTopic,
            ConsumerRecord<String, byte[]> record,
            SourcePosition source) {
        CommandHeaders.parse(record.headers());
        if (CommandHeaders.text(record.headers(), "request-hash") != null) {
            throw new CannotRetry(
                    "the command was refused and its sender knows that, so it must not be decided now; discard the letter");
        }
        C command = Json.read(record.value(), definition.commandType);
        if (!definition.aggregateId.apply(command).equals(record.key())) {
            throw new CannotRetry("the key is not the aggregate's id");
        }
        List<Header> original = Stream.of(record.headers().toArray())
                .filter(header -> !header.key().startsWith("dead-letter-"))
                .toList();
        var again = new ProducerRecord<>(commandsTopic, null, record.key(), record.value(), original);
        again.headers().remove("source");
        CommandHeaders.add(again.headers(), "source", source);
        return again;
    }

    /** Discards a letter, so that its key no longer waits for it. The reason is a code. */
    synchronized Result discard(String id, Actor actor, String reason) {
        DeadLetter letter = find(id);
        if (letter.state() != State.WAITING) {
            return new Result(letter, Outcome.RESOLVED_BEFORE, 0);
        }
        DeadLetter discarded = letter.resolved(Resolution.now(State.DISCARDED, actor, reason));
        try (Producer<String, byte[]> producer = producer()) {
            await(producer.send(discarded.resolution(topic)));
        }
        return new Result(discarded, Outcome.DISCARDED, 0);
    }

    private DeadLetter find(String id) {
        refresh();
        return letters.find(id).orElseThrow(DeadLetterStore::noSuchLetter);
    }

    /** The endpoint answers 404. */
    static ResponseStatusException noSuchLetter() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such dead letter");
    }

    private void refresh() {
        try {
            Consumer<String, byte[]> open = consumer;
            if (open == null) {
                open = consumer("dead-letters");
                consumer = open;
            }
            TopicReader.readToEnd(open, topic, READ_TIMEOUT, letters::learn);
            waiting = letters.waiting().size();
        } catch (KafkaException e) {
            throw new KafkaUnavailable("The dead letters cannot be read", e);
        }
    }

    private ConsumerRecord<String, byte[]> read(Consumer<String, byte[]> reader, DeadLetter letter) {
        var partition = new TopicPartition(topic, letter.partition());
        long endNs = System.nanoTime() + READ_TIMEOUT.toNanos();
        return TopicReader.readAt(reader, partition, Set.of(letter.offset()), endNs)
                .getFirst();
    }

    private String topicId() {
        try (Admin admin = Admin.create(bounded(settings.admin()))) {
            var topics = await(admin.describeTopics(List.of(topic)).allTopicNames());
            return Objects.requireNonNull(topics.get(topic)).topicId().toString();
        }
    }

    private Producer<String, byte[]> producer() {
        return new KafkaProducer<>(settings.producer("dead-letters", KAFKA_TIMEOUT_MS, KAFKA_TIMEOUT_MS));
    }

    private Consumer<String, byte[]> consumer(String name) {
        return new KafkaConsumer<>(bounded(settings.consumer(name)));
    }

    /** Limits how long a client waits. Admin clients and consumers have the same names for these settings. */
    private static Map<String, Object> bounded(Map<String, Object> settings) {
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS / 2);
        return settings;
    }

    private static <T> T await(Future<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new KafkaUnavailable("Kafka did not answer a request about dead letters", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while waiting for Kafka", e);
        }
    }

    void stop() {
        counter.shutdownNow();
        synchronized (this) {
            if (consumer != null) {
                consumer.close();
                consumer = null;
            }
        }
    }
}
