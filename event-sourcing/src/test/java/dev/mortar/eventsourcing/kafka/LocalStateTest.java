package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStateTest {
    private static final String APPLICATION = "gift-card-decider";

    @TempDir
    private Path stateDir;

    private KafkaStreams streams;
    private LocalState state;

    @BeforeEach
    void open() {
        var builder = new StreamsBuilder();
        builder.table("commands", Consumed.with(Serdes.String(), Serdes.String()), Materialized.as("cards"));
        streams = new KafkaStreams(
                builder.build(),
                new StreamsConfig(Map.of(
                        StreamsConfig.APPLICATION_ID_CONFIG,
                        APPLICATION,
                        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                        "127.0.0.1:1",
                        StreamsConfig.STATE_DIR_CONFIG,
                        stateDir.toString())));
        state = new LocalState(stateDir, APPLICATION);
    }

    @AfterEach
    void close() {
        streams.close();
    }

    @Test
    void whatWasNotClosedInAnOrderlyWayIsThrownAway() throws IOException {
        Path store = store();

        state.take(streams);

        assertThat(store).doesNotExist();
    }

    @Test
    void whatWasClosedInAnOrderlyWayIsKeptForOneStart() throws IOException {
        state.closedWell();
        Path store = store();

        state.take(streams);
        assertThat(store).exists();

        state.take(streams);
        assertThat(store).doesNotExist();
    }

    private Path store() throws IOException {
        Path store =
                stateDir.resolve(APPLICATION).resolve("0_0").resolve("rocksdb").resolve("cards");
        Files.createDirectories(store);
        return Files.write(store.resolve("000001.sst"), new byte[1]);
    }
}
