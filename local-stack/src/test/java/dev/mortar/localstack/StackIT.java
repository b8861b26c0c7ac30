package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import dev.mortar.schemas.registry.Contract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Broker, registry, mail server and issuer for real; the services have their own system tests. */
class StackIT {
    private static final int WRITERS = 16;
    private static final int TURNS = 4;

    @TempDir
    static Path folder;

    private static Stack stack;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        stack = Stack.start(StackOptions.forTests(folder).withServices());
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void theTopicsAreThereWithTheirSettings() throws ExecutionException, InterruptedException {
        try (var admin = Topics.admin(stack.client(), Duration.ofSeconds(10))) {
            var topics =
                    admin.describeTopics(Topics.all().keySet()).allTopicNames().get();
            assertThat(topics.values())
                    .allSatisfy(topic ->
                            assertThat(topic.partitions()).hasSize(topic.name().endsWith(".lanes") ? 1 : 2));

            var commands = new ConfigResource(ConfigResource.Type.TOPIC, "order.commands");
            var settings = requireNonNull(
                    admin.describeConfigs(List.of(commands)).all().get().get(commands));
            assertThat(settings.get("message.timestamp.type").value()).isEqualTo("LogAppendTime");
        }
    }

    @Test
    void theSchemasOfAllTopicsAreRegistered() throws IOException, InterruptedException {
        String subjects = get(stack.schemaRegistryUrl() + "/subjects");

        assertThat(Contract.topics())
                .allSatisfy(topic -> assertThat(topic.types())
                        .allSatisfy(type -> assertThat(subjects).contains("\"" + topic.subject("", type) + "\"")));
    }

    @Test
    void creatingTheTopicsAgainCreatesNone() {
        assertThat(Topics.create(stack.client(), 2, 1, (short) 1, "")).isZero();
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        assertThatThrownBy(() -> Topics.create(stack.client(), 12, 1, (short) 1, ""))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("order.events has 2");
    }

    @Test
    void theLanesOfAServiceChangeOnceItIsStopped() throws ExecutionException, InterruptedException {
        String prefix = "lanes.";
        Topics.create(stack.client(), 2, 2, (short) 1, prefix);
        Map<String, Object> settings =
                Map.of("bootstrap.servers", stack.bootstrapServers(), "group.id", prefix + "order-decider");
        CompletableFuture<Integer> created;
        try (var member = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(List.of(prefix + "order.lanes"));
            await().until(() -> {
                member.poll(Duration.ofMillis(100));
                return member.assignment().size() == 2;
            });

            created = CompletableFuture.supplyAsync(() -> Topics.create(stack.client(), 2, 1, (short) 1, prefix));
            assertThatThrownBy(() -> created.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        }

        assertThat(created.get()).isEqualTo(5);
        try (var admin = Topics.admin(stack.client(), Duration.ofSeconds(10))) {
            await().untilAsserted(() -> assertThat(requireNonNull(admin.describeTopics(List.of(prefix + "order.lanes"))
                                    .allTopicNames()
                                    .get()
                                    .get(prefix + "order.lanes"))
                            .partitions())
                    .hasSize(1));
        }
    }

    @Test
    void anEnvironmentsTopicsHaveItsPrefix() throws ExecutionException, InterruptedException {
        Topics.create(stack.client(), 1, 1, (short) 1, "staging.");

        try (var admin = Topics.admin(stack.client(), Duration.ofSeconds(10))) {
            assertThat(admin.listTopics().names().get()).contains("staging.order.events");
        }
    }

    @Test
    void whatTheBrokerAcknowledgedSurvivesItsKill() throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of("bootstrap.servers", stack.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("pickup.events", 0, "key", "before the kill"))
                    .get();
        }

        stack.broker().kill9();
        assertThat(stack.broker().isReady()).isFalse();
        stack.broker().start();
        stack.broker().awaitReady();

        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition("pickup.events", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.poll(Duration.ofSeconds(30)))
                    .extracting(record -> record.value())
                    .containsExactly("before the kill");
        }
    }

    static Stream<Named<Consumer<Part>>> ends() {
        return Stream.of(Named.of("stopped", Part::stop), Named.of("killed", Part::kill9));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void aBrokerThatEndsLeavesNoTransactionOpen(Consumer<Part> end) throws ExecutionException, InterruptedException {
        String topic = "transactions-" + UUID.randomUUID();
        try (var admin = Topics.admin(stack.client(), Duration.ofSeconds(10))) {
            admin.createTopics(List.of(new NewTopic(topic, WRITERS * TURNS, (short) 1)))
                    .all()
                    .get();
        }
        var goOn = new AtomicBoolean(true);
        var begun = new CountDownLatch(WRITERS);
        List<CompletableFuture<Void>> writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> CompletableFuture.runAsync(
                        () -> writeInTurn(topic, writer, goOn, begun), Thread::startVirtualThread))
                .toList();
        begun.await();

        end.accept(stack.broker());
        goOn.set(false);
        stack.broker().start();
        stack.broker().awaitReady();
        writers.forEach(CompletableFuture::join);

        Map<String, Object> readers = Map.of("bootstrap.servers", stack.bootstrapServers());
        try (var all = new KafkaConsumer<>(readers, new StringDeserializer(), new StringDeserializer());
                var committed = new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers", stack.bootstrapServers(), "isolation.level", "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, WRITERS * TURNS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(committed.endOffsets(partitions)).isEqualTo(all.endOffsets(partitions)));
        }
    }

    /** Transactions one after the other, each in another partition than the one before, until told to end. */
    private static void writeInTurn(String topic, int writer, AtomicBoolean goOn, CountDownLatch begun) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                stack.bootstrapServers(),
                "transactional.id",
                topic + writer,
                "retry.backoff.ms",
                2);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int turn = 0; goOn.get(); turn++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, writer * TURNS + turn % TURNS, "key", "value"));
                producer.commitTransaction();
                begun.countDown();
            }
        }
    }

    @Test
    void whatTheRegistryAcknowledgedSurvivesItsKill() throws IOException, InterruptedException {
        String url = stack.schemaRegistryUrl() + "/subjects/survivor/versions";
        var registration = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"schema\": \"\\\"string\\\"\"}"))
                .build();
        assertThat(HTTP.send(registration, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);

        stack.registry().kill9();
        stack.registry().start();
        stack.registry().awaitReady();

        assertThat(get(url)).isEqualTo("[1]");
    }

    @Test
    void aMailIsKeptAndShownAndSurvivesTheServersKill() throws IOException, InterruptedException {
        int port = smtpPort();
        GreenMailUtil.sendTextEmail(
                "asa@example.com",
                "shop@example.com",
                "Tilbúin — готово",
                "Kóði: 4XZ1",
                new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

        List<Mail> mails = stack.mails().to("asa@example.com");
        assertThat(mails).hasSize(1);
        Mail mail = mails.getFirst();
        assertThat(mail.subject()).isEqualTo("Tilbúin — готово");
        assertThat(mail.text()).contains("Kóði: 4XZ1");

        stack.mailServer().kill9();
        stack.mailServer().start();
        stack.mailServer().awaitReady();

        var shown = JsonMapper.builder().build().readTree(get(stack.url("mail") + "/api/mails?to=asa@example.com"));
        assertThat(shown.get(0).get("id").asString()).isEqualTo(mail.id());
        assertThat(shown.get(0).get("text").asString()).contains("Kóði: 4XZ1");
        assertThat(get(stack.url("mail") + "/api/mails/" + mail.id() + "/raw"))
                .contains("Delivered-To: asa@example.com");
        assertThat(get(stack.url("mail") + "/")).contains("Tilbúin — готово");
    }

    @Test
    void theIssuerServesTheKeyOfTheTokensAlsoAfterItsKill() throws Exception {
        var token = SignedJWT.parse(stack.tokens().token(Tokens.OPERATOR));

        stack.issuer().kill9();
        stack.issuer().start();
        stack.issuer().awaitReady();

        RSAKey served = JWKSet.parse(get(stack.url("issuer") + Issuer.PATH))
                .getKeys()
                .getFirst()
                .toRSAKey();
        assertThat(served.isPrivate()).isFalse();
        assertThat(token.verify(new RSASSAVerifier(served))).isTrue();
    }

    @Test
    void aSecondStackRunsBesideTheFirst(@TempDir Path other) {
        try (Stack second = Stack.start(StackOptions.forTests(other).withServices())) {
            assertThat(second.broker().port()).isNotEqualTo(stack.broker().port());
            assertThat(stack.broker().isReady()).isTrue();
        }
    }

    @Test
    void aTakenPortKeepsAStackFromStartingAndIsNamed(@TempDir Path other) throws IOException {
        var options = StackOptions.forTests(other).withServices();
        int port = options.ports().of("registry");
        try (var holder = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(holder.isBound()).isTrue();
            assertThatThrownBy(() -> Stack.start(options))
                    .isInstanceOf(StackFailure.class)
                    .hasMessageContaining("Port " + port + ", needed by registry, is taken by process");
        }
    }

    private static int smtpPort() {
        return stack.options().ports().of("smtp");
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
