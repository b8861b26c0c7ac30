package dev.mortar.eventsourcing.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointEndpointTest {
    @TempDir
    Path stateDir;

    @Test
    void aCheckpointTakesThePlaceOfTheOneBefore() throws IOException {
        try (RocksLocalStore store = new RocksLocalStore(stateDir.resolve("store-1"))) {
            CheckpointEndpoint endpoint = new CheckpointEndpoint(stateDir, () -> store);
            store.write(Map.of("e|a", new byte[] {1}));
            Path first = path(endpoint);
            store.write(Map.of("e|a", new byte[] {2}));
            Path second = path(endpoint);

            assertThat(first).doesNotExist();
            try (LocalStore checkpoint = RocksLocalStore.readOnly(second)) {
                assertThat(checkpoint.get("e|a")).containsExactly(2);
            }
        }
    }

    private static Path path(CheckpointEndpoint endpoint) throws IOException {
        return Path.of(requireNonNull(endpoint.make().getBody()).getOrDefault("path", ""));
    }

    @Test
    void aClosedStoreHasNone() throws IOException {
        assertThat(new CheckpointEndpoint(stateDir, () -> null).make().getStatus())
                .isEqualTo(503);
    }
}
