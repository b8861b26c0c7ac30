package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.EventSamples;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.NotificationAttemptFailed;
import dev.mortar.notification.NotificationEvent.NotificationDue;
import dev.mortar.notification.NotificationEvent.NotificationFailed;
import dev.mortar.notification.NotificationEvent.NotificationRepeated;
import dev.mortar.notification.NotificationEvent.NotificationRequested;
import dev.mortar.notification.NotificationEvent.NotificationSending;
import dev.mortar.notification.NotificationEvent.NotificationSent;
import dev.mortar.notification.NotificationEvent.NotificationSuperseded;
import dev.mortar.notification.NotificationEvent.NotificationSuppressed;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.order.OrderEndReason;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupEndReason;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
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
                new NotificationSuppressed(ID, Examples.CUSTOMER, SuppressionReason.NO_CONSENT),
                new NotificationRepeated(ID, "n-2", Examples.ready().repeated(new Repeat(ID, 2))),
                new NotificationSuperseded(ID, Examples.CUSTOMER, List.of("n-2", "n-3")));
    }

    @Test
    void hasASampleOfEveryEvent() {
        assertThat(NotificationAvro.EVENTS.reader().types())
                .hasSize(NotificationEvent.class.getPermittedSubclasses().length);
        assertThat(events().map(Object::getClass))
                .containsExactlyInAnyOrder((Class[]) NotificationEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("events")
    void readsWhatItWrote(NotificationEvent event) {
        assertThat(NotificationAvro.EVENTS.read(EventSamples.overTheWire(NotificationAvro.EVENTS.write(event, meta()))))
                .isEqualTo(event);
    }

    @Test
    void readsOptionalFields() {
        NotificationRequested bare = new NotificationRequested(ID, Examples.confirmed(), AT);
        assertThat(NotificationAvro.EVENTS.read(EventSamples.overTheWire(NotificationAvro.EVENTS.write(bare, meta()))))
                .isEqualTo(bare);
        NotificationRequested full =
                new NotificationRequested("n-2", linesCancelled().repeated(new Repeat(ID, 1)), AT);
        assertThat(NotificationAvro.EVENTS.read(EventSamples.overTheWire(NotificationAvro.EVENTS.write(full, meta()))))
                .isEqualTo(full);
    }

    private static NotificationContent linesCancelled() {
        return new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                Template.ORDER_LINES_CANCELLED,
                Examples.ORDER,
                Examples.FULFILMENT,
                null,
                null,
                Examples.LINES,
                List.of(),
                new Money(500, "EUR"),
                null,
                null,
                EndReason.SOLD_AT_TILL,
                null);
    }

    @Test
    void hasEveryEndReasonOfOrderService() {
        List<String> known = Stream.of(EndReason.values()).map(Enum::name).toList();
        assertThat(known)
                .containsExactlyElementsOf(Stream.of(OrderEndReason.values())
                        .map(Enum::name)
                        .filter(name -> !name.equals("UNKNOWN"))
                        .toList())
                .containsExactlyElementsOf(Stream.of(dev.mortar.schemas.notification.EndReason.values())
                        .map(Enum::name)
                        .filter(name -> !name.equals("UNKNOWN"))
                        .toList());
    }

    @Test
    void readsTheCancelledLinesAndTheReason() {
        OrderLine line = OrderLine.newBuilder()
                .setLineId("1")
                .setSku("MUG-1")
                .setTitle("Mug")
                .setQuantity(2)
                .setUnit(Unit.GRAM)
                .setUnitPrice(new dev.mortar.schemas.Money(250L, "EUR"))
                .setDiscount(new dev.mortar.schemas.Money(0L, "EUR"))
                .setTax(new dev.mortar.schemas.Money(0L, "EUR"))
                .setTaxIncluded(true)
                .build();
        OrderLinesCancelled event = new OrderLinesCancelled(
                meta(),
                "o",
                "ada",
                "o-1",
                OrderEndReason.SOLD_AT_TILL,
                List.of(new LineQuantity("1", "MUG-1", 2L)),
                new dev.mortar.schemas.Money(500L, "EUR"),
                null,
                List.of(line));
        assertThat(NotificationAvro.INCOMING.read(EventSamples.overTheWire(event)))
                .isEqualTo(new NotificationProcess.Incoming.OrderLinesCancelled(
                        meta().getEventId(),
                        "o",
                        "o-1",
                        "ada",
                        EndReason.SOLD_AT_TILL,
                        List.of(new NotificationLine("MUG-1", "Mug", 2, dev.mortar.values.Unit.GRAM)),
                        new Money(500, "EUR"),
                        false));
        assertThat(NotificationAvro.INCOMING.read(EventSamples.writtenIn(1, event)))
                .as("from a version without titles")
                .extracting("lines")
                .isEqualTo(List.of(new NotificationLine("MUG-1", null, 2, dev.mortar.values.Unit.EACH)));
    }

    @ParameterizedTest
    @MethodSource("events")
    void readsTheApprovedSample(NotificationEvent event) {
        assertThat(NotificationAvro.EVENTS.read(EventSamples.approved(NotificationAvro.EVENTS.write(event, meta()), 1)))
                .isEqualTo(event);
    }

    static Stream<SpecificRecord> eventsOfAPickup() {
        var method = dev.mortar.schemas.FulfilmentMethod.CURBSIDE;
        return Stream.of(
                new PickupReady(meta(), "o-1", "o", "shop", "ada", method, List.of(), null, AT, 1, "k", List.of()),
                new PickupReminderDue(meta(), "o-1", "o", "shop", "ada", method, List.of(), AT, 1, "k"),
                new PickupCodeReissued(meta(), "o-1", "o", "shop", "ada", method, List.of(), AT, 1, "k"),
                new PickupHandedOver(
                        meta(), "o-1", "o", "shop", "ada", method, AT, List.of(), List.of(), 1, null, null, null, 2,
                        null),
                new PickupExpired(meta(), "o-1", "o", "shop", "ada", method, List.of(), AT, 2),
                new PickupCancelled(
                        meta(),
                        "o-1",
                        "o",
                        "shop",
                        "ada",
                        method,
                        null,
                        List.of(),
                        true,
                        PickupEndReason.CANCELLED_BY_SHOPPER,
                        2));
    }

    static Stream<SpecificRecord> endsOfAPickup() {
        return eventsOfAPickup().skip(3);
    }

    @ParameterizedTest
    @MethodSource("endsOfAPickup")
    void readsTheLastCodeIssueIfTheEventHasIt(SpecificRecord event) {
        assertThat(NotificationAvro.INCOMING.read(EventSamples.writtenIn(2, event)))
                .extracting("lastCodeIssue")
                .isEqualTo(2);
        assertThat(NotificationAvro.INCOMING.read(EventSamples.writtenIn(1, event)))
                .extracting("lastCodeIssue")
                .isNull();
    }

    @ParameterizedTest
    @MethodSource("eventsOfAPickup")
    void readsTheCommonFieldsOfAPickup(SpecificRecord event) {
        assertThat(NotificationAvro.INCOMING.read(EventSamples.overTheWire(event)))
                .extracting("pickup")
                .isEqualTo(new NotificationProcess.Pickup("o-1", "o", "shop", "ada", FulfilmentMethod.CURBSIDE));
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
                null,
                "correlation-1",
                new Actor(ActorType.SYSTEM, "notification", null));
    }
}
