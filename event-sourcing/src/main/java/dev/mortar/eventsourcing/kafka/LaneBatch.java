package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.WorkingSet;
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
 * Decides the commands of one transaction and collects the records to write. It changes nothing outside, so a batch
 * that cannot be committed can be dropped. Events are folded from their serialised bytes, as the follower folds them.
 */
final class LaneBatch<C, S, V, E> {
    /** A request also needs room for the headers and the batch itself. */
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

    /** The counters of a batch: commands by outcome, events, and dead letters. */
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
     * @param partitions number of partitions of each topic of the service
     * @param states writes records of compacted topics
     */
    record Contract(
            String prefix,
            String commandsTopicId,
            int partitions,
            Serializer<SpecificRecord> events,
            Serializer<SpecificRecord> states) {}

    record Decided<C>(int partition, C command, Answer answer) {}

    private static final class Written {
        private final List<ProducerRecord<String, byte[]>> events = new ArrayList<>();
        private final List<ProducerRecord<String, byte[]>> replies = new ArrayList<>();
        private final List<ProducerRecord<String, byte[]>> deadLetters = new ArrayList<>();
        /** The highest source of each source partition, from commands without events. */
        private final Map<String, SourcePosition> sources = new LinkedHashMap<>();

        private long lastOffset = -1;
        private int lastEpoch = -1;

        /** All sources of the partition if the mark is full, or null. */
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
     * @param park the cause with which the command becomes a dead letter instead, or null
     * @return why it cannot be decided, so that the partition's part of the batch ends before it; null otherwise
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
            // The events cannot be written, so all changes of the step are dropped.
            step = new Step(record);
            step.park("unreadable command: " + e);
            step.refuse(new Refusal.UnreadableCommand());
        } catch (Fold.LogDoesNotFit e) {
            throw e;
        } catch (RuntimeException e) {
            return e;
        }
        step.keep(before);
        return null;
    }

    /** One command. Its changes are not part of the batch until {@link #keep}. */
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
            Answer earlier = parsed.requestHash() == null ? null : fold.earlier(parsed.commandId(), now, rows);
            if (earlier != null && !earlier.requestHash().equals(parsed.requestHash())) {
                refuse(new Refusal.KeyReused());
                return;
            }
            try {
                command = parse();
            } catch (RuntimeException e) {
                park("unreadable command: " + e);
                refuse(new Refusal.UnreadableCommand());
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
         * Makes the command a dead letter. A request is refused. The source of a process's command is remembered, so
         * that the same event is a repeat when it comes again.
         */
        void parked(String cause) {
            park(cause);
            refuse(new Refusal.ParkedCommand());
            rememberSource();
        }

        private CommandHeaders headers() {
            CommandHeaders known = headers;
            if (known == null) {
                known = CommandHeaders.parse(record.headers());
                headers = known;
            }
            return known;
        }

        private C parse() {
            if (record.key() == null || record.value() == null) {
                throw new IllegalArgumentException("a command must have a key and a value");
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

        private Decision<E> decide(CommandHeaders parsed, C command, S state, long sequence) {
            return parsed.expectedSequence() != null && parsed.expectedSequence() != sequence
                    ? Decision.rejected(new Refusal.SequenceMismatch(parsed.expectedSequence(), sequence))
                    : definition.decider.decide(state, command, now);
        }

        /** The answer to a caller without the right. To an outsider, a foreign object looks like an unknown one. */
        private Decision<E> deny(CommandHeaders parsed, C command) {
            if (parsed.actor().comesFromOutside()) {
                S unknown = definition.load(record.key(), WorkingSet.empty());
                if (decide(parsed, command, unknown, 0) instanceof Decision.Rejected<E> rejected) {
                    return rejected;
                }
            }
            return Decision.rejected(new Refusal.Forbidden());
        }

        private void decide(CommandHeaders parsed, C command) {
            String aggregateId = record.key();
            long sequence = rows.sequence(aggregateId);
            S state = definition.load(aggregateId, rows);
            Decision<E> decision = definition.allows(parsed, command, state)
                    ? decide(parsed, command, state, sequence)
                    : deny(parsed, command);
            switch (decision) {
                case Decision.Accepted<E>(List<E> events) -> {
                    outcome = Counted.ACCEPTED;
                    CommandHeaders asCommand = parsed.asCommandOf(record.timestamp());
                    for (int index = 0; index < events.size(); index++) {
                        event(asCommand, events.get(index), index, events.size());
                    }
                    if (events.isEmpty()) {
                        rememberSource();
                    }
                    answer(command, events.isEmpty(), sequence + events.size(), null);
                }
                case Decision.Rejected<E>(Rejection reason) -> {
                    outcome = Counted.REJECTED;
                    if (parsed.requestHash() == null) {
                        park("rejected: " + reason);
                        rememberSource();
                    } else {
                        answer(command, false, 0, reason);
                    }
                }
            }
        }

        private void rememberSource() {
            SourcePosition source = headers().source();
            if (source != null) {
                rows.decided(source);
                out.sources.put(source.stream(), source);
            }
        }

        private void event(CommandHeaders command, E event, int index, int count) {
            String aggregateId = record.key();
            EventMeta meta =
                    EventRecords.meta(command, index, count, rows.sequence(aggregateId) + 1, rows.position() + 1, now);
            SpecificRecord avro = definition.binder().write(event, meta);
            String topic = contract.prefix() + definition.eventsTopic();
            byte[] bytes = contract.events().serialize(topic, avro);
            if (bytes.length > EVENT_MAX_BYTES) {
                throw new SerializationException(new IllegalArgumentException(
                        "its event has " + bytes.length + " bytes; the maximum is " + EVENT_MAX_BYTES));
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
            String topic = contract.prefix() + definition.deadLettersTopic();
            // A dead letter has a value; a record without one is the resolution of a dead letter.
            byte[] value = record.value() == null ? new byte[0] : record.value();
            Headers letter = DeadLetter.headers(record.headers(), DeadLetter.Source.of(record, null), cause);
            out.deadLetters.add(new ProducerRecord<>(topic, record.partition(), null, record.key(), value, letter));
        }

        private void refuse(Rejection reason) {
            answer(null, false, 0, reason);
        }

        /** @param command null if the lane does not complete the waiting request itself */
        private void answer(@Nullable C command, boolean repeated, long sequence, @Nullable Rejection reason) {
            CommandHeaders parsed = headers();
            if (parsed.requestHash() == null) {
                return;
            }
            Refusal refusal = reason == null ? null : Refusal.of(reason);
            Answer answer = new Answer(
                    parsed.commandId(), parsed.requestHash(), repeated, sequence, rows.position(), now, refusal);
            fold.answered(answer, rows);
            String topic = contract.prefix() + definition.repliesTopic();
            out.replies.add(new ProducerRecord<>(topic, record.partition(), record.key(), Json.write(answer)));
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

    boolean hasEffects() {
        return effects;
    }

    /**
     * Gives a partition a mark with all its sources, even if the batch writes nothing else there, because replies with
     * earlier marks expire.
     *
     * @param last the last command decided before this batch; used if the batch decides none
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

    /** The last command of a partition that the batch decides, as a mark without sources; null if it decides none. */
    @Nullable
    Mark lastDecided(int partition) {
        Written out = written.get(partition);
        return out == null || out.lastOffset < 0
                ? null
                : new Mark(contract.commandsTopicId(), out.lastOffset, out.lastEpoch, List.of());
    }

    /** Ends the batch with a mark in each partition to which it writes, and returns the records of the transaction. */
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

    List<Decided<C>> decided() {
        return decided;
    }

    private void count(Counted what, int number) {
        tally.merge(what, number, Integer::sum);
    }

    Map<Counted, Integer> tally() {
        return tally;
    }

    Map<String, Changes.Change<?>> changes() {
        return changes.all();
    }
}
