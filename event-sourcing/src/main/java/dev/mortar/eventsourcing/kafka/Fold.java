package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Published;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.ViewDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * How the records of a service's log become rows: the one rule by which the follower builds the local store and a lane
 * looks ahead of it. Pure but for the {@link Changes} it is given.
 */
final class Fold<C, S, V, E> {

    private final Duration remembered;

    private final ServiceDefinition<C, S, V, E> definition;
    private final EventReader<E> reader;
    private final Deserializer<SpecificRecord> deserializer;

    /** @param remembered how long a request is known as a repeat, by the time of the log */
    Fold(ServiceDefinition<C, S, V, E> definition, Deserializer<SpecificRecord> deserializer, Duration remembered) {
        this.remembered = remembered;
        this.definition = definition;
        this.reader = Objects.requireNonNull(definition.reader, "events() not defined");
        this.deserializer = deserializer;
    }

    /** The log and the local store do not belong together: only a store folded from the first event helps. */
    static final class LogDoesNotFit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LogDoesNotFit(String message) {
            super(message);
        }
    }

    /** A newer release wrote an event that this one does not know: another instance has to go on. */
    static final class UnknownEvent extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownEvent(String type) {
            super("This release does not know " + type + " of its own log");
        }
    }

    /** A row that changed, as a view and as the record of its topic, if it has one. */
    interface RowChanged {
        <R> void changed(ViewDefinition<?, R> view, RowKey key, @Nullable R row, Recorded<?> event);
    }

    /**
     * Reads an event of the own log.
     *
     * @throws UnknownEvent when this release has no word for it
     */
    Recorded<E> read(String topic, int partition, long offset, String key, Headers headers, byte[] value) {
        return EventRecords.read(reader, avro(topic, headers, value), topic, partition, offset, key);
    }

    private SpecificRecord avro(String topic, Headers headers, byte[] value) {
        String type = CommandHeaders.text(headers, EventRecords.TYPE);
        if (type == null || !reader.knows(type)) {
            throw new UnknownEvent(String.valueOf(type));
        }
        return Objects.requireNonNull(deserializer.deserialize(topic, headers, value), "null event");
    }

    /**
     * Folds an event that was read from the log.
     *
     * @param told is given the keys of all rows that changed
     * @throws LogDoesNotFit when it does not follow the last event folded
     */
    Recorded<E> event(ConsumerRecord<String, byte[]> record, Changes changes, BiConsumer<String, String> told) {
        SpecificRecord avro = avro(record.topic(), record.headers(), record.value());
        Recorded<E> event =
                EventRecords.read(reader, avro, record.topic(), record.partition(), record.offset(), record.key());
        PartitionRows rows = new PartitionRows(record.partition(), changes);
        decided(event, EventRecords.sourceOf(EventRecords.metaOf(avro)), rows);
        Mark mark = Mark.of(record.headers());
        if (mark != null) {
            rows.mark(mark);
        }
        for (ViewDefinition<E, ?> view : definition.views) {
            fold(view, event, changes, new RowChanged() {
                @Override
                public <R> void changed(ViewDefinition<?, R> of, RowKey key, @Nullable R row, Recorded<?> by) {
                    told.accept(of.view().name(), key.partitionKey() + "|" + key.row());
                }
            });
        }
        return event;
    }

    /**
     * Folds an event into what deciding needs: entries, deadlines, sequence, position and source.
     *
     * @throws LogDoesNotFit when it does not follow the last event folded
     */
    void decided(Recorded<E> event, @Nullable SourcePosition source, PartitionRows rows) {
        long position = rows.position();
        long sequence = rows.sequence(event.aggregateId());
        if (event.position() != position + 1 || event.sequence() != sequence + 1) {
            throw new LogDoesNotFit("The event at " + event.topic() + "/" + event.partition() + "/" + event.offset()
                    + " has position " + event.position() + " and sequence " + event.sequence()
                    + "; the store is at position " + position + " and sequence " + sequence + " of "
                    + event.aggregateId());
        }
        StoredState<C, S, V, E> stored = new StoredState<>(definition, rows);
        WorkingSet<V> entries = stored.entries();
        S before = definition.storage.load(event.aggregateId(), entries);
        S after = definition.decider.evolve(before, event.event());
        stored.save(event.aggregateId(), entries, after, event.sequence(), event.position());
        rows.putRecordedAt(event.recordedAt());
        if (source != null) {
            rows.decided(source);
        }
    }

    /** Folds an event into the rows of the views that are published. */
    void published(Recorded<E> event, Changes changes, RowChanged changed) {
        for (ViewDefinition<E, ?> view : definition.views) {
            if (view.published() != null) {
                fold(view, event, changes, changed);
            }
        }
    }

    private static <E, R> void fold(
            ViewDefinition<E, R> definition, Recorded<E> event, Changes changes, RowChanged changed) {
        View<E, R> view = definition.view();
        Form<Row<R>> form = new Row.OfView<>(view.rowType());
        for (RowKey key : view.keys().apply(event)) {
            String storeKey = PartitionRows.viewKey(view.name(), key.partitionKey() + "|" + key.row());
            Row<R> before = changes.get(storeKey, form);
            R after = view.fold().fold(before == null ? null : before.value(), key, event);
            changes.put(
                    storeKey,
                    form,
                    after == null ? null : new Row<>(key.row(), event.sequence(), event.recordedAt(), after));
            changed.changed(definition, key, after, event);
        }
    }

    /** Folds a record of the replies: an answer, a mark, or both. */
    @Nullable
    Answer reply(ConsumerRecord<String, byte[]> record, Changes changes) {
        PartitionRows rows = new PartitionRows(record.partition(), changes);
        Mark mark = Mark.of(record.headers());
        if (mark != null) {
            rows.mark(mark);
        }
        if (record.value() == null) {
            return null;
        }
        Answer answer = Json.read(record.value(), Answer.class);
        answered(answer, rows);
        return answer;
    }

    /** Remembers an answer, unless its id was used for another request before: then that one is remembered. */
    void answered(Answer answer, PartitionRows rows) {
        if (earlier(answer.commandId(), answer.now(), rows) == null) {
            rows.remember(answer, rows.answer(answer.commandId()));
        }
    }

    /** The answer that a request of this id got before, if it is still known then. */
    @Nullable
    Answer earlier(UUID commandId, Instant now, PartitionRows rows) {
        Answer earlier = rows.answer(commandId);
        return earlier != null && !earlier.now().plus(remembered).isBefore(now) ? earlier : null;
    }

    /** From when on answers are known, when the log is at this time. */
    Instant rememberedSince(Instant now) {
        return now.minus(remembered);
    }

    /** The name of a published row in its topic. */
    static String recordKey(RowKey key) {
        return key.row().isEmpty() ? key.partitionKey() : key.partitionKey() + "|" + key.row();
    }

    /** The record of a published row. */
    static <R> @Nullable SpecificRecord publishedRecord(
            Published<R> published, RowKey key, @Nullable R row, Recorded<?> event) {
        return row == null ? null : published.writer().write(key, row, event.sequence(), event.recordedAt());
    }
}
