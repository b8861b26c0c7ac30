package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The one key-value store of a decider's partition. What lies under which key:
 *
 * <pre>
 * e|entry            an entry of an aggregate, JSON
 * s|aggregate        the aggregate's sequence
 * p|                 position of the partition's last event
 * o|topic|partition  highest source position decided
 * d|micros|entry     a deadline
 * </pre>
 *
 * Writes are collected and made together by {@link #flush}: a failure before it leaves nothing behind.
 */
final class DeciderStore implements StoredState.Rows {

    private static final String POSITION = "p|";
    private static final byte[] NOTHING = new byte[0];

    private final Function<String, byte @Nullable []> read;
    private final BiConsumer<String, byte @Nullable []> write;
    private final @Nullable KeyValueStore<String, byte[]> store;
    private final Map<String, byte @Nullable []> writes = new LinkedHashMap<>();

    private DeciderStore(
            Function<String, byte @Nullable []> read,
            BiConsumer<String, byte @Nullable []> write,
            @Nullable KeyValueStore<String, byte[]> store) {
        this.read = read;
        this.write = write;
        this.store = store;
    }

    DeciderStore(KeyValueStore<String, byte[]> store) {
        this(store::get, store::put, store);
    }

    /** A store without Streams, for replay; nobody asks it what is due. */
    static DeciderStore inMemory(Map<String, byte[]> contents) {
        return new DeciderStore(
                contents::get,
                (key, value) -> {
                    if (value == null) {
                        contents.remove(key);
                    } else {
                        contents.put(key, value);
                    }
                },
                null);
    }

    @Override
    public byte @Nullable [] entry(String key) {
        return get("e|" + key);
    }

    @Override
    public void putEntry(String key, byte @Nullable [] value) {
        writes.put("e|" + key, value);
    }

    long sequence(String aggregateId) {
        return number(get("s|" + aggregateId));
    }

    @Override
    public void putSequence(String aggregateId, long sequence) {
        writes.put("s|" + aggregateId, bytes(sequence));
    }

    long position() {
        return number(get(POSITION));
    }

    @Override
    public void putPosition(long position) {
        writes.put(POSITION, bytes(position));
    }

    /** True when a command from this place, or a later one of its source, was decided before. */
    boolean hasDecided(SourcePosition source) {
        SourcePosition highest = highestDecided(source.topicId(), source.partition());
        return highest != null && !source.isAfter(highest);
    }

    /** The highest position of a source that was decided, or null. */
    @Nullable
    SourcePosition highestDecided(String topicId, int partition) {
        byte[] highest = get("o|" + topicId + "|" + partition);
        if (highest == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(highest);
        return new SourcePosition(topicId, partition, buffer.getLong(), buffer.getInt());
    }

    void putDecided(SourcePosition source) {
        writes.put(
                "o|" + source.stream(),
                ByteBuffer.allocate(12)
                        .putLong(source.offset())
                        .putInt(source.index())
                        .array());
    }

    @Override
    public void putDeadline(Instant at, String entryKey) {
        writes.put(deadlineKey(at, entryKey), NOTHING);
    }

    @Override
    public void removeDeadline(Instant at, String entryKey) {
        writes.put(deadlineKey(at, entryKey), null);
    }

    /** Keys of entries whose deadline is at or before the instant, earliest first, at most as many as the limit. */
    List<String> due(Instant instant, int limit) {
        List<String> due = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> deadlines =
                streams().range(deadlineKey(Instant.EPOCH, ""), deadlineKey(instant.plusMillis(1), ""))) {
            while (deadlines.hasNext() && due.size() < limit) {
                KeyValue<String, byte[]> deadline = deadlines.next();
                due.add(deadline.key.substring(deadline.key.indexOf('|', 2) + 1));
            }
        }
        return due;
    }

    void flush() {
        writes.forEach(write);
        writes.clear();
    }

    long approximateEntries() {
        return streams().approximateNumEntries();
    }

    private KeyValueStore<String, byte[]> streams() {
        return Objects.requireNonNull(store, "a store without Streams");
    }

    private byte @Nullable [] get(String key) {
        return writes.containsKey(key) ? writes.get(key) : read.apply(key);
    }

    /** Nineteen digits sort as the numbers do. */
    private static String deadlineKey(Instant at, String entryKey) {
        String digits = Long.toString(Math.max(0, micros(at)));
        return "d|" + "0".repeat(19 - digits.length()) + digits + "|" + entryKey;
    }

    static long micros(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000L);
    }

    private static long number(byte @Nullable [] bytes) {
        return bytes == null ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
