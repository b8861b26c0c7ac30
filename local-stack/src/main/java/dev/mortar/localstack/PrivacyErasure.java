package dev.mortar.localstack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mortar.localstack.Arguments.WrongUsage;
import dev.mortar.localstack.PersonalValues.Found;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import tools.jackson.databind.JsonNode;

/** Erases the contact of a shopper, and proves that nothing of it is left. */
final class PrivacyErasure {
    private static final String CONTACTS = "customer.contacts";

    private final Arguments arguments;
    private final BackOffice services;
    private final PrintStream out;

    /**
     * A place that was searched.
     *
     * @param hits files with hits
     */
    private record Place(String name, Found found, List<Path> hits) {}

    PrivacyErasure(Arguments arguments, PrintStream out) throws IOException {
        this.arguments = arguments;
        this.services = new BackOffice(arguments);
        this.out = out;
    }

    void erase(String customerId) throws IOException {
        services.send("DELETE", "notification", shopper(customerId) + "/contact", null)
                .required();
        JsonNode erasure = erasure(customerId);
        out.printf("The contact of %s is erased. No route and no mail shows it any more.%n", customerId);
        out.printf(
                "The erasure was asked for at %s. The brokers still have the contact on disk. The proof is due by %s:%n",
                erasure.path("requestedAt").asString(),
                erasure.path("proofDueAt").asString());
        out.printf("./mortar privacy prove %s --values FILE%n", customerId);
    }

    /**
     * Looks for the values everywhere, and reports the proof if none is found.
     *
     * @return whether none is found
     */
    boolean prove(String customerId) throws IOException {
        String valuesFile = arguments.text("--values", "");
        if (valuesFile.isEmpty()) {
            throw new WrongUsage("name the file with the values: --values FILE");
        }
        Path file = PrivacyCli.newFile(arguments, "privacy-proof.txt");
        PersonalValues values = PersonalValues.ofFile(Path.of(valuesFile));
        JsonNode erasure = erasure(customerId);
        String requestedAt = erasure.path("requestedAt").asString();

        Set<String> notRead = new TreeSet<>();
        Topics.all().keySet().forEach(topic -> notRead.add(prefix() + topic));
        List<Place> places = new ArrayList<>(topics(values, notRead));
        // A consumer does not see all that is on disk.
        notRead.add(prefix() + CONTACTS);
        var folders = new FolderSearch(values);
        for (Path folder : folders()) {
            FolderSearch.Searched searched = folders.search(folder);
            places.add(new Place("files " + folder, searched.found(), searched.hits()));
        }
        notRead.removeAll(folders.topics());
        if (!notRead.isEmpty()) {
            throw new StackFailure("Nothing is proved: the folders have no segments of " + String.join(", ", notRead)
                    + ". Name the data of the brokers with --folder");
        }

        String report = report(customerId, requestedAt, values.size(), places);
        out.print(report);
        if (places.stream().anyMatch(place -> place.found().hits() > 0)) {
            out.printf(
                    "%nSomething of the contact is left. The proof is due by %s. docs/privacy.md says what to do.%n",
                    erasure.path("proofDueAt").asString());
            return false;
        }
        SecretFile.write(file, report);
        String sha256 = PrivacyCli.sha256(report);
        Map<String, String> proof = Map.of("requestedAt", requestedAt, "sha256", sha256);
        services.send("PUT", "notification", shopper(customerId) + "/erasure/proof", proof)
                .required();
        out.printf("%nNothing of the contact is left. notification-service has the proof. Keep the report:%n");
        out.println(sha256 + "  " + file);
        return true;
    }

    private JsonNode erasure(String customerId) throws IOException {
        JsonNode erasure = services.get("notification", shopper(customerId) + "/erasure");
        if (erasure == null) {
            throw new StackFailure("Nobody asked to erase the contact of " + customerId
                    + ". First run: ./mortar privacy erase " + customerId);
        }
        return erasure;
    }

    /** Reads all topics of the brokers that the user may read, and takes them from those that are not read. */
    private List<Place> topics(PersonalValues values, Set<String> notRead) throws IOException {
        Map<String, Object> client = PrivacyCli.client(arguments);
        // A fetch of the topic before delays the next one for so long.
        client.put("fetch.max.wait.ms", 10);
        List<Place> places = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(client, "read_uncommitted")) {
            for (String topic : new TreeSet<>(consumer.listTopics().keySet())) {
                try {
                    places.add(new Place("topic " + topic, topic(values, consumer, topic), List.of()));
                    notRead.remove(topic);
                } catch (TopicAuthorizationException e) {
                    notRead.add(topic);
                }
            }
        }
        return places;
    }

    private static Found topic(PersonalValues values, KafkaConsumer<byte[], byte[]> consumer, String topic) {
        var found = new Object() {
            Found all = Found.NOTHING;
        };
        Topics.read(
                consumer, topic, record -> bytes(record).forEach(each -> found.all = found.all.plus(values.in(each))));
        return found.all;
    }

    private static Stream<byte[]> bytes(ConsumerRecord<byte[], byte[]> record) {
        Stream<byte[]> headers = Stream.of(record.headers().toArray())
                .flatMap(header -> Stream.of(header.key().getBytes(UTF_8), header.value()));
        return Stream.concat(Stream.of(record.key(), record.value()), headers).filter(Objects::nonNull);
    }

    private List<Path> folders() throws IOException {
        List<String> named = arguments.all("--folder");
        if (!named.isEmpty()) {
            return named.stream().map(Path::of).toList();
        }
        Path stack = Build.find().root().resolve(".stack");
        try (Stream<Path> data = Files.list(stack.resolve("data"))) {
            return Stream.concat(
                            data.filter(path -> !path.endsWith("mails")).sorted(), Stream.of(stack.resolve("logs")))
                    .toList();
        }
    }

    private static String report(String customerId, String requestedAt, int values, List<Place> places) {
        var report = new StringBuilder("""
                Search for %d values of the shopper %s, made at %s.
                The erasure of the contact was asked for at %s.
                Mails are searched only if their folder is below: the mail server decides how long it keeps them.

                         bytes   hits  place
                """.formatted(values, customerId, Instant.now(), requestedAt));
        for (Place place : places) {
            report.append(String.format(
                    Locale.ROOT,
                    "%,14d %,6d  %s%n",
                    place.found().bytes(),
                    place.found().hits(),
                    place.name()));
            place.hits()
                    .forEach(file -> report.append(" ".repeat(23)).append(file).append('\n'));
        }
        return report.toString();
    }

    private String prefix() {
        return arguments.text("--prefix", "");
    }

    private static String shopper(String customerId) {
        return "/v1/customers/" + Api.segment(customerId);
    }
}
