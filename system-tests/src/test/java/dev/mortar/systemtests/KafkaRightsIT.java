package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.kafka.KafkaAccess;
import dev.mortar.localstack.Http;
import dev.mortar.localstack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A secured stack, attacked with every user's own password. What each may do is what the page says. Last come the tests
 * that write what no service would.
 *
 * <p>Comes after all other tests, because it ends the services of the secured stack.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(Integer.MAX_VALUE)
class KafkaRightsIT {
    private static final Path PAGE = Path.of("..", "docs", "kafka-rights.md");
    private static final Pattern OTHER_RIGHT =
            Pattern.compile("(?m)^\\| ([a-z-]+) \\| (groups|transactional ids) \\| `([a-z-]+)…` \\|$");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String REFUSED_WITHIN_MS = "2000";
    private static final List<String> SERVICES = List.of("order", "inventory", "pickup", "returns", "notification");
    private static final byte[] TEXT = {'x'};
    private static final String ANY_SERVICE = "order-service";

    private static final Path FOLDER = TheSecuredStack.FOLDER;

    private static Stack stack;

    @BeforeAll
    static void start() {
        stack = TheSecuredStack.get();
    }

    @Test
    @Order(1)
    void shoppersBuyAndTheAuditFindsNothing()
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        try (Trade trade = Trade.begin(Shop.of(stack), 2);
                Log log = new Log(stack.client())) {
            trade.finish(log);
        }

        Path report = FOLDER.resolve("audit.txt");
        assertThat(stack.audit(report, "512m", List.of()))
                .as(() -> text(report))
                .isZero();
        assertThat(text(report)).contains("All invariants with facts hold.");
    }

    @Test
    @Order(2)
    void noPasswordIsInALog() throws IOException {
        try (Stream<Path> logs = Files.list(stack.broker().log().getParent());
                Stream<Path> passwords = Files.list(FOLDER.resolve("data").resolve("users"))) {
            List<String> secrets = passwords.map(KafkaRightsIT::text).toList();
            assertThat(secrets).hasSize(users().size() + 2);
            assertThat(logs.map(KafkaRightsIT::text))
                    .isNotEmpty()
                    .allSatisfy(log -> assertThat(log).doesNotContain(secrets));
        }
    }

    @Test
    @Order(3)
    void servicesReadTheRegistryAndOnlyTheReleaseStepWritesIt() throws IOException {
        String reader = "Bearer " + text(FOLDER.resolve("data/registry-tokens/sr-readonly"));
        String developer = "Bearer " + text(FOLDER.resolve("data/registry-tokens/sr-developer"));
        String stranger = "Bearer " + stack.tokens().token("BACK_OFFICE b1");
        String forged = reader.substring(0, reader.length() - 8) + "AAAAAAAA";
        String subjects = stack.schemaRegistryUrl() + "/subjects";
        String versions = subjects + "/forged-value/versions";
        Map<String, String> schema = Map.of("schema", "\"string\"", "schemaType", "AVRO");

        assertThat(registry("GET", subjects, null, "")).isEqualTo(401);
        assertThat(registry("GET", subjects, null, forged)).isEqualTo(401);
        assertThat(registry("GET", subjects, null, stranger)).isEqualTo(403);
        assertThat(registry("GET", subjects, null, reader)).isEqualTo(200);
        for (String refused : List.of(reader, stranger)) {
            assertThat(registry("POST", versions, schema, refused)).isEqualTo(403);
            assertThat(registry("DELETE", subjects + "/order.events-value", null, refused))
                    .isEqualTo(403);
        }
        assertThat(registry("POST", versions, schema, developer)).isEqualTo(200);
    }

    private static int registry(String method, String url, @Nullable Object body, String authorization)
            throws IOException {
        String[] headers = authorization.isEmpty() ? new String[0] : new String[] {"Authorization", authorization};
        return Http.send(method, url, body, Shop.PATIENCE, headers).status();
    }

    @ParameterizedTest
    @ValueSource(strings = {ANY_SERVICE, "nobody"})
    @Order(3)
    void aWrongPasswordIsRefused(String user) {
        refused(
                Map.of("sasl.jaas.config", KafkaAccess.login("SCRAM-SHA-512", user, "wrong")),
                SaslAuthenticationException.class);
    }

    @Test
    @Order(3)
    void aPasswordInPlainTextIsRefused() {
        refused(
                Map.of("sasl.mechanism", "PLAIN", "sasl.jaas.config", KafkaAccess.login("PLAIN", ANY_SERVICE, "x")),
                UnsupportedSaslMechanismException.class);
    }

    @Test
    @Order(3)
    void withoutALoginNobodyConnects() {
        refused(Map.of("security.protocol", "SSL"), org.apache.kafka.common.errors.TimeoutException.class);
        refused(Map.of("security.protocol", "PLAINTEXT"), org.apache.kafka.common.errors.TimeoutException.class);
        refused(Map.of("security.protocol", "SASL_PLAINTEXT"), org.apache.kafka.common.errors.TimeoutException.class);
    }

    @Test
    @Order(3)
    void aClientDoesNotTalkToABrokerOfAnotherAuthority() {
        Map<String, Object> client = client(ANY_SERVICE);
        // It then trusts the authorities of the virtual machine.
        client.keySet().removeAll(Set.of("ssl.truststore.type", "ssl.truststore.location"));

        refusedWith(client, SslAuthenticationException.class);
    }

    @Test
    @Order(3)
    void theControllerTalksOnlyToABrokersCertificate() {
        Matcher voter = Pattern.compile("voters=1@(\\S+)")
                .matcher(text(stack.broker().data().resolve("server.properties")));
        assertThat(voter.find()).isTrue();
        Map<String, Object> client = client(ANY_SERVICE);
        client.remove("bootstrap.servers");
        client.putAll(Map.of("bootstrap.controllers", voter.group(1), "security.protocol", "SSL"));

        refusedWith(client, SslAuthenticationException.class);
    }

    @Test
    @Order(3)
    void onlyTheReleaseStepsMakeTopicsAndRights() throws InterruptedException {
        var all = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                new AccessControlEntry("User:" + ANY_SERVICE, "*", AclOperation.ALL, AclPermissionType.ALLOW));
        for (String user : users()) {
            try (Admin admin = Admin.create(client(user))) {
                var topic = new NewTopic("order.more", 1, (short) 1);
                assertThat(cause(() -> admin.createTopics(List.of(topic)).all().get()))
                        .as(user)
                        .isInstanceOf(TopicAuthorizationException.class);
                assertThat(cause(() -> admin.deleteTopics(List.of("order.events"))
                                .all()
                                .get()))
                        .as(user)
                        .isInstanceOf(TopicAuthorizationException.class);
                assertThat(cause(() -> admin.createAcls(List.of(all)).all().get()))
                        .as(user)
                        .isInstanceOf(ClusterAuthorizationException.class);
            }
        }
    }

    @Test
    @Order(4)
    void everyUserUsesItsOwnGroupsAlone() throws InterruptedException {
        Set<String> used = new TreeSet<>();
        var offsets = Map.of(new TopicPartition("order.events", 0), new OffsetAndMetadata(0));
        for (String user : users()) {
            try (Admin admin = Admin.create(client(user))) {
                for (String beginning : beginnings("groups")) {
                    Throwable cause = cause(() -> admin.alterConsumerGroupOffsets(beginning + "rights", offsets)
                            .all()
                            .get());
                    // Whether it may read the topic is another question.
                    if (!(cause instanceof GroupAuthorizationException)) {
                        used.add(user + " " + beginning);
                    }
                }
            }
        }
        assertThat(used).containsExactlyInAnyOrderElementsOf(others("groups"));
    }

    @Test
    @Order(4)
    void everyUserUsesItsOwnTransactionalIdsAlone() {
        Set<String> used = new TreeSet<>();
        for (String user : users()) {
            for (String beginning : beginnings("transactional ids")) {
                Map<String, Object> client = client(user);
                client.put("transactional.id", beginning + "decider-99");
                try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
                    producer.initTransactions();
                    used.add(user + " " + beginning);
                } catch (TransactionalIdAuthorizationException e) {
                    assertThat(e).hasMessageContaining("Transactional Id");
                }
            }
        }
        assertThat(used).containsExactlyInAnyOrderElementsOf(others("transactional ids"));
    }

    @Test
    @Order(5)
    void everyUserReadsAndWritesWhatThePageSaysAndNothingElse() throws ExecutionException, InterruptedException {
        // From now on there are records that no service can read.
        SERVICES.forEach(noun -> stack.service(noun).kill9());
        stack.registry().kill9();
        Map<String, List<String>> table = table();
        List<String> users = Objects.requireNonNull(table.remove("Topic"));
        assertThat(writable("release", table.keySet())).isEqualTo(table.keySet());

        Map<String, List<String>> found = new HashMap<>();
        table.keySet().forEach(topic -> found.put(topic, new ArrayList<>()));
        for (String user : users) {
            Set<String> readable = readable(user, table.keySet());
            Set<String> writable = writable(user, table.keySet());
            found.forEach((topic, cells) ->
                    cells.add((readable.contains(topic) ? "R" : "") + (writable.contains(topic) ? "W" : "")));
        }

        assertThat(found).isEqualTo(table);
    }

    /** Those of the topics from which the user gets a record. */
    private static Set<String> readable(String user, Collection<String> topics) {
        Map<String, Object> client = client(user);
        client.putAll(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", false));
        // A fetch of the topic before delays the next one for so long.
        client.put("fetch.max.wait.ms", 10);
        Set<String> readable = new TreeSet<>();
        try (var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (String topic : topics) {
                var partition = new TopicPartition(topic, 0);
                consumer.assign(List.of(partition));
                consumer.seek(partition, 0);
                try {
                    assertThat(consumer.poll(PATIENCE))
                            .as("%s reads %s", user, topic)
                            .isNotEmpty();
                    readable.add(topic);
                } catch (TopicAuthorizationException e) {
                    assertThat(e.unauthorizedTopics()).containsExactly(topic);
                }
            }
        }
        return readable;
    }

    /** Those of the topics to which the user writes a record. */
    private static Set<String> writable(String user, Collection<String> topics) throws InterruptedException {
        Map<String, Object> client = client(user);
        // Without, because the broker would refuse an idempotent producer of a user that writes nothing at all.
        client.put("enable.idempotence", false);
        Set<String> writable = new TreeSet<>();
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String topic : topics) {
                Throwable cause = cause(() -> producer.send(new ProducerRecord<>(topic, 0, TEXT, TEXT))
                        .get());
                if (cause == null) {
                    writable.add(topic);
                } else {
                    assertThat(cause).as("%s writes %s", user, topic).isInstanceOf(TopicAuthorizationException.class);
                }
            }
        }
        return writable;
    }

    private interface Attempt {
        void make() throws ExecutionException, InterruptedException;
    }

    /** Why the broker refuses; null if it does not. */
    private static @Nullable Throwable cause(Attempt attempt) throws InterruptedException {
        try {
            attempt.make();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (KafkaException e) {
            return e;
        }
    }

    private static void refused(Map<String, ?> changes, Class<? extends KafkaException> expected) {
        Map<String, Object> client = client(ANY_SERVICE);
        client.putAll(changes);
        refusedWith(client, expected);
    }

    private static void refusedWith(Map<String, Object> client, Class<? extends KafkaException> expected) {
        client.putAll(Map.of("default.api.timeout.ms", REFUSED_WITHIN_MS, "request.timeout.ms", REFUSED_WITHIN_MS));
        try (Admin admin = Admin.create(client)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(expected);
        }
    }

    private static Map<String, Object> client(String user) {
        return new HashMap<>(stack.client(user));
    }

    /** The cells of each row of the page's first table, by topic; those of the head by {@code Topic}. */
    private static Map<String, List<String>> table() {
        Map<String, List<String>> rows = new HashMap<>();
        text(PAGE)
                .lines()
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `") || line.startsWith("| Topic"))
                .forEach(line -> {
                    List<String> cells = Arrays.stream(line.split("\\|", -1))
                            .map(String::strip)
                            .toList();
                    rows.put(cells.get(1).replace("`", ""), cells.subList(2, cells.size() - 1));
                });
        return rows;
    }

    private static List<String> users() {
        return Objects.requireNonNull(table().get("Topic"));
    }

    /** User and beginning of the names, of each such right of the page's second table. */
    private static List<String> others(String kind) {
        return OTHER_RIGHT
                .matcher(text(PAGE))
                .results()
                .filter(row -> row.group(2).equals(kind))
                .map(row -> row.group(1) + " " + row.group(3))
                .toList();
    }

    private static Set<String> beginnings(String kind) {
        Set<String> beginnings = new TreeSet<>();
        others(kind).forEach(right -> beginnings.add(right.substring(right.indexOf(' ') + 1)));
        return beginnings;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
