package dev.mortar.eventsourcing.kafka;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How a service is deployed; the defaults are in {@code mortar.yaml}, the environment variables that set them too.
 *
 * @param bootstrapServers brokers, host:port, comma separated
 * @param topicPrefix prefix of topics, application ids and transactional ids; one for each environment that shares
 *     brokers
 * @param stateDir folder of the Streams stores, on a volume of its own
 * @param instanceUrl base URL under which the other instances reach this one; unique to it
 * @param replyTimeout how long a request waits for its reply before it is answered 202
 * @param rememberCommands how long command ids of HTTP requests are remembered with their replies
 * @param deciderThreads threads that decide; each takes partitions of the commands topic
 * @param run what this process is for
 * @param storeGeneration which rebuild of the decider's store it runs on, verifies or makes; 0 for the store that was
 *     never rebuilt
 * @param serializer class of the Avro serializer
 * @param deserializer class of the Avro deserializer
 * @param serde configuration of both, such as {@code schema.registry.url}
 */
@ConfigurationProperties("mortar")
public record MortarProperties(
        String bootstrapServers,
        String topicPrefix,
        String stateDir,
        URI instanceUrl,
        Duration replyTimeout,
        Duration rememberCommands,
        int deciderThreads,
        Run run,
        int storeGeneration,
        String serializer,
        String deserializer,
        Map<String, String> serde) {

    public MortarProperties {
        if (storeGeneration < 0) {
            throw new IllegalArgumentException("mortar.store-generation is counted from 0");
        }
    }

    /** What a process is for. All but the service end by themselves, with an exit status. */
    public enum Run {
        /** Serves requests and reacts to events until it is stopped. */
        SERVICE,
        /** Compares the decider's store with the fold of its events; the service may be running. */
        VERIFY_STORE,
        /** Writes a new generation of the store from the events; the service is stopped. */
        REBUILD_STORE
    }
}
