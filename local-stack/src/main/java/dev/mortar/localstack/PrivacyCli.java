package dev.mortar.localstack;

import dev.mortar.kafka.KafkaAccess;
import dev.mortar.localstack.Arguments.WrongUsage;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./mortar privacy}: exports all that the services know of a shopper, erases the contact of a shopper, and
 * proves that nothing of it is left.
 *
 * <p>Ends with status 0 when that is done, 1 when it could not be done or something of the contact was found, 2 when
 * the arguments are wrong.
 */
public final class PrivacyCli {
    private static final String USAGE = """
            ./mortar privacy export CUSTOMER [--out FILE]
                writes all that the services know of a shopper to a new JSON file, and prints its SHA-256:
                contact, orders, pickups, returns, notifications, and who read the contact
            ./mortar privacy erase CUSTOMER
                erases the contact of a shopper, and says when the proof is due
            ./mortar privacy prove CUSTOMER --values FILE [--folder FOLDER…] [--out FILE]
                looks for the values of the erased contact in all topics and in all files of the folders; if none is found,
                reports the proof to notification-service, writes the report to a new file and prints its SHA-256
            --out FILE: privacy-export.json or privacy-proof.txt unless given. The file must not exist.
            --values FILE: name, address, number, vehicle: one a line, at least 4 characters each. Only you may read the file.
            --folder FOLDER (repeatable): data of brokers, local stores, logs, any other file. Without it .stack/data and
                .stack/logs of the local stack, but for its mails. Data of the brokers have to be among the folders.
            --token-file FILE: a token of the role BACK_OFFICE; without it MORTAR_TOKEN, or one for the local stack.
            --url NAME=URL (repeatable): the address of a service that is not on the ports of the local stack.
            --registry URL: schema registry (http://127.0.0.1:8081/apis/ccompat/v7).
            --kafka-properties FILE: settings of a Kafka client that may read the topics, such as the user auditor.
            --prefix PREFIX: prefix of the topic names (none).
            The export itself is a read of the contact, with the purpose LEGAL.""";

    private static final Set<String> OPTIONS = Set.of(
            "--out", "--values", "--folder", "--token-file", "--url", "--registry", "--kafka-properties", "--prefix");

    private PrivacyCli() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** Does what the arguments say; the status is 0, 1 or 2, as the class says. */
    public static int run(List<String> typed, PrintStream out, PrintStream err) {
        return run(typed, null, out, err);
    }

    /** @param reads null for those in the topic */
    static int run(List<String> typed, PrivacyExport.@Nullable Reads reads, PrintStream out, PrintStream err) {
        return Arguments.run(typed, USAGE, 1, out, err, words -> run(new Arguments(words, OPTIONS), reads, out));
    }

    private static boolean run(Arguments arguments, PrivacyExport.@Nullable Reads reads, PrintStream out)
            throws IOException {
        List<String> words = arguments.words();
        if (words.size() != 2) {
            throw new WrongUsage("name what to do and a shopper, such as: export CUSTOMER");
        }
        String customerId = words.getLast();
        switch (words.getFirst()) {
            case "export" -> {
                new PrivacyExport(arguments, out).export(customerId, reads);
                return true;
            }
            case "erase" -> {
                new PrivacyErasure(arguments, out).erase(customerId);
                return true;
            }
            case "prove" -> {
                return new PrivacyErasure(arguments, out).prove(customerId);
            }
            default -> throw new WrongUsage("there is no " + words.getFirst() + ", only export, erase and prove");
        }
    }

    /** The settings of the Kafka client. */
    static Map<String, Object> client(Arguments arguments) throws IOException {
        Map<String, Object> client = new TreeMap<>(KafkaAccess.ofEnvironment(System.getenv()));
        String file = arguments.text("--kafka-properties", "");
        if (!file.isEmpty()) {
            var properties = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
            }
            properties.stringPropertyNames().forEach(name -> client.put(name, properties.getProperty(name)));
        }
        return client;
    }

    /** The file that is to be written, which must not be there. */
    static Path newFile(Arguments arguments, String unlessGiven) {
        Path file = Path.of(arguments.text("--out", unlessGiven));
        if (Files.exists(file)) {
            throw new StackFailure(file + " exists; name another one with --out");
        }
        return file;
    }

    /** The digest of a text in hexadecimal digits. */
    static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
