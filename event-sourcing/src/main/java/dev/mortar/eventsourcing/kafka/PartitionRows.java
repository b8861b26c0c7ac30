package dev.mortar.eventsourcing.kafka;

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
 * e|entry                  an entry of an aggregate, JSON
 * s|aggregate              the aggregate's sequence
 * p|partition              position of the partition's last event
 * w|partition              when it was recorded
 * m|partition              the newest mark, JSON
 * o|partition|topic|source highest position decided of a source partition
 * d|partition|micros|entry a deadline
 * r|partition|command      the answer to a request, JSON
 * t|partition|micros|command  when that request was decided
 * n|topic|partition        next offset to read, and its leader epoch
 * v|view|partition key|row a row of a view
 * </pre>
 */
final class PartitionRows implements StoredState.Rows {

    private static final byte[] NOTHING = new byte[0];

    private final int partition;
    private final Changes changes;

    PartitionRows(int partition, Changes changes) {
        this.partition = partition;
        this.changes = changes;
    }

    @Override
    public byte @Nullable [] entry(String key) {
        return changes.get(entryKey(key));
    }

    @Override
    public void putEntry(String key, byte @Nullable [] value) {
        changes.put(entryKey(key), value);
    }

    long sequence(String aggregateId) {
        return number(changes.get("s|" + aggregateId));
    }

    @Override
    public void putSequence(String aggregateId, long sequence) {
        changes.put("s|" + aggregateId, bytes(sequence));
    }

    /** Position of the partition's last event, 0 before the first. */
    long position() {
        return number(changes.get("p|" + partition));
    }

    /** When the partition's last event was recorded; the epoch before the first. */
    Instant recordedAt() {
        byte[] stored = changes.get("w|" + partition);
        return stored == null ? Instant.EPOCH : instant(number(stored));
    }

    @Override
    public void putPosition(long position) {
        changes.put("p|" + partition, bytes(position));
    }

    void putRecordedAt(Instant recordedAt) {
        changes.put("w|" + partition, bytes(DeciderStore.micros(recordedAt)));
    }

    @Nullable
    Mark mark() {
        byte[] stored = changes.get("m|" + partition);
        return stored == null ? null : Json.read(stored, Mark.class);
    }

    /** Takes a mark over unless a later one of the same command topic is known, and all its sources. */
    void mark(Mark mark) {
        Mark known = mark();
        if (known == null || !known.topicId().equals(mark.topicId()) || known.offset() < mark.offset()) {
            changes.put("m|" + partition, Json.write(mark));
        }
        mark.sources().forEach(this::decided);
    }

    /** True when a command from this place, or a later one of its source partition, was decided here. */
    boolean hasDecided(SourcePosition source) {
        SourcePosition highest = highestDecided(source);
        return highest != null && !source.isAfter(highest);
    }

    /** Takes the place as decided unless a later one of its source partition is. */
    void decided(SourcePosition source) {
        if (!hasDecided(source)) {
            changes.put(
                    sourceKey(source),
                    ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                            .putLong(source.offset())
                            .putInt(source.index())
                            .array());
        }
    }

    private @Nullable SourcePosition highestDecided(SourcePosition of) {
        byte[] stored = changes.get(sourceKey(of));
        if (stored == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(stored);
        return new SourcePosition(of.topicId(), of.partition(), buffer.getLong(), buffer.getInt());
    }

    private String sourceKey(SourcePosition source) {
        return "o|" + partition + "|" + source.stream();
    }

    /** The highest place decided of every source partition. */
    static List<SourcePosition> sources(LocalStore store, int partition) {
        List<SourcePosition> sources = new ArrayList<>();
        String prefix = "o|" + partition + "|";
        for (StoredRow row : store.range(prefix, "o|" + partition + "}", Integer.MAX_VALUE)) {
            String stream = row.key().substring(prefix.length());
            int split = stream.lastIndexOf('|');
            ByteBuffer place = ByteBuffer.wrap(row.value());
            sources.add(new SourcePosition(
                    stream.substring(0, split),
                    Integer.parseInt(stream.substring(split + 1)),
                    place.getLong(),
                    place.getInt()));
        }
        return sources;
    }

    @Override
    public void putDeadline(Instant at, String entryKey) {
        changes.put(deadlineKey(partition, at) + entryKey, NOTHING);
    }

    @Override
    public void removeDeadline(Instant at, String entryKey) {
        changes.put(deadlineKey(partition, at) + entryKey, null);
    }

    static String entryKey(String key) {
        return "e|" + key;
    }

    /** The entry that the key of a deadline names. */
    static String entryOfDeadline(String key) {
        return key.substring(key.indexOf('|', key.indexOf('|', 2) + 1) + 1);
    }

    /** Prefix of the keys of deadlines at this instant; in their order, earlier ones come first. */
    static String deadlineKey(int partition, Instant at) {
        return "d|" + partition + "|" + digits(at) + "|";
    }

    @Nullable
    Answer answer(UUID commandId) {
        byte[] stored = changes.get("r|" + partition + "|" + commandId);
        return stored == null ? null : Json.read(stored, Answer.class);
    }

    void remember(Answer answer) {
        changes.put("r|" + partition + "|" + answer.commandId(), Json.write(answer));
        changes.put(rememberedKey(partition, answer.now()) + answer.commandId(), NOTHING);
    }

    /** Forgets the answer that this row of the index by time names. */
    void forget(StoredRow remembered) {
        changes.put(remembered.key(), null);
        changes.put(
                "r|" + partition + "|"
                        + remembered.key().substring(remembered.key().lastIndexOf('|') + 1),
                null);
    }

    static String rememberedKey(int partition, Instant at) {
        return "t|" + partition + "|" + digits(at) + "|";
    }

    static String offsetKey(TopicPartition log) {
        return "n|" + log.topic() + "|" + log.partition();
    }

    private static long number(byte @Nullable [] bytes) {
        return bytes == null ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Nineteen digits sort as the numbers do. */
    private static String digits(Instant at) {
        String digits = Long.toString(Math.max(0, DeciderStore.micros(at)));
        return "0".repeat(19 - digits.length()) + digits;
    }
}
