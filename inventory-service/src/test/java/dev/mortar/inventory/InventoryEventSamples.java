package dev.mortar.inventory;

import static dev.mortar.inventory.SkuQuantity.each;

import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/** One sample of every event. The approved files are made from them: add new samples, but change none. */
final class InventoryEventSamples {

    private static final Instant LATER = Instant.parse("2026-06-01T12:45:00.123456Z");
    /** When the samples were recorded. */
    static final Instant RECORDED = Instant.parse("2026-06-01T12:00:00.123456Z");

    private static final List<SkuQuantity> GOODS =
            List.of(each("TEAPOT blue/1.5 l", 3), new SkuQuantity("чай", 250, Unit.GRAM));
    private static final List<StockChange> CHANGES = List.of(
            new StockChange(
                    "TEAPOT blue/1.5 l",
                    Unit.EACH,
                    new Quantities(-3, 1, 2, 4, 5, 0, 0),
                    new Quantities(7, 11, 12, 14, 15, 0, 0)),
            new StockChange(
                    "чай", Unit.GRAM, new Quantities(250, 0, 0, 0, 0, 0, 0), new Quantities(-250, 0, 0, 0, 0, 0, 0)));

    private static final Instant EARLIER = Instant.parse("2026-06-01T11:00:00.000001Z");
    private static final List<StockChange> TO_VENDOR = List.of(new StockChange(
            "mug", Unit.EACH, new Quantities(0, 0, 0, 0, 0, -2, 0), new Quantities(0, 0, 0, 0, 0, 3, 0)));

    private static final Fulfilment FULFILMENT = new Fulfilment("pune-1", "o1-1", "o1");

    static final List<InventoryEvent> ALL = List.of(
            new LocationRegistered(new StockEntry.Location(
                    "pune-1",
                    "Pune, Camp",
                    LocationType.STORE,
                    18.5167,
                    73.8563,
                    "Asia/Kolkata",
                    List.of(
                            new OpeningHours(DayOfWeek.MONDAY, "10:00", "21:30"),
                            new OpeningHours(DayOfWeek.SUNDAY, "00:00", "24:00")),
                    List.of(
                            new OpeningException(LocalDate.parse("2026-12-24"), "10:00", "14:00"),
                            new OpeningException(LocalDate.parse("2026-12-25"), null, null)),
                    Offer.DEFAULT)),
            new StockReceived("pune-1", "R1", RECORDED, List.of(), CHANGES),
            new StockReserved(FULFILMENT, GOODS, LATER, CHANGES, null, null, null),
            new StockReservationRejected(
                    FULFILMENT,
                    ReservationRejectionReason.INSUFFICIENT_STOCK,
                    GOODS,
                    List.of(new Shortage("чай", 250, 20)),
                    null),
            new ReservationConfirmed(FULFILMENT, CHANGES, null),
            new ReservationPicked(FULFILMENT),
            new StockReleased(FULFILMENT, ReleaseReason.PICKUP_EXPIRED, GOODS, true, CHANGES, List.of(), null),
            new ReservationVoided(FULFILMENT),
            new StockCommitted(FULFILMENT, GOODS, List.of(each("mug", 1)), RECORDED, List.of(), CHANGES),
            new StockSold(FULFILMENT, LATER, RECORDED, GOODS, List.of(each("mug", 1)), CHANGES),
            new StockRestocked("pune-1", "r1", "o1", RECORDED, List.of(), CHANGES),
            new DamagedStockReturned("pune-1", "r1", "o1", CHANGES),
            new VendorStockReturned("pune-1", "r1", "o1", CHANGES),
            new StockAdjusted("pune-1", "A1", AdjustmentReason.SHORT_PICK, RECORDED, List.of(), CHANGES),
            new StockCounted("pune-1", "C1", LATER, List.of(new CountedSku("чай", Unit.GRAM, 250, 500, 0)), CHANGES),
            new StockTransferredOut("pune-1", "T1", "thane-1", GOODS, RECORDED, List.of(), CHANGES, null),
            new StockTransferredIn(
                    "thane-1", "T1", "pune-1", RECORDED, List.of(), CHANGES, null, List.of(), List.of(), null, false),
            new StockShortfallDetected("pune-1", "чай", 250, Unit.GRAM),
            new ReservationBroken(FULFILMENT, List.of("чай"), GOODS, CHANGES, false, null),
            new ReservationReduced(FULFILMENT, 1, GOODS, CHANGES, true),
            new StockReleased(FULFILMENT, ReleaseReason.SHORT_PICK, List.of(), false, List.of(), GOODS, null),
            new StockReleased(FULFILMENT, ReleaseReason.FULFILMENT_WITHDRAWN, GOODS, true, CHANGES, List.of(), null),
            new SafetyStockSet("pune-1", CHANGES),
            new StockHeld("pune-1", "h1", null, GOODS, RECORDED, LATER, CHANGES),
            new StockHeld("pune-1", "h1", "c-1", GOODS, RECORDED, LATER, CHANGES),
            new StockHoldReleased("pune-1", "h1", CHANGES),
            new StockHoldExpired("pune-1", "h1", CHANGES),
            new CapacityPaused(
                    "pune-1",
                    new Pause(
                            "p1",
                            List.of(FulfilmentMethod.PICKUP, FulfilmentMethod.DELIVERY),
                            EARLIER,
                            LATER,
                            "STAFF_SHORTAGE"),
                    RECORDED),
            new SlotClosed("pune-1", FulfilmentMethod.CURBSIDE, Instant.parse("2026-05-31T10:00:00Z"), 7, 1));

    private static final Slot SLOT = Slot.of(FulfilmentMethod.PICKUP, Instant.parse("2026-06-01T13:00:00Z"), 3, 5L);

    /** Events that book a slot, give it back or refuse it, and a location with capacity. */
    static final List<InventoryEvent> SLOTS = List.of(
            new LocationRegistered(new StockEntry.Location(
                    "pune-1",
                    "Pune, Camp",
                    LocationType.STORE,
                    18.5167,
                    73.8563,
                    "Asia/Kolkata",
                    List.of(),
                    List.of(),
                    new Offer(
                            List.of(FulfilmentMethod.DELIVERY),
                            false,
                            1,
                            0,
                            0,
                            List.of("09:00"),
                            15,
                            List.of(new CapacityRule(
                                    FulfilmentMethod.DELIVERY, DayOfWeek.SUNDAY, "22:00", "02:00", 0))))),
            new StockReserved(FULFILMENT, GOODS, LATER, CHANGES, SLOT, SLOT.endsAt(), LATER),
            new StockReservationRejected(
                    FULFILMENT, ReservationRejectionReason.NO_CAPACITY, GOODS, List.of(), SLOT.endsAt()),
            new ReservationConfirmed(FULFILMENT, CHANGES, SLOT),
            new StockReleased(
                    FULFILMENT, ReleaseReason.ORDER_CANCELLED, GOODS, true, CHANGES, List.of(), SLOT.withBooked(2)),
            new ReservationBroken(FULFILMENT, List.of("чай"), GOODS, CHANGES, false, SLOT.withBooked(0)));

    /** Movements that a count has seen, and a count with movements after it. */
    static final List<InventoryEvent> MOVED = List.of(
            new StockReceived("pune-1", "R1", EARLIER, GOODS, CHANGES),
            new StockCommitted(FULFILMENT, GOODS, List.of(), EARLIER, GOODS, CHANGES),
            new StockSold(FULFILMENT, EARLIER, RECORDED, List.of(), GOODS, List.of()),
            new StockRestocked("pune-1", "r1", "o1", EARLIER, GOODS, List.of()),
            new StockAdjusted(
                    "pune-1", "A1", AdjustmentReason.SENT_TO_VENDOR, EARLIER, List.of(each("mug", -2)), TO_VENDOR),
            new StockCounted("pune-1", "C1", EARLIER, List.of(new CountedSku("чай", Unit.GRAM, 250, 500, -7)), CHANGES),
            new StockTransferredOut("pune-1", "T1", "thane-1", GOODS, EARLIER, GOODS, List.of(), null),
            new StockTransferredIn(
                    "thane-1", "T1", "pune-1", EARLIER, GOODS, List.of(), null, List.of(), List.of(), null, false));

    private static final List<StockChange> IN_TRANSIT =
            List.of(new StockChange("mug", Unit.EACH, Quantities.ofInTransit(4), new Quantities(9, 0, 0, 0, 0, 0, 4)));

    /** Transfers that travel, and a changed hold. */
    static final List<InventoryEvent> TRAVELLED = List.of(
            new StockTransferredOut("pune-1", "T1", "thane-1", GOODS, RECORDED, List.of(), CHANGES, LATER),
            new TransferExpected("thane-1", "T1", "pune-1", GOODS, LATER, IN_TRANSIT),
            new StockTransferredIn(
                    "thane-1",
                    "T1",
                    "pune-1",
                    RECORDED,
                    List.of(each("mug", 1)),
                    CHANGES,
                    "r1",
                    GOODS,
                    List.of(each("mug", 2)),
                    null,
                    true),
            new StockTransferredIn(
                    "pune-1", "T1", "pune-1", RECORDED, List.of(), CHANGES, "r2", GOODS, List.of(), "thane-1", true),
            new TransferClosed(
                    "thane-1",
                    "T1",
                    "pune-1",
                    TransferEndReason.RETURNED,
                    List.of(each("mug", 1)),
                    List.of(each("pan", 2)),
                    GOODS,
                    IN_TRANSIT),
            new StockHoldChanged("pune-1", "h1", GOODS, LATER, CHANGES));

    private InventoryEventSamples() {}
}
