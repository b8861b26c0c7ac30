package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares with a file under {@code src/test/resources}, written by hand or by a run with {@code -Dmortar.approve=true}
 * and then read by a person.
 */
public final class Approved {
    private static final Path RESOURCES = Path.of("src", "test", "resources");

    private Approved() {}

    /** Fails when the text is not what was approved. */
    public static void matches(String file, String actual) {
        Path path = RESOURCES.resolve(file);
        try {
            if (Boolean.getBoolean("mortar.approve")) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, actual);
            }
            assertThat(path)
                    .as("nothing approved yet; run with -Dmortar.approve=true and read it")
                    .exists();
            assertThat(actual).as("%s", file).isEqualTo(Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The approved text. */
    public static String text(String file) {
        try {
            return Files.readString(RESOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
