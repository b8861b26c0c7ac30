package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a service is deployed; the defaults are in {@code mortar.yaml}, the environment variables that set them too.
 *
 * @param bootstrapServers brokers, host:port, comma separated
 * @param topicPrefix prefix of topics, groups and transactional ids; one for each environment that shares brokers
 * @param stateDir folder of the local stores, on a volume of its own
 * @param instanceId name of this instance, unique among those of the service and the same after a restart
 * @param replyTimeout how long a request waits for its reply before it is answered 202
 * @param rememberCommands how long a request is known as a repeat
 * @param pace how long lane, follower and process wait after work before they read on, so that a burst is one batch;
 *     longer where nobody waits
 * @param serializer class of the Avro serializer
 * @param deserializer class of the Avro deserializer
 * @param serde configuration of both, such as {@code schema.registry.url}
 */
@ConfigurationProperties("mortar")
public record MortarProperties(
        String bootstrapServers,
        String topicPrefix,
        String stateDir,
        String instanceId,
        Duration replyTimeout,
        Duration rememberCommands,
        @DefaultValue("10ms") Duration pace,
        String serializer,
        String deserializer,
        Map<String, String> serde) {}
