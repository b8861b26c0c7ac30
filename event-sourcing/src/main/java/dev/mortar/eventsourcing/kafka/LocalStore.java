package dev.mortar.eventsourcing.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an instance folded from its log, under text keys sorted by their UTF-8 bytes. A batch is written
 * completely or not at all. Safe for one writer and many readers.
 */
interface LocalStore extends AutoCloseable {
    record StoredRow(String key, byte[] value) {}

    byte @Nullable [] get(String key);

    /** The rows from {@code from} (inclusive) to {@code to} (exclusive), at most {@code limit}. */
    List<StoredRow> range(String from, String to, int limit);

    /** Writes all changes; null removes a row. */
    void write(Map<String, byte @Nullable []> changes);

    long approximateRows();

    /** Writes the current rows to a directory that does not exist yet. */
    void checkpoint(Path directory);

    @Override
    void close();
}
