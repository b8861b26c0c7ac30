package dev.mortar.audit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
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
     * @param type number of its type
     * @param correlation hash and length of its correlation id, 48 bits
     */
    record Known(long place, long recordedAtMicros, int type, long correlation) {
        private static Known of(long[] slots, int at) {
            return new Known(slots[at + 2], slots[at + 3], (int) (slots[at + 4] >>> 48), slots[at + 4] << 16 >>> 16);
        }

        private long typeAndCorrelation() {
            return (long) type << 48 | correlation;
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

    /** Open addressing; an event takes five longs. */
    private static final class Table {
        private static final int LONGS = 5;

        private long[] slots = new long[LONGS * 1024];
        private int mask = 1023;
        private int size;

        @Nullable
        Known find(long high, long low) {
            for (int i = hash(high, low) & mask; ; i = i + 1 & mask) {
                int at = i * LONGS;
                if (slots[at] == 0 && slots[at + 1] == 0) {
                    return null;
                }
                if (slots[at] == high && slots[at + 1] == low) {
                    return Known.of(slots, at);
                }
            }
        }

        void put(long high, long low, Known known) {
            if (size * 5L > (mask + 1) * 3L) {
                grow();
            }
            insert(high, low, known.place, known.recordedAtMicros, known.typeAndCorrelation());
            size++;
        }

        private void insert(long high, long low, long place, long recordedAt, long rest) {
            int i = hash(high, low) & mask;
            while (slots[i * LONGS] != 0 || slots[i * LONGS + 1] != 0) {
                i = i + 1 & mask;
            }
            int at = i * LONGS;
            slots[at] = high;
            slots[at + 1] = low;
            slots[at + 2] = place;
            slots[at + 3] = recordedAt;
            slots[at + 4] = rest;
        }

        private void grow() {
            var before = slots;
            mask = mask * 2 + 1;
            slots = new long[LONGS * (mask + 1)];
            for (int at = 0; at < before.length; at += LONGS) {
                if (before[at] != 0 || before[at + 1] != 0) {
                    insert(before[at], before[at + 1], before[at + 2], before[at + 3], before[at + 4]);
                }
            }
        }

        private static int hash(long high, long low) {
            long mixed = (high ^ low) * 0x9E3779B97F4A7C15L;
            return (int) (mixed >>> 32);
        }
    }

    /** Temporary files: ids and references, by bucket. */
    private static final class Spill implements AutoCloseable {
        private final Path folder;
        private final List<DataOutputStream> ids = new ArrayList<>();
        private final List<DataOutputStream> references = new ArrayList<>();

        Spill() {
            try {
                folder = Files.createTempDirectory("mortar-audit");
                for (int i = 0; i < BUCKETS; i++) {
                    ids.add(open("ids", i));
                    references.add(open("references", i));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("No room for temporary files", e);
            }
        }

        private DataOutputStream open(String name, int bucket) throws IOException {
            return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file(name, bucket)), 1 << 14));
        }

        private Path file(String name, int bucket) {
            return folder.resolve(name + '-' + bucket);
        }

        void ids(Table table) {
            for (int at = 0; at < table.slots.length; at += Table.LONGS) {
                if (table.slots[at] != 0 || table.slots[at + 1] != 0) {
                    write(ids, table.slots[at], table.slots[at + 1], Known.of(table.slots, at));
                }
            }
        }

        void reference(UUID cause, Known effect) {
            write(references, cause.getMostSignificantBits(), cause.getLeastSignificantBits(), effect);
        }

        private static void write(List<DataOutputStream> files, long high, long low, Known known) {
            var file = files.get(bucket(high, low));
            try {
                file.writeLong(high);
                file.writeLong(low);
                file.writeLong(known.place);
                file.writeLong(known.recordedAtMicros);
                file.writeLong(known.typeAndCorrelation());
            } catch (IOException e) {
                throw new UncheckedIOException("No room for temporary files", e);
            }
        }

        private static int bucket(long high, long low) {
            return Math.floorMod(Table.hash(low, high * 31), BUCKETS);
        }

        void join(Joined joined) {
            try {
                close(ids);
                close(references);
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    var all = new Table();
                    read(file("ids", bucket), (high, low, known) -> {
                        var earlier = all.find(high, low);
                        if (earlier == null) {
                            all.put(high, low, known);
                        } else {
                            joined.twice(earlier, known);
                        }
                    });
                    read(file("references", bucket), (high, low, effect) -> joined.cause(effect, all.find(high, low)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Temporary files cannot be read", e);
            }
        }

        private interface Line {
            void read(long high, long low, Known known);
        }

        private static void read(Path file, Line line) throws IOException {
            try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
                while (true) {
                    long high;
                    try {
                        high = in.readLong();
                    } catch (EOFException end) {
                        return;
                    }
                    long[] slots = {high, in.readLong(), in.readLong(), in.readLong(), in.readLong()};
                    line.read(slots[0], slots[1], Known.of(slots, 0));
                }
            }
        }

        private static void close(List<DataOutputStream> files) throws IOException {
            for (var file : files) {
                file.close();
            }
        }

        @Override
        public void close() {
            try {
                close(ids);
                close(references);
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    Files.deleteIfExists(file("ids", bucket));
                    Files.deleteIfExists(file("references", bucket));
                }
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("Temporary files cannot be removed", e);
            }
        }
    }
}
