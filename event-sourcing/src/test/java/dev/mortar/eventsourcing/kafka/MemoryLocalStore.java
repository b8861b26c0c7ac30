package dev.mortar.eventsourcing.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The twin of {@link RocksLocalStore} in memory, for simulations. */
class MemoryLocalStore implements LocalStore {
    private final ConcurrentSkipListMap<byte[], byte[]> rows = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    @Override
    public byte @Nullable [] get(String key) {
        return rows.get(bytes(key));
    }

    @Override
    public List<StoredRow> range(String from, String to, int limit) {
        return rows.subMap(bytes(from), bytes(to)).entrySet().stream()
                .limit(limit)
                .map(row -> new StoredRow(new String(row.getKey(), StandardCharsets.UTF_8), row.getValue()))
                .toList();
    }

    @Override
    public void write(Map<String, byte @Nullable []> changes) {
        changes.forEach((key, value) -> {
            if (value == null) {
                rows.remove(bytes(key));
            } else {
                rows.put(bytes(key), value);
            }
        });
    }

    @Override
    public long approximateRows() {
        return rows.size();
    }

    @Override
    public void checkpoint(Path directory) {
        throw new UnsupportedOperationException("copy() is the checkpoint of a store in memory");
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    /** Another store with the same rows: a checkpoint. */
    MemoryLocalStore copy() {
        MemoryLocalStore copy = new MemoryLocalStore();
        copy.rows.putAll(rows);
        return copy;
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
