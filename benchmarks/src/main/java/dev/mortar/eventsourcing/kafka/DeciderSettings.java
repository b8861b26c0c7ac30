package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.MortarProperties.Run;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The settings that deciders run with, for whoever measures what Kafka does with them. */
public final class DeciderSettings {

    private DeciderSettings() {}

    /**
     * Those of the decider of a service.
     *
     * @param noun of the service
     * @param threads that decide
     */
    public static Map<String, Object> of(String bootstrapServers, String noun, Path stateDir, int threads) {
        var properties = new MortarProperties(
                bootstrapServers,
                "",
                stateDir.toString(),
                URI.create("http://127.0.0.1:1"),
                Duration.ZERO,
                Duration.ZERO,
                threads,
                Run.SERVICE,
                0,
                "",
                "",
                Map.of());
        return new KafkaSettings(properties, noun).deciderStreams();
    }
}
