package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.notification.NotificationEvent.NotificationAttemptFailed;
import dev.mortar.notification.NotificationEvent.NotificationDue;
import dev.mortar.notification.NotificationEvent.NotificationFailed;
import dev.mortar.notification.NotificationEvent.NotificationRequested;
import dev.mortar.notification.NotificationEvent.NotificationSending;
import dev.mortar.notification.NotificationEvent.NotificationSent;
import dev.mortar.notification.NotificationEvent.NotificationSuppressed;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NotificationAvroTest {

    private static final Instant AT = Instant.parse("2026-06-01T12:00:00.123456Z");
    private static final String ID = "5a0a1f60-1111-5222-9333-000000000001";

    static Stream<NotificationEvent> events() {
        return Stream.of(
                new NotificationRequested(ID, Examples.ready(), AT),
                new NotificationDue(ID, Examples.CUSTOMER, 2, AT),
                new NotificationSending(ID, Examples.CUSTOMER, 1, AT),
                new NotificationAttemptFailed(ID, Examples.CUSTOMER, 1, "SMTP 451", AT.plusSeconds(10)),
                new NotificationSent(ID, Examples.CUSTOMER, 2),
                new NotificationFailed(ID, Examples.CUSTOMER, 12, "SMTP 451"),
                new NotificationSuppressed(ID, Examples.CUSTOMER, SuppressionReason.NO_CONSENT));
    }

    @Test
    void namesEveryEvent() {
        assertThat(NotificationAvro.EVENTS.types()).hasSize(NotificationEvent.class.getPermittedSubclasses().length);
        assertThat(events().map(Object::getClass))
                .containsExactlyInAnyOrder((Class[]) NotificationEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("events")
    void readsWhatItWrote(NotificationEvent event) {
        assertThat(NotificationAvro.EVENTS.read(NotificationAvro.write(event, meta())))
                .isEqualTo(event);
    }

    @Test
    void readsWhatIsOnlySometimesThere() {
        NotificationRequested bare = new NotificationRequested(ID, Examples.confirmed(), AT);
        assertThat(NotificationAvro.EVENTS.read(NotificationAvro.write(bare, meta())))
                .isEqualTo(bare);
    }

    @ParameterizedTest
    @MethodSource("events")
    void readsEventsAsTheyWereApproved(NotificationEvent event) throws IOException {
        SpecificRecord record = NotificationAvro.write(event, meta());
        String sample = "approved/" + record.getSchema().getName() + ".1.json";
        Approved.matches(sample, json(record) + "\n");
        SpecificRecord approved = read(record.getSchema(), Approved.text(sample));
        assertThat(NotificationAvro.EVENTS.read(approved)).isEqualTo(event);
    }

    private static EventMeta meta() {
        return new EventMeta(
                UUID.fromString("5a0a1f60-1111-5222-9333-000000000002"),
                0,
                1,
                3L,
                17L,
                AT,
                AT,
                UUID.fromString("5a0a1f60-1111-5222-9333-000000000003"),
                Examples.TRIGGER,
                "correlation-1",
                new Actor(ActorType.SYSTEM, "notification", null));
    }

    private static String json(SpecificRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonEncoder encoder = EncoderFactory.get().jsonEncoder(record.getSchema(), out, true);
        new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static SpecificRecord read(Schema schema, String json) throws IOException {
        return new SpecificDatumReader<SpecificRecord>(schema)
                .read(null, DecoderFactory.get().jsonDecoder(schema, json));
    }
}
