package dev.mortar.audit;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of all events that were accepted, and what a later event needs to know of its cause.
 *
 * <p>Memory is bounded: the newest ids, in two generations, are looked up at once. The older generation goes to
 * temporary files, 40 bytes for each event, together with the references that were not found among the newest; both are
 * joined bucket by bucket at the end. Below the bound nothing is written and everything is known at once.
 */
final class EventIds implements AutoCloseable {
    private static final int BUCKETS = 64;
    private static final int LONGS = 5;

    private final int generationMax;
    private Table young = new Table();
    private Table old = new Table();
    private @Nullable Spill spill;

    EventIds(int idsInMemory) {
        generationMax = Math.max(1, idsInMemory / 2);
    }

    /**
     * What is remembered of an event.
     *
     * @param place packed by {@link Places}
     * @param recordedAtMicros microseconds since 1970 UTC
     * @param typeAndCorrelation 16 bits for the number of its type, 48 for hash and length of its correlation id
     */
    record Known(long place, long recordedAtMicros, long typeAndCorrelation) {
        /** @param correlation of which 48 bits are kept */
        Known(long place, long recordedAtMicros, int type, long correlation) {
            this(place, recordedAtMicros, ((long) type << 48) | (correlation << 16 >>> 16));
        }

        int type() {
            return (int) (typeAndCorrelation >>> 48);
        }

        long correlation() {
            return typeAndCorrelation << 16 >>> 16;
        }
    }

    @Nullable
    Known find(UUID id) {
        var known = young.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
        return known != null ? known : old.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** Whether ids were forgotten, so that what is not found may have been there. */
    boolean hasForgotten() {
        return spill != null;
    }

    /** Remembers an event and gives the one that had its id before, if it is still in memory. */
    @Nullable
    Known put(UUID id, Known known) {
        var earlier = find(id);
        if (earlier != null) {
            return earlier;
        }
        if (young.size >= generationMax) {
            if (old.size > 0) {
                spill().ids(old);
            }
            old = young;
            young = new Table();
        }
        young.put(id.getMostSignificantBits(), id.getLeastSignificantBits(), known);
        return null;
    }

    /** Remembers that an event names a cause which is no longer in memory, to be looked up at the end. */
    void refer(UUID cause, Known effect) {
        spill().reference(cause, effect);
    }

    /** What the files hold against the log. */
    interface Joined {
        void twice(Known first, Known second);

        void cause(Known effect, @Nullable Known cause);
    }

    /** Looks up whatever was left for the end. */
    void join(Joined joined) {
        if (spill == null) {
            return;
        }
        spill.ids(old);
        spill.ids(young);
        spill.join(joined);
    }

    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }

    private Spill spill() {
        var known = spill;
        if (known == null) {
            known = new Spill();
            spill = known;
        }
        return known;
    }

    /** Ids in the order they came, found by open addressing. */
    private static final class Table {
        private static final int CHUNK_BITS = 14;
        private static final int CHUNK = 1 << CHUNK_BITS;

        /** {@link #LONGS} for each id. */
        private final List<long[]> chunks = new ArrayList<>();
        /** Number of the id from 1, below the upper half of its hash; 0 is free. */
        private long[] slots = new long[1024];

        private int size;

        @Nullable
        Known find(long high, long low) {
            long hash = hash(high, low);
            int mask = slots.length - 1;
            for (int i = (int) hash & mask; slots[i] != 0; i = i + 1 & mask) {
                if ((slots[i] ^ hash) >>> 32 == 0) {
                    int id = (int) slots[i] - 1;
                    var chunk = chunks.get(id >>> CHUNK_BITS);
                    int at = (id & CHUNK - 1) * LONGS;
                    if (chunk[at] == high && chunk[at + 1] == low) {
                        return new Known(chunk[at + 2], chunk[at + 3], chunk[at + 4]);
                    }
                }
            }
            return null;
        }

        void put(long high, long low, Known known) {
            if ((size & CHUNK - 1) == 0) {
                chunks.add(new long[CHUNK * LONGS]);
            }
            var chunk = chunks.getLast();
            int at = (size & CHUNK - 1) * LONGS;
            chunk[at] = high;
            chunk[at + 1] = low;
            chunk[at + 2] = known.place;
            chunk[at + 3] = known.recordedAtMicros;
            chunk[at + 4] = known.typeAndCorrelation;
            size++;
            if (size * 2L > slots.length) {
                slots = new long[slots.length * 2];
                for (int id = 0; id < size; id++) {
                    index(id);
                }
            } else {
                index(size - 1);
            }
        }

        private void index(int id) {
            var chunk = chunks.get(id >>> CHUNK_BITS);
            int at = (id & CHUNK - 1) * LONGS;
            long hash = hash(chunk[at], chunk[at + 1]);
            int mask = slots.length - 1;
            int i = (int) hash & mask;
            while (slots[i] != 0) {
                i = i + 1 & mask;
            }
            slots[i] = (hash & ~0xffff_ffffL) | (id + 1);
        }

        void each(Line line) {
            for (int id = 0; id < size; id++) {
                var chunk = chunks.get(id >>> CHUNK_BITS);
                int at = (id & CHUNK - 1) * LONGS;
                line.read(chunk[at], chunk[at + 1], new Known(chunk[at + 2], chunk[at + 3], chunk[at + 4]));
            }
        }

        private static long hash(long high, long low) {
            long mixed = (high ^ low * 31) * 0x9E3779B97F4A7C15L;
            return mixed ^ mixed >>> 32;
        }
    }

    /** An id and what is remembered of its event. */
    private interface Line {
        void read(long high, long low, Known known);
    }

    /** A temporary file of lines. */
    private static final class Lines {
        private static final int BYTES = LONGS * Long.BYTES;

        private final Path path;
        private final FileChannel file;
        private final ByteBuffer buffer = ByteBuffer.allocate(400 * BYTES);

        Lines(Path path) throws IOException {
            this.path = path;
            file = FileChannel.open(path, CREATE_NEW, READ, WRITE);
        }

        void add(long high, long low, Known known) throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.putLong(high)
                    .putLong(low)
                    .putLong(known.place)
                    .putLong(known.recordedAtMicros)
                    .putLong(known.typeAndCorrelation);
        }

        private void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            buffer.clear();
        }

        /** After the last was added. */
        void each(Line line) throws IOException {
            flush();
            file.position(0);
            int read = 0;
            while (read >= 0) {
                while (read >= 0 && buffer.hasRemaining()) {
                    read = file.read(buffer);
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    line.read(
                            buffer.getLong(),
                            buffer.getLong(),
                            new Known(buffer.getLong(), buffer.getLong(), buffer.getLong()));
                }
                buffer.clear();
            }
        }

        void delete() throws IOException {
            file.close();
            Files.deleteIfExists(path);
        }
    }

    /** Ids and references in temporary files, by bucket. */
    private static final class Spill implements AutoCloseable {
        private final Path folder;
        private final List<Lines> ids = new ArrayList<>();
        private final List<Lines> references = new ArrayList<>();

        Spill() {
            try {
                folder = Files.createTempDirectory("mortar-audit");
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    ids.add(new Lines(folder.resolve("ids-" + bucket)));
                    references.add(new Lines(folder.resolve("references-" + bucket)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("No room for temporary files", e);
            }
        }

        void ids(Table table) {
            table.each((high, low, known) -> write(ids, high, low, known));
        }

        void reference(UUID cause, Known effect) {
            write(references, cause.getMostSignificantBits(), cause.getLeastSignificantBits(), effect);
        }

        /** By bits that the table of a bucket does not need. */
        private static void write(List<Lines> files, long high, long low, Known known) {
            try {
                files.get((int) (Table.hash(low, high) >>> 40) & BUCKETS - 1).add(high, low, known);
            } catch (IOException e) {
                throw new UncheckedIOException("No room for temporary files", e);
            }
        }

        void join(Joined joined) {
            try {
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    var all = new Table();
                    ids.get(bucket).each((high, low, known) -> {
                        var earlier = all.find(high, low);
                        if (earlier == null) {
                            all.put(high, low, known);
                        } else {
                            joined.twice(earlier, known);
                        }
                    });
                    references.get(bucket).each((high, low, effect) -> joined.cause(effect, all.find(high, low)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Temporary files cannot be read", e);
            }
        }

        @Override
        public void close() {
            try {
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    ids.get(bucket).delete();
                    references.get(bucket).delete();
                }
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("Temporary files cannot be removed", e);
            }
        }
    }
}
