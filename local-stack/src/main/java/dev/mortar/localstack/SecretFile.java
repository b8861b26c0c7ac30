package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Files that only their owner reads. */
final class SecretFile {
    private static final int RANDOM_BYTES = 32;

    private SecretFile() {}

    /** Makes the file if it is not there, so it stays the same over a restart. */
    static synchronized Path makeOnce(Path file, Supplier<String> content) {
        try {
            if (!Files.exists(file)) {
                write(file, content.get());
            }
            return file;
        } catch (IOException e) {
            throw new StackFailure("The secret file " + file + " could not be written: " + e.getMessage(), e);
        }
    }

    /** Writes a file that nobody else can read at any moment; it replaces one that is there. */
    static void write(Path file, String text) throws IOException {
        Path folder = requireNonNull(file.toAbsolutePath().getParent());
        directory(folder);
        Path unfinished = Files.createTempFile(
                folder,
                file.getFileName().toString(),
                ".unfinished",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, text);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A text that cannot be guessed, of digits and the letters a to f. */
    static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Makes a folder that only its owner opens, unless it is there. */
    static void directory(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }
}
