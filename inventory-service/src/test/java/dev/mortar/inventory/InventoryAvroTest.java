package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.eventsourcing.testkit.EventSamples;
import dev.mortar.inventory.InventoryProcess.Fulfilment;
import dev.mortar.inventory.InventoryProcess.Incoming;
import dev.mortar.inventory.InventoryProcess.OrderLine;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderEndReason;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupEndReason;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.ShortReason;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnCondition;
import dev.mortar.schemas.returns.ReturnReason;
import dev.mortar.schemas.returns.ReturnedLine;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class InventoryAvroTest {

    private static final Instant TIME = Instant.parse("2026-06-01T12:00:00.123456Z");
    private static final EventMeta META = new EventMeta(
            UUID.fromString("018f0000-0000-5000-8000-000000000001"),
            0,
            1,
            7L,
            11L,
            TIME,
            TIME,
            UUID.fromString("018f0000-0000-5000-8000-000000000002"),
            null,
            null,
            "c1",
            new Actor(ActorType.ASSOCIATE, "a1", "pune-1"));

    private static final List<OpeningException> EXCEPTIONS = List.of(
            new OpeningException(LocalDate.parse("2026-12-24"), "10:00", "14:00"),
            new OpeningException(LocalDate.parse("2026-12-25"), null, null),
            new OpeningException(LocalDate.parse("2026-12-31"), "18:00", "02:00"));

    static final List<InventoryEvent> SAMPLES = InventoryEventSamples.ALL;
    static final List<InventoryEvent> MOVED = InventoryEventSamples.MOVED;

    @Test
    void everyEventHasASample() {
        Set<Class<?>> sampled = SAMPLES.stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(sampled).containsExactlyInAnyOrder(InventoryEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @FieldSource({"SAMPLES", "MOVED"})
    void readsWhatItWrites(InventoryEvent event) {
        assertThat(InventoryAvro.EVENTS.read(EventSamples.overTheWire(InventoryAvro.EVENTS.write(event, META))))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @FieldSource("SAMPLES")
    void readsTheApprovedSample(InventoryEvent event) {
        assertThat(InventoryAvro.EVENTS.read(EventSamples.approved(InventoryAvro.EVENTS.write(event, META), 1)))
                .isEqualTo(event);
    }

    @Test
    void readsAStockLevel() {
        var level = (InventoryLevel) InventoryAvro.writeLevel("pune-1", "mug", LEVELS, 9, TIME);
        assertThat(level.getAvailableInStore()).isEqualTo(5);
        assertThat(level.getAvailableOnline()).isEqualTo(1);
        assertThat(level.getSequence()).isEqualTo(9);
        assertThat(level.getChangedAt()).isEqualTo(TIME);
        assertThat(level.getQuantities().getToVendor()).isEqualTo(6);
        assertThat(level.getOtherUnits()).singleElement().satisfies(other -> {
            assertThat(other.getUnit()).isEqualTo(dev.mortar.schemas.Unit.GRAM);
            assertThat(other.getQuantities().getOnHand()).isEqualTo(2_000);
        });
    }

    private static final Positions LEVELS = new Positions(List.of(
            new Positions.Position(Unit.EACH, new Quantities(10, 2, 3, 4, 1, 6)),
            new Positions.Position(Unit.GRAM, Quantities.ofOnHand(2_000))));

    @Test
    void readsBackTheExceptionsOfALocation() {
        var registered = new InventoryEvent.LocationRegistered(
                "pune-1",
                "Pune",
                LocationType.STORE,
                18.5,
                73.8,
                "Asia/Kolkata",
                List.of(new OpeningHours(DayOfWeek.FRIDAY, "18:00", "02:00")),
                EXCEPTIONS);
        assertThat(InventoryAvro.EVENTS.read(EventSamples.overTheWire(InventoryAvro.EVENTS.write(registered, META))))
                .isEqualTo(registered);
        assertThat(InventoryAvro.EVENTS.read(EventSamples.approved(InventoryAvro.EVENTS.write(registered, META), 2)))
                .isEqualTo(registered);
    }

    @Test
    void storesALocationWithoutExceptionsInTheOldForm() {
        var location = new StockEntry.Location(
                "pune-1", "Pune", LocationType.STORE, 18.5, 73.8, "Asia/Kolkata", List.of(), List.of());

        assertThat(Json.mapper().writeValueAsString(location)).doesNotContain("exceptions");
    }

    @Test
    void readsBackALocation() {
        var location = new StockEntry.Location(
                "pune-1", "Pune", LocationType.WAREHOUSE, 18.5, 73.8, "Asia/Kolkata", List.of(), EXCEPTIONS);
        assertThat(InventoryAvro.LOCATIONS.read(InventoryAvro.writeLocation(location, 3)))
                .isEqualTo(location);
    }

    @Test
    void readsOrders() {
        List<dev.mortar.schemas.OrderLine> lines = List.of(line("1", "mug", 2), line("2", "pan", 1));
        List<dev.mortar.schemas.order.Fulfilment> fulfilments = List.of(
                fulfilment("o-1", FulfilmentMethod.CURBSIDE, "1", "h1"),
                fulfilment("o-2", FulfilmentMethod.CARRY_OUT, "2", null));
        List<OrderLine> readLines =
                List.of(new OrderLine("1", SkuQuantity.each("mug", 2)), new OrderLine("2", SkuQuantity.each("pan", 1)));
        List<Fulfilment> readFulfilments = List.of(
                new Fulfilment("o-1", "pune-1", false, List.of("1"), "h1"),
                new Fulfilment("o-2", "pune-1", true, List.of("2"), null));

        assertThat(read(placed(dev.mortar.schemas.Channel.ONLINE, lines, fulfilments, TIME)))
                .isEqualTo(new Incoming.OrderPlaced("o", Channel.ONLINE, readLines, readFulfilments, TIME));
        assertThat(read(placed(dev.mortar.schemas.Channel.POS, lines, fulfilments, null)))
                .isEqualTo(new Incoming.OrderPlaced("o", Channel.STORE, readLines, readFulfilments, TIME));
        assertThat(read(OrderConfirmed.newBuilder()
                        .setMeta(META)
                        .setOrderId("o")
                        .setChannel(dev.mortar.schemas.Channel.STORE)
                        .setLines(lines)
                        .setFulfilments(fulfilments.subList(0, 1))
                        .setRejectedFulfilments(fulfilments.subList(1, 2))
                        .setTotal(new Money(1L, "INR"))
                        .build()))
                .isEqualTo(new Incoming.OrderConfirmed(
                        "o", Channel.STORE, readLines, readFulfilments.subList(0, 1), readFulfilments.subList(1, 2)));
        assertThat(read(OrderRejected.newBuilder()
                        .setMeta(META)
                        .setOrderId("o")
                        .setReason(OrderEndReason.OUT_OF_STOCK)
                        .setLines(lines)
                        .setFulfilments(fulfilments)
                        .build()))
                .isEqualTo(new Incoming.OrderRejected("o", readFulfilments));
        assertThat(read(OrderCancelled.newBuilder()
                        .setMeta(META)
                        .setOrderId("o")
                        .setReason(OrderEndReason.CANCELLED_BY_SHOPPER)
                        .setLines(lines)
                        .setReservedFulfilments(fulfilments)
                        .build()))
                .isEqualTo(new Incoming.OrderCancelled("o", readFulfilments));
        assertThat(read(FulfilmentHandedOver.newBuilder()
                        .setMeta(META)
                        .setOrderId("o")
                        .setFulfilmentId("o-2")
                        .setMethod(FulfilmentMethod.CARRY_OUT)
                        .setLocationId("pune-1")
                        .setHandedOverAt(TIME)
                        .setLines(lines)
                        .build()))
                .isEqualTo(new Incoming.HandedOver(
                        "o",
                        "o-2",
                        "pune-1",
                        true,
                        TIME,
                        List.of(SkuQuantity.each("mug", 2), SkuQuantity.each("pan", 1))));
    }

    @Test
    void readsPickups() {
        List<PickupLine> lines = List.of(PickupLine.newBuilder()
                .setLineId("1")
                .setSku("mug")
                .setQuantity(2L)
                .build());
        List<SkuQuantity> goods = List.of(SkuQuantity.each("mug", 2));

        assertThat(read(shortPick(ShortReason.DAMAGED)))
                .isEqualTo(new Incoming.PickupLineShort(
                        META.getEventId().toString(), TIME, "o", "o-1", "pune-1", "mug", 2, true));
        assertThat(read(shortPick(ShortReason.NOT_FOUND)))
                .isEqualTo(new Incoming.PickupLineShort(
                        META.getEventId().toString(), TIME, "o", "o-1", "pune-1", "mug", 2, false));
        assertThat(read(PickupReady.newBuilder()
                        .setMeta(META)
                        .setFulfilmentId("o-1")
                        .setOrderId("o")
                        .setLocationId("pune-1")
                        .setLines(lines)
                        .setCodeIssue(1)
                        .setCodeKeyId("k")
                        .build()))
                .isEqualTo(new Incoming.PickupReady("o", "o-1", "pune-1"));
        assertThat(read(PickupHandedOver.newBuilder()
                        .setMeta(META)
                        .setFulfilmentId("o-1")
                        .setOrderId("o")
                        .setLocationId("pune-1")
                        .setHandedOverAt(TIME)
                        .setHandedOver(lines)
                        .build()))
                .isEqualTo(new Incoming.PickupHandedOver("o", "o-1", "pune-1", TIME, goods));
        assertThat(read(PickupExpired.newBuilder()
                        .setMeta(META)
                        .setFulfilmentId("o-1")
                        .setOrderId("o")
                        .setLocationId("pune-1")
                        .setLines(lines)
                        .setPickupDeadline(TIME)
                        .build()))
                .isEqualTo(new Incoming.PickupExpired("o", "o-1", "pune-1"));
        assertThat(read(PickupCancelled.newBuilder()
                        .setMeta(META)
                        .setFulfilmentId("o-1")
                        .setOrderId("o")
                        .setLocationId("pune-1")
                        .setLines(lines)
                        .setWhole(false)
                        .setReason(PickupEndReason.CANCELLED_BY_SHOPPER)
                        .build()))
                .isEqualTo(new Incoming.PickupCancelled("o", "o-1", "pune-1", false, goods));
    }

    @Test
    void readsReturnsByDisposition() {
        assertThat(read(accepted(Disposition.RESTOCK, Disposition.DAMAGED, Disposition.RETURN_TO_VENDOR)))
                .isEqualTo(new Incoming.ReturnAccepted(
                        "o",
                        "r1",
                        "pune-1",
                        TIME,
                        List.of(SkuQuantity.each("sku1", 1)),
                        List.of(SkuQuantity.each("sku2", 1)),
                        List.of(SkuQuantity.each("sku3", 1))));
    }

    @Test
    void readsItsOwnTransfers() {
        InventoryEvent sent = new InventoryEvent.StockTransferredOut(
                "pune-1", "T1", "thane-1", List.of(SkuQuantity.each("mug", 2)), TIME, List.of(), List.of());
        assertThat(read(InventoryAvro.EVENTS.write(sent, META)))
                .isEqualTo(new Incoming.TransferSent(
                        "T1", "pune-1", "thane-1", TIME, List.of(SkuQuantity.each("mug", 2))));
    }

    @Test
    void refusesUnknownSymbols() {
        Stream.<SpecificRecord>of(
                        accepted(Disposition.UNKNOWN),
                        shortPick(ShortReason.UNKNOWN),
                        placed(dev.mortar.schemas.Channel.UNKNOWN, List.of(), List.of(), TIME),
                        placed(
                                dev.mortar.schemas.Channel.ONLINE,
                                List.of(line("1", "mug", 1)),
                                List.of(fulfilment("o-1", FulfilmentMethod.UNKNOWN, "1", null)),
                                TIME),
                        placed(
                                dev.mortar.schemas.Channel.ONLINE,
                                List.of(dev.mortar.schemas.OrderLine.newBuilder(line("1", "mug", 1))
                                        .setUnit(dev.mortar.schemas.Unit.UNKNOWN)
                                        .build()),
                                List.of(),
                                TIME))
                .forEach(event -> assertThatIllegalArgumentException()
                        .as(event.toString())
                        .isThrownBy(() -> InventoryAvro.INCOMING.read(event)));
    }

    private static OrderPlaced placed(
            dev.mortar.schemas.Channel channel,
            List<dev.mortar.schemas.OrderLine> lines,
            List<dev.mortar.schemas.order.Fulfilment> fulfilments,
            @Nullable Instant decideBy) {
        return OrderPlaced.newBuilder()
                .setMeta(META)
                .setOrderId("o")
                .setChannel(channel)
                .setAcceptance(Acceptance.WHOLE)
                .setLines(lines)
                .setFulfilments(fulfilments)
                .setTotal(new Money(1L, "INR"))
                .setDecideBy(decideBy)
                .build();
    }

    private static dev.mortar.schemas.OrderLine line(String lineId, String sku, long quantity) {
        return dev.mortar.schemas.OrderLine.newBuilder()
                .setLineId(lineId)
                .setSku(sku)
                .setQuantity(quantity)
                .setUnitPrice(new Money(100L, "INR"))
                .setDiscount(new Money(0L, "INR"))
                .setTax(new Money(0L, "INR"))
                .build();
    }

    private static dev.mortar.schemas.order.Fulfilment fulfilment(
            String id, FulfilmentMethod method, String lineId, @Nullable String holdId) {
        return dev.mortar.schemas.order.Fulfilment.newBuilder()
                .setFulfilmentId(id)
                .setMethod(method)
                .setLocationId("pune-1")
                .setLineIds(List.of(lineId))
                .setHoldId(holdId)
                .build();
    }

    private static PickupLineShort shortPick(ShortReason reason) {
        return PickupLineShort.newBuilder()
                .setMeta(META)
                .setFulfilmentId("o-1")
                .setOrderId("o")
                .setLocationId("pune-1")
                .setLineId("1")
                .setSku("mug")
                .setMissing(2L)
                .setReason(reason)
                .build();
    }

    private static ReturnAccepted accepted(Disposition... dispositions) {
        Money refund = new Money(100L, "INR");
        return ReturnAccepted.newBuilder()
                .setMeta(META)
                .setOrderId("o")
                .setReturnId("r1")
                .setLocationId("pune-1")
                .setLines(Stream.iterate(0, i -> i < dispositions.length, i -> i + 1)
                        .map(i -> ReturnedLine.newBuilder()
                                .setLineId("l" + (i + 1))
                                .setSku("sku" + (i + 1))
                                .setQuantity(1L)
                                .setReason(ReturnReason.CHANGED_MIND)
                                .setCondition(ReturnCondition.OPENED)
                                .setDisposition(dispositions[i])
                                .setRefund(refund)
                                .build())
                        .toList())
                .setRefund(refund)
                .build();
    }

    private static Incoming read(SpecificRecord event) {
        return InventoryAvro.INCOMING.read(EventSamples.overTheWire(event));
    }
}
