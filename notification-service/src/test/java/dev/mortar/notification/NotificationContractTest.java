package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.EventContractTest;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.*;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.order.FulfilmentConfirmed;
import dev.mortar.schemas.order.FulfilmentLost;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.pickup.DeliveryAttemptFailed;
import dev.mortar.schemas.pickup.DeliveryProof;
import dev.mortar.schemas.pickup.OverdueKind;
import dev.mortar.schemas.pickup.Parcel;
import dev.mortar.schemas.pickup.ParcelDelivered;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupDeadlineExtended;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupOverdue;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationContractTest extends EventContractTest<NotificationEvent> {

    private static final Instant AT = Instant.parse("2026-06-01T12:00:00.123456Z");
    private static final String ID = "5a0a1f60-1111-5222-9333-000000000001";

    NotificationContractTest() {
        super(NotificationDefinition.EVENTS, NotificationEvent.class, AT);
    }

    @Override
    protected List<NotificationEvent> samples() {
        return List.of(
                new NotificationRequested(ID, Examples.ready(), AT),
                new NotificationDue(ID, Examples.CUSTOMER, 2, AT),
                new NotificationSending(ID, Examples.CUSTOMER, 1, AT),
                new NotificationAttemptFailed(ID, Examples.CUSTOMER, 1, "SMTP 451", AT.plusSeconds(10)),
                new NotificationSent(ID, Examples.CUSTOMER, 2),
                new NotificationFailed(ID, Examples.CUSTOMER, 12, "SMTP 451"),
                new NotificationSuppressed(ID, Examples.CUSTOMER, SuppressionReason.NO_CONSENT),
                new NotificationRepeated(ID, "n-2", Examples.ready().repeated(new Repeat(ID, 2))),
                new NotificationSuperseded(ID, Examples.CUSTOMER, List.of("n-2", "n-3")),
                new NotificationRequested(ID, Examples.confirmed(), AT),
                new NotificationRequested(ID, moved(), AT),
                new NotificationRequested(ID, handedOver(), AT),
                new NotificationRequested("n-2", linesCancelled().repeated(new Repeat(ID, 1)), AT));
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
                List.of(),
                null);
    }

    private static NotificationContent moved() {
        return new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                Template.FULFILMENT_MOVED,
                Examples.ORDER,
                Examples.FULFILMENT,
                FulfilmentMethod.DELIVERY,
                "store-2",
                Examples.LINES,
                List.of(),
                null,
                AT,
                null,
                null,
                List.of(),
                null);
    }

    private static NotificationContent handedOver() {
        return new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                Template.PICKUP_HANDED_OVER,
                Examples.ORDER,
                Examples.FULFILMENT,
                FulfilmentMethod.DELIVERY,
                "store-2",
                Examples.LINES,
                List.of(),
                null,
                null,
                null,
                null,
                List.of("T-1", "T-2"),
                null);
    }

    @Test
    void readsAConfirmedFulfilment() {
        FulfilmentConfirmed event = FulfilmentConfirmed.newBuilder()
                .setMeta(meta(AT))
                .setOrderId("o")
                .setRunId("o-r1")
                .setCustomerId("ada")
                .setFulfilment(dev.mortar.schemas.order.Fulfilment.newBuilder()
                        .setFulfilmentId("o-2")
                        .setMethod(dev.mortar.schemas.FulfilmentMethod.PICKUP)
                        .setLocationId("shop")
                        .setLineIds(List.of("1"))
                        .setPromisedAt(AT)
                        .build())
                .setLines(List.of(line()))
                .build();
        assertThat(read(NotificationDefinition.INCOMING, event))
                .isEqualTo(new NotificationProcess.Incoming.FulfilmentConfirmed(
                        new NotificationProcess.OfOrder(meta(AT).getEventId(), "o", "ada"),
                        new NotificationProcess.Fulfilment("o-2", FulfilmentMethod.PICKUP, "shop", AT),
                        List.of(new NotificationLine("MUG-1", "Mug", 2, dev.mortar.values.Unit.GRAM))));
    }

    private static OrderLine line() {
        return OrderLine.newBuilder()
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
    }

    @Test
    void readsTheParcelsOfADelivery() {
        var method = dev.mortar.schemas.FulfilmentMethod.DELIVERY;
        var parcels = List.of(new Parcel("p-1", List.of(), "dhl", "T-1"), new Parcel("p-2", List.of(), "dhl", null));
        assertThat(read(
                        NotificationDefinition.INCOMING,
                        new PickupHandedOver(
                                meta(AT), "o-1", "o", "shop", "ada", method, AT, List.of(), List.of(), null, null, null,
                                "dhl", 1, null, 0, parcels)))
                .extracting("parcels")
                .isEqualTo(List.of(new NotificationProcess.Parcel("T-1"), new NotificationProcess.Parcel(null)));
        assertThat(read(
                        NotificationDefinition.INCOMING,
                        new DeliveryAttemptFailed(
                                meta(AT), "o-1", "o", "shop", "ada", method, "p-1", 1, "NOBODY_HOME", AT)))
                .extracting("nextAttemptAt")
                .isEqualTo(AT);
    }

    @Test
    void readsALostParcel() {
        FulfilmentLost event = FulfilmentLost.newBuilder()
                .setMeta(meta(AT))
                .setOrderId("o")
                .setFulfilmentId("o-1")
                .setCustomerId("ada")
                .setParcelId("p-1")
                .setLines(List.of(line()))
                .setAmount(new dev.mortar.schemas.Money(500L, "EUR"))
                .build();
        assertThat(read(NotificationDefinition.INCOMING, event))
                .isEqualTo(new NotificationProcess.Incoming.FulfilmentLost(
                        new NotificationProcess.OfOrder(meta(AT).getEventId(), "o", "ada"),
                        "o-1",
                        List.of(new NotificationLine("MUG-1", "Mug", 2, dev.mortar.values.Unit.GRAM)),
                        new Money(500, "EUR")));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "o-r1")
    void readsTheCancelledLinesAndTheReason(@Nullable String runId) {
        OrderLinesCancelled event = new OrderLinesCancelled(
                meta(AT),
                "o",
                "ada",
                "o-1",
                dev.mortar.schemas.EndReason.SOLD_AT_TILL,
                List.of(new LineQuantity("1", "MUG-1", 2L)),
                new dev.mortar.schemas.Money(500L, "EUR"),
                null,
                List.of(line()),
                runId);
        assertThat(read(NotificationDefinition.INCOMING, event))
                .isEqualTo(new NotificationProcess.Incoming.OrderLinesCancelled(
                        new NotificationProcess.OfOrder(meta(AT).getEventId(), "o", "ada"),
                        "o-1",
                        EndReason.SOLD_AT_TILL,
                        List.of(new NotificationLine("MUG-1", "Mug", 2, dev.mortar.values.Unit.GRAM)),
                        new Money(500, "EUR"),
                        0));
    }

    static Stream<SpecificRecord> eventsOfAPickup() {
        var method = dev.mortar.schemas.FulfilmentMethod.CURBSIDE;
        return Stream.of(
                new PickupOverdue(meta(AT), "o-1", "o", "shop", "ada", method, OverdueKind.PROMISE, AT),
                new PickupDeadlineExtended(meta(AT), "o-1", "o", "shop", "ada", method, AT.plusSeconds(1), AT, 1, true),
                new PickupReady(meta(AT), "o-1", "o", "shop", "ada", method, List.of(), null, AT, 1, "k", List.of()),
                new PickupReminderDue(meta(AT), "o-1", "o", "shop", "ada", method, List.of(), AT, 1, "k", 0),
                new PickupCodeReissued(meta(AT), "o-1", "o", "shop", "ada", method, List.of(), AT, 1, "k", 0),
                new PickupHandedOver(
                        meta(AT), "o-1", "o", "shop", "ada", method, AT, List.of(), List.of(), 1, null, null, null, 2,
                        null, 0, List.of()),
                new ParcelDelivered(
                        meta(AT), "o-1", "o", "shop", "ada", method, "p-1", AT, DeliveryProof.PHOTO, List.of()),
                new DeliveryAttemptFailed(meta(AT), "o-1", "o", "shop", "ada", method, "p-1", 1, "NOBODY_HOME", null),
                new PickupExpired(meta(AT), "o-1", "o", "shop", "ada", method, List.of(), AT, 2, 0),
                new PickupCancelled(
                        meta(AT),
                        "o-1",
                        "o",
                        "shop",
                        "ada",
                        method,
                        null,
                        List.of(),
                        true,
                        dev.mortar.schemas.EndReason.CANCELLED_BY_SHOPPER,
                        2,
                        0));
    }

    @ParameterizedTest
    @MethodSource("eventsOfAPickup")
    void readsTheCommonFieldsOfAPickup(SpecificRecord event) {
        assertThat(read(NotificationDefinition.INCOMING, event))
                .extracting("pickup")
                .isEqualTo(new NotificationProcess.Pickup(
                        meta(AT).getEventId(), "o-1", "o", "shop", "ada", FulfilmentMethod.CURBSIDE));
    }
}
