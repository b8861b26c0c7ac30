package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventBinderTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final EventMeta META = EventMeta.newBuilder()
            .setEventId(new UUID(1, 2))
            .setIndex(0)
            .setCount(1)
            .setSequence(1)
            .setPosition(1)
            .setOccurredAt(NOON.minusSeconds(9))
            .setRecordedAt(NOON)
            .setCommandId(new UUID(3, 4))
            .setCorrelationId("c")
            .setActor(new Actor(ActorType.SYSTEM, "test", null, null))
            .build();

    private static final String RETURNS = "dev.mortar.schemas.returns";
    private static final String PICKUP = "dev.mortar.schemas.pickup";

    enum Method {
        PICKUP,
        CURBSIDE
    }

    record Goods(String fulfilmentId, String orderId, String locationId, Method method) {}

    record Shopper(@Nullable String customerId) {}

    sealed interface Arrival {
        record CustomerArrived(
                Goods goods,
                @Nullable Shopper shopper,
                @FieldName("bay") @Nullable String place,
                @FieldName("meta.recordedAt") Instant at)
                implements Arrival {}
    }

    sealed interface Refund {
        record RefundRequested(
                String orderId,
                String returnId,
                Money amount,
                @Nullable String paymentReference) implements Refund {}
    }

    @Test
    void anEventIsItsAvroRecordAndBack() {
        var binder = EventBinder.of(Refund.class, RETURNS);
        Refund refund = new Refund.RefundRequested("o", "r", new Money(99, "EUR"), null);
        SpecificRecord avro = binder.write(refund, META);

        assertThat(avro)
                .isEqualTo(new dev.mortar.schemas.returns.RefundRequested(
                        META, "o", "r", new dev.mortar.schemas.Money(99L, "EUR"), null));
        assertThat(binder.read(avro)).isEqualTo(refund);
    }

    @Test
    void aPartIsSeveralFieldsAndIsNullWhenTheyAllAre() {
        var binder = EventBinder.of(Arrival.class, PICKUP);
        var goods = new Goods("f", "o", "s", Method.CURBSIDE);
        Arrival guest = new Arrival.CustomerArrived(goods, null, "4", NOON);
        Arrival known = new Arrival.CustomerArrived(goods, new Shopper("c"), null, NOON);

        assertThat(binder.read(binder.write(guest, META))).isEqualTo(guest);
        assertThat(binder.write(known, META))
                .isEqualTo(new dev.mortar.schemas.pickup.CustomerArrived(
                        META, "f", "o", "s", "c", FulfilmentMethod.CURBSIDE, null));
        assertThat(binder.read(binder.write(known, META))).isEqualTo(known);
    }

    @Test
    void aSymbolOfANewerVersionIsRefused() {
        var avro = new dev.mortar.schemas.pickup.CustomerArrived(
                META, "f", "o", "s", "c", FulfilmentMethod.DELIVERY, null);

        assertThatThrownBy(() -> EventBinder.of(Arrival.class, PICKUP).read(avro))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Goods.method cannot be DELIVERY");
    }

    sealed interface Incoming {
        record PickupHandedOver(
                @FieldName("meta.eventId") UUID eventId,
                @FieldName("meta.index") int index,
                String fulfilmentId,
                List<Taken> handedOver)
                implements Incoming {}
    }

    record Taken(String lineId, Amount amount) {}

    record Amount(long quantity) {}

    @Test
    void anIncomingEventHasSomeFieldsOfItsAvroRecord() {
        var avro = dev.mortar.schemas.pickup.PickupHandedOver.newBuilder()
                .setMeta(META)
                .setFulfilmentId("f")
                .setOrderId("o")
                .setLocationId("s")
                .setHandedOverAt(NOON)
                .setLastCodeIssue(1)
                .setHandedOver(List.of(dev.mortar.schemas.pickup.PickupLine.newBuilder()
                        .setLineId("1")
                        .setSku("MUG")
                        .setQuantity(2)
                        .build()))
                .build();

        assertThat(EventReader.of(Incoming.class).read(avro))
                .isEqualTo(new Incoming.PickupHandedOver(
                        META.getEventId(), 0, "f", List.of(new Taken("1", new Amount(2)))));
    }

    @Test
    void valuesThatTheJavaRecordRefusesAreRefusedWithItsReason() {
        var handover = dev.mortar.schemas.order.FulfilmentHandedOver.newBuilder()
                .setMeta(META)
                .setOrderId("o")
                .setFulfilmentId("o-1")
                .setLocationId("s")
                .setHandedOverAt(NOON)
                .setLines(List.of(dev.mortar.schemas.OrderLine.newBuilder()
                        .setLineId("1")
                        .setSku("MUG")
                        .setQuantity(0)
                        .setUnitPrice(new dev.mortar.schemas.Money(1L, "EUR"))
                        .setDiscount(new dev.mortar.schemas.Money(0L, "EUR"))
                        .setTax(new dev.mortar.schemas.Money(0L, "EUR"))
                        .build()))
                .build();

        assertThatThrownBy(() -> EventReader.of(Left.class).read(handover))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("quantity must be greater than 0");
    }

    sealed interface Left {
        record FulfilmentHandedOver(String fulfilmentId, List<OrderLine> lines) implements Left {}
    }

    sealed interface Misheard {
        record PickupHandedOver(String fulfilmentId, String colour) implements Misheard {}
    }

    sealed interface Imagined {
        record PickupExploded(String fulfilmentId) implements Imagined {}
    }

    @Test
    void anIncomingEventThatIsNotInTheContractIsRefused() {
        assertThatThrownBy(() -> EventReader.of(Misheard.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PickupHandedOver.colour has no field");
        assertThatThrownBy(() -> EventReader.of(Imagined.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PickupExploded has no record in the contract");
    }

    sealed interface Unheard {
        record Nothing(String orderId) implements Unheard {}
    }

    sealed interface Forgetful {
        record RefundRequested(String orderId, String returnId, Money amount) implements Forgetful {}
    }

    sealed interface Talkative {
        record RefundRequested(
                String orderId,
                String returnId,
                Money amount,
                @Nullable String paymentReference,
                String reason) implements Talkative {}
    }

    record WholeMoney(int amount, String currency) {}

    sealed interface Mistyped {
        record RefundRequested(
                String orderId,
                String returnId,
                WholeMoney amount,
                @Nullable String paymentReference) implements Mistyped {}
    }

    enum Sent {
        PICKUP,
        BY_DRONE
    }

    record Flight(
            String fulfilmentId,
            String orderId,
            String locationId,
            Sent method,
            @Nullable String customerId) {}

    sealed interface Unspoken {
        record CustomerArrived(Flight flight, @Nullable String bay) implements Unspoken {}
    }

    record NoMethod(
            String fulfilmentId,
            String orderId,
            String locationId,
            @Nullable String customerId) {}

    sealed interface Methodless {
        record CustomerArrived(NoMethod goods, @Nullable String bay) implements Methodless {}
    }

    @Test
    void anEventThatDoesNotFitIsRefused() {
        refuses(Unheard.class, RETURNS, "has no Avro record in " + RETURNS);
        refuses(Forgetful.class, RETURNS, "has no component for paymentReference");
        refuses(Talkative.class, RETURNS, "RefundRequested.reason has no field");
        refuses(Mistyped.class, RETURNS, "WholeMoney.amount is int, but Avro has \"long\"");
        refuses(Unspoken.class, PICKUP, "Flight.method has constants that are missing in Avro");
        refuses(Methodless.class, PICKUP, "has no component for method");
    }

    private static void refuses(Class<?> events, String schemas, String fault) {
        assertThatThrownBy(() -> EventBinder.of(events, schemas))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(fault);
    }
}
