package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import dev.mortar.schemas.registry.RegistryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PatientDeserializerTest {
    private static final int AWAY_FOR_REQUESTS = 3;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer registry;

    @BeforeEach
    void registryThatIsAwayAtFirst() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] schema = JsonMapper.builder()
                .build()
                .writeValueAsString(Map.of(
                        "schema", EventMeta.getClassSchema().toString(), "id", 1, "version", 1, "subject", "any"))
                .getBytes(StandardCharsets.UTF_8);
        registry.createContext("/", exchange -> {
            boolean away = requests.incrementAndGet() <= AWAY_FOR_REQUESTS;
            exchange.sendResponseHeaders(away ? 503 : 200, away ? -1 : schema.length);
            if (!away) {
                exchange.getResponseBody().write(schema);
            }
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    @Test
    void aRecordWaitsUntilTheRegistryIsBack() {
        EventMeta record = meta();
        byte[] bytes = serialised(record);
        var impatient = deserializer();
        assertThatThrownBy(() -> impatient.deserialize("topic", bytes))
                .isInstanceOf(RegistryException.Unavailable.class);

        assertThat(new PatientDeserializer(impatient).deserialize("topic", new RecordHeaders(), bytes))
                .isEqualTo(record);
        assertThat(requests).hasValueGreaterThan(AWAY_FOR_REQUESTS);
    }

    @Test
    void noPatienceWithRecordsThatAreWrong() {
        var patient = new PatientDeserializer(deserializer());

        assertThatThrownBy(() -> patient.deserialize("topic", new byte[] {1, 2, 3}))
                .isInstanceOf(SerializationException.class);
    }

    private AvroDeserializer<SpecificRecord> deserializer() {
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(
                Map.of(
                        "schema.registry.url",
                        "http://127.0.0.1:" + registry.getAddress().getPort(),
                        "specific.avro.reader",
                        true,
                        "max.retries",
                        0),
                false);
        return deserializer;
    }

    private static byte[] serialised(EventMeta record) {
        var serializer = new AvroSerializer<SpecificRecord>();
        serializer.configure(Map.of("schema.registry.url", "mock://patience", "auto.register.schemas", true), false);
        return Objects.requireNonNull(serializer.serialize("topic", record));
    }

    private static EventMeta meta() {
        Instant now = Instant.parse("2026-06-01T12:00:00Z");
        return EventRecords.meta(CommandHeaders.ofTimer("test", new UUID(0, 1)), 0, 1, 1, 1, now);
    }
}
