package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksLocalStoreTest {
    /** In UTF-8 the last one is the greatest; as Java compares strings, it is less than the one before it. */
    private static final List<String> KEYS =
            List.of("e|a", "e|a|b", "e|z", "e|é", "s|чай", "v|\uFF5E", "v|\uD83D\uDE00");

    @TempDir
    Path directory;

    @Test
    void isTheTwinOfTheStoreInMemory() {
        Random random = new Random(1);
        MemoryLocalStore twin = new MemoryLocalStore();
        for (int run = 0; run < 3; run++) {
            try (RocksLocalStore store = new RocksLocalStore(directory)) {
                for (int i = 0; i < 200; i++) {
                    Map<String, byte @Nullable []> changes = new HashMap<>();
                    for (int n = random.nextInt(4); n >= 0; n--) {
                        changes.put(key(random), random.nextInt(3) == 0 ? null : bytes("value " + i));
                    }
                    store.write(changes);
                    twin.write(changes);
                    String key = key(random);
                    assertThat(store.get(key)).isEqualTo(twin.get(key));
                    String from = key(random);
                    int limit = 1 + random.nextInt(8);
                    assertThat(texts(store.range(from, "~", limit))).isEqualTo(texts(twin.range(from, "~", limit)));
                }
                assertThat(texts(store.range("", "\uD83D\uDE01", 100)))
                        .as("run %d, with what the runs before it wrote", run)
                        .isEqualTo(texts(twin.range("", "\uD83D\uDE01", 100)))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void isOpenOnce() {
        try (RocksLocalStore _ = new RocksLocalStore(directory)) {
            assertThatIllegalStateException().isThrownBy(() -> new RocksLocalStore(directory));
        }
    }

    @Test
    void aCheckpointStaysAsItIsWhileTheStoreMovesOn(@TempDir Path folder) {
        Path checkpoint = folder.resolve("checkpoint");
        try (RocksLocalStore store = new RocksLocalStore(directory)) {
            store.write(Map.of("e|a", bytes("before"), "e|z", bytes("before")));
            store.checkpoint(checkpoint);
            store.write(Map.of("e|a", bytes("after")));

            try (RocksLocalStore then = RocksLocalStore.readOnly(checkpoint)) {
                assertThat(then.get("e|a")).isEqualTo(bytes("before"));
                assertThat(then.range("", "~", 10)).hasSize(2);
                assertThatIllegalStateException().isThrownBy(() -> then.write(Map.of("e|b", bytes("more"))));
            }
            assertThat(store.get("e|a")).isEqualTo(bytes("after"));
        }
    }

    @Test
    void noCheckpointIsMadeByReadingIt() {
        Path absent = directory.resolve("absent");
        assertThatIllegalStateException().isThrownBy(() -> RocksLocalStore.readOnly(absent));
        assertThat(absent).doesNotExist();
    }

    private static String key(Random random) {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<LocalStore.StoredRow> rows) {
        return rows.stream()
                .map(row -> row.key() + " " + HexFormat.of().formatHex(row.value()))
                .toList();
    }
}
