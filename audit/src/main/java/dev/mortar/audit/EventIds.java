package dev.mortar.audit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of all events that were accepted, with the facts that a later event needs of its cause.
 *
 * <p>Memory is bounded: the newest ids, in two generations, are looked up at once. The older generation goes to
 * temporary files, 40 bytes for each event, together with the references that were not found among the newest. The
 * files are joined bucket by bucket at the end. Below the bound nothing is written.
 */
final class EventIds implements AutoCloseable {
    private static final int BUCKETS = 64;

    private final int generationMax;
    private Table young = new Table();
    private Table old = new Table();
    private @Nullable Path folder;
    private final List<EntryFile> ids = new ArrayList<>();
    private final List<EntryFile> references = new ArrayList<>();

    EventIds(int idsInMemory) {
        generationMax = Math.max(1, idsInMemory / 2);
    }

    /**
     * The facts that are kept of an event.
     *
     * @param position 20 bits for its partition, 44 for its offset + 1, so that it is never 0
     * @param recordedAtMicros microseconds since 1970 UTC
     * @param typeAndCorrelation 16 bits for the number of its type, 48 for length and hash of its correlation id
     */
    record Known(long position, long recordedAtMicros, long typeAndCorrelation) {
        private static final int OFFSET_BITS = 44;
        private static final int CORRELATION_BITS = 48;

        static Known of(RecordId recordId, EventType type, Instant recordedAt, String correlationId) {
            long correlation = (correlationId.length() & 0xffffL) << 32 | correlationId.hashCode() & 0xffff_ffffL;
            return new Known(
                    (long) recordId.partition() << OFFSET_BITS | (recordId.offset() + 1),
                    Aggregates.micros(recordedAt),
                    (long) type.number() << CORRELATION_BITS | correlation);
        }

        EventType type() {
            return EventType.numbered((int) (typeAndCorrelation >>> CORRELATION_BITS));
        }

        RecordId recordId() {
            long offset = (position & (1L << OFFSET_BITS) - 1) - 1;
            return new RecordId(type().topic(), (int) (position >>> OFFSET_BITS), offset);
        }

        boolean hasCorrelationOf(Known other) {
            return (typeAndCorrelation ^ other.typeAndCorrelation) << (Long.SIZE - CORRELATION_BITS) == 0;
        }

        @Override
        public String toString() {
            return type().name() + " at " + recordId();
        }
    }

    @Nullable
    Known find(UUID id) {
        var known = young.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
        return known != null ? known : old.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** Whether the files hold ids, so that an id which is not found may be among them. */
    boolean hasForgotten() {
        return folder != null;
    }

    /** Adds an event, unless its id is in memory: then it gives the first event of that id. */
    @Nullable
    Known put(UUID id, Known known) {
        var earlier = find(id);
        if (earlier != null) {
            return earlier;
        }
        if (young.size >= generationMax) {
            if (old.size > 0) {
                spill(old);
            }
            old = young;
            young = new Table();
        }
        young.put(id.getMostSignificantBits(), id.getLeastSignificantBits(), known);
        return null;
    }

    /** Notes that an event names a cause which is not in memory; the cause is looked up at the end. */
    void refer(UUID cause, Known effect) {
        inFiles(() -> {
            open();
            add(references, cause.getMostSignificantBits(), cause.getLeastSignificantBits(), effect);
        });
    }

    /** Told of the ids and references that the files hold. */
    interface Joined {
        void twice(Known first, Known second);

        void cause(Known effect, @Nullable Known cause);
    }

    /** Looks up the ids and references that were left for the end. */
    void join(Joined joined) {
        if (folder == null) {
            return;
        }
        spill(old);
        spill(young);
        inFiles(() -> {
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
        });
    }

    @Override
    public void close() {
        var opened = folder;
        if (opened != null) {
            inFiles(() -> {
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    ids.get(bucket).delete();
                    references.get(bucket).delete();
                }
                Files.deleteIfExists(opened);
            });
        }
    }

    private interface FileWork {
        void run() throws IOException;
    }

    private static void inFiles(FileWork work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException("The temporary files of event ids cannot be written or read", e);
        }
    }

    private void open() throws IOException {
        if (folder == null) {
            var created = Files.createTempDirectory("mortar-audit");
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                ids.add(new EntryFile(created.resolve("ids-" + bucket)));
                references.add(new EntryFile(created.resolve("references-" + bucket)));
            }
            folder = created;
        }
    }

    private void spill(Table table) {
        inFiles(() -> {
            open();
            table.each((high, low, known) -> add(ids, high, low, known));
        });
    }

    private static void add(List<EntryFile> files, long high, long low, Known known) throws IOException {
        // Other bits than those by which the table of a bucket spreads its entries.
        files.get((int) Table.hash(low, high) & BUCKETS - 1).add(high, low, known);
    }

    private interface EntryVisitor {
        void visit(long high, long low, Known known) throws IOException;
    }

    /** Entries in one array, found by open addressing. */
    private static final class Table {
        /** An entry has the two halves of an id and the three numbers of its event. */
        private static final int LONGS = 5;

        private long[] entries = new long[1024 * LONGS];
        private int size;

        @Nullable
        Known find(long high, long low) {
            int at = slot(high, low);
            return entries[at + 2] == 0 ? null : new Known(entries[at + 2], entries[at + 3], entries[at + 4]);
        }

        /** The position of an id, or of the free slot where it belongs. */
        private int slot(long high, long low) {
            int at = (int) Math.unsignedMultiplyHigh(hash(high, low), entries.length / LONGS) * LONGS;
            while (entries[at + 2] != 0 && (entries[at] != high || entries[at + 1] != low)) {
                at = at + LONGS == entries.length ? 0 : at + LONGS;
            }
            return at;
        }

        void put(long high, long low, Known known) {
            if (size * 4L >= entries.length / LONGS * 3L) {
                var smaller = entries;
                entries = new long[smaller.length / LONGS * 3 / 2 * LONGS];
                for (int at = 0; at < smaller.length; at += LONGS) {
                    if (smaller[at + 2] != 0) {
                        System.arraycopy(smaller, at, entries, slot(smaller[at], smaller[at + 1]), LONGS);
                    }
                }
            }
            int at = slot(high, low);
            entries[at] = high;
            entries[at + 1] = low;
            entries[at + 2] = known.position;
            entries[at + 3] = known.recordedAtMicros;
            entries[at + 4] = known.typeAndCorrelation;
            size++;
        }

        void each(EntryVisitor visitor) throws IOException {
            for (int at = 0; at < entries.length; at += LONGS) {
                if (entries[at + 2] != 0) {
                    var known = new Known(entries[at + 2], entries[at + 3], entries[at + 4]);
                    visitor.visit(entries[at], entries[at + 1], known);
                }
            }
        }

        private static long hash(long high, long low) {
            long mixed = (high ^ low * 31) * 0x9E3779B97F4A7C15L;
            return mixed ^ mixed >>> 32;
        }
    }

    /** A temporary file of entries. */
    private static final class EntryFile {
        private final Path path;
        private final DataOutputStream output;
        private long entries;

        EntryFile(Path path) throws IOException {
            this.path = path;
            output = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path)));
        }

        void add(long high, long low, Known known) throws IOException {
            output.writeLong(high);
            output.writeLong(low);
            output.writeLong(known.position);
            output.writeLong(known.recordedAtMicros);
            output.writeLong(known.typeAndCorrelation);
            entries++;
        }

        /** After the last entry was added. */
        void each(EntryVisitor visitor) throws IOException {
            output.flush();
            try (var input = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
                for (long i = 0; i < entries; i++) {
                    long high = input.readLong();
                    long low = input.readLong();
                    visitor.visit(high, low, new Known(input.readLong(), input.readLong(), input.readLong()));
                }
            }
        }

        void delete() throws IOException {
            output.close();
            Files.deleteIfExists(path);
        }
    }
}
