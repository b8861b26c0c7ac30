package dev.mortar.eventsourcing.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatedSecretTest {
    private static final String FIRST = "k1:first-secret-of-32-characters-xx";

    @Test
    void refusesASecretItCannotUseWithoutRepeatingIt() {
        assertThatThrownBy(() -> of(":first-secret-of-32-characters-xx"))
                .hasMessage("entry 1 of the test secret is not keyId:secret");
        assertThatThrownBy(() -> of("k1:short")).hasMessage("test secret k1 is shorter than 16 bytes");
        assertThatThrownBy(() -> of(FIRST + "," + FIRST)).hasMessage("test secret k1 is listed twice");
        assertThatThrownBy(() -> of(FIRST + ",")).hasMessage("entry 2 of the test secret is not keyId:secret");
        assertThatThrownBy(() -> of("short")).hasMessage("test secret 1 is shorter than 16 bytes");
    }

    @Test
    void aSecretAloneHasTheKeyIdOne() {
        assertThat(of("first-secret-of-32-characters-xx\n").keyId()).isEqualTo("1");
    }

    @Test
    void containsItsSecretsOnly() {
        RotatedSecret rotated = of(FIRST + "\nk0:older-secret-of-32-characters-xx");

        assertThat(rotated.contains("first-secret-of-32-characters-xx")).isTrue();
        assertThat(rotated.contains("older-secret-of-32-characters-xx")).isTrue();
        assertThat(rotated.contains(FIRST)).isFalse();
        assertThat(rotated.contains("")).isFalse();
    }

    @Test
    void comesFromAFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), FIRST + "\n");

        assertThat(RotatedSecret.ofFile("test secret", "THE_FILE", file.toString())
                        .keyId())
                .isEqualTo("k1");
        assertThatThrownBy(() -> RotatedSecret.ofFile("test secret", "THE_FILE", ""))
                .hasMessage("set THE_FILE to a file with keyId:secret");
        String absent = directory.resolve("absent").toString();
        assertThatThrownBy(() -> RotatedSecret.ofFile("test secret", "THE_FILE", absent))
                .hasMessage("cannot read THE_FILE " + absent);
    }

    @Test
    void itsTextSaysNothing() {
        assertThat(of(FIRST)).hasToString("test secret with 1 entries");
    }

    private static RotatedSecret of(String secret) {
        return RotatedSecret.of("test secret", secret);
    }
}
