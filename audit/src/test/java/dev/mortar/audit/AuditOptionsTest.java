package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void aFileGivesTheSettingsOfTheClient() throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"), "bootstrap.servers=kafka:9093\nsecurity.protocol=SASL_SSL\n");

        var options = new AuditOptions("--kafka-properties", file.toString());

        assertThat(options.client)
                .isEqualTo(Map.of("bootstrap.servers", "kafka:9093", "security.protocol", "SASL_SSL"));
        assertThat(options.bootstrap).isEqualTo("kafka:9093");
        assertThat(new AuditOptions("--kafka-properties", file.toString(), "--bootstrap", "other:9094").client)
                .containsEntry("bootstrap.servers", "other:9094")
                .containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void withoutAFileTheBrokersAreThoseOfTheLocalStack() {
        assertThat(new AuditOptions().client).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092"));
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AuditOptions("--kafka-properties", folder + "/none"))
                .withMessageContaining("none");
    }
}
