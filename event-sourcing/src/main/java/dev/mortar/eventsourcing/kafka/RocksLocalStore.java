package dev.mortar.eventsourcing.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A {@link LocalStore} on disk. RocksDB does not sync its log. If the process dies, nothing is lost. If the machine
 * dies, the store may be an earlier version, from which the follower continues.
 */
final class RocksLocalStore implements LocalStore {
    private static final long CACHE_BYTES = 64L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final double FILTER_BITS_PER_KEY = 10;

    static {
        RocksDB.loadLibrary();
    }

    private final Options options;
    private final Cache cache;
    private final BloomFilter filter = new BloomFilter(FILTER_BITS_PER_KEY);
    private final WriteOptions unsynced = new WriteOptions();
    private final RocksDB db;
    /** A read of a closed database would end the process. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    /**
     * Opens the store in a directory and creates it if necessary.
     *
     * @throws IllegalStateException when the store is damaged, or open in another process
     */
    RocksLocalStore(Path directory) {
        this(directory, false);
    }

    /** Opens a checkpoint without changing it. Throws {@link IllegalStateException} if there is none. */
    static RocksLocalStore readOnly(Path checkpoint) {
        return new RocksLocalStore(checkpoint, true);
    }

    private RocksLocalStore(Path directory, boolean readOnly) {
        cache = new LRUCache(CACHE_BYTES);
        options = new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMemtableWholeKeyFiltering(true)
                .setMemtablePrefixBloomSizeRatio(0.05)
                .setAllowConcurrentMemtableWrite(false)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPartitionFilters(true)
                        .setFilterPolicy(filter));
        try {
            if (readOnly && !Files.exists(directory.resolve("CURRENT"))) {
                throw new IllegalStateException("There is no store in " + directory);
            } else if (readOnly) {
                db = RocksDB.openReadOnly(options, directory.toString());
            } else {
                Files.createDirectories(directory);
                db = RocksDB.open(options, directory.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public byte @Nullable [] get(String key) {
        return whileOpen(() -> db.get(bytes(key)));
    }

    @Override
    public List<StoredRow> range(String from, String to, int limit) {
        return whileOpen(() -> {
            List<StoredRow> rows = new ArrayList<>();
            try (Slice end = new Slice(bytes(to));
                    ReadOptions read = new ReadOptions().setIterateUpperBound(end);
                    RocksIterator each = db.newIterator(read)) {
                for (each.seek(bytes(from)); each.isValid() && rows.size() < limit; each.next()) {
                    rows.add(new StoredRow(new String(each.key(), StandardCharsets.UTF_8), each.value()));
                }
                each.status();
            }
            return rows;
        });
    }

    @Override
    public void write(Map<String, byte @Nullable []> changes) {
        whileOpen(() -> {
            try (WriteBatch batch = new WriteBatch()) {
                for (var change : changes.entrySet()) {
                    byte[] value = change.getValue();
                    if (value == null) {
                        batch.delete(bytes(change.getKey()));
                    } else {
                        batch.put(bytes(change.getKey()), value);
                    }
                }
                db.write(unsynced, batch);
            }
            return changes;
        });
    }

    @Override
    public long approximateRows() {
        return whileOpen(() -> db.getLongProperty("rocksdb.estimate-num-keys"));
    }

    @Override
    public void checkpoint(Path directory) {
        whileOpen(() -> {
            try (Checkpoint checkpoint = Checkpoint.create(db)) {
                checkpoint.createCheckpoint(directory.toString());
            }
            return directory;
        });
    }

    private interface Work<T extends @Nullable Object> {
        T run() throws RocksDBException;
    }

    private <T extends @Nullable Object> T whileOpen(Work<T> work) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new KafkaUnavailable("The local store is closed", null);
            }
            return work.run();
        } catch (RocksDBException e) {
            throw failed(e);
        } finally {
            open.readLock().unlock();
        }
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            closed = true;
            db.close();
            options.close();
            filter.close();
            unsynced.close();
            cache.close();
        } finally {
            open.writeLock().unlock();
        }
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    private static IllegalStateException failed(RocksDBException e) {
        return new IllegalStateException("The local store failed", e);
    }
}
