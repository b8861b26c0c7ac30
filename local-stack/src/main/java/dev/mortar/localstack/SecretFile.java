package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/** A file that only its owner may read, made once: it stays right over a restart. */
final class SecretFile {
    private SecretFile() {}

    /** Makes the file if it is not there. It appears with all its content or not at all. */
    static synchronized Path makeOnce(Path file, Supplier<String> content) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
                Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), "unfinished-", "", onlyOwner);
                Files.writeString(unfinished, content.get());
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } catch (IOException e) {
            throw new StackFailure("The secret file " + file + " could not be written: " + e.getMessage(), e);
        }
    }

    /** A random secret in the form {@code keyId:secret}. */
    static String random() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return "k1:" + HexFormat.of().formatHex(secret);
    }
}
