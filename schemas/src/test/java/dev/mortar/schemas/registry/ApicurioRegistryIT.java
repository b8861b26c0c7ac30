package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.Money;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The client against the registry server that Mortar is run with. */
class ApicurioRegistryIT {
    private static final Schema FIRST = record("{'name':'a','type':'long','doc':'A.'}");
    private static final Schema WITH_NULLABLE =
            record("{'name':'a','type':'long'},{'name':'b','type':['null','string'],'default':null}");
    private static final Schema WITH_REQUIRED = record("{'name':'a','type':'long'},{'name':'b','type':'string'}");
    private static final Schema WITHOUT_FIELD = record("");
    private static final Schema WITH_OTHER_TYPE = record("{'name':'a','type':'double'}");

    private static @Nullable RunningRegistry server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningRegistry.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void registersLooksUpAndFetches(TestInfo test) {
        var subject = subject(test);
        int id = client().register(subject, FIRST);

        assertThat(client().register(subject, FIRST)).isEqualTo(id);
        assertThat(client().schema(id).toString()).isEqualTo(FIRST.toString());
        assertThat(client().lookUp(subject, FIRST)).isEqualTo(new RegistryClient.Version(subject, 1, id, FIRST));
        assertThat(client().latest(subject)).isEqualTo(new RegistryClient.Version(subject, 1, id, FIRST));
    }

    @Test
    void takesSubjectsWithAnyCharacter() {
        var subject = "a topic|of/ö-value";
        int id = client().register(subject, FIRST);

        assertThat(client().latest(subject).id()).isEqualTo(id);
    }

    @Test
    void saysWhatIsUnknown(TestInfo test) {
        var subject = subject(test);

        assertUnknown(40401, () -> client().latest(subject));
        assertUnknown(40401, () -> client().lookUp(subject, FIRST));
        assertUnknown(40403, () -> client().schema(1_000_000));
        client().register(subject, FIRST);
        assertUnknown(40403, () -> client().lookUp(subject, WITH_NULLABLE));
    }

    @Test
    void keepsToTheCompatibilityOfASubject(TestInfo test) {
        var subject = subject(test);
        client().setCompatibility(subject, Compatibility.FULL_TRANSITIVE);
        client().register(subject, FIRST);

        assertFullTransitive(subject);
        for (var breaking : List.of(WITH_REQUIRED, WITHOUT_FIELD, WITH_OTHER_TYPE)) {
            assertThat(client().violations(subject, breaking))
                    .as("%s", breaking)
                    .isNotEmpty();
            assertThatThrownBy(() -> client().register(subject, breaking))
                    .isInstanceOf(RegistryException.Incompatible.class)
                    .hasMessageContaining(subject)
                    .hasMessageContaining("409");
        }
        assertThat(client().violations(subject, WITH_NULLABLE)).isEmpty();
        client().register(subject, WITH_NULLABLE);
        assertThat(client().latest(subject).version()).isEqualTo(2);
    }

    @Test
    void carriesRecordsBetweenSerializerAndDeserializer() {
        var config = new HashMap<String, Object>(Map.of(
                "schema.registry.url",
                url(),
                "specific.avro.reader",
                true,
                "value.subject.name.strategy",
                "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy"));
        var money = new Money(-1L, "ISK");
        try (var writer = new AvroSerializer<IndexedRecord>();
                var reader = new AvroDeserializer<IndexedRecord>()) {
            writer.configure(config, false);
            reader.configure(config, false);

            var bytes = writer.serialize("carried", money);
            assertThat(reader.deserialize("carried", bytes)).isEqualTo(money);
        }
        assertThat(client().latest("carried-dev.mortar.schemas.Money").schema()).isEqualTo(Money.getClassSchema());

        config.put("auto.register.schemas", false);
        try (var strict = new AvroSerializer<IndexedRecord>()) {
            strict.configure(config, false);
            assertThat(strict.serialize("carried", money)).isNotEmpty();
            assertUnknown(40401, () -> strict.serialize("never registered", money));
            var unlike = new GenericData.Record(record("Money", "dev.mortar.schemas", ""));
            assertUnknown(40403, () -> strict.serialize("carried", unlike));
        }
    }

    @Test
    void registersTheContractOnceAndKeepsIt() {
        var subjects = Contract.topics().stream()
                .mapToInt(topic -> topic.types().size())
                .sum();

        var first = registerSchemas("--prefix=it.");
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(first.output())
                .contains(subjects + " subjects, all FULL_TRANSITIVE; " + subjects + " schemas registered");
        var second = registerSchemas("--prefix=it.");
        assertThat(second.exitCode()).isZero();
        assertThat(second.output()).contains(subjects + " subjects, all FULL_TRANSITIVE; 0 schemas registered");

        for (var topic : Contract.topics()) {
            for (var type : topic.types()) {
                var subject = topic.subject("it.", type);
                assertFullTransitive(subject);
                assertThat(client().lookUp(subject, type.schema()).version()).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesTheContractWhenTheRegistryHoldsSomethingItWouldBreak() {
        var name = "dev.mortar.schemas.order.OrderPlaced";
        var subject = "taken.order.events-" + name;
        client().register(subject, record("OrderPlaced", "dev.mortar.schemas.order", "{'name':'x','type':'long'}"));

        var run = registerSchemas("--prefix=taken.");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output())
                .contains("Nothing was registered")
                .contains(subject)
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE");
        assertUnknown(40401, () -> client().latest("taken.order.events-dev.mortar.schemas.order.OrderConfirmed"));
    }

    private static void assertFullTransitive(String subject) {
        var config = URI.create(url() + "/config/" + subject);
        try (var answer = config.toURL().openStream()) {
            assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"FULL_TRANSITIVE\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertUnknown(int errorCode, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.NotFound.class,
                        e -> assertThat(e.errorCode()).isEqualTo(errorCode));
    }

    private Run registerSchemas(String... args) {
        var output = new ByteArrayOutputStream();
        var print = new PrintStream(output, true, StandardCharsets.UTF_8);
        int exitCode = RegisterSchemas.run(List.of(args), Map.of("SCHEMA_REGISTRY_URL", url()), print, print);
        return new Run(exitCode, output.toString(StandardCharsets.UTF_8));
    }

    private record Run(int exitCode, String output) {}

    private static String url() {
        if (server == null) {
            throw new IllegalStateException("The registry was not started");
        }
        return server.url();
    }

    /** A client of its own each time, so that nothing is answered from memory. */
    private static RegistryClient client() {
        return RegistryClient.of(new RegistryConfig(Map.of("schema.registry.url", url())));
    }

    private static String subject(TestInfo test) {
        return test.getTestMethod().orElseThrow().getName();
    }

    private static Schema record(String fields) {
        return record("R", "mortar.test", fields);
    }

    private static Schema record(String name, String namespace, String fields) {
        return new Schema.Parser()
                .parse("{'type':'record','name':'%s','namespace':'%s','fields':[%s]}"
                        .formatted(name, namespace, fields)
                        .replace('\'', '"'));
    }
}
