package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a deployment. {@code mortar.yaml} has the defaults and the environment variables.
 *
 * @param bootstrapServers brokers, host:port, comma separated
 * @param topicPrefix of topics, groups and transactional ids; different for each environment on the same brokers
 * @param stateDir folder of the local stores, on a separate volume
 * @param instanceId unique among the instances of the service, and the same after a restart
 * @param replyTimeout how long a request waits for its reply before the service answers 202
 * @param rememberCommands how long a repeated request is recognised
 * @param pace how long a busy reader pauses after a batch ({@link Pace}); longer in services where no caller waits
 * @param serde configuration of both Avro serdes, such as {@code schema.registry.url}
 * @param kafka settings of every Kafka client, such as {@code security.protocol}; those that the runtime sets itself
 *     are refused
 * @param kafkaUser the service's user at the brokers; empty if they ask for none
 * @param kafkaPasswordFile the file with the user's password
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
        Map<String, String> serde,
        @DefaultValue Map<String, String> kafka,
        @DefaultValue("") String kafkaUser,
        @DefaultValue("") String kafkaPasswordFile) {
    /** Without values: settings of the serdes and of Kafka may be secret. */
    @Override
    public String toString() {
        return "MortarProperties of " + instanceId;
    }
}
