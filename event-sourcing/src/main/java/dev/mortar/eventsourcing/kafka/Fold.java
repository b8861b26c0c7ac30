package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View.Folded;
import dev.mortar.eventsourcing.View.Index;
import dev.mortar.eventsourcing.View.OfEntries;
import dev.mortar.eventsourcing.View.OfEvents;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.nio.charset.StandardCharsets;
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
 * Turns the records of a service's log into rows. The follower builds the local store with it, and a lane computes rows
 * that the follower has not reached yet. It changes nothing except the {@link Changes} that it gets.
 *
 * @param remembered how long a repeated request is recognised, by the time of the log
 */
record Fold<C, S, V, E>(
        ServiceDefinition<C, S, V, E> definition, Deserializer<SpecificRecord> deserializer, Duration remembered) {
    /** The log and the local store do not belong together. The store has to be folded again from the first event. */
    static final class LogDoesNotFit extends RuntimeException {
        LogDoesNotFit(String message) {
            super(message);
        }
    }

    /** A newer release wrote an event that this release does not know. An instance of that release has to continue. */
    static final class UnknownEvent extends RuntimeException {
        UnknownEvent(String type) {
            super("This release does not know " + type + " of its own log");
        }
    }

    interface EntryChanged<V> {
        void changed(String entryKey, @Nullable V before, @Nullable Row<V> after);
    }

    /** Reads an event of the service's own log. Throws {@link UnknownEvent} if this release does not know its type. */
    Recorded<E> read(ConsumerRecord<String, byte[]> record) {
        return read(
                record.topic(), record.partition(), record.offset(), record.key(), record.headers(), record.value());
    }

    Recorded<E> read(String topic, int partition, long offset, String key, Headers headers, byte[] value) {
        return EventRecords.read(
                definition.reader(), avro(topic, headers, value), topic, partition, offset, key, traceparent(headers));
    }

    private static @Nullable String traceparent(Headers headers) {
        return CommandHeaders.text(headers, "traceparent");
    }

    private SpecificRecord avro(String topic, Headers headers, byte[] value) {
        String type = CommandHeaders.text(headers, EventRecords.TYPE);
        if (type == null || !definition.reader().knows(type)) {
            throw new UnknownEvent(String.valueOf(type));
        }
        return Objects.requireNonNull(deserializer.deserialize(topic, headers, value), "null event");
    }

    /**
     * Folds an event that was read from the log, and tells the keys of all changed rows.
     *
     * @throws LogDoesNotFit when the event does not follow the last folded event
     */
    Recorded<E> event(ConsumerRecord<String, byte[]> record, Changes changes, BiConsumer<String, String> told) {
        SpecificRecord avro = avro(record.topic(), record.headers(), record.value());
        Recorded<E> event = EventRecords.read(
                definition.reader(),
                avro,
                record.topic(),
                record.partition(),
                record.offset(),
                record.key(),
                traceparent(record.headers()));
        PartitionRows rows = new PartitionRows(record.partition(), changes);
        decided(event, EventRecords.sourceOf(EventRecords.metaOf(avro)), rows, (key, before, after) -> {
            for (OfEntries<V, ?> view : definition.entryViews) {
                RowKey row = view.rowKey(key);
                if (row != null) {
                    told.accept(view.name(), row.partitionKey() + "|" + row.row());
                }
            }
            for (Index<V, ?> index : definition.indexes) {
                reindex(index, key, before, after, changes);
            }
        });
        told.accept("", event.aggregateId());
        Mark mark = Mark.of(record.headers());
        if (mark != null) {
            rows.mark(mark);
        }
        for (OfEvents<E> view : definition.eventViews) {
            byte[] place = EventPlace.of(event).bytes();
            for (RowKey key : view.keys().apply(event)) {
                changes.put(PartitionRows.viewKey("h", view, key), Form.BYTES, place);
            }
        }
        for (Folded<E, ?> view : definition.foldedViews) {
            fold(view, event, changes, told);
        }
        return event;
    }

    private void reindex(
            Index<V, ?> index, String entryKey, @Nullable V before, @Nullable Row<V> after, Changes changes) {
        RowKey old = before == null ? null : index.key().apply(entryKey, before);
        RowKey next = after == null ? null : index.key().apply(entryKey, after.value());
        if (Objects.equals(old, next)) {
            return;
        }
        if (old != null) {
            changes.put(PartitionRows.viewKey("i", index, old), Form.BYTES, null);
        }
        if (next != null) {
            byte[] entry = entryKey.getBytes(StandardCharsets.UTF_8);
            changes.put(PartitionRows.viewKey("i", index, next), Form.BYTES, entry);
        }
    }

    private static <E, R> void fold(
            Folded<E, R> view, Recorded<E> event, Changes changes, BiConsumer<String, String> told) {
        Form<Row<R>> form = new Row.OfView<>(view.rowType());
        for (RowKey key : view.keys().apply(event)) {
            String rowKey = PartitionRows.viewKey("v", view, key);
            Row<R> before = changes.get(rowKey, form);
            R after = view.fold().fold(before == null ? null : before.value(), key, event);
            changes.put(
                    rowKey, form, after == null ? null : new Row<>("", event.sequence(), event.recordedAt(), after));
            told.accept(view.name(), key.partitionKey() + "|" + key.row());
        }
    }

    /**
     * Folds an event into the rows that decisions need: entries, deadlines, sequence, position, time and source.
     *
     * @throws LogDoesNotFit when the event does not follow the last folded event
     */
    void decided(Recorded<E> event, @Nullable SourcePosition source, PartitionRows rows, EntryChanged<V> changed) {
        long position = rows.position();
        long sequence = rows.sequence(event.aggregateId());
        if (event.position() != position + 1 || event.sequence() != sequence + 1) {
            throw new LogDoesNotFit("The event at " + event.topic() + "/" + event.partition() + "/" + event.offset()
                    + " has position " + event.position() + " and sequence " + event.sequence()
                    + "; the store is at position " + position + " and sequence " + sequence + " of "
                    + event.aggregateId());
        }
        WorkingSet<V> entries = definition.entries(rows);
        S before = definition.load(event.aggregateId(), entries);
        S after = definition.decider.evolve(before, event.event());
        definition.save(event.aggregateId(), entries, after).changes().forEach((key, value) -> {
            // The old entry has to be read before it is overwritten.
            V old = entries.original(key);
            Row<V> row = value == null ? null : new Row<>("", event.sequence(), event.recordedAt(), value);
            rows.putEntry(key, definition.entryForm, row);
            moveDeadline(key, old, value, rows);
            changed.changed(key, old, row);
        });
        rows.advance(event);
        if (source != null) {
            rows.decided(source);
        }
    }

    private void moveDeadline(String key, @Nullable V before, @Nullable V after, PartitionRows rows) {
        Deadline<C> old = before == null ? null : definition.deadlines.apply(before);
        Deadline<C> next = after == null ? null : definition.deadlines.apply(after);
        if (old != null && next != null && old.at().equals(next.at())) {
            return;
        }
        if (old != null) {
            rows.removeDeadline(old.at(), key);
        }
        if (next != null) {
            rows.putDeadline(next.at(), key);
        }
    }

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

    /** Remembers an answer, unless an earlier answer with the same command id is still remembered. */
    void answered(Answer answer, PartitionRows rows) {
        if (earlier(answer.commandId(), answer.now(), rows) == null) {
            rows.remember(answer, rows.answer(answer.commandId()));
        }
    }

    /** The earlier answer to this command id, or null if there is none or it is forgotten at {@code now}. */
    @Nullable
    Answer earlier(UUID commandId, Instant now, PartitionRows rows) {
        Answer earlier = rows.answer(commandId);
        return earlier != null && !earlier.now().plus(remembered).isBefore(now) ? earlier : null;
    }

    /** The time of the oldest answers that are remembered when the log is at {@code now}. */
    Instant rememberedSince(Instant now) {
        return now.minus(remembered);
    }
}
