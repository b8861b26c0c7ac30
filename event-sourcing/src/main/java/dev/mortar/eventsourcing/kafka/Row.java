package dev.mortar.eventsourcing.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row of a view.
 *
 * @param name of the row under its partition key
 * @param sequence of the newest event in the row, in the stream of its aggregate
 * @param changedAt when that event was recorded
 */
public record Row<R>(String name, long sequence, Instant changedAt, R value) {
    /** The row with another value; empty if the value is null. */
    <T> Optional<Row<T>> map(Function<R, @Nullable T> to) {
        T mapped = to.apply(value);
        return mapped == null ? Optional.empty() : Optional.of(new Row<>(name, sequence, changedAt, mapped));
    }

    /** The stored form of rows. Their names are in their keys. */
    record OfView<R>(Class<R> type) implements Form<Row<R>> {
        @Override
        public byte[] write(Row<R> row) {
            byte[] json = Json.write(type, row.value);
            return ByteBuffer.allocate(HEADER_BYTES + json.length)
                    .putLong(row.sequence)
                    .putLong(PartitionRows.micros(row.changedAt))
                    .put(json)
                    .array();
        }

        @Override
        public Row<R> read(byte[] bytes) {
            return Row.read(type, "", bytes);
        }
    }

    private static final int HEADER_BYTES = 2 * Long.BYTES;

    static <R> Row<R> read(Class<R> rowType, String name, byte[] stored) {
        ByteBuffer buffer = ByteBuffer.wrap(stored);
        long sequence = buffer.getLong();
        Instant changedAt = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
        byte[] json = new byte[buffer.remaining()];
        buffer.get(json);
        return new Row<>(name, sequence, changedAt, Json.read(json, rowType));
    }

    static String json(byte[] stored) {
        return new String(stored, HEADER_BYTES, stored.length - HEADER_BYTES, StandardCharsets.UTF_8);
    }

    static long sequence(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong();
    }
}
