package dev.mortar.inventory;

import static dev.mortar.values.FulfilmentMethod.CARRY_OUT;
import static dev.mortar.values.FulfilmentMethod.CURBSIDE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.testkit.EventContractTest;
import dev.mortar.inventory.InventoryProcess.*;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.inventory.InventoryCapacity;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.FulfilmentAdded;
import dev.mortar.schemas.order.FulfilmentConfirmed;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentWithdrawn;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.WithdrawalReason;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.ShortReason;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnCondition;
import dev.mortar.schemas.returns.ReturnReason;
import dev.mortar.schemas.returns.ReturnedLine;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.LinePart;
import dev.mortar.values.OpeningException;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InventoryContractTest extends EventContractTest<InventoryEvent> {

    private static final Instant TIME = InventoryEventSamples.RECORDED;

    private static final List<OpeningException> EXCEPTIONS = List.of(
            new OpeningException(LocalDate.parse("2026-12-24"), "10:00", "14:00"),
            new OpeningException(LocalDate.parse("2026-12-25"), null, null),
            new OpeningException(LocalDate.parse("2026-12-31"), "18:00", "02:00"));

    private static final Offer OFFER = new Offer(
            List.of(dev.mortar.values.FulfilmentMethod.PICKUP, dev.mortar.values.FulfilmentMethod.DELIVERY),
            false,
            7,
            90,
            0,
            List.of("11:00", "17:30"),
            20,
            List.of(new CapacityRule(
                    dev.mortar.values.FulfilmentMethod.PICKUP, DayOfWeek.FRIDAY, "22:00", "02:00", 5)));

    InventoryContractTest() {
        super(InventoryDefinition.EVENTS, InventoryEvent.class, TIME);
    }

    @Override
    protected List<InventoryEvent> samples() {
        return Stream.of(
                        InventoryEventSamples.ALL,
                        InventoryEventSamples.MOVED,
                        InventoryEventSamples.SLOTS,
                        InventoryEventSamples.TRAVELLED)
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void readsAStockLevel() {
        var level = (InventoryLevel) InventoryDefinition.LEVEL.write(
                InventoryDefinition.PublishedLevel.of(new RowKey("pune-1", "mug"), LEVELS, 9, TIME));
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
            new Positions.Position(Unit.EACH, new Quantities(10, 2, 3, 4, 1, 6, 0)),
            new Positions.Position(Unit.GRAM, Quantities.ofOnHand(2_000))));

    @Test
    void readsBackALocation() {
        var location = new StockEntry.Location(
                "pune-1", "Pune", LocationType.WAREHOUSE, 18.5, 73.8, "Asia/Kolkata", List.of(), EXCEPTIONS, OFFER);
        var published = new InventoryDefinition.PublishedLocation(location, 3);
        assertThat(InventoryDefinition.LOCATION.read(InventoryDefinition.LOCATION.write(published)))
                .isEqualTo(published);
    }

    @Test
    void writesTheBookingsOfASlot() {
        var bookings = new StockEntry.SlotBookings(
                "pune-1", dev.mortar.values.FulfilmentMethod.PICKUP, TIME.truncatedTo(ChronoUnit.HOURS), 5L, 3, 2);
        var slot = (InventoryCapacity)
                InventoryDefinition.PUBLISHED_SLOT.write(InventoryDefinition.PublishedSlot.of(bookings, 9));
        assertThat(slot.getMethod()).isEqualTo(FulfilmentMethod.PICKUP);
        assertThat(slot.getSlot()).isEqualTo("PICKUP|2026-06-01T12:00:00Z");
        assertThat(slot.getEndsAt()).isEqualTo("2026-06-01T13:00:00Z");
        assertThat(slot.getLimit()).isEqualTo(5);
        assertThat(slot.getBooked()).isEqualTo(3);
        assertThat(slot.getUnpicked()).isEqualTo(2);
        assertThat(slot.getSequence()).isEqualTo(9);
    }

    @Test
    void readsOrders() {
        List<dev.mortar.schemas.OrderLine> lines = List.of(line("1", "mug", 2), line("2", "pan", 1));
        List<dev.mortar.schemas.order.Fulfilment> fulfilments = List.of(
                fulfilment("o-1", FulfilmentMethod.CURBSIDE, "1", "h1"),
                fulfilment("o-2", FulfilmentMethod.CARRY_OUT, "2", null));
        List<OrderLine> readLines =
                List.of(new OrderLine("1", SkuQuantity.each("mug", 2)), new OrderLine("2", SkuQuantity.each("pan", 1)));
        List<Part> readFulfilments = List.of(
                new Part(
                        "o-1",
                        "pune-1",
                        CURBSIDE,
                        List.of("1"),
                        List.of(new LinePart("1", "mug", 1, 1)),
                        "h1",
                        TIME.plusSeconds(3600)),
                new Part("o-2", "pune-1", CARRY_OUT, List.of("2"), List.of(), null, null));

        assertThat(read(placed(dev.mortar.schemas.Channel.ONLINE, lines, fulfilments, TIME)))
                .isEqualTo(new Incoming.OrderPlaced("o", Channel.ONLINE, readLines, readFulfilments, TIME));
        assertThat(read(FulfilmentHandedOver.newBuilder()
                        .setMeta(meta(TIME))
                        .setOrderId("o")
                        .setFulfilmentId("o-2")
                        .setMethod(FulfilmentMethod.CARRY_OUT)
                        .setLocationId("pune-1")
                        .setHandedOverAt(TIME)
                        .setLines(lines)
                        .build()))
                .isEqualTo(new Incoming.FulfilmentHandedOver(
                        new Fulfilment("pune-1", "o-2", "o"),
                        CARRY_OUT,
                        TIME,
                        List.of(SkuQuantity.each("mug", 2), SkuQuantity.each("pan", 1))));
    }

    @Test
    void readsAddedFulfilments() {
        var fulfilment = fulfilment("o-4", FulfilmentMethod.CURBSIDE, "1", null);
        Part readFulfilment =
                new Part("o-4", "pune-1", CURBSIDE, List.of("1"), List.of(), null, TIME.plusSeconds(3600));
        List<OrderLine> readLines = List.of(new OrderLine("1", SkuQuantity.each("mug", 2)));
        assertThat(read(FulfilmentAdded.newBuilder()
                        .setMeta(meta(TIME))
                        .setOrderId("o")
                        .setRunId("o-r1")
                        .setChannel(dev.mortar.schemas.Channel.STORE)
                        .setFulfilment(fulfilment)
                        .setLines(List.of(line("1", "mug", 2)))
                        .setLatestReadyAt(TIME.plusSeconds(60))
                        .setDecideBy(TIME)
                        .build()))
                .isEqualTo(new Incoming.FulfilmentAdded(
                        "o", Channel.STORE, readFulfilment, readLines, TIME, TIME.plusSeconds(60)));
        assertThat(read(FulfilmentConfirmed.newBuilder()
                        .setMeta(meta(TIME))
                        .setOrderId("o")
                        .setRunId("o-r1")
                        .setChannel(dev.mortar.schemas.Channel.ONLINE)
                        .setFulfilment(fulfilment)
                        .setLines(List.of(line("1", "mug", 2)))
                        .build()))
                .isEqualTo(new Incoming.FulfilmentConfirmed("o", Channel.ONLINE, readFulfilment, readLines));
        assertThat(read(FulfilmentWithdrawn.newBuilder()
                        .setMeta(meta(TIME))
                        .setOrderId("o")
                        .setRunId("o-r1")
                        .setFulfilment(fulfilment)
                        .setReason(WithdrawalReason.OLD_PLACE_KEPT)
                        .build()))
                .isEqualTo(new Incoming.FulfilmentWithdrawn("o", readFulfilment));
    }

    @Test
    void readsPickupsReturnsAndItsOwnTransfers() {
        assertThat(read(shortPick(ShortReason.DAMAGED)))
                .isEqualTo(new Incoming.PickupLineShort(
                        meta(TIME).getEventId(),
                        TIME.minusSeconds(2),
                        new Fulfilment("pune-1", "o-1", "o"),
                        "mug",
                        2,
                        InventoryProcess.ShortReason.DAMAGED));
        assertThat(read(accepted(Disposition.RETURN_TO_VENDOR)))
                .isEqualTo(new Incoming.ReturnAccepted(
                        "o",
                        "r1",
                        "pune-1",
                        TIME.minusSeconds(2),
                        List.of(new InventoryProcess.ReturnedLine(
                                SkuQuantity.each("sku1", 1), InventoryProcess.Disposition.RETURN_TO_VENDOR))));
        InventoryEvent sent = new InventoryEvent.StockTransferredOut(
                "pune-1",
                "T1",
                "thane-1",
                List.of(SkuQuantity.each("mug", 2)),
                TIME,
                List.of(),
                List.of(),
                TIME.plusSeconds(60));
        assertThat(read(InventoryDefinition.EVENTS.write(sent, meta(TIME))))
                .isEqualTo(new Incoming.StockTransferredOut(
                        "T1", "pune-1", "thane-1", TIME, List.of(SkuQuantity.each("mug", 2)), TIME.plusSeconds(60)));
        InventoryEvent back = new InventoryEvent.StockTransferredIn(
                "pune-1",
                "T1",
                "pune-1",
                TIME,
                List.of(),
                List.of(),
                "r1",
                List.of(SkuQuantity.each("mug", 1)),
                List.of(SkuQuantity.each("pan", 1)),
                "thane-1",
                true);
        assertThat(read(InventoryDefinition.EVENTS.write(back, meta(TIME))))
                .isEqualTo(new Incoming.StockTransferredIn(
                        "T1",
                        "pune-1",
                        List.of(SkuQuantity.each("mug", 1)),
                        List.of(SkuQuantity.each("pan", 1)),
                        "thane-1"));
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
                        .isThrownBy(() -> read(event)));
    }

    private static OrderPlaced placed(
            dev.mortar.schemas.Channel channel,
            List<dev.mortar.schemas.OrderLine> lines,
            List<dev.mortar.schemas.order.Fulfilment> fulfilments,
            @Nullable Instant decideBy) {
        return OrderPlaced.newBuilder()
                .setMeta(meta(TIME))
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
                .setPromisedAt(method == FulfilmentMethod.CARRY_OUT ? null : TIME.plusSeconds(3600))
                .setParts(holdId == null ? List.of() : List.of(new dev.mortar.schemas.LinePart(lineId, "mug", 1L, 1L)))
                .build();
    }

    private static PickupLineShort shortPick(ShortReason reason) {
        return PickupLineShort.newBuilder()
                .setMeta(meta(TIME))
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
                .setMeta(meta(TIME))
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
        return read(InventoryDefinition.INCOMING, event);
    }
}
