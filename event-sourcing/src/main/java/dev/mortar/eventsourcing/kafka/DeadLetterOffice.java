package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.Letter.State;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Where a service's dead letters are looked at, retried and discarded, by any instance: what was done is written to the
 * dead letters' topic, and every other instance learns it from there. Safe for many threads; what one does, the next
 * waits for.
 *
 * <p>A retry of an event reacts to it again, a retry of a command sends it again; either way the commands carry the
 * {@link DeadLetters#retrySource source} of the letter, so that a second retry changes nothing, whoever makes it. First
 * the commands are acknowledged, then the letter is resolved. Whether the decider accepts them is seen later: what it
 * rejects is a new letter that refers to this one.
 *
 * @param <C> commands
 */
final class DeadLetterOffice<C> {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterOffice.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final int KAFKA_TIMEOUT_MS = 10_000;
    private static final long COUNT_INTERVAL_MS = 5_000;
    private static final int HANDLED_AT_ONCE_MAX = 1_000;
    private static final int HEX_MAX_BYTES = 64 * 1024;

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final KafkaSettings settings;
    private final @Nullable ProcessReaction<?, C> reaction;
    private final Deserializer<SpecificRecord> deserializer;
    private final String topic;
    private final Letters letters = new Letters();

    private @Nullable Consumer<String, byte[]> consumer;
    private List<TopicPartition> partitions = List.of();
    private String topicId = "";
    private volatile double waiting = Double.NaN;
    private volatile @Nullable Thread counting;

    /** The outcome of an action on a letter. */
    enum Outcome {
        /** Its commands were sent. */
        RETRIED,
        DISCARDED,
        /** It still cannot be processed, and waits where it is. */
        FAILED,
        /** Not tried, as an earlier one of its key waits. */
        BEHIND,
        /** It was retried or discarded before; nothing was done. */
        RESOLVED_BEFORE
    }

    /**
     * A letter and what was done about it.
     *
     * @param commands how many were sent
     * @param cause why it failed, else null
     */
    record Handled(
            Letter letter,
            Outcome outcome,
            int commands,
            @Nullable String cause) {}

    /**
     * A letter with everything in it.
     *
     * @param value as JSON: an event decoded, a command as it is; hexadecimal digits of at most the first 65,536 bytes
     *     where it is neither
     */
    record Opened(Letter letter, Map<String, String> headers, int bytes, JsonNode value) {}

    /** A letter that cannot be processed now for a reason that lies in itself. */
    private static final class Unprocessable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unprocessable(String message) {
            super(message);
        }
    }

    DeadLetterOffice(ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        this.definition = definition;
        this.settings = settings;
        this.deserializer = settings.deserializer();
        this.reaction = definition.listening == null
                ? null
                : reaction(definition, definition.listening, settings, deserializer, meters);
        this.topic = settings.prefixed(definition.deadLettersTopic());
        Gauge.builder("mortar.dead.letters.waiting", this, office -> office.waiting)
                .description("Dead letters of the service that nobody has retried or discarded yet")
                .tag("service", definition.noun)
                .register(meters);
    }

    private static <I, C> ProcessReaction<I, C> reaction(
            ServiceDefinition<C, ?, ?, ?> definition,
            Listening<I, C> listening,
            KafkaSettings settings,
            Deserializer<SpecificRecord> deserializer,
            MeterRegistry meters) {
        return new ProcessReaction<>(
                definition, listening, settings.prefixed(""), deserializer, Map.of(), new ParkedKeys(), meters);
    }

    /** Counts what waits from now on, in the background. */
    void start() {
        counting = Thread.ofPlatform()
                .name(definition.noun + "-dead-letters")
                .daemon()
                .start(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        try {
                            list();
                        } catch (RuntimeException e) {
                            LOG.debug("dead letters are not counted", e);
                        }
                        try {
                            Thread.sleep(COUNT_INTERVAL_MS);
                        } catch (InterruptedException stopped) {
                            return;
                        }
                    }
                });
    }

    /** All letters, by place. */
    synchronized List<Letter> list() {
        refresh();
        return letters.all();
    }

    /** A letter with everything in it, or null when there is none at that place. */
    synchronized @Nullable Opened open(int partition, long offset) {
        refresh();
        Letter letter = letters.find(partition, offset).orElse(null);
        if (letter == null) {
            return null;
        }
        try (Consumer<String, byte[]> reader = reader()) {
            ConsumerRecord<String, byte[]> record = read(reader, letter);
            Map<String, String> headers = new LinkedHashMap<>();
            for (Header header : record.headers()) {
                headers.put(
                        header.key(), header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
            }
            return new Opened(letter, headers, record.value().length, value(letter, record));
        }
    }

    private JsonNode value(Letter letter, ConsumerRecord<String, byte[]> record) {
        byte[] bytes = record.value();
        try {
            return Json.mapper()
                    .readTree(
                            letter.parkedName() == null
                                    ? new String(bytes, StandardCharsets.UTF_8)
                                    : String.valueOf(deserializer.deserialize(
                                            letter.source().topic(), record.headers(), bytes)));
        } catch (JacksonException | KafkaException e) {
            LOG.debug("{} is shown in hexadecimal digits", letter.source(), e);
            return StringNode.valueOf(
                    HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, HEX_MAX_BYTES))));
        }
    }

    /**
     * Retries a letter, and before it those of its key that wait. Null when there is none at that place.
     *
     * @param actor who wants it
     */
    synchronized @Nullable List<Handled> retry(int partition, long offset, Actor actor) {
        refresh();
        Letter letter = letters.find(partition, offset).orElse(null);
        if (letter == null) {
            return null;
        }
        return letter.state() == State.WAITING
                ? retry(
                        each -> each.line().equals(letter.line())
                                && each.partition() == partition
                                && each.offset() <= offset,
                        actor)
                : List.of(new Handled(letter, Outcome.RESOLVED_BEFORE, 0, null));
    }

    /**
     * Retries what waits, within a key the oldest first, and what is parked behind meanwhile; 1,000 letters at most.
     */
    synchronized List<Handled> retryAll(Actor actor) {
        return retry(each -> true, actor);
    }

    private List<Handled> retry(Predicate<Letter> wanted, Actor actor) {
        List<Handled> handled = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> failing = new HashSet<>();
        try (Producer<String, byte @Nullable []> producer =
                        new KafkaProducer<>(settings.producer("dead-letters", KAFKA_TIMEOUT_MS, KAFKA_TIMEOUT_MS));
                Consumer<String, byte[]> reader = reader()) {
            List<Letter> next;
            do {
                refresh();
                next = letters.waiting().stream()
                        .filter(wanted)
                        // A letter that this retry itself made is not tried again.
                        .filter(letter -> handled.isEmpty() || letter.retryOf() == null)
                        .filter(letter -> seen.add(letter.partition() + "/" + letter.offset()))
                        .limit(HANDLED_AT_ONCE_MAX - handled.size())
                        .toList();
                for (Letter letter : next) {
                    Handled done = failing.contains(letter.line())
                            ? new Handled(letter, Outcome.BEHIND, 0, null)
                            : retry(letter, actor, producer, reader);
                    if (done.outcome() == Outcome.FAILED) {
                        failing.add(letter.line());
                    }
                    handled.add(done);
                }
            } while (!next.isEmpty());
        }
        refresh();
        return handled;
    }

    private Handled retry(
            Letter letter, Actor actor, Producer<String, byte @Nullable []> producer, Consumer<String, byte[]> reader) {
        ConsumerRecord<String, byte[]> record = read(reader, letter);
        List<ProducerRecord<String, byte[]>> commands;
        try {
            commands = commands(letter, record);
        } catch (RuntimeException e) {
            LOG.info("{} still cannot be processed", letter.source(), e);
            return new Handled(
                    letter,
                    Outcome.FAILED,
                    0,
                    e instanceof Unprocessable ? String.valueOf(e.getMessage()) : e.toString());
        }
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        commands.forEach(command -> sends.add(send(producer, command)));
        sends.forEach(sent -> await(sent));
        await(send(producer, DeadLetters.resolved(topic, letter, State.RETRIED, actor, null)));
        return new Handled(letter, Outcome.RETRIED, commands.size(), null);
    }

    private List<ProducerRecord<String, byte[]>> commands(Letter letter, ConsumerRecord<String, byte[]> record) {
        SourcePosition source = DeadLetters.retrySource(topicId, letter);
        List<ProducerRecord<String, byte[]>> commands = letter.parkedName() == null
                ? List.of(command(definition, settings.prefixed(definition.commandsTopic()), letter, record, source))
                : Objects.requireNonNull(reaction, "the service listens to nothing")
                        .commands(letter.source().topic(), record.headers(), record.value(), source);
        commands.forEach(command -> CommandHeaders.add(
                command.headers(),
                DeadLetters.RETRY_OF,
                letter.retryOf() == null ? letter.partition() + "/" + letter.offset() : letter.retryOf()));
        return commands;
    }

    /** The command of a letter, to be decided anew; refused where the decider would refuse to read it, or has to. */
    static <C> ProducerRecord<String, byte[]> command(
            ServiceDefinition<C, ?, ?, ?> definition,
            String commandsTopic,
            Letter letter,
            ConsumerRecord<String, byte[]> record,
            SourcePosition source) {
        CommandHeaders.parse(record.headers());
        if (CommandHeaders.text(record.headers(), "request-hash") != null) {
            throw new Unprocessable("its sender was told that it was refused, so it has to stay undone: discard it");
        }
        C command = Json.read(record.value(), definition.commandType);
        if (!definition.aggregateId.apply(command).equals(letter.key())) {
            throw new Unprocessable("the key is not the aggregate's id");
        }
        Headers headers = CommandHeaders.none();
        for (Header header : record.headers()) {
            if (!header.key().startsWith("dead-letter-") && !header.key().equals("source")) {
                headers.add(header);
            }
        }
        CommandHeaders.add(headers, "source", source);
        return new ProducerRecord<>(commandsTopic, null, letter.key(), record.value(), headers);
    }

    /**
     * Says that a letter is void, so that its key need not wait for it. Null when there is none at that place.
     *
     * @param actor who decided that
     * @param reason a code
     */
    synchronized @Nullable Handled discard(int partition, long offset, Actor actor, String reason) {
        refresh();
        Letter letter = letters.find(partition, offset).orElse(null);
        if (letter == null) {
            return null;
        }
        if (letter.state() != State.WAITING) {
            return new Handled(letter, Outcome.RESOLVED_BEFORE, 0, null);
        }
        try (Producer<String, byte @Nullable []> producer =
                new KafkaProducer<>(settings.producer("dead-letters", KAFKA_TIMEOUT_MS, KAFKA_TIMEOUT_MS))) {
            await(send(producer, DeadLetters.resolved(topic, letter, State.DISCARDED, actor, reason)));
        }
        refresh();
        return new Handled(letter, Outcome.DISCARDED, 0, null);
    }

    private static Future<RecordMetadata> send(
            Producer<String, byte @Nullable []> producer, ProducerRecord<String, ? extends byte @Nullable []> record) {
        return producer.send(new ProducerRecord<>(
                record.topic(), record.partition(), record.key(), record.value(), record.headers()));
    }

    private static void await(Future<RecordMetadata> send) {
        try {
            send.get();
        } catch (ExecutionException e) {
            throw new KafkaUnavailable("Kafka did not take a record of a dead letter", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while a dead letter was handled", e);
        }
    }

    /** Reads what came to the topic since the last time. */
    private void refresh() {
        try {
            Consumer<String, byte[]> open = connected();
            Map<TopicPartition, Long> ends = open.endOffsets(partitions);
            long deadlineNs = System.nanoTime() + READ_TIMEOUT.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> open.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadlineNs) {
                    throw new KafkaUnavailable("The dead letters could not be read to their end in time", null);
                }
                ConsumerRecords<String, byte[]> records = open.poll(POLL);
                records.forEach(letters::learn);
                if (!records.isEmpty()) {
                    deadlineNs = System.nanoTime() + READ_TIMEOUT.toNanos();
                }
            }
            waiting = letters.waitingCount();
        } catch (KafkaException e) {
            throw new KafkaUnavailable("The dead letters cannot be read", e);
        }
    }

    private Consumer<String, byte[]> connected() {
        if (consumer != null) {
            return consumer;
        }
        Map<String, Object> configuration = new HashMap<>(settings.admin());
        configuration.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS);
        configuration.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS / 2);
        TopicDescription found;
        try (Admin admin = Admin.create(configuration)) {
            found = Objects.requireNonNull(
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
        } catch (ExecutionException e) {
            throw new KafkaUnavailable("The topic " + topic + " cannot be looked up", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while " + topic + " was looked up", e);
        }
        topicId = found.topicId().toString();
        partitions = found.partitions().stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
        Consumer<String, byte[]> opened = new KafkaConsumer<>(bounded("dead-letters"));
        opened.assign(partitions);
        opened.seekToBeginning(partitions);
        consumer = opened;
        return opened;
    }

    private Map<String, Object> bounded(String name) {
        Map<String, Object> bounded = new HashMap<>(settings.consumer(name));
        bounded.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS);
        bounded.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, KAFKA_TIMEOUT_MS / 2);
        return bounded;
    }

    private Consumer<String, byte[]> reader() {
        return new KafkaConsumer<>(bounded("dead-letter"));
    }

    private ConsumerRecord<String, byte[]> read(Consumer<String, byte[]> reader, Letter letter) {
        var partition = new TopicPartition(topic, letter.partition());
        reader.assign(List.of(partition));
        reader.seek(partition, letter.offset());
        long deadlineNs = System.nanoTime() + READ_TIMEOUT.toNanos();
        while (System.nanoTime() < deadlineNs) {
            for (ConsumerRecord<String, byte[]> record : reader.poll(POLL)) {
                if (record.offset() == letter.offset()) {
                    return record;
                }
            }
        }
        throw new KafkaUnavailable("The dead letter could not be read in time", null);
    }

    void stop() {
        Thread thread = counting;
        if (thread != null) {
            thread.interrupt();
        }
        synchronized (this) {
            if (consumer != null) {
                consumer.close();
                consumer = null;
            }
        }
    }
}
