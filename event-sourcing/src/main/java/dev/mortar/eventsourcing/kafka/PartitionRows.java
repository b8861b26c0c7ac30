package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The rows folded from one partition of a service's events and replies. Their keys:
 *
 * <pre>
 * e|entry                  an entry of an aggregate: sequence and time of its last event, JSON
 * s|aggregate              the aggregate's sequence
 * p|partition              position of the partition's last event
 * w|partition              when that event was recorded
 * m|partition|topic id     the newest mark of a command topic: offset and leader epoch
 * o|partition|topic|source highest decided position of a source partition
 * d|partition|micros|entry a deadline
 * r|partition|command      the answer to a request, JSON
 * t|partition|micros|command  index of those answers by time
 * n|topic|partition        next offset to read, and its leader epoch
 * v|view|partition key|row a row of a folded view
 * i|view|partition key|row the key of an entry, in an index
 * h|view|partition key|row the place of an event in the log, in a view of events
 * </pre>
 */
record PartitionRows(int partition, Changes changes) {
    private static final byte[] NOTHING = new byte[0];
    private static final Form<Answer> ANSWER =
            Form.of(answer -> Json.write(Answer.class, answer), bytes -> Json.read(bytes, Answer.class));

    /** A place in a partition: offset, and index or leader epoch. */
    static final Form<LogPlace> PLACE = Form.of(
            place -> ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                    .putLong(place.offset())
                    .putInt(place.index())
                    .array(),
            LogPlace::read);

    record LogPlace(long offset, int index) {
        private static LogPlace read(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new LogPlace(buffer.getLong(), buffer.getInt());
        }
    }

    <V> @Nullable V entry(String key, Form<V> form) {
        return changes.get(entryKey(key), form);
    }

    <V> void putEntry(String key, Form<V> form, @Nullable V value) {
        changes.put(entryKey(key), form, value);
    }

    long sequence(String aggregateId) {
        return number(sequenceKey(aggregateId));
    }

    /** Position of the partition's last event; 0 without events. */
    long position() {
        return number("p|" + partition);
    }

    /** When the partition's last event was recorded; 1970-01-01 without events. */
    Instant recordedAt() {
        return Instant.EPOCH.plus(number("w|" + partition), ChronoUnit.MICROS);
    }

    /** Stores sequence, position and time of the partition's next event. */
    void advance(Recorded<?> event) {
        changes.put(sequenceKey(event.aggregateId()), Form.NUMBER, event.sequence());
        changes.put("p|" + partition, Form.NUMBER, event.position());
        changes.put("w|" + partition, Form.NUMBER, micros(event.recordedAt()));
    }

    /** The newest mark of a command topic, without its sources, or null. */
    @Nullable
    Mark mark(String topicId) {
        LogPlace place = changes.get(markKey(partition) + topicId, PLACE);
        return place == null ? null : new Mark(topicId, place.offset(), place.index(), List.of());
    }

    static boolean isMarked(LocalStore store, int partition) {
        return !store.range(markKey(partition), "m|" + partition + "}", 1).isEmpty();
    }

    private static String markKey(int partition) {
        return "m|" + partition + "|";
    }

    /**
     * Stores a mark, unless a later mark of the same command topic is known, and always its sources. Events and replies
     * are folded in any order, and two marks with the same offset may have different sources, so each source has its
     * own row. Each command topic has its own mark, because a topic that is created again has other offsets.
     */
    void mark(Mark mark) {
        Mark known = mark(mark.topicId());
        if (known == null || known.offset() < mark.offset()) {
            changes.put(markKey(partition) + mark.topicId(), PLACE, new LogPlace(mark.offset(), mark.leaderEpoch()));
        }
        mark.sources().forEach(this::decided);
    }

    /** True if a command from this place, or from a later place of its source partition, was decided here. */
    boolean hasDecided(SourcePosition source) {
        LogPlace highest = changes.get(sourceKey(source), PLACE);
        return highest != null
                && !source.isAfter(
                        new SourcePosition(source.topicId(), source.partition(), highest.offset(), highest.index()));
    }

    /** Stores the place as decided, unless a later place of its source partition is. */
    void decided(SourcePosition source) {
        if (!hasDecided(source)) {
            changes.put(sourceKey(source), PLACE, new LogPlace(source.offset(), source.index()));
        }
    }

    private String sourceKey(SourcePosition source) {
        return "o|" + partition + "|" + source.stream();
    }

    static List<SourcePosition> sources(LocalStore store, int partition) {
        List<SourcePosition> sources = new ArrayList<>();
        String prefix = "o|" + partition + "|";
        for (StoredRow row : store.range(prefix, "o|" + partition + "}", Integer.MAX_VALUE)) {
            String stream = row.key().substring(prefix.length());
            int split = stream.lastIndexOf('|');
            LogPlace place = PLACE.read(row.value());
            int partitionOfSource = Integer.parseInt(stream.substring(split + 1));
            String topicId = stream.substring(0, split);
            sources.add(new SourcePosition(topicId, partitionOfSource, place.offset(), place.index()));
        }
        return sources;
    }

    void putDeadline(Instant at, String entryKey) {
        changes.put(deadlineKey(partition, at) + entryKey, Form.BYTES, NOTHING);
    }

    void removeDeadline(Instant at, String entryKey) {
        changes.put(deadlineKey(partition, at) + entryKey, Form.BYTES, null);
    }

    static String entryKey(String key) {
        return "e|" + key;
    }

    static String entryOfDeadline(String key) {
        return key.substring(key.indexOf('|', key.indexOf('|', 2) + 1) + 1);
    }

    /** Prefix of the keys of deadlines at this instant. The keys sort by time. */
    static String deadlineKey(int partition, Instant at) {
        return "d|" + partition + "|" + digits(at) + "|";
    }

    @Nullable
    Answer answer(UUID commandId) {
        return changes.get(answerKey(commandId.toString()), ANSWER);
    }

    /** Remembers an answer. It replaces an earlier, forgotten answer to the same command id. */
    void remember(Answer answer, @Nullable Answer forgotten) {
        if (forgotten != null) {
            changes.put(rememberedKey(partition, forgotten.now()) + forgotten.commandId(), Form.BYTES, null);
        }
        changes.put(answerKey(answer.commandId().toString()), ANSWER, answer);
        changes.put(rememberedKey(partition, answer.now()) + answer.commandId(), Form.BYTES, NOTHING);
    }

    void forget(StoredRow remembered) {
        changes.put(remembered.key(), Form.BYTES, null);
        changes.put(answerKey(remembered.key().substring(remembered.key().lastIndexOf('|') + 1)), ANSWER, null);
    }

    private String answerKey(String commandId) {
        return "r|" + partition + "|" + commandId;
    }

    static String rememberedKey(int partition, Instant at) {
        return "t|" + partition + "|" + digits(at) + "|";
    }

    /** The key of a view's row; the kind is v, i or h. */
    static String viewKey(String kind, View<?> view, RowKey key) {
        return kind + "|" + view.name() + "|" + key.partitionKey() + "|" + key.row();
    }

    static String sequenceKey(String aggregateId) {
        return "s|" + aggregateId;
    }

    static String offsetKey(TopicPartition log) {
        return "n|" + log.topic() + "|" + log.partition();
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    private long number(String key) {
        Long number = changes.get(key, Form.NUMBER);
        return number == null ? 0 : number;
    }

    /** Nineteen digits, so that texts sort like the numbers. */
    private static String digits(Instant at) {
        String digits = Long.toString(Math.max(0, micros(at)));
        return "0".repeat(19 - digits.length()) + digits;
    }
}
