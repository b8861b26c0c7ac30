package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.localstack.PersonalValues.Found;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonalValuesTest {
    @TempDir
    Path folder;

    @Test
    void countsEachValueWhereverItIs() throws IOException {
        PersonalValues values = values("Ása Jóns\n\n  aaaa \nAda Lovelace\n");

        assertThat(values.size()).isEqualTo(3);
        assertThat(values.in(bytes("Ása Jónsdóttir, aaaaaa, ada lovelace"))).isEqualTo(new Found(39, 4));
        assertThat(values.in(bytes(""))).isEqualTo(Found.NOTHING);
        assertThat(values.in(bytes("Ása"))).isEqualTo(new Found(4, 0));
    }

    @Test
    void findsAValueOnceInAStreamOfAnySize() throws IOException {
        PersonalValues values = values("needle in a haystack\nhaystack");
        Random random = new Random(1);
        byte[] planted = bytes("needle in a haystack");
        byte[] text = new byte[3 << 20];
        for (int i = 0; i < 40; i++) {
            Arrays.fill(text, (byte) '.');
            // Around each end of a chunk, and at both ends of the stream.
            int at = i == 0
                    ? 0
                    : i == 1 ? text.length - planted.length : (1 + i % 2) * (1 << 20) - 40 + random.nextInt(120);
            System.arraycopy(planted, 0, text, at, planted.length);

            assertThat(values.in(new ByteArrayInputStream(text)))
                    .as("at %d", at)
                    .isEqualTo(new Found(text.length, 2));
        }
    }

    @Test
    void aShortValueIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> values("Ada Lovelace\nÁsa\n"))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("Line 2")
                .hasMessageContaining("fewer than 4")
                .hasMessageNotContaining("Ása");
    }

    @Test
    void aFileWithoutValuesIsRefused() {
        assertThatThrownBy(() -> values("\n \n"))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("no value");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("open"), "Ada Lovelace");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> PersonalValues.ofFile(file))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("chmod 600");
    }

    private PersonalValues values(String text) throws IOException {
        Path file = folder.resolve("values");
        SecretFile.write(file, text);
        return PersonalValues.ofFile(file);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
