package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.DeciderTopology.Environment;
import dev.mortar.schemas.EventMeta;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * The one place where commands are decided. For each: recognise a repeat, load the working set, decide, fold, serialise
 * everything to bytes, and only then write to the stores and forward, all in one Kafka transaction. An exception on the
 * way aborts the transaction and stops the task; nothing is skipped.
 */
final class DeciderProcessor<C, S, V, E> implements Processor<String, byte[], String, byte[]> {

    /** What events can carry: microseconds in a long. */
    private static final Instant MICROS_MIN = Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS);

    private static final Instant MICROS_MAX = Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS);

    /** Each run makes Streams commit, so an idle partition makes a transaction as often as this. */
    private static final Duration TIMER_INTERVAL = Duration.ofSeconds(1);

    private static final int TIMERS_PER_RUN_MAX = 1_000;

    /** A timer command that came too early by the broker's clock was decided to nothing, so it is sent again. */
    private static final long TIMER_RESEND_MS = 5_000;

    /**
     * So often, while a deadline waits, the earliest one's command is sent although it is early, and decided to
     * nothing: its append time shows the broker's clock, whatever has become of this instance's.
     */
    private static final long CLOCK_PROBE_MS = 60_000;

    private final ServiceDefinition<C, S, V, E> definition;
    private final Environment environment;
    private final Map<Sent, Long> sentTimers = new HashMap<>();

    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable DeciderStore store;
    private @Nullable StoredState<C, S, V, E> stored;
    private @Nullable WindowStore<String, byte[]> remembered;
    private @Nullable DeciderMetrics metrics;
    private long brokerAheadMs;
    private long notedOffset;
    private @Nullable Long notedMs;
    private @Nullable UUID lastTimerId;
    private long lastTimerSentMs;

    private record Sent(String entryKey, Instant at) {}

    private record Outgoing(String sink, Record<String, byte[]> record) {}

    DeciderProcessor(ServiceDefinition<C, S, V, E> definition, Environment environment) {
        this.definition = definition;
        this.environment = environment;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
        store = new DeciderStore(context.getStateStore(DeciderTopology.stateStore(definition)));
        stored = new StoredState<>(definition, store());
        SourcePosition noted = store().highestDecided(
                        environment.commandsTopicId(), context.taskId().partition());
        notedOffset = noted == null ? -1 : noted.offset();
        notedMs = null;
        remembered = context.getStateStore(DeciderTopology.commandStore(definition));
        metrics = new DeciderMetrics(
                environment.meters(), definition.noun, context.taskId().partition(), store());
        refuseStoreThatDoesNotMatchTheLog(context.taskId().partition());
        context.schedule(TIMER_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sendDueTimers);
    }

    private void refuseStoreThatDoesNotMatchTheLog(int partition) {
        OptionalLong last = environment.lastPosition().of(partition);
        if (last.isPresent() && last.getAsLong() != store().position()) {
            throw new IllegalStateException("The store of " + definition.noun + " partition " + partition
                    + " is at event position " + store().position() + ", its log at " + last.getAsLong()
                    + ": rebuild the store from the events");
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        long offset = context().recordMetadata().orElseThrow().offset();
        if (offset <= notedOffset) {
            metrics().repeated.increment();
            return;
        }
        CommandHeaders headers = parseHeaders(record);
        C command = headers == null ? null : parseCommand(record, headers);
        if (headers == null || command == null) {
            return;
        }
        learnBrokerClock(record.timestamp(), headers);
        if (headers.source() != null && store().hasDecided(headers.source())) {
            metrics().repeated.increment();
            return;
        }
        if (headers.requestHash() != null) {
            ReplyRecord earlier = earlierReply(headers, record.timestamp());
            if (earlier != null) {
                reply(headers, earlier, record.timestamp()).forEach(this::forward);
                metrics().repeated.increment();
                return;
            }
        }
        metrics().decideTime.record(() -> {
            try {
                decide(record, offset, headers, command);
            } catch (SerializationException e) {
                if (!(e.getCause() instanceof RuntimeException)) {
                    throw e;
                }
                // An event that its schema cannot hold. Nothing has been written yet.
                refuse(record, headers, e);
            }
        });
    }

    /**
     * Notes how far the commands are decided, so that none is decided again should the group's offsets be lost or set
     * back. It is done a few times within the time that commands are remembered: whatever came after the last note is
     * recognised by its id or its source.
     */
    private void note(long offset, long timestampMs) {
        Long lastMs = notedMs;
        if (lastMs == null
                || timestampMs - lastMs >= environment.rememberCommands().toMillis() / 4) {
            int partition = context().taskId().partition();
            store().putDecided(new SourcePosition(environment.commandsTopicId(), partition, offset, 0));
            notedOffset = offset;
            notedMs = timestampMs;
        }
    }

    /**
     * How far the broker's clock is ahead of this instance's. Any command shows a lower bound, as it was appended
     * before it is processed; a timer's command that has just been sent shows it nearly exactly.
     */
    private void learnBrokerClock(long appendedMs, CommandHeaders headers) {
        long nowMs = context().currentSystemTimeMs();
        boolean justSent = headers.commandId().equals(lastTimerId) && nowMs - lastTimerSentMs < TIMER_RESEND_MS;
        long aheadMs = appendedMs - nowMs;
        brokerAheadMs = justSent ? aheadMs : Math.max(brokerAheadMs, aheadMs);
    }

    private @Nullable CommandHeaders parseHeaders(Record<String, byte[]> record) {
        try {
            CommandHeaders headers = CommandHeaders.parse(record.headers());
            requireWritable(headers);
            return headers;
        } catch (RuntimeException e) {
            putAside(record, e);
            return null;
        }
    }

    /** What would only fail when the outcome is written would stop the partition: it is refused here. */
    private void requireWritable(CommandHeaders headers) {
        if (headers.replyTo() != null) {
            // All topics of a service have the same number of partitions.
            int partition = CommandHeaders.replyPartition(headers.replyTo());
            if (partition < 0 || partition >= environment.partitions()) {
                throw new IllegalArgumentException("there is no partition " + partition + " for the reply");
            }
        }
        Instant occurredAt = headers.occurredAt();
        if (occurredAt != null && (occurredAt.isBefore(MICROS_MIN) || occurredAt.isAfter(MICROS_MAX))) {
            throw new IllegalArgumentException("no event can carry the time " + occurredAt);
        }
    }

    private @Nullable C parseCommand(Record<String, byte[]> record, CommandHeaders headers) {
        try {
            return parse(record);
        } catch (RuntimeException e) {
            refuse(record, headers, e);
            return null;
        }
    }

    private void refuse(Record<String, byte[]> record, CommandHeaders headers, RuntimeException cause) {
        putAside(record, cause);
        reply(headers, ReplyRecord.rejected(new ReplyRecord.UnreadableCommand()), record.timestamp())
                .forEach(this::forward);
    }

    /** Nobody can decide what cannot be read; it is kept with its cause, and the partition goes on. */
    private void putAside(Record<String, byte[]> record, RuntimeException cause) {
        forward(new Outgoing(DeciderTopology.DEAD_LETTERS, deadLetter(record, "unreadable command: " + cause)));
        metrics().deadLetters.increment();
    }

    private C parse(Record<String, byte[]> record) {
        if (record.key() == null || record.value() == null) {
            throw new IllegalArgumentException("a command has a key and a value");
        }
        C command = Json.read(record.value(), definition.commandType);
        String aggregateId = definition.aggregateId.apply(command);
        if (!record.key().equals(aggregateId)) {
            throw new IllegalArgumentException("the key is not the aggregate's id");
        }
        int home = BuiltInPartitioner.partitionForKey(EventRecords.key(aggregateId), environment.partitions());
        if (home != context().taskId().partition()) {
            throw new IllegalArgumentException("the command belongs to partition " + home);
        }
        return command;
    }

    private void decide(Record<String, byte[]> record, long offset, CommandHeaders headers, C command) {
        Instant now = Instant.ofEpochMilli(record.timestamp());
        String aggregateId = record.key();
        WorkingSet<V> entries = stored().entries();
        S state = definition.storage.load(aggregateId, entries);
        long sequence = store().sequence(aggregateId);
        Decision<E> decision = headers.expectedSequence() != null && headers.expectedSequence() != sequence
                ? Decision.rejected(new ReplyRecord.SequenceMismatch(headers.expectedSequence(), sequence))
                : definition.decider.decide(state, command, now);

        List<Outgoing> outgoing = new ArrayList<>();
        ReplyRecord reply = switch (decision) {
            case Decision.Accepted<E>(List<E> events) -> {
                CommandHeaders decided = headers.asCommandOf(record.timestamp());
                S after = accept(aggregateId, decided, entries, state, sequence, events, now, outgoing);
                yield ReplyRecord.accepted(
                        events.isEmpty(), sequence + events.size(), definition.reply.apply(command, after));
            }
            case Decision.Rejected<E>(Rejection reason) -> {
                if (headers.requestHash() == null) {
                    outgoing.add(new Outgoing(DeciderTopology.DEAD_LETTERS, deadLetter(record, "rejected: " + reason)));
                    metrics().deadLetters.increment();
                }
                yield ReplyRecord.rejected(reason);
            }
        };
        outgoing.addAll(reply(headers, reply, record.timestamp()));

        if (headers.source() != null) {
            store().putDecided(headers.source());
        }
        note(offset, record.timestamp());
        store().flush();
        if (headers.requestHash() != null) {
            remembered()
                    .put(headers.commandId().toString(), remember(headers.requestHash(), reply), record.timestamp());
        }
        outgoing.forEach(this::forward);
        metrics()
                .decided(
                        decision,
                        outgoing.stream()
                                .filter(out -> out.sink().equals(DeciderTopology.EVENTS))
                                .count());
    }

    /** Folds the events, collects what the store has to take and what goes out; writes nothing yet. */
    private S accept(
            String aggregateId,
            CommandHeaders headers,
            WorkingSet<V> entries,
            S state,
            long sequence,
            List<E> events,
            Instant now,
            List<Outgoing> outgoing) {
        if (events.isEmpty()) {
            return state;
        }
        S after = state;
        long position = store().position();
        for (int index = 0; index < events.size(); index++) {
            E event = events.get(index);
            after = definition.decider.evolve(after, event);
            EventMeta meta =
                    EventRecords.meta(headers, index, events.size(), sequence + index + 1, position + index + 1, now);
            outgoing.add(new Outgoing(DeciderTopology.EVENTS, eventRecord(aggregateId, event, meta, headers, now)));
        }
        stored().save(aggregateId, entries, after, sequence + events.size(), position + events.size());
        return after;
    }

    private Record<String, byte[]> eventRecord(
            String aggregateId, E event, EventMeta meta, CommandHeaders headers, Instant now) {
        SpecificRecord avro = Objects.requireNonNull(definition.writer, "events() not defined")
                .write(event, meta);
        byte[] bytes = environment.serializer().serialize(environment.prefix() + definition.eventsTopic(), avro);
        return new Record<>(
                aggregateId,
                bytes,
                now.toEpochMilli(),
                EventRecords.headers(definition.noun, aggregateId, avro, meta, headers));
    }

    /** Sends the commands of due deadlines; whether they are due is decided when they come back through the log. */
    private void sendDueTimers(long wallClockMs) {
        Instant brokerNow = Instant.ofEpochMilli(wallClockMs + brokerAheadMs);
        List<String> due = store().due(brokerNow, TIMERS_PER_RUN_MAX);
        metrics().timersDue.set(due.size());
        if (due.isEmpty() && (wallClockMs - lastTimerSentMs >= CLOCK_PROBE_MS || wallClockMs < lastTimerSentMs)) {
            due = store().due(Instant.ofEpochMilli(Long.MAX_VALUE / 2_000), 1);
        }
        Set<Sent> stillDue = new HashSet<>();
        for (String key : due) {
            V entry = stored().entry(key);
            Deadline<C> deadline = entry == null ? null : definition.deadlines.apply(entry);
            if (deadline == null) {
                continue;
            }
            Sent sent = new Sent(key, deadline.at());
            stillDue.add(sent);
            Long sentAt = sentTimers.get(sent);
            if (sentAt == null || wallClockMs - sentAt >= TIMER_RESEND_MS || wallClockMs < sentAt) {
                sentTimers.put(sent, wallClockMs);
                CommandHeaders headers = CommandHeaders.ofTimer(
                        definition.noun, environment.timerIds().get());
                lastTimerId = headers.commandId();
                lastTimerSentMs = wallClockMs;
                forward(new Outgoing(
                        DeciderTopology.COMMANDS,
                        new Record<>(
                                definition.aggregateId.apply(deadline.command()),
                                Json.write(definition.commandType, deadline.command()),
                                wallClockMs,
                                headers.toHeaders())));
            }
        }
        sentTimers.keySet().retainAll(stillDue);
    }

    /** What the same request was answered before, by a broker's clock that may have been ahead of the present one. */
    private @Nullable ReplyRecord earlierReply(CommandHeaders headers, long timestampMs) {
        long rememberMs = environment.rememberCommands().toMillis();
        try (WindowStoreIterator<byte[]> earlier = remembered()
                .fetch(headers.commandId().toString(), timestampMs - rememberMs, timestampMs + rememberMs)) {
            if (!earlier.hasNext()) {
                return null;
            }
            KeyValue<Long, byte[]> found = earlier.next();
            String stored = new String(found.value, StandardCharsets.UTF_8);
            int split = stored.indexOf('\n');
            return stored.substring(0, split).equals(headers.requestHash())
                    ? Json.read(stored.substring(split + 1).getBytes(StandardCharsets.UTF_8), ReplyRecord.class)
                            .again()
                    : ReplyRecord.rejected(new ReplyRecord.KeyReused());
        }
    }

    private static byte[] remember(String requestHash, ReplyRecord reply) {
        return (requestHash + "\n" + new String(Json.write(reply), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
    }

    private List<Outgoing> reply(CommandHeaders headers, ReplyRecord reply, long timestampMs) {
        return headers.replyTo() == null
                ? List.of()
                : List.of(new Outgoing(
                        DeciderTopology.REPLIES, new Record<>(headers.replyTo(), Json.write(reply), timestampMs)));
    }

    private Record<String, byte[]> deadLetter(Record<String, byte[]> record, String cause) {
        var place = context().recordMetadata().orElseThrow();
        return DeadLetters.of(record, new DeadLetters.Place(place.topic(), place.partition(), place.offset()), cause);
    }

    private void forward(Outgoing outgoing) {
        context().forward(outgoing.record(), outgoing.sink());
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
    }

    private ProcessorContext<String, byte[]> context() {
        return Objects.requireNonNull(context);
    }

    private DeciderStore store() {
        return Objects.requireNonNull(store);
    }

    private StoredState<C, S, V, E> stored() {
        return Objects.requireNonNull(stored);
    }

    private WindowStore<String, byte[]> remembered() {
        return Objects.requireNonNull(remembered);
    }

    private DeciderMetrics metrics() {
        return Objects.requireNonNull(metrics);
    }
}
