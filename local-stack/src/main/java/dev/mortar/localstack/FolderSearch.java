package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;

import dev.mortar.localstack.PersonalValues.Found;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.BufferSupplier;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Looks for values in all files of folders. Each file is searched as it is. Compressed batches in Kafka's segments and
 * the blocks of RocksDB's tables are unpacked and searched besides, so a value that is also there unpacked counts
 * twice. Any other compressed file is searched only as it is.
 */
final class FolderSearch {
    private static final Pattern SEGMENT = Pattern.compile("[0-9]{20}\\.log(\\.(cleaned|swap|deleted))?");
    private static final Pattern PARTITION = Pattern.compile(".*/([^/]+)-[0-9]+(\\.[0-9a-f]+-(delete|stray))?");
    private static final String TABLE = ".sst";
    /** Brokers and stores replace files while they run. Then the folder is searched again. */
    private static final int PASSES_MAX = 5;

    private static final int BATCH_HEADER_BYTES = 61;
    /** Bytes of a batch that come before those its length counts. */
    private static final int UNCOUNTED_BYTES = 12;

    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;
    private static final int ATTRIBUTES_AT = 21;
    private static final int CODEC_MASK = 7;
    private static final byte MAGIC = 2;
    /** By their number in a batch. */
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private final PersonalValues values;
    private final Set<String> topics = new TreeSet<>();

    /**
     * The result of a search in a folder or file.
     *
     * @param hits the files with hits
     */
    record Searched(Found found, List<Path> hits) {}

    FolderSearch(PersonalValues values) {
        this.values = values;
    }

    /** The topics of which there was a segment in a folder. */
    Set<String> topics() {
        return topics;
    }

    /**
     * Looks at every file of a folder.
     *
     * @throws StackFailure when a file or folder cannot be read or unpacked
     */
    Searched search(Path folder) {
        IOException last = null;
        for (int pass = 0; pass < PASSES_MAX; pass++) {
            try {
                return pass(folder);
            } catch (IOException e) {
                last = e;
            } catch (UncheckedIOException e) {
                last = e.getCause();
            }
        }
        throw new StackFailure(folder + " cannot be searched, so nothing is proved: " + last, last);
    }

    private Searched pass(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.find(
                folder, Integer.MAX_VALUE, (_, file) -> file.isRegularFile(), FileVisitOption.FOLLOW_LINKS)) {
            files = all.sorted().toList();
        }
        Found found = Found.NOTHING;
        List<Path> hits = new ArrayList<>();
        for (Path file : files) {
            Found here = search(file, file.getFileName().toString());
            found = found.plus(here);
            if (here.hits() > 0) {
                hits.add(file);
            }
        }
        return new Searched(found, hits);
    }

    private Found search(Path file, String name) throws IOException {
        Found found;
        try (InputStream bytes = Files.newInputStream(file)) {
            found = values.in(bytes);
        }
        if (name.endsWith(TABLE)) {
            return found.plus(table(file));
        }
        if (SEGMENT.matcher(name).matches()) {
            Matcher partition = PARTITION.matcher(
                    requireNonNull(file.toAbsolutePath().getParent()).toString());
            if (partition.matches()) {
                topics.add(partition.group(1));
            }
            return found.plus(compressedBatches(file));
        }
        return found;
    }

    /** Searches the records of compressed batches. Keys, values and headers are in them one after the other. */
    private Found compressedBatches(Path file) throws IOException {
        Found found = Found.NOTHING;
        try (FileChannel segment = FileChannel.open(file)) {
            long size = segment.size();
            int length;
            for (long at = 0; at < size; at += UNCOUNTED_BYTES + length) {
                ByteBuffer header = bytes(segment, at, BATCH_HEADER_BYTES);
                length = header.getInt(LENGTH_AT);
                int codec = header.getShort(ATTRIBUTES_AT) & CODEC_MASK;
                if (header.get(MAGIC_AT) != MAGIC
                        || length < BATCH_HEADER_BYTES - UNCOUNTED_BYTES
                        || codec >= CODECS.size()) {
                    throw new IOException(file + " has no batch of records at byte " + at);
                }
                if (codec > 0) {
                    ByteBuffer records =
                            bytes(segment, at + BATCH_HEADER_BYTES, length - (BATCH_HEADER_BYTES - UNCOUNTED_BYTES));
                    found = found.plus(unpacked(file, CODECS.get(codec), records));
                }
            }
        }
        return found;
    }

    private Found unpacked(Path file, String codec, ByteBuffer records) throws IOException {
        try (InputStream unpacked =
                Compression.of(codec).build().wrapForInput(records, MAGIC, BufferSupplier.create())) {
            return values.in(unpacked);
        } catch (KafkaException e) {
            throw new IOException(file + " has a batch that cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer bytes(FileChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("a batch is not complete");
            }
        }
        return bytes.flip();
    }

    private Found table(Path file) throws IOException {
        RocksDB.loadLibrary();
        Found found = Found.NOTHING;
        try (var options = new Options();
                var table = new SstFileReader(options);
                var read = new ReadOptions()) {
            table.open(file.toString());
            try (var rows = table.newIterator(read)) {
                for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                    found = found.plus(values.in(rows.key())).plus(values.in(rows.value()));
                }
                rows.status();
            }
        } catch (RocksDBException e) {
            throw new IOException(file + " cannot be read as a table of RocksDB: " + e.getMessage(), e);
        }
        return found;
    }
}
