package dev.mortar.eventsourcing.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/** Commands in, events, replies and dead letters out: one processor, one key-value store, one memory of command ids. */
public final class DeciderTopology {

    static final String COMMANDS = "commands-out";
    static final String EVENTS = "events";
    static final String REPLIES = "replies";
    static final String DEAD_LETTERS = "dead-letters";

    private DeciderTopology() {}

    /** Position of the last committed event of a partition, or empty when it is not known (tests without a log). */
    @FunctionalInterface
    public interface LastPosition {
        OptionalLong of(int partition);
    }

    /**
     * What the topology needs from where it runs.
     *
     * @param prefix prefix of all topics, may be empty
     * @param partitions partitions of the commands topic
     * @param commandsTopicId id of the commands topic: one made anew has new offsets
     * @param serializer writes generated Avro classes
     * @param rememberCommands how long command ids of HTTP requests are remembered
     * @param timerIds ids of the commands that timers send, no two alike
     */
    public record Environment(
            String prefix,
            int partitions,
            String commandsTopicId,
            Serializer<SpecificRecord> serializer,
            LastPosition lastPosition,
            Duration rememberCommands,
            Supplier<UUID> timerIds,
            MeterRegistry meters) {}

    /** The topology of a service's decider. */
    public static <C, S, V, E> Topology of(ServiceDefinition<C, S, V, E> definition, Environment environment) {
        String prefix = environment.prefix();
        var topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                "commands",
                Serdes.String().deserializer(),
                Serdes.ByteArray().deserializer(),
                prefix + definition.commandsTopic());
        topology.addProcessor("decide", () -> new DeciderProcessor<>(definition, environment), "commands");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(stateStore(definition)),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withCachingEnabled()
                        .withLoggingEnabled(Map.of()),
                "decide");
        topology.addStateStore(
                Stores.windowStoreBuilder(
                                Stores.persistentWindowStore(
                                        commandStore(definition),
                                        environment.rememberCommands(),
                                        environment.rememberCommands(),
                                        false),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingEnabled(Map.of()),
                "decide");
        sink(topology, EVENTS, prefix + definition.eventsTopic());
        topology.addSink(
                REPLIES,
                prefix + definition.repliesTopic(),
                Serdes.String().serializer(),
                Serdes.ByteArray().serializer(),
                (topic, key, value, partitions) ->
                        java.util.Optional.of(java.util.Set.of(CommandHeaders.replyPartition(key))),
                "decide");
        sink(topology, DEAD_LETTERS, prefix + definition.deadLettersTopic());
        sink(topology, COMMANDS, prefix + definition.commandsTopic());
        return topology;
    }

    private static void sink(Topology topology, String name, String topic) {
        topology.addSink(
                name, topic, Serdes.String().serializer(), Serdes.ByteArray().serializer(), "decide");
    }

    static String stateStore(ServiceDefinition<?, ?, ?, ?> definition) {
        String store = definition.noun + "-state-v" + definition.storeVersion;
        return definition.storeGeneration == 0 ? store : store + "-g" + definition.storeGeneration;
    }

    static String commandStore(ServiceDefinition<?, ?, ?, ?> definition) {
        return definition.noun + "-command-ids";
    }
}
