package dev.mortar.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.security.JaasContext;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaAccessTest {
    private static final Map<String, String> SECURED =
            Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("password"), "s3cret\n");
    }

    @Test
    void withoutAUserTheGivenSettingsAreAll() {
        assertThat(KafkaAccess.settings(Map.of("security.protocol", "SSL"), "", ""))
                .isEqualTo(Map.of("security.protocol", "SSL"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "with \"quotes\"",
                "back\\slash",
                "\\\"",
                "a;b=c required",
                "ends in \\",
                "two\nlines",
                "ключ €"
            })
    void kafkaReadsUserAndPasswordAsTheyAre(String text) throws IOException {
        Files.writeString(file, text + "\n");

        var settings = KafkaAccess.settings(SECURED, "user " + text, file.toString());

        var login = JaasContext.loadClientContext(settings).configurationEntries();
        assertThat(login).hasSize(1);
        assertThat(login.getFirst().getLoginModuleName()).endsWith("ScramLoginModule");
        assertThat(login.getFirst().getOptions()).isEqualTo(Map.of("username", "user " + text, "password", text));
    }

    @Test
    void thePasswordDoesNotPrint() {
        assertThat(KafkaAccess.settings(SECURED, "order-service", file.toString())
                        .toString())
                .contains("sasl.jaas.config")
                .doesNotContain("s3cret");
    }

    @Test
    void readsTheVariablesOfTheEnvironment() {
        var environment = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                "KAFKA_USER", "release",
                "KAFKA_PASSWORD_FILE", file.toString(),
                "MORTAR_TOPIC_PREFIX", "staging."));
        SECURED.forEach((name, value) -> environment.put(KafkaAccess.variable(name), value));

        assertThat(KafkaAccess.ofEnvironment(environment))
                .containsOnlyKeys("bootstrap.servers", "security.protocol", "sasl.mechanism", "sasl.jaas.config")
                .containsEntry("bootstrap.servers", "kafka:9092")
                .containsEntry("security.protocol", "SASL_SSL");
        assertThat(KafkaAccess.ofEnvironment(Map.of())).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092"));
    }

    @Test
    void refusesWhatFitsNoClientOrNotTheUser() throws IOException {
        refused(Map.of("sasl.jaas.config", "s3cret"), "", "").withMessageContaining("KAFKA_PASSWORD_FILE");
        refused(Map.of("security.protokol", "s3cret"), "", "").withMessageContaining("no setting security.protokol");
        refused(SECURED, "order-service", "").withMessageContaining("go together");
        refused(SECURED, "", file.toString()).withMessageContaining("go together");
        refused(Map.of(), "order-service", file.toString()).withMessageContaining("not PLAINTEXT");
        refused(Map.of("security.protocol", "SASL_SSL"), "order-service", file.toString())
                .withMessageContaining("not GSSAPI");
        refused(SECURED, "order-service", folder + "/none").withMessageContaining("cannot be read");
        Files.writeString(file, "\n");
        refused(SECURED, "order-service", file.toString()).withMessageContaining("is empty");
    }

    private static ThrowableAssertAlternative<IllegalArgumentException> refused(
            Map<String, String> given, String user, String passwordFile) {
        return assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaAccess.settings(given, user, passwordFile))
                .withMessageNotContaining("s3cret");
    }
}
