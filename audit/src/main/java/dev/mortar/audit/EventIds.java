package dev.mortar.audit;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ids of all events that were accepted, with the facts that a later event needs of its cause.
 *
 * <p>Memory is bounded: the newest ids, in two generations, are looked up at once. The older generation goes to
 * temporary files, 40 bytes for each event, together with the references that were not found among the newest. The
 * files are joined bucket by bucket at the end. Below the bound nothing is written.
 */
final class EventIds {
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
     * An event's own id, or in a reference that of its cause, in two halves, and the facts that are kept of the event.
     *
     * @param position 20 bits for its partition, 44 for its offset + 1, so that it is never 0
     * @param recordedAtMicros microseconds since 1970 UTC
     * @param typeAndCorrelation 16 bits for the number of its type, 48 for length and hash of its correlation id
     */
    record Known(long high, long low, long position, long recordedAtMicros, long typeAndCorrelation) {
        private static final int OFFSET_BITS = 44;
        private static final int CORRELATION_BITS = 48;

        static Known of(LoggedEvent event) {
            var meta = event.meta();
            var id = meta.getEventId();
            var correlationId = meta.getCorrelationId();
            long correlation = (correlationId.length() & 0xffffL) << 32 | correlationId.hashCode() & 0xffff_ffffL;
            return new Known(
                    id.getMostSignificantBits(),
                    id.getLeastSignificantBits(),
                    (long) event.recordId().partition() << OFFSET_BITS
                            | (event.recordId().offset() + 1),
                    Aggregates.micros(meta.getRecordedAt()),
                    (long) event.identified().type().number() << CORRELATION_BITS | correlation);
        }

        EventType type() {
            return EventType.numbered((int) (typeAndCorrelation >>> CORRELATION_BITS));
        }

        boolean hasCorrelationOf(Known other) {
            return (typeAndCorrelation ^ other.typeAndCorrelation) << (Long.SIZE - CORRELATION_BITS) == 0;
        }

        @Override
        public String toString() {
            long offset = (position & (1L << OFFSET_BITS) - 1) - 1;
            return type().name() + " at " + new RecordId(type().topic(), (int) (position >>> OFFSET_BITS), offset);
        }
    }

    @Nullable
    Known find(UUID id) {
        return find(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private @Nullable Known find(long high, long low) {
        var known = young.find(high, low);
        return known != null ? known : old.find(high, low);
    }

    /** Whether the files hold ids, so that an id which is not found may be among them. */
    boolean hasForgotten() {
        return folder != null;
    }

    /** Adds an event, unless its id is in memory: then it gives the first event of that id. */
    @Nullable
    Known put(Known known) {
        var earlier = find(known.high, known.low);
        if (earlier != null) {
            return earlier;
        }
        if (young.size >= generationMax) {
            if (old.size > 0) {
                inFiles(() -> spill(old));
            }
            old = young;
            young = new Table();
        }
        young.put(known);
        return null;
    }

    /** Notes that an event names a cause which is not in memory; the cause is looked up at the end. */
    void refer(UUID cause, Known effect) {
        var reference = new Known(
                cause.getMostSignificantBits(),
                cause.getLeastSignificantBits(),
                effect.position,
                effect.recordedAtMicros,
                effect.typeAndCorrelation);
        inFiles(() -> {
            open();
            references.get(bucket(reference)).add(reference);
        });
    }

    /** Gives two events of one id, and each event with its cause or null, of those in the files; deletes the files. */
    void join(BiConsumer<Known, Known> twice, BiConsumer<Known, @Nullable Known> caused) {
        var opened = folder;
        if (opened == null) {
            return;
        }
        inFiles(() -> {
            spill(old);
            spill(young);
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                var all = new Table();
                ids.get(bucket).each(known -> {
                    var earlier = all.find(known.high, known.low);
                    if (earlier == null) {
                        all.put(known);
                    } else {
                        twice.accept(earlier, known);
                    }
                });
                references.get(bucket).each(effect -> caused.accept(effect, all.find(effect.high, effect.low)));
            }
            Files.delete(opened);
        });
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
            folder = Files.createTempDirectory("mortar-audit");
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                ids.add(new EntryFile(folder.resolve("ids-" + bucket)));
                references.add(new EntryFile(folder.resolve("references-" + bucket)));
            }
        }
    }

    private void spill(Table table) throws IOException {
        open();
        for (int at = 0; at < table.entries.length; at += Table.LONGS) {
            var known = table.at(at);
            if (known != null) {
                ids.get(bucket(known)).add(known);
            }
        }
    }

    private static int bucket(Known known) {
        // Other bits than those by which the table of a bucket spreads its entries.
        return (int) Table.hash(known.low, known.high) & BUCKETS - 1;
    }

    /** Entries in one array, found by open addressing. An entry has the five numbers of {@link Known}. */
    private static final class Table {
        private static final int LONGS = 5;

        private long[] entries = new long[1024 * LONGS];
        private int size;

        @Nullable
        Known find(long high, long low) {
            return at(slot(high, low));
        }

        /** The entry in a slot, or null if it is free. */
        private @Nullable Known at(int at) {
            return entries[at + 2] == 0
                    ? null
                    : new Known(entries[at], entries[at + 1], entries[at + 2], entries[at + 3], entries[at + 4]);
        }

        /** The position of an id, or of the free slot where it belongs. */
        private int slot(long high, long low) {
            int at = (int) Math.unsignedMultiplyHigh(hash(high, low), entries.length / LONGS) * LONGS;
            while (entries[at + 2] != 0 && (entries[at] != high || entries[at + 1] != low)) {
                at = at + LONGS == entries.length ? 0 : at + LONGS;
            }
            return at;
        }

        void put(Known known) {
            if (size * 4L >= entries.length / LONGS * 3L) {
                var smaller = entries;
                entries = new long[smaller.length / LONGS * 3 / 2 * LONGS];
                for (int at = 0; at < smaller.length; at += LONGS) {
                    if (smaller[at + 2] != 0) {
                        System.arraycopy(smaller, at, entries, slot(smaller[at], smaller[at + 1]), LONGS);
                    }
                }
            }
            int at = slot(known.high, known.low);
            entries[at] = known.high;
            entries[at + 1] = known.low;
            entries[at + 2] = known.position;
            entries[at + 3] = known.recordedAtMicros;
            entries[at + 4] = known.typeAndCorrelation;
            size++;
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

        EntryFile(Path path) throws IOException {
            this.path = path;
            output = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path)));
        }

        void add(Known known) throws IOException {
            output.writeLong(known.high);
            output.writeLong(known.low);
            output.writeLong(known.position);
            output.writeLong(known.recordedAtMicros);
            output.writeLong(known.typeAndCorrelation);
        }

        /** Gives all entries, and deletes the file. */
        void each(Consumer<Known> visitor) throws IOException {
            output.close();
            var longs = ByteBuffer.wrap(Files.readAllBytes(path)).asLongBuffer();
            while (longs.hasRemaining()) {
                visitor.accept(new Known(longs.get(), longs.get(), longs.get(), longs.get(), longs.get()));
            }
            Files.delete(path);
        }
    }
}
