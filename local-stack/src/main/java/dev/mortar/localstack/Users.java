package dev.mortar.localstack;

import dev.mortar.kafka.KafkaAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * The release step that gives the brokers' users their passwords (SCRAM-SHA-512). The passwords are in a folder, in a
 * file for each user, which has the user's name.
 */
public final class Users {
    static final int ITERATIONS = 16_384;

    private Users() {}

    /**
     * Sets the passwords in the folder that {@code KAFKA_USERS_DIR} names. {@link KafkaAccess} tells the variables of
     * the connection. Ends with status 1 and a sentence on standard error when something is wrong.
     */
    public static void main(String[] arguments) {
        Topics.step(environment -> {
            String folder = environment.get("KAFKA_USERS_DIR");
            if (folder == null) {
                throw new StackFailure("KAFKA_USERS_DIR names no folder with passwords");
            }
            List<String> users = set(KafkaAccess.ofEnvironment(environment), Path.of(folder));
            System.out.println("Passwords are set of " + String.join(", ", users));
        });
    }

    /**
     * Sets the password of each user that has a file in the folder; the users, sorted.
     *
     * @param client settings of a client that may do so
     */
    public static List<String> set(Map<String, Object> client, Path folder) {
        try (Stream<Path> files = Files.list(folder);
                Admin admin = Topics.admin(client)) {
            List<Path> passwords = files.filter(Files::isRegularFile).sorted().toList();
            admin.alterUserScramCredentials(
                            passwords.stream().map(Users::upsertion).toList())
                    .all()
                    .get();
            return passwords.stream().map(Users::user).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StackFailure("The passwords in " + folder + " cannot be read: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new StackFailure(
                    "The passwords could not be set at " + client.get("bootstrap.servers") + ": "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage(),
                    e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("users at " + client.get("bootstrap.servers"), e);
        }
    }

    private static UserScramCredentialAlteration upsertion(Path file) {
        try {
            var mechanism = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS);
            return new UserScramCredentialUpsertion(
                    user(file), mechanism, Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String user(Path file) {
        return file.getFileName().toString();
    }
}
