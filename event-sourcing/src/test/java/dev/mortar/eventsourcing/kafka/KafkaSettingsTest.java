package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class KafkaSettingsTest {
    private static final List<String> REFUSED =
            KafkaSettings.OWN.stream().sorted().toList();

    private static final Map<String, String> SECURED = Map.of(
            "security.protocol", "SASL_SSL",
            "sasl.mechanism", "SCRAM-SHA-512",
            "ssl.truststore.type", "PEM",
            "ssl.truststore.location", "/run/secrets/ca.pem");

    @TempDir
    private Path folder;

    @Test
    void everyClientGetsTheGivenSettingsAndTheLogin() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "s3cret");
        var settings = new KafkaSettings(properties(SECURED, "order-service", file.toString()), "order");

        assertThat(clients(settings))
                .allSatisfy(client -> assertThat(client)
                        .containsAllEntriesOf(SECURED)
                        .hasEntrySatisfying(
                                "sasl.jaas.config", login -> assertThat(login).hasToString("[hidden]")));
        assertThat(settings.toString()).doesNotContain("s3cret").doesNotContain("SCRAM");
    }

    @Test
    void aNewClientReadsTheNewPassword() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "before");
        var settings = new KafkaSettings(properties(SECURED, "order-service", file.toString()), "order");
        Object before = settings.admin().get("sasl.jaas.config");

        Files.writeString(file, "after");

        assertThat(settings.admin().get("sasl.jaas.config")).isNotEqualTo(before);
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void refusesWhatTheRuntimeNeedsItsOwnValueFor(String setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KafkaSettings(properties(Map.of(setting, "s3cret"), "", ""), "order"))
                .withMessageContaining(setting)
                .withMessageNotContaining("s3cret");
    }

    @Test
    void nothingThatTheRuntimeSetsCanBeGivenInVain() {
        var plain = new KafkaSettings(properties(Map.of(), "", ""), "order");

        assertThat(clients(plain))
                .allSatisfy(client -> assertThat(KafkaSettings.OWN).containsAll(client.keySet()));
    }

    @Test
    void everyRefusedSettingIsOneOfKafka() {
        assertThat(KafkaSettings.OWN)
                .allMatch(name -> ProducerConfig.configNames().contains(name)
                        || ConsumerConfig.configNames().contains(name)
                        || AdminClientConfig.configNames().contains(name));
    }

    @Test
    void theEnvironmentGivesSettingsByTheirNames() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        Map.of("MORTAR_KAFKA_SECURITY_PROTOCOL", "SSL", "MORTAR_KAFKA_SSL_TRUSTSTORE_TYPE", "PEM")));

        var bound = new Binder(ConfigurationPropertySources.get(environment))
                .bind("mortar", MortarProperties.class)
                .get();

        assertThat(bound.kafka()).isEqualTo(Map.of("security.protocol", "SSL", "ssl.truststore.type", "PEM"));
    }

    private static List<Map<String, Object>> clients(KafkaSettings settings) {
        return List.of(
                settings.admin(),
                settings.producer("x", 1_000, 1_000),
                settings.requestProducer(),
                settings.laneProducer(0),
                settings.consumer("x"),
                settings.tail("x"),
                settings.seeker("x"),
                settings.groupConsumer("x"),
                settings.commands(0),
                settings.follower(),
                settings.member());
    }

    private static MortarProperties properties(Map<String, String> kafka, String user, String passwordFile) {
        return new MortarProperties(
                "127.0.0.1:1",
                "",
                "",
                "order-1",
                Duration.ofSeconds(1),
                Duration.ofHours(24),
                Duration.ofMillis(10),
                "",
                "",
                Map.of(),
                kafka,
                user,
                passwordFile);
    }
}
