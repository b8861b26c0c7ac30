package dev.mortar.eventsourcing.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an instance folded from its log, under text keys in the order of their UTF-8 bytes. A batch is written
 * whole or not at all. Safe for one writer and many readers.
 */
interface LocalStore extends AutoCloseable {

    /** A row and its key. */
    record StoredRow(String key, byte[] value) {}

    /** The value under a key, or null. */
    byte @Nullable [] get(String key);

    /** Rows from a key on, inclusive, to another, exclusive; at most as many as the limit. */
    List<StoredRow> range(String from, String to, int limit);

    /** Writes all changes; null removes a row. */
    void write(Map<String, byte @Nullable []> changes);

    /** How many rows there are, roughly. */
    long approximateRows();

    /** Writes all rows as they are now to a directory that does not exist yet. */
    void checkpoint(Path directory);

    @Override
    void close();
}
