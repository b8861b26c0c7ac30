package dev.mortar.eventsourcing.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Whether the local stores of an exactly-once application are good to go on with: a file beside them says that they
 * were closed in an orderly way, and is gone while they are in use.
 *
 * <p>After a kill Streams throws such stores away itself and restores them from their changelogs, only that Kafka 4.3.1
 * fails to where a window store has several segments of which some were flushed and others were not: those it opened
 * stay locked, its threads die one after the other, and every later start ends the same way (KAFKA-20808, mended after
 * 4.3.1). So they are thrown away here, before Streams looks at them.
 */
final class LocalState {
    private final Path closedWell;

    LocalState(Path stateDir, String application) {
        closedWell = stateDir.resolve(application + ".closed");
    }

    /** Takes the stores of an application that has not been started into use; throws them away unless closed well. */
    void take(KafkaStreams streams) {
        try {
            if (!Files.deleteIfExists(closedWell)) {
                streams.cleanUp();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stores were closed in an orderly way, and nobody uses them any more. */
    void closedWell() {
        try {
            Files.createDirectories(closedWell.getParent());
            Files.write(closedWell, new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
