package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class FolderSearchTest {
    private static final String VALUE = "Ada Lovelace, 12 St James's Square";
    private static final String SEGMENT = "broker/log/customer.contacts-1/00000000000000000000.log";
    /** So long and dull that it is compressed, and the value in it too. */
    private static final String AROUND = "Ada Lovelace Ada Lovelace St James's St James's ".repeat(100);

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // Made before each test.
    private FolderSearch search;

    @BeforeEach
    void values() throws IOException {
        Path file = folder.resolve("values");
        SecretFile.write(file, VALUE);
        search = new FolderSearch(PersonalValues.ofFile(file));
        Files.delete(file);
    }

    @ParameterizedTest
    @CsvSource({
        "none, 00000000000000000000.log, 0",
        "gzip, 00000000000000000000.log, 0",
        "snappy, 00000000000000000020.log, 1",
        "lz4, 00000000000000000000.log.cleaned, 2",
        "zstd, 00000000000000000000.log.deleted, 3"
    })
    void findsAValueInABatchHoweverItIsCompressed(String codec, String name, int part) throws IOException {
        String[] parts = {AROUND, AROUND, AROUND};
        byte[] header = bytes(part == 3 ? VALUE : AROUND);
        if (part < 3) {
            parts[part] = AROUND + VALUE + AROUND;
        }
        var planted = new SimpleRecord(
                1L, bytes(parts[0]), bytes(parts[1]), new Header[] {new RecordHeader(parts[2], header)});
        Path file = segment(
                "broker/log/customer.contacts-1/" + name, Compression.none().build(), record("x"));
        append(file, Compression.of(codec).build(), planted);
        append(file, Compression.of(codec).build(), record("y"));
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1).contains(VALUE))
                .isEqualTo(codec.equals("none"));

        FolderSearch.Searched searched = search.search(folder);

        assertThat(searched.found().hits()).isOne();
        assertThat(searched.hits()).containsExactly(file);
        assertThat(search.topics()).containsExactly("customer.contacts");
    }

    @Test
    void findsAValueInATableOfAStore() throws IOException, RocksDBException {
        RocksDB.loadLibrary();
        Path store = Files.createDirectories(folder.resolve("state/store-1"));
        try (var options = new Options().setCreateIfMissing(true);
                var db = RocksDB.open(options, store.toString());
                var flush = new FlushOptions().setWaitForFlush(true)) {
            db.put(bytes("k"), bytes(AROUND + VALUE + AROUND));
            db.flush(flush);
        }
        Path table = only(store, ".sst");
        assertThat(Files.readString(table, StandardCharsets.ISO_8859_1)).doesNotContain(VALUE);

        assertThat(search.search(folder).hits()).containsExactly(table);

        Files.write(table, new byte[100]);
        assertThatThrownBy(() -> search.search(folder))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("nothing is proved")
                .hasMessageContaining(table.toString());
    }

    @Test
    void findsAValueInAnyFile() throws IOException {
        Path log = Files.writeString(folder.resolve("order.log"), "ERROR " + VALUE + " is unknown");

        assertThat(search.search(folder).hits()).containsExactly(log);
        assertThat(search.search(log).found().hits()).isOne();
    }

    @Test
    void saysHowManyBytesWithoutAHitItLookedAt() throws IOException {
        Path file = segment(SEGMENT, Compression.gzip().build(), record("x"));
        Files.writeString(folder.resolve("order.log"), "Ada Lovelace");

        FolderSearch.Searched searched = search.search(folder);

        assertThat(searched.hits()).isEmpty();
        assertThat(searched.found().hits()).isZero();
        assertThat(searched.found().bytes())
                .isGreaterThan(Files.size(file) + "Ada Lovelace".length() + 2L * AROUND.length());
    }

    @Test
    void aFolderThatIsNotThereProvesNothing() {
        assertThatThrownBy(() -> search.search(folder.resolve("none")))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("nothing is proved");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 61, 100})
    void aSegmentThatCannotBeReadToItsEndProvesNothing(int left) throws IOException {
        Path file = segment(SEGMENT, Compression.gzip().build(), record("x"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(left);
        }

        assertThatThrownBy(() -> search.search(folder))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("nothing is proved");
    }

    @Test
    void aBatchThatCannotBeUnpackedProvesNothing() throws IOException {
        Path file = segment(SEGMENT, Compression.gzip().build(), record("x"));
        byte[] broken = Files.readAllBytes(file);
        broken[80] ^= 0x55;
        broken[61] = 0;
        Files.write(file, broken);

        assertThatThrownBy(() -> search.search(folder))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("nothing is proved");
    }

    private static SimpleRecord record(String key) {
        return new SimpleRecord(1L, bytes(key), bytes(AROUND + AROUND));
    }

    private Path segment(String name, Compression compression, SimpleRecord record) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.createFile(file);
        append(file, compression, record);
        return file;
    }

    private static void append(Path file, Compression compression, SimpleRecord record) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            MemoryRecords.withRecords(compression, record).writeFullyTo(channel);
        }
    }

    private static Path only(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .findAny()
                    .orElseThrow();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
