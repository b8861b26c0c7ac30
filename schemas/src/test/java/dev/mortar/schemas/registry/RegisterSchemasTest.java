package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class RegisterSchemasTest {
    private static final String SUBJECT = "staging.order.events-dev.mortar.schemas.order.OrderPlaced";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void registersEverySubjectOnceUnderThePrefix() {
        var environment = Map.of("SCHEMA_REGISTRY_URL", "mock://register-all", "MORTAR_TOPIC_PREFIX", "staging.");
        var registry = MemoryRegistry.shared("register-all");

        assertThat(run(environment)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("registered  " + SUBJECT + ", id ");
        out.reset();
        assertThat(run(environment)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("unchanged   " + SUBJECT + ", version 1, id ")
                .contains("; 0 schemas registered");

        for (var topic : Contract.topics()) {
            for (var type : topic.types()) {
                var subject = topic.subject("staging.", type);
                assertThat(registry.latest(subject).schema()).isEqualTo(type.schema());
                assertThat(registry.compatibility(subject)).isEqualTo(Compatibility.FULL_TRANSITIVE);
            }
        }
    }

    @Test
    void registersNothingWhenOneSchemaIsRefused() {
        var registry = MemoryRegistry.shared("register-refused");
        registry.register(
                "order.events-dev.mortar.schemas.order.OrderReturned",
                new Schema.Parser()
                        .parse("{\"type\":\"record\",\"name\":\"dev.mortar.schemas.order.OrderReturned\",\"fields\":["
                                + "{\"name\":\"lost\",\"type\":\"long\"}]}"));

        assertThat(run(Map.of(), "--registry=mock://register-refused")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("Nothing was registered")
                .contains("OrderReturned")
                .contains("lost")
                .doesNotContain("Exception");
        assertThat(registry.violations(
                        "order.events-dev.mortar.schemas.order.OrderPlaced", Schema.create(Schema.Type.INT)))
                .as("the subject has no version")
                .isEmpty();
    }

    @Test
    void saysPlainlyThatTheRegistryIsAway() {
        assertThat(run(Map.of(), "--registry=http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo("Schema registry is away: http://127.0.0.1:1: no connection");
    }

    @Test
    void explainsHowItIsCalled() {
        assertThat(run(Map.of())).isEqualTo(2);
        assertThat(run(Map.of(), "--registry=registry")).isEqualTo(2);
        assertThat(run(Map.of(), "--help")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("No registry is named")
                .contains("no http, https or mock URL")
                .contains("Unknown argument --help")
                .contains("Usage: RegisterSchemas");
    }

    private int run(Map<String, String> environment, String... args) {
        return RegisterSchemas.run(
                List.of(args),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
