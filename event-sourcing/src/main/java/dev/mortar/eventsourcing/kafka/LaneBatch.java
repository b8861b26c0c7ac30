package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Published;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.State;
import dev.mortar.schemas.EventMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Decides the commands of one transaction and collects what it writes. It changes nothing outside itself, so a batch
 * that cannot be committed is dropped. Events are folded from the bytes they were written to, as readers fold them.
 */
final class LaneBatch<C, S, V, E> {

    /** Headers and the rest of a batch need room in a request, too. */
    private static final int EVENT_MAX_BYTES = KafkaSettings.RECORD_MAX_BYTES - 64 * 1024;

    private final ServiceDefinition<C, S, V, E> definition;
    private final Contract contract;
    private final Fold<C, S, V, E> fold;
    private final Changes changes;
    private final Map<Integer, Written> written = new TreeMap<>();
    /** The last value of each key of each state topic. */
    private final Map<String, ProducerRecord<String, byte[]>> states = new LinkedHashMap<>();

    private final List<Decided<C>> decided = new ArrayList<>();
    private final Map<Counted, Integer> tally = new EnumMap<>(Counted.class);
    private boolean effects;

    /** What a batch counts: its commands by their outcome, its events, and its dead letters. */
    enum Counted {
        ACCEPTED,
        REJECTED,
        REPEATED,
        EVENT,
        DEAD_LETTER
    }

    /**
     * The environment of a batch.
     *
     * @param prefix of the environment's topics
     * @param commandsTopicId id of the command topic
     * @param partitions of each of the service's topics
     * @param events writes events
     * @param states writes records of compacted topics
     */
    record Contract(
            String prefix,
            String commandsTopicId,
            int partitions,
            Serializer<SpecificRecord> events,
            Serializer<SpecificRecord> states) {}

    /** A request that was decided in this batch. */
    record Decided<C>(int partition, C command, Answer answer) {}

    /** The records for one partition. */
    private static final class Written {
        private final List<ProducerRecord<String, byte[]>> events = new ArrayList<>();
        private final List<ProducerRecord<String, byte[]>> replies = new ArrayList<>();
        private final List<ProducerRecord<String, byte[]>> deadLetters = new ArrayList<>();
        /** Of commands that gave no event, the highest by source partition. */
        private final Map<String, SourcePosition> sources = new LinkedHashMap<>();

        private long lastOffset = -1;
        private int lastEpoch = -1;

        /** All sources of the partition, when the mark has to name them. */
        private @Nullable List<SourcePosition> full;

        boolean hasEffects() {
            return !events.isEmpty()
                    || !replies.isEmpty()
                    || !deadLetters.isEmpty()
                    || !sources.isEmpty()
                    || full != null;
        }
    }

    LaneBatch(ServiceDefinition<C, S, V, E> definition, Contract contract, Fold<C, S, V, E> fold, Changes.Below below) {
        this.definition = definition;
        this.contract = contract;
        this.fold = fold;
        this.changes = new Changes(below);
    }

    /**
     * Decides the next command of its partition.
     *
     * @param park why it is made a dead letter instead, or null
     * @return why it cannot be decided, and then the batch ends before it; null when it was decided or parked
     */
    @Nullable
    RuntimeException add(ConsumerRecord<String, byte[]> record, @Nullable String park) {
        Written before = written.computeIfAbsent(record.partition(), partition -> new Written());
        Step step = new Step(record);
        try {
            if (park == null) {
                step.run();
            } else {
                step.parked(park);
            }
        } catch (SerializationException e) {
            if (!(e.getCause() instanceof RuntimeException)) {
                throw e;
            }
            // Its events cannot be written. Nothing of them is kept.
            step = new Step(record);
            step.park("unreadable command: " + e);
            step.refuse(step.headers(), new Refusal.UnreadableCommand());
        } catch (Fold.LogDoesNotFit e) {
            throw e;
        } catch (RuntimeException e) {
            return e;
        }
        step.keep(before);
        return null;
    }

    /** One command. Nothing it does shows in the batch until it is kept. */
    private final class Step {
        private final ConsumerRecord<String, byte[]> record;
        private final Changes own = new Changes(changes::get);
        private final PartitionRows rows;
        private final Instant now;
        private final Written out = new Written();
        private @Nullable Counted outcome;
        private final Map<String, ProducerRecord<String, byte[]>> published = new LinkedHashMap<>();
        private @Nullable CommandHeaders headers;
        private @Nullable Decided<C> answered;

        Step(ConsumerRecord<String, byte[]> record) {
            this.record = record;
            this.rows = new PartitionRows(record.partition(), own);
            Instant appended = Instant.ofEpochMilli(record.timestamp());
            Instant last = rows.recordedAt();
            this.now = appended.isBefore(last) ? last : appended;
        }

        void run() {
            CommandHeaders parsed;
            C command;
            try {
                CommandHeaders.requireKnown(record.headers(), definition.commandVersion);
                parsed = headers();
            } catch (CommandHeaders.Newer e) {
                throw e;
            } catch (RuntimeException e) {
                park("unreadable command: " + e);
                return;
            }
            if (parsed.source() != null && rows.hasDecided(parsed.source())) {
                outcome = Counted.REPEATED;
                return;
            }
            Answer earlier = earlier(parsed);
            if (earlier != null && !earlier.requestHash().equals(parsed.requestHash())) {
                refuse(parsed, new Refusal.KeyReused());
                return;
            }
            try {
                command = parse();
            } catch (RuntimeException e) {
                park("unreadable command: " + e);
                refuse(parsed, new Refusal.UnreadableCommand());
                return;
            }
            if (earlier != null) {
                answered = new Decided<>(record.partition(), command, earlier);
                outcome = Counted.REPEATED;
                return;
            }
            decide(parsed, command);
        }

        /**
         * An operator wants it to be a dead letter: a request is refused, and an event that comes again is a repeat.
         */
        void parked(String cause) {
            park(cause);
            CommandHeaders parsed = headers();
            refuse(parsed, new Refusal.ParkedCommand());
            remember(parsed.source());
        }

        private CommandHeaders headers() {
            CommandHeaders known = headers;
            if (known == null) {
                known = CommandHeaders.parse(record.headers());
                headers = known;
            }
            return known;
        }

        /** The answer to the same id, while it is remembered, or null. */
        private @Nullable Answer earlier(CommandHeaders parsed) {
            return parsed.requestHash() == null ? null : fold.earlier(parsed.commandId(), now, rows);
        }

        private C parse() {
            if (record.key() == null || record.value() == null) {
                throw new IllegalArgumentException("a command has a key and a value");
            }
            C command = Json.read(record.value(), definition.commandType);
            String aggregateId = definition.aggregateId.apply(command);
            if (!record.key().equals(aggregateId)) {
                throw new IllegalArgumentException("the key is not the aggregate's id");
            }
            int home = EventRecords.partition(aggregateId, contract.partitions());
            if (home != record.partition()) {
                throw new IllegalArgumentException("the command belongs to partition " + home);
            }
            return command;
        }

        private void decide(CommandHeaders parsed, C command) {
            String aggregateId = record.key();
            long sequence = rows.sequence(aggregateId);
            S state = definition.load(aggregateId, rows);
            Decision<E> decision = parsed.expectedSequence() != null && parsed.expectedSequence() != sequence
                    ? Decision.rejected(new Refusal.SequenceMismatch(parsed.expectedSequence(), sequence))
                    : definition.decider.decide(state, command, now);
            switch (decision) {
                case Decision.Accepted<E>(List<E> events) -> {
                    outcome = Counted.ACCEPTED;
                    CommandHeaders asCommand = parsed.asCommandOf(record.timestamp());
                    for (int index = 0; index < events.size(); index++) {
                        event(asCommand, events.get(index), index, events.size());
                    }
                    if (events.isEmpty()) {
                        remember(parsed.source());
                    }
                    answer(parsed, command, events.isEmpty(), sequence + events.size(), null);
                }
                case Decision.Rejected<E>(Rejection reason) -> {
                    outcome = Counted.REJECTED;
                    if (parsed.requestHash() == null) {
                        park("rejected: " + reason);
                        remember(parsed.source());
                    } else {
                        answer(parsed, command, false, 0, reason);
                    }
                }
            }
        }

        /** Remembers the source of a command that gives no event. */
        private void remember(@Nullable SourcePosition source) {
            if (source != null) {
                rows.decided(source);
                out.sources.put(source.stream(), source);
            }
        }

        private void event(CommandHeaders command, E event, int index, int count) {
            String aggregateId = record.key();
            EventMeta meta =
                    EventRecords.meta(command, index, count, rows.sequence(aggregateId) + 1, rows.position() + 1, now);
            SpecificRecord avro = definition.writer().apply(event, meta);
            String topic = contract.prefix() + definition.eventsTopic();
            byte[] bytes = contract.events().serialize(topic, avro);
            if (bytes.length > EVENT_MAX_BYTES) {
                throw new SerializationException(new IllegalArgumentException("its event takes " + bytes.length
                        + " bytes, and " + EVENT_MAX_BYTES + " at most can be written"));
            }
            Headers eventHeaders = EventRecords.headers(definition.noun, aggregateId, avro, meta, command);
            out.events.add(new ProducerRecord<>(topic, record.partition(), null, aggregateId, bytes, eventHeaders));
            Recorded<E> recorded = fold.read(topic, record.partition(), -1, aggregateId, eventHeaders, bytes);
            fold.decided(recorded, command.source(), rows, (key, before, after) -> publish(key, after));
        }

        private void publish(String entryKey, @Nullable Row<V> entry) {
            for (Published<V, ?> each : definition.published) {
                State state = each.state(entryKey, entry);
                if (state != null) {
                    String topic = contract.prefix() + state.topic();
                    byte[] value =
                            state.value() == null ? null : contract.states().serialize(topic, state.value());
                    published.put(
                            topic + "|" + state.key(),
                            new ProducerRecord<>(topic, record.partition(), state.key(), value));
                }
            }
        }

        private void park(String cause) {
            out.deadLetters.add(new ProducerRecord<>(
                    contract.prefix() + definition.deadLettersTopic(),
                    record.partition(),
                    null,
                    record.key(),
                    // A dead letter has a value; a record without one is the resolution of a dead letter.
                    record.value() == null ? new byte[0] : record.value(),
                    DeadLetter.headers(record.headers(), DeadLetter.Source.of(record, null), cause)));
        }

        private void refuse(CommandHeaders parsed, Rejection reason) {
            answer(parsed, null, false, 0, reason);
        }

        /** @param command null when nobody on this instance can be told at once */
        private void answer(
                CommandHeaders parsed,
                @Nullable C command,
                boolean repeated,
                long sequence,
                @Nullable Rejection reason) {
            if (parsed.requestHash() == null) {
                return;
            }
            Answer answer = new Answer(
                    parsed.commandId(),
                    parsed.requestHash(),
                    repeated,
                    sequence,
                    rows.position(),
                    now,
                    reason == null ? null : Refusal.of(reason));
            fold.answered(answer, rows);
            out.replies.add(new ProducerRecord<>(
                    contract.prefix() + definition.repliesTopic(),
                    record.partition(),
                    record.key(),
                    Json.write(answer)));
            if (command != null) {
                answered = new Decided<>(record.partition(), command, answer);
            }
        }

        void keep(Written batch) {
            changes.putAll(own);
            batch.events.addAll(out.events);
            batch.replies.addAll(out.replies);
            batch.deadLetters.addAll(out.deadLetters);
            batch.sources.putAll(out.sources);
            batch.lastOffset = record.offset();
            batch.lastEpoch = record.leaderEpoch().orElse(-1);
            states.putAll(published);
            count(Counted.EVENT, out.events.size());
            count(Counted.DEAD_LETTER, out.deadLetters.size());
            if (outcome != null) {
                count(outcome, 1);
            }
            effects |= out.hasEffects();
            if (answered != null) {
                decided.add(answered);
            }
        }
    }

    /** True when there is something to commit. */
    boolean hasEffects() {
        return effects;
    }

    /**
     * Gives a partition a mark that names all its sources, even if the batch writes nothing else there: the replies
     * that named them expire.
     *
     * @param last the last command decided before this batch, if it decides none
     */
    void markFull(int partition, Mark last, List<SourcePosition> sources) {
        Written out = written.computeIfAbsent(partition, each -> new Written());
        if (out.lastOffset < 0) {
            out.lastOffset = last.offset();
            out.lastEpoch = last.leaderEpoch();
        }
        out.full = sources;
        effects = true;
    }

    /** The mark that ends a partition's part of the batch; null when the batch decides none of its commands. */
    @Nullable
    Mark lastDecided(int partition) {
        Written out = written.get(partition);
        return out == null || out.lastOffset < 0
                ? null
                : new Mark(contract.commandsTopicId(), out.lastOffset, out.lastEpoch, List.of());
    }

    /** Ends the batch with a mark in every partition that it writes to. */
    List<ProducerRecord<String, byte[]>> records() {
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        written.forEach((partition, out) -> {
            if (out.hasEffects()) {
                List<SourcePosition> sources = new ArrayList<>(out.sources.values());
                if (out.full != null) {
                    sources.addAll(out.full);
                }
                Mark mark = new Mark(contract.commandsTopicId(), out.lastOffset, out.lastEpoch, sources);
                new PartitionRows(partition, changes).mark(mark);
                if (out.events.isEmpty() && out.replies.isEmpty()) {
                    out.replies.add(new ProducerRecord<>(
                            contract.prefix() + definition.repliesTopic(), partition, "mark", null));
                }
                if (!out.events.isEmpty()) {
                    mark.addTo(out.events.getLast().headers());
                }
                if (!out.replies.isEmpty()) {
                    mark.addTo(out.replies.getLast().headers());
                }
                records.addAll(out.events);
                records.addAll(out.replies);
                records.addAll(out.deadLetters);
            }
        });
        records.addAll(states.values());
        return records;
    }

    /** Requests decided in this batch. */
    List<Decided<C>> decided() {
        return decided;
    }

    private void count(Counted what, int number) {
        tally.merge(what, number, Integer::sum);
    }

    Map<Counted, Integer> tally() {
        return tally;
    }

    /** Every row that the batch changes. */
    Map<String, Changes.Change<?>> changes() {
        return changes.all();
    }
}
