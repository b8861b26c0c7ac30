package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.schemas.FulfilmentMethod.DELIVERY;
import static dev.mortar.schemas.FulfilmentMethod.PICKUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.ClientRequest.Outcome;
import dev.mortar.audit.SyntheticLog.Facts;
import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.Disposition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every defect is a small change of a good log, and the invariant that is meant for it has to catch it. */
class PlantedDefectsTest {
    private static final Actor MALLORY = new Actor(ActorType.SHOPPER, "customer-mallory", null, null);
    private static final Actor IN_OSLO = new Actor(ActorType.ASSOCIATE, "a7", Stories.OSLO, null);
    private static final Actor IN_RIGA = new Actor(ActorType.ASSOCIATE, "a7", Stories.RIGA, null);

    static Stream<Defect> defects() {
        return Stream.of(
                // The log.
                defect("a sequence is left out", SEQUENCE).meta("PickupReady", 0, "sequence", 9L),
                defect("a position is left out", POSITION).meta("StockCommitted", 0, "position", 999L),
                defect("an event id is made up", EVENT_ID).meta("OrderReturned", 0, "eventId", UUID.randomUUID()),
                defect("a command is decided twice", EVENT_ID_UNIQUE).by(t -> {
                    t.log.events().add(t.event("PickupReady", 0));
                    t.renumber();
                }),
                defect("half a command is written", COMMAND_WHOLE).remove("OrderCompleted", 0),
                defect("a command counts too many events", COMMAND_WHOLE).meta("StockHeld", 0, "count", 2),
                defect("an event lies in the wrong partition", PARTITION_OF_KEY).by(t -> {
                    var event = t.event("PickingStarted", 0);
                    t.place("PickingStarted", 0, event.key(), (event.recordId().partition() + 1) % 4);
                }),
                defect("an aggregate moves between partitions", ONE_PARTITION).by(t -> {
                    var event = t.event("CustomerArrived", 0);
                    t.place("CustomerArrived", 0, event.key(), (event.recordId().partition() + 1) % 4);
                }),
                defect("a key is another aggregate's", KEY_IS_AGGREGATE).by(t -> {
                    var event = t.event("OrderCompleted", 0);
                    t.place("OrderCompleted", 0, "o2", event.recordId().partition());
                }),
                defect("an event is written to a foreign topic", TYPE_OF_TOPIC).by(t -> {
                    var event = t.event("PickingStarted", 0);
                    t.place("PickingStarted", 0, "order.events", event.key(), 0);
                }),
                defect("a cause does not exist", CAUSE_EXISTS).cause("StockSold", 0, UUID.randomUUID()),
                defect("a service reacts to what it does not listen to", CAUSE_FITS)
                        .by(t -> t.cause(
                                "StockSold", 0, t.metaOf("OrderCompleted", 1).getEventId())),
                defect("a reaction has no cause", CAUSE_FITS).cause("StockCommitted", 0, null),
                defect("a story loses its correlation", CORRELATION)
                        .meta("PurchaseRecorded", 0, "correlationId", "another"),
                defect("an event is sent before its cause is recorded", CLOCK)
                        .meta("PickupRequested", 0, "recordedAt", Instant.parse("2026-11-22T08:00:00Z")),
                defect("a quantity is negative", QUANTITIES_POSITIVE)
                        .change("StockReserved", 0, "reserved.0.quantity", -2L),
                // Orders.
                defect("an order is placed twice", ORDER_PLACED_ONCE).again("OrderPlaced", 0),
                defect("a receipt makes two orders", RECEIPT_ONCE)
                        .change("SaleRecorded", "t2", "receiptNumber", "receipt-1"),
                defect("a total is a cent too high", ORDER_WELL_FORMED)
                        .change("OrderPlaced", 0, "total.amount", 3_999L),
                defect("a sale has another total than its lines", ORDER_WELL_FORMED)
                        .change("SaleRecorded", 0, "total.amount", 3_999L),
                defect("an order is confirmed twice", ORDER_TRANSITIONS).again("OrderConfirmed", 0),
                defect("a rejected order is confirmed", ORDER_TRANSITIONS).by(t -> {
                    var facts = Facts.of("orderId", "o4").with("channel", Channel.ONLINE);
                    for (var none : List.of("lines", "fulfilments")) {
                        facts = facts.with(none, List.of());
                    }
                    var confirmed = facts.with("total", SyntheticLog.money(0)).event(OrderConfirmed.class);
                    t.log.write(t.event("StockReservationRejected", 0), confirmed);
                }),
                defect("a confirmed line is larger than placed", ORDER_CONFIRMED_AS_PLACED)
                        .change("OrderConfirmed", 0, "lines.0.quantity", 3L),
                defect("a completed order forgets a line", ORDER_LINES_ADD_UP)
                        .change("OrderCompleted", 0, "handedOver.0.quantity", 1L),
                defect("a cancelled line is taken off twice", ORDER_LINES_ADD_UP)
                        .change("OrderLinesCancelled", 0, "lines.0.quantity", 4L),
                defect("an order is confirmed at another price", ORDER_CONFIRMED_AS_PLACED)
                        .by(t -> {
                            t.change("OrderConfirmed", 0, "lines.0.unitPrice.amount", 1_000L);
                            t.change("OrderConfirmed", 0, "total.amount", 2_000L);
                        }),
                defect("goods leave at another price", ORDER_SHARES)
                        .change("FulfilmentHandedOver", 0, "lines.0.unitPrice.amount", 1_000L),
                defect("goods leave with somebody else's discount", ORDER_SHARES)
                        .change("FulfilmentHandedOver", 0, "lines.0.discount.amount", 1L),
                defect("too little is taken off for what ended", ORDER_SHARES)
                        .change("OrderLinesCancelled", 0, "amount.amount", 332L),
                defect("a cent too little is taken off a discounted line", ORDER_SHARES)
                        .by(t -> cancelled(t, 1_022)),
                defect("a cent too much is taken off a discounted line", ORDER_SHARES)
                        .by(t -> cancelled(t, 1_024)),
                defect("goods leave with a cent too little of the tax", ORDER_SHARES)
                        .change("FulfilmentHandedOver", "o30", "lines.0.tax.amount", 66L),
                defect("an order is rejected before its time", ORDER_REFUSED_FOR_A_REASON)
                        .cause("OrderRejected", 0, null),
                defect("an order is rejected that was reserved", ORDER_REFUSED_FOR_A_REASON)
                        .by(t -> {
                            var order = Stories.order("o93", PICKUP, "A", 1);
                            var reserved = t.log.reserved(order, t.log.placed(order));
                            var facts = order.facts().with("reason", EndReason.OUT_OF_STOCK);
                            t.log.write(reserved, facts.event(OrderRejected.class));
                        }),
                defect("a confirmed order is cancelled without asking its pickup", ORDER_TRANSITIONS)
                        .cause("OrderCancelled", 0, null),
                defect("a cancelled order forgets a reservation", ORDER_LINES_ADD_UP)
                        .change("OrderCancelled", "o6", "reservedFulfilments", List.of()),
                defect("an order goes on for ever", ORDER_LINES_ADD_UP).by(t -> {
                    t.meta("FulfilmentHandedOver", 0, "count", 1);
                    t.remove("OrderCompleted", 0);
                }),
                defect("more is to be cancelled than is left", ORDER_LINES_ADD_UP)
                        .change("OrderCancellationRequested", "o16", "parts.0.lines.0.quantity", 5L),
                defect("an order is confirmed for another one's reservation", ORDER_TRANSITIONS)
                        .by(t -> t.cause(
                                "OrderConfirmed",
                                "o2",
                                t.metaOf("StockReserved", "o1").getEventId())),
                defect("an order changes its shopper", REPEATS_FIRST)
                        .change("OrderCompleted", 0, "customerId", "customer-o99"),
                defect("an order waits for ever", ORDER_DECIDED_IN_TIME).by(t -> {
                    t.remove("OrderRejected", 0);
                    t.log.now = t.log.now.plus(Duration.ofHours(1));
                }),
                // Stock.
                defect("a figure is off by one", STOCK_ARITHMETIC)
                        .change("StockReceived", 1, "changes.0.after.onHand", 101L),
                defect("a count misreads the book", STOCK_ARITHMETIC)
                        .change("StockCounted", 0, "counted.0.expected", 96L),
                defect("a sale takes from committed", STOCK_CHANGE_FITS).by(t -> {
                    t.change("StockSold", 0, "changes.0.change.committed", -3L);
                    t.change("StockSold", 0, "changes.0.change.onHand", 0L);
                }),
                defect("a release changes less than it says", STOCK_CHANGE_FITS)
                        .change("StockReleased", 0, "released.0.quantity", 2L),
                defect("the last unit is promised twice", STOCK_NO_OVERSELL).by(t -> {
                    var order = Stories.order("o90", PICKUP, "D", 1);
                    t.log.reserved(order, t.log.placed(order));
                }),
                defect("safety stock is promised online", STOCK_NO_OVERSELL).by(t -> {
                    var order = Stories.order("o91", PICKUP, "B", 81);
                    t.log.reserved(order, t.log.placed(order));
                }),
                defect("a transfer takes what is promised", STOCK_NO_OVERSELL)
                        .by(t -> t.log.write(
                                null,
                                new StockTransferredOut(
                                        null,
                                        Stories.OSLO,
                                        "transfer-9",
                                        Stories.RIGA,
                                        List.of(SyntheticLog.units("D", 1)),
                                        t.log.now,
                                        List.of(),
                                        List.of(t.log.change(Stories.OSLO, "D", -1, 0, 0, 0, 0)),
                                        t.log.now))),
                defect("what is there is refused", STOCK_REFUSAL_JUSTIFIED).by(t -> {
                    var order = Stories.order("o92", PICKUP, "A", 1);
                    t.log.refusedByInventory(order, t.log.placed(order), 0);
                }),
                defect("available is off by one in a refusal", STOCK_REFUSAL_JUSTIFIED)
                        .change("StockReservationRejected", 0, "shortages.0.available", 96L),
                defect("a release is lost", NOTHING_OWED).remove("StockReleased", 0),
                defect("a reservation is counted into committed and forgotten", STOCK_CLAIMS_ADD_UP)
                        .by(t -> {
                            t.change("StockHeld", 0, "held.0.quantity", 1L);
                            assertThat(t.event("StockHeld", 0).key()).isEqualTo(Stories.OSLO);
                        }),
                defect("a fulfilment is reserved twice", RESERVATION_MADE_ONCE).again("StockReserved", 0),
                defect("a voided reservation is made", RESERVATION_MADE_ONCE).by(t -> {
                    int refused = t.find("StockReservationRejected", ReservationRejectionReason.ALREADY_RELEASED);
                    var event = t.log.events().get(refused);
                    t.log.events().remove(refused);
                    t.renumber();
                    t.log.write(
                            t.event("OrderPlaced", "o6"),
                            new StockReserved(
                                    null,
                                    Stories.OSLO,
                                    "o6-1",
                                    "o6",
                                    List.of(SyntheticLog.units("A", 1)),
                                    event.appendedAt().plusSeconds(60),
                                    List.of(t.log.change(Stories.OSLO, "A", 0, 1, 0, 0, 0)),
                                    null,
                                    null,
                                    null));
                    t.renumber();
                }),
                defect("a late reservation ignores a released part", RESERVATION_MADE_ONCE)
                        .by(t -> {
                            t.change("ReservationConfirmed", "o16", "changes.0.change.committed", 3L);
                            t.change("StockCommitted", -1, "released", List.of(SyntheticLog.units("C", 1)));
                        }),
                defect("a part released after expiry is passed over", NOTHING_OWED)
                        .by(t -> {
                            t.remove("StockReleased", -2);
                            t.change("ReservationConfirmed", "o16", "changes.0.change.committed", 3L);
                            t.change("StockCommitted", -1, "released", List.of(SyntheticLog.units("C", 1)));
                        }),
                defect("goods found missing after expiry stay on the book", NOTHING_OWED)
                        .by(t -> {
                            t.meta("StockReleased", -1, "count", 1);
                            t.remove("StockAdjusted", -1);
                        }),
                defect("a reservation is released twice", RESERVATION_ENDS_ONCE).again("StockReleased", 0),
                defect("goods leave twice", RESERVATION_ENDS_ONCE).again("StockCommitted", 0),
                defect("a reservation ends before its deadline", RESERVATION_DEADLINE)
                        .change("StockReserved", "o13", "expiresAt", Instant.parse("2026-11-23T00:00:00Z")),
                defect("a reservation outlives its deadline", RESERVATION_DEADLINE)
                        .by(t -> {
                            t.remove("ReservationConfirmed", 0);
                            t.remove("StockCommitted", 0);
                        }),
                defect("a slot is booked above its limit", CAPACITY_NO_OVERBOOK).by(t -> {
                    t.change("StockReserved", "c3", "slot.bookedAfter", 2L);
                    t.change("StockReleased", "c2", "slot", null);
                    t.change("ReservationConfirmed", "c2", "slot", null);
                }),
                defect("a slot is booked in a pause", CAPACITY_NO_OVERBOOK).by(t -> {
                    var slot = Stories.slot(t.log.now.minus(Duration.ofHours(25)), 1);
                    t.log.events().add(t.find("StockReserved", "c1"), t.event("CapacityPaused", 0));
                    t.log.events().removeLast();
                    t.log.events().remove(t.find("CapacityPaused", -1));
                    t.change("CapacityPaused", 0, "until", slot.getEndsAt());
                    t.renumber();
                }),
                defect("a slot has another limit than its location", CAPACITY_NO_OVERBOOK)
                        .change("StockReserved", "c1", "slot.limit", 5L),
                defect("a booking is counted twice", CAPACITY_ADDS_UP)
                        .change("StockReserved", "c1", "slot.bookedAfter", 2L),
                defect("a slot is not given back", CAPACITY_ADDS_UP).change("StockReleased", "c1", "slot", null),
                defect("a slot is closed with the wrong number", CAPACITY_ADDS_UP)
                        .change("SlotClosed", 0, "booked", 1L),
                defect("a late confirmation forgets its slot", CAPACITY_ADDS_UP)
                        .change("ReservationConfirmed", "c2", "slot", null),
                defect("an order promises another time than was booked", PROMISE_IS_BOOKED)
                        .change("OrderConfirmed", "c1", "fulfilments.0.promisedAt", Instant.EPOCH),
                defect("a slot lies outside of the opening hours", PROMISE_IS_BOOKED)
                        .by(t -> {
                            var slot = ((StockReserved)
                                            t.event("StockReserved", "c1").event())
                                    .getSlot();
                            var date = slot.getStartsAt().atZone(java.time.ZoneId.of("Europe/Oslo"));
                            var closed = new OpeningException(date.toLocalDate().toString(), null, null);
                            t.change("LocationRegistered", -1, "exceptions", List.of(closed));
                        }),
                defect("goods are ready before their slot ends", PROMISE_IS_BOOKED)
                        .change("StockReserved", "c1", "readyAt", Instant.EPOCH),
                defect("an order is refused although its slot is early enough", STOCK_REFUSAL_JUSTIFIED)
                        .change("StockReservationRejected", "c4", "firstReadyAt", Instant.EPOCH),
                defect("a hold is given back twice", HOLD_ENDS_ONCE).again("StockHoldReleased", 0),
                defect("a hold never ends", HOLD_ENDS_ONCE).remove("StockHoldExpired", 0),
                defect("a shortfall is kept secret", SHORTFALL_TRUE).remove("StockShortfallDetected", 0),
                defect("a shortfall is misread", SHORTFALL_TRUE).change("StockShortfallDetected", 0, "shortBy", 2L),
                defect("the older reservation is broken", BROKEN_YOUNGEST).by(t -> {
                    t.change("ReservationBroken", 0, "fulfilmentId", "o10-1");
                    t.change("ReservationBroken", 0, "orderId", "o10");
                }),
                defect("a reservation loses more than is missing", BROKEN_YOUNGEST)
                        .by(t -> {
                            var lost = List.of(SyntheticLog.units("R", 2));
                            t.change("ReservationReduced", 0, "lost", lost);
                        }),
                defect("a loss is forgotten", RESERVATION_ENDS_ONCE).change("ReservationReduced", 0, "reduction", 2),
                defect("the answer of the pickup frees lost units", STOCK_CHANGE_FITS)
                        .by(t -> {
                            var freed = List.of(t.log.change(Stories.OSLO, "R", 0, -1, 0, 0, 0));
                            t.change("StockReleased", "o31-1", "changes", freed);
                        }),
                defect("units are given up as lost that were not", RESERVATION_ENDS_ONCE)
                        .by(t -> {
                            var lost = List.of(SyntheticLog.units("R", 2));
                            t.change("StockReleased", "o31-1", "alreadyLost", lost);
                        }),
                defect("the order does not hear of lost units", NOTHING_OWED).by(t -> {
                    t.remove("OrderCancellationRequested", "cancellation-o31");
                    t.remove("PickupCancelled", "cancellation-o31");
                    t.remove("StockReleased", "o31-1");
                    t.remove("OrderLinesCancelled", "cancellation-o31");
                }),
                defect("two fulfilments have the same unit", PARTS_COVER_LINES)
                        .change("OrderPlaced", "o33", "fulfilments.1.parts.0.firstUnit", 1L),
                defect("a fulfilment takes more units than its part", RESERVATION_ANSWERS_ORDER)
                        .change("OrderPlaced", "o33", "fulfilments.0.parts.0.quantity", 1L),
                defect("nothing is broken in a shortfall", BROKEN_YOUNGEST).by(t -> {
                    t.meta("StockSold", "t4", "count", 2);
                    t.meta("StockShortfallDetected", 0, "count", 2);
                    t.remove("ReservationBroken", 0);
                }),
                defect("a sale before the count is subtracted", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            t.change("StockSold", 1, "sold", List.of(SyntheticLog.units("C", 2)));
                            t.change("StockSold", 1, "alreadyCounted", List.of());
                        }),
                defect("a sale of the moment of the count is subtracted", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            var countedAt =
                                    ((StockCounted) t.event("StockCounted", 0).event()).getCountedAt();
                            t.change("StockSold", 2, "soldAt", countedAt);
                        }),
                defect("a receipt after the count is lost", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            var receipt = "receipt-e";
                            t.change("StockReceived", receipt, "alreadyCounted", List.of(SyntheticLog.units("A", 10)));
                            t.change("StockReceived", receipt, "changes", List.of());
                        }),
                defect("a receipt before the count is added again", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            t.change("StockReceived", "receipt-f", "alreadyCounted", List.of());
                            t.change(
                                    "StockReceived",
                                    "receipt-f",
                                    "changes",
                                    List.of(t.log.change(Stories.OSLO, "E", 4, 0, 0, 0, 0)));
                        }),
                defect("a handover before the count is subtracted again", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            var committed = "o18";
                            t.change("StockCommitted", committed, "alreadyCounted", List.of());
                            t.change("StockCommitted", committed, "changes.0.change.onHand", -2L);
                        }),
                defect("a handover before the count is booked as of now", MOVEMENT_TIME)
                        .by(t -> t.change(
                                "StockCommitted",
                                "o18",
                                "movedAt",
                                t.metaOf("StockCommitted", "o18").getRecordedAt())),
                defect("a return is booked as of another time", MOVEMENT_TIME)
                        .change("StockRestocked", 0, "movedAt", Instant.EPOCH),
                defect("goods arrive in the future", MOVEMENT_TIME)
                        .by(t -> t.change("StockReceived", 0, "movedAt", t.log.now.plus(Duration.ofDays(1)))),
                defect("a correction before the count is subtracted again", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            var adjusted = "adjustment-e";
                            t.change("StockAdjusted", adjusted, "alreadyCounted", List.of());
                            t.change(
                                    "StockAdjusted",
                                    adjusted,
                                    "changes",
                                    List.of(t.log.change(Stories.OSLO, "E", -2, 0, 0, 0, 0)));
                        }),
                defect("a transfer before the count takes what was counted", MOVEMENT_BEFORE_COUNT)
                        .by(t -> {
                            var sent = "transfer-e";
                            t.change("StockTransferredOut", sent, "alreadyCounted", List.of());
                            t.change(
                                    "StockTransferredOut",
                                    sent,
                                    "changes",
                                    List.of(t.log.change(Stories.OSLO, "E", -100, 0, 0, 0, 0)));
                        }),
                defect("a count overwrites what moved after it", COUNT_ADDS_MOVEMENTS)
                        .by(t -> {
                            var count = "count-e";
                            t.change("StockCounted", count, "counted.0.movedSince", 0L);
                            t.change("StockCounted", count, "changes.0.change.onHand", -10L);
                            t.change("StockCounted", count, "changes.0.after.onHand", 47L);
                        }),
                defect("a count adds what moved after it and does not book it", STOCK_CHANGE_FITS)
                        .by(t -> {
                            var count = "count-e";
                            t.change("StockCounted", count, "changes.0.change.onHand", -10L);
                            t.change("StockCounted", count, "changes.0.after.onHand", 47L);
                        }),
                defect("a count adds what an earlier count has seen", COUNT_ADDS_MOVEMENTS)
                        .change("StockCounted", "count-f", "counted.0.movedSince", 7L),
                defect("a count is older than what is remembered", COUNT_NEWEST)
                        .by(t -> t.change(
                                "StockCounted", "count-g", "countedAt", t.log.now.minus(Duration.ofHours(25)))),
                defect("a reservation is in a unit that is not kept", UNIT_KEPT).by(t -> {
                    var order = Stories.order("o22", PICKUP, "F", 1);
                    t.log.receivedInPieces("F", 5);
                    t.log.reserved(order, t.log.placed(order));
                }),
                defect("a hold is in a unit that is not kept", UNIT_KEPT).by(t -> {
                    t.change("StockHeld", 0, "held.0.unit", Unit.GRAM);
                    t.change("StockHeld", 0, "changes.0.unit", Unit.GRAM);
                }),
                defect("a transfer is in a unit that is not kept", UNIT_KEPT).by(t -> {
                    t.change("StockTransferredOut", 0, "transferred.0.unit", Unit.GRAM);
                    t.change("StockTransferredOut", 0, "changes.0.unit", Unit.GRAM);
                }),
                defect("a receipt is in a unit that is not kept", UNIT_KEPT).by(t -> t.log.receivedInPieces("F", 5)),
                defect("a receipt is corrected in a unit that is nowhere", UNIT_KEPT)
                        .change("StockAdjusted", "adjustment-2", "changes.0.unit", Unit.GRAM),
                defect("what is kept from online channels is in a unit that is not kept", UNIT_KEPT)
                        .change("SafetyStockSet", 0, "changes.0.unit", Unit.GRAM),
                defect("a transfer loses what is in another unit", STOCK_CHANGE_FITS)
                        .change("StockTransferredIn", "transfer-g", "changes", List.of()),
                defect("a transfer arrives in another unit", STOCK_CHANGE_FITS)
                        .change("StockTransferredIn", "transfer-g", "changes.0.unit", Unit.EACH),
                defect("a return loses what is in another unit", RETURN_RESTOCKED)
                        .change("StockRestocked", "r3", "changes", List.of()),
                defect("a till sale loses what is in another unit", SALE_BOOKED).by(t -> {
                    t.change("StockSold", "t8", "sold", List.of());
                    t.change("StockSold", "t8", "changes", List.of());
                }),
                defect("a till sale in another unit is said to be booked", STOCK_CHANGE_FITS)
                        .change("StockSold", "t8", "changes", List.of()),
                defect("what is kept in another unit is refused as if it were available", STOCK_REFUSAL_JUSTIFIED)
                        .change("StockReservationRejected", "o21", "shortages.0.available", 700L),
                defect("an order is picked in another unit", RESERVATION_ANSWERS_ORDER)
                        .by(t -> {
                            t.change("StockReserved", 0, "reserved.0.unit", Unit.GRAM);
                            t.change("StockReserved", 0, "changes.0.unit", Unit.GRAM);
                        }),
                defect("a receipt is booked again with other goods", BOOKED_ONCE)
                        .by(t -> {
                            t.again("StockReceived", 0);
                            t.change(
                                    "StockReceived",
                                    -1,
                                    "changes",
                                    List.of(t.log.change(Stories.OSLO, "D", 7, 0, 0, 0, 0)));
                        }),
                defect("goods for the vendor are not booked", NOTHING_OWED).remove("VendorStockReturned", 0),
                defect("goods for the vendor are booked twice", RETURN_RESTOCKED)
                        .again("VendorStockReturned", 0),
                defect("goods for the vendor are put on sale", STOCK_CHANGE_FITS)
                        .by(t -> {
                            t.change("VendorStockReturned", 0, "changes.0.change.onHand", 2L);
                            t.change("VendorStockReturned", 0, "changes.0.change.toVendor", 0L);
                        }),
                defect("goods for the vendor are sent and stay on the book", STOCK_ARITHMETIC)
                        .change("StockAdjusted", "adjustment-v", "changes.0.after.toVendor", 2L),
                defect("more goods are for the vendor after some were sent", STOCK_CHANGE_FITS)
                        .by(t -> {
                            var sent = "adjustment-v";
                            t.change("StockAdjusted", sent, "changes.0.change.toVendor", 1L);
                            t.change("StockAdjusted", sent, "changes.0.after.toVendor", 3L);
                        }),
                defect("goods not found are written off in another unit", STOCK_CHANGE_FITS)
                        .change("StockAdjusted", 0, "changes.0.unit", Unit.GRAM),
                defect("a receipt is booked twice", BOOKED_ONCE).again("StockReceived", 0),
                defect("an adjustment is booked twice", BOOKED_ONCE).again("StockAdjusted", 0),
                defect("a count is booked twice", BOOKED_ONCE).again("StockCounted", 0),
                defect("a transfer sets out twice", BOOKED_ONCE).again("StockTransferredOut", 0),
                defect("a count is of the future", COUNT_NEWEST)
                        .by(t -> t.change("StockCounted", 0, "countedAt", t.log.now.plus(Duration.ofHours(1)))),
                defect("an older count overwrites a newer one", COUNT_NEWEST)
                        .by(t -> t.log.write(
                                null,
                                new StockCounted(
                                        null,
                                        Stories.OSLO,
                                        "count-0",
                                        Instant.parse("2026-11-22T01:00:00Z"),
                                        List.of(countedAsIs(t, "C")),
                                        List.of()))),
                defect("more is written off than is there", STOCK_CHANGE_FITS)
                        .by(t -> t.log.write(
                                null,
                                new StockAdjusted(
                                        null,
                                        Stories.RIGA,
                                        "adjustment-9",
                                        AdjustmentReason.LOST,
                                        t.log.now,
                                        List.of(),
                                        List.of(t.log.change(Stories.RIGA, "A", -1_000, 0, 0, 0, 0))))),
                defect("stock changes its unit", UNIT_KEPT).change("StockReceived", 1, "changes.0.unit", Unit.GRAM),
                defect("a confirmed reservation ends by itself", RESERVATION_FOLLOWS_ORDER)
                        .change("StockReleased", 0, "reason", ReleaseReason.NOT_ANSWERED_IN_TIME),
                defect("a reservation is released for another reason", RESERVATION_FOLLOWS_ORDER)
                        .change("StockReleased", 0, "reason", ReleaseReason.PICKUP_EXPIRED),
                defect("a late confirmation is refused what is there", RESERVATION_ENDS_ONCE)
                        .by(t -> {
                            var order = Stories.order("o95", PICKUP, "A", 1);
                            var reserved = t.log.reserved(order, t.log.placed(order));
                            t.log.now = t.log.now.plus(Duration.ofMinutes(45));
                            t.log.expired(order);
                            var confirmed = t.log.confirmed(order, reserved);
                            var facts = order.facts()
                                    .with("shortSkus", List.of("A"))
                                    .with("released", List.of());
                            t.log.write(
                                    confirmed, facts.with("changes", List.of()).event(ReservationBroken.class));
                        }),
                defect("an order does not use up its hold", HOLD_ENDS_ONCE).by(t -> {
                    t.log.hold("h9", 1);
                    var order = Stories.order("o96", PICKUP, "B", 1);
                    var placed = t.log.placed(order);
                    t.log.reserved(order, placed);
                    t.change("OrderPlaced", "o96", "fulfilments.0.holdId", "h9");
                }),
                defect("an order uses up another one's hold", HOLD_ENDS_ONCE).by(t -> {
                    t.log.hold("h9", 1);
                    var order = Stories.order("o97", PICKUP, "B", 1);
                    var placed = t.log.placed(order);
                    var changes = List.of(t.log.change(Stories.OSLO, "B", 0, 0, -1, 0, 0));
                    t.log.write(placed, new StockHoldReleased(null, Stories.OSLO, "h9", changes));
                }),
                // Pickup.
                defect("goods are ready that nobody picked", PICKUP_TRANSITIONS).remove("PickingStarted", 0),
                defect("goods are ready that were never reserved", PICKUP_READY_IF_RESERVED)
                        .change("StockReserved", 0, "fulfilmentId", "o99-1"),
                defect("goods are handed over twice", PICKUP_ENDS_ONCE).again("PickupHandedOver", 0),
                defect("goods expire after the handover", PICKUP_ENDS_ONCE).by(t -> {
                    var order = Stories.order("o1", PICKUP, "A", 2);
                    var facts = order.facts().with("customerId", null).with("lines", order.picks(2));
                    var expired = facts.with("pickupDeadline", t.log.now).with("lastCodeIssue", 1);
                    t.log.write(null, expired.event(PickupExpired.class));
                }),
                defect("expired goods are handed over", PICKUP_ENDS_ONCE).by(t -> {
                    var order = Stories.order("o7", PICKUP, "A", 2);
                    var facts = order.facts().with("customerId", null).with("handedOver", order.picks(2));
                    var given = facts.with("handedOverAt", t.log.now).with("codeIssue", 1);
                    t.log.write(null, given.with("lastCodeIssue", 1).event(PickupHandedOver.class));
                }),
                defect("more is handed over than was picked", PICKUP_LINES_ADD_UP)
                        .change("PickupHandedOver", 0, "handedOver.0.quantity", 3L),
                defect("everything is refused for no reason", PICKUP_LINES_ADD_UP)
                        .change("PickupHandedOver", 5, "notTakenReason", null),
                defect("goods are given for an old code", PICKUP_CODE).by(t -> {
                    t.change("PickupHandedOver", 1, "codeIssue", 1);
                    t.change("PickupHandedOver", 1, "overriddenBy", null);
                }),
                defect("goods are given on nobody's word", PICKUP_CODE)
                        .change("PickupHandedOver", 1, "overriddenBy", null),
                defect("the sixth wrong code is not locked out", PICKUP_CODE_LOCK)
                        .change("PickupCodeRejected", 4, "locked", false),
                defect("a handover forgets that the code was issued anew", PICKUP_LAST_CODE)
                        .change("PickupHandedOver", 1, "lastCodeIssue", 1),
                defect("a cancellation names a code that never was", PICKUP_LAST_CODE)
                        .change("PickupCancelled", 0, "lastCodeIssue", 1),
                defect("a delay is recorded twice", TASK_OVERDUE).change("PickupOverdue", 1, "kind", OverdueKind.PICK),
                defect("a delay is recorded before its time", TASK_OVERDUE)
                        .by(t -> t.meta(
                                "PickupOverdue",
                                0,
                                "recordedAt",
                                t.metaOf("PickupOverdue", 0).getRecordedAt().minusSeconds(60))),
                defect("a delay is recorded for another time", TASK_OVERDUE)
                        .by(t -> t.change("PickupOverdue", 0, "dueAt", t.log.now)),
                defect("a store that picks is told to accept", TASK_OVERDUE)
                        .change("PickupOverdue", 1, "kind", OverdueKind.ACCEPT),
                defect("a task has other times than its promise gives", TASK_ENDS)
                        .by(t -> t.change("PickupRequested", "o41", "pickBy", t.log.now)),
                defect("a task goes on for ever", TASK_ENDS).by(t -> t.log.now = t.log.now.plus(Duration.ofDays(4))),
                defect("a timer ends a task too early", TASK_ENDS).by(t -> {
                    var order = Stories.order("o43", PICKUP, "A", 1);
                    t.log.ordered(order);
                    t.log.pickupCancelled(order, null, 1, true, EndReason.NOT_PICKED_IN_TIME);
                }),
                defect("a rejected task is forgotten", NOTHING_OWED).by(t -> {
                    var order = Stories.order("o44", PICKUP, "A", 1);
                    t.log.ordered(order);
                    t.log.write(null, order.facts().event(PickupTaskRejected.class));
                }),
                defect("goods are staged by a store that rejected them", PICKUP_TRANSITIONS)
                        .by(t -> {
                            var order = Stories.order("o45", PICKUP, "A", 1);
                            t.log.ordered(order);
                            t.log.write(null, order.facts().event(PickupTaskRejected.class));
                            t.log.ready(order, 1);
                        }),
                defect("nothing ends a confirmed reservation", RESERVATION_HAS_DEADLINE)
                        .change("PickupRequested", "o13", "endBy", null),
                defect("a shopper gets more than two days more", PICKUP_DEADLINE)
                        .by(t -> t.change(
                                "PickupDeadlineExtended", 0, "pickupDeadline", t.log.now.plus(Duration.ofDays(3)))),
                defect("a shopper extends twice", PICKUP_DEADLINE).by(t -> {
                    var order = Stories.order("o46", PICKUP, "A", 1);
                    t.log.ordered(order);
                    t.log.picking(order);
                    var ready = (PickupReady) t.log.ready(order, 1).event();
                    var deadline = Objects.requireNonNull(ready.getPickupDeadline());
                    for (int extension = 1; extension <= 2; extension++) {
                        var facts = order.facts()
                                .with("previous", deadline)
                                .with("pickupDeadline", deadline.plusSeconds(60))
                                .with("extensions", extension)
                                .with("byShopper", true);
                        t.log.write(null, facts.event(PickupDeadlineExtended.class));
                        deadline = deadline.plusSeconds(60);
                    }
                }),
                defect("goods expire an hour early", PICKUP_DEADLINE)
                        .change("PickupReady", "o7-1", "pickupDeadline", Instant.parse("2026-11-23T00:00:00Z")),
                defect("goods are given after the deadline", PICKUP_DEADLINE)
                        .by(t -> t.change(
                                "PickupReady",
                                0,
                                "pickupDeadline",
                                t.metaOf("PickupReady", 0).getRecordedAt().plusMillis(1))),
                defect("a deadline is over before it is told", PICKUP_DEADLINE)
                        .by(t -> t.change(
                                "PickupReady",
                                0,
                                "pickupDeadline",
                                t.metaOf("PickupReady", 0).getRecordedAt())),
                defect("a shopper is reminded too early", PICKUP_DEADLINE)
                        .by(t -> t.meta(
                                "PickupReminderDue",
                                0,
                                "recordedAt",
                                t.metaOf("PickupReminderDue", 0).getRecordedAt().minusSeconds(3_600))),
                defect("a new code comes with a new deadline", PICKUP_DEADLINE)
                        .by(t -> t.change(
                                "PickupCodeReissued", 0, "pickupDeadline", t.log.now.plus(Duration.ofDays(1)))),
                defect("the first code is the second", PICKUP_CODE_LOCK).change("PickupReady", 0, "codeIssue", 2),
                defect("a pickup changes its shopper", REPEATS_FIRST)
                        .change("PickupReady", 0, "customerId", "customer-o99"),
                defect("another article is missing than was picked", PICKUP_LINES_ADD_UP)
                        .change("PickupLineShort", 0, "sku", "B"),
                defect("a cancellation is refused that can be made", PICKUP_ENDS_ONCE)
                        .by(t -> {
                            var order = Stories.order("o10", PICKUP, "D", 1);
                            var requested = t.log.cancellationRequested(order, null, 1, EndReason.CANCELLED_BY_SHOPPER);
                            t.log.cancellationRefused(order, requested, CancellationRefusalReason.UNKNOWN_LINES);
                        }),
                // Returns.
                defect("more comes back than left", RETURN_WITHIN_PURCHASE)
                        .change("ReturnAccepted", 1, "lines.0.quantity", 2L),
                defect("a return is accepted twice", RETURN_ONCE).again("ReturnAccepted", 0),
                defect("goods come back too late", RETURN_IN_WINDOW)
                        .change("PurchaseRecorded", 0, "returnableUntil", Instant.parse("2026-11-20T00:00:00Z")),
                defect("a cent too much is refunded", REFUND_SHARE).by(t -> {
                    t.change("ReturnAccepted", 1, "lines.0.refund.amount", 2_000L);
                    t.change("ReturnAccepted", 1, "refund.amount", 2_000L);
                }),
                defect("more is refunded than was paid", REFUND_WITHIN_PAID)
                        .change("ReturnAccepted", 1, "lines.0.refund.amount", 2_001L),
                defect("another sum is refunded", REFUND_REQUESTED).change("RefundRequested", 0, "amount.amount", 1L),
                defect("a cent too much is refunded of a part", REFUND_SHARE).by(t -> {
                    t.change("ReturnAccepted", 0, "lines.0.refund.amount", 2_000L);
                    t.change("ReturnAccepted", 0, "refund.amount", 2_000L);
                }),
                defect("a discounted part is refunded rounded down", REFUND_SHARE)
                        .by(t -> refunded(t, 1_023)),
                defect("a cent too much is refunded of a discounted part", REFUND_SHARE)
                        .by(t -> refunded(t, 1_025)),
                defect("another article comes back than was bought", RETURN_WITHIN_PURCHASE)
                        .change("ReturnAccepted", 0, "lines.0.sku", "B"),
                defect("the refund goes to another shopper", REPEATS_FIRST)
                        .change("ReturnAccepted", 0, "customerId", "customer-o2"),
                defect("another payment is refunded", REFUND_REQUESTED)
                        .change("RefundRequested", 0, "paymentReference", "another"),
                defect("a return is restocked twice", RETURN_RESTOCKED).again("StockRestocked", 0),
                defect("damaged goods are restocked", RETURN_RESTOCKED)
                        .change("ReturnAccepted", 0, "lines.0.disposition", Disposition.DAMAGED),
                // Notifications.
                defect("a trigger is told twice", NOTIFICATION_ONCE).by(t -> {
                    var trigger = t.event("NotificationRequested", 0);
                    t.again("NotificationRequested", 0);
                    t.log.write(null, new NotificationSent(null, trigger.key(), "customer-o1", 1));
                }),
                defect("a trigger is told twice under two ids", NOTIFICATION_ONCE)
                        .by(t -> {
                            int partition = t.event("NotificationRequested", 0)
                                    .recordId()
                                    .partition();
                            t.again("NotificationRequested", 0);
                            t.change("NotificationRequested", -1, "notificationId", "another");
                            t.place("NotificationRequested", -1, "another", partition);
                        }),
                defect("a stranger is told", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", 0, "customerId", "customer-o99"),
                defect("a mail is sent without a claim", NOTIFICATION_TRANSITIONS)
                        .remove("NotificationSending", 0),
                defect("a mail is sent twice", NOTIFICATION_SENT_ONCE).again("NotificationSent", 0),
                defect("a shopper is called after the handover", NOTIFICATION_NOT_LATE)
                        .by(t -> {
                            t.last("NotificationSending", 1);
                            t.last("NotificationSent", 1);
                        }),
                defect("a new code is mailed after the handover", NOTIFICATION_NOT_LATE)
                        .by(t -> {
                            var id = t.event("NotificationRequested", Template.PICKUP_CODE_REISSUED)
                                    .key();
                            t.last("NotificationSending", id);
                            t.last("NotificationSent", id);
                        }),
                defect("a superseded mail is claimed", NOTIFICATION_NOT_LATE).by(t -> {
                    var suppressed = t.event("NotificationSuppressed", 0);
                    t.log.write(null, new NotificationSending(null, suppressed.key(), "customer-o7", 1));
                }),
                defect("a mail is told of another amount", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", 0, "amount", SyntheticLog.money(1)),
                defect("a mail names no article", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", 0, "lines", List.of()),
                defect("a mail is superseded by nothing", NOTIFICATION_AS_AGREED)
                        .by(t -> {
                            var order = Stories.order("o98", PICKUP, "A", 1);
                            t.log.ordered(order);
                            t.log.picking(order);
                            var ready = t.log.ready(order, 1);
                            var id = t.event("NotificationRequested", -1).key();
                            assertThat(t.metaOf("NotificationRequested", -1).getCausationId())
                                    .isEqualTo(ready.meta().getEventId());
                            assertThat(t.event("NotificationRequested", -1)
                                            .meta()
                                            .getCausationId())
                                    .isEqualTo(ready.meta().getEventId());
                            t.remove("NotificationSent", -1);
                            var why = SuppressionReason.SUPERSEDED;
                            t.log.write(null, new NotificationSuppressed(null, id, "customer-o98", why));
                        }),
                defect("a retry does not wait", NOTIFICATION_TRANSITIONS)
                        .by(t -> t.remove("NotificationDue", 0)
                                .change("NotificationAttemptFailed", 0, "retryAt", t.log.now)),
                defect("a mail of unknown outcome is sent a third time", NOTIFICATION_SENT_ONCE)
                        .by(t -> {
                            var id = t.event("NotificationAttemptFailed", 0).key();
                            t.change("NotificationAttemptFailed", 0, "cause", "OUTCOME_UNKNOWN");
                            t.remove("NotificationSent", id);
                            var cause = "OUTCOME_UNKNOWN";
                            var failed = new NotificationAttemptFailed(null, id, "customer-o15", 2, cause, t.log.now);
                            t.log.write(null, failed);
                            t.log.write(null, new NotificationSending(null, id, "customer-o15", 3));
                        }),
                defect("a void code is mailed", NOTIFICATION_NOT_LATE).by(t -> {
                    t.change("NotificationRequested", Template.PICKUP_CODE_REISSUED, "codeIssue", 2);
                    var id = t.event(
                                    "NotificationRequested",
                                    t.metaOf("PickupReady", "o2-1").getEventId())
                            .key();
                    t.last("NotificationSending", id);
                    t.last("NotificationSent", id);
                }),
                defect("lines that end are not told", NOTHING_OWED).by(t -> {
                    var id = t.event("NotificationRequested", Template.ORDER_LINES_CANCELLED)
                            .key();
                    t.remove("NotificationSent", id);
                    t.remove("NotificationSending", id);
                    t.remove("NotificationRequested", id);
                }),
                defect("lines that end are told without the reason", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", Template.ORDER_LINES_CANCELLED, "reason", null),
                defect("a shopper is told another reason", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", Template.ORDER_CANCELLED, "reason", EndReason.NO_SHOW),
                defect("what is missing of a ready pickup is not told", NOTIFICATION_FITS_TRIGGER)
                        .by(t -> {
                            var ready = t.metaOf("PickupReady", "o8-1").getEventId();
                            t.change("NotificationRequested", ready, "droppedLines", List.of());
                        }),
                defect("a ready pickup does not say what is missing", PICKUP_LINES_ADD_UP)
                        .change("PickupReady", "o8-1", "missing", List.of()),
                defect("lines that ended are other lines", ORDER_LINES_ADD_UP)
                        .change("OrderLinesCancelled", 0, "cancelledLines.0.quantity", 5L),
                defect("a till sold what was promised and the order does not say so", ORDER_TRANSITIONS)
                        .change("ReservationBroken", 0, "soldAtTill", false),
                defect("a notification is repeated too often", NOTIFICATION_TRANSITIONS)
                        .by(t -> {
                            t.change("NotificationRepeated", 0, "repeat", 4);
                            t.change("NotificationRequested", "o15-again", "repeat", 4);
                        }),
                defect("a repeat says something else", NOTIFICATION_FITS_TRIGGER)
                        .change("NotificationRequested", "o15-again", "amount", SyntheticLog.money(1)),
                defect("a notification is a repeat that nobody asked for", NOTIFICATION_FITS_TRIGGER)
                        .by(t -> {
                            t.change("NotificationRequested", 0, "repeatOf", "another");
                            t.change("NotificationRequested", 0, "repeat", 1);
                        }),
                defect("a notification is given up before an hour is over", NOTIFICATION_AS_AGREED)
                        .by(t -> {
                            t.change("NotificationSuppressed", 0, "reason", SuppressionReason.NO_CONTACT);
                        }),
                // Rights.
                defect("a shopper orders for another one", RIGHTS_OWN_ORDER).actor("OrderPlaced", 0, MALLORY),
                defect("a shopper cancels another one's order", RIGHTS_OWN_ORDER)
                        .actor("OrderCancelled", "o6", MALLORY),
                defect("a shopper cancels a line of another one's order", RIGHTS_OWN_ORDER)
                        .actor("OrderCancellationRequested", "o5", MALLORY),
                defect("a link of one order cancels another", RIGHTS_OWN_ORDER)
                        .actor("OrderCancellationRequested", "o5", new Actor(ActorType.SHOPPER, "link:o6", null, null)),
                defect("a shopper comes for another one's goods", RIGHTS_OWN_ORDER)
                        .actor("CustomerArrived", 0, MALLORY),
                defect("the shop gets a new code for another shopper", RIGHTS_OWN_ORDER)
                        .actor(
                                "PickupCodeReissued",
                                0,
                                new Actor(ActorType.SHOPPER, "customer-mallory", null, "online-shop")),
                defect("a shopper holds stock for another one", RIGHTS_OWN_ORDER)
                        .actor("StockHeld", 0, MALLORY),
                defect("a shopper gives back another one's hold", RIGHTS_OWN_ORDER)
                        .actor("StockHoldReleased", 0, MALLORY),
                defect("a shopper books goods", RIGHTS_OWN_ORDER).actor("StockReceived", 0, MALLORY),
                defect("a shopper brings back another one's goods", RIGHTS_OWN_ORDER)
                        .actor("ReturnAccepted", 0, MALLORY),
                defect("an associate orders for another store", RIGHTS_OWN_STORE)
                        .actor("OrderPlaced", Channel.STORE, IN_RIGA),
                defect("an associate orders for the web", RIGHTS_OWN_STORE).actor("OrderPlaced", 0, IN_OSLO),
                defect("an associate cancels another store's order", RIGHTS_OWN_STORE)
                        .actor("OrderCancelled", "o6", IN_RIGA),
                defect("an associate picks for another store", RIGHTS_OWN_STORE).actor("PickingStarted", 0, IN_RIGA),
                defect("an associate counts in another store", RIGHTS_OWN_STORE).actor("StockCounted", 0, IN_RIGA),
                defect("an associate sends another store's goods away", RIGHTS_OWN_STORE)
                        .actor("StockTransferredOut", 0, IN_RIGA),
                defect("an associate gives back another store's hold", RIGHTS_OWN_STORE)
                        .actor("StockHoldReleased", 0, IN_RIGA),
                defect("a return is accepted for another store", RIGHTS_OWN_STORE)
                        .actor("ReturnAccepted", 0, IN_OSLO),
                defect("a till sells another store's goods", RIGHTS_OWN_STORE)
                        .actor("SaleRecorded", 0, new Actor(ActorType.TILL, "till-4", Stories.RIGA, null)),
                defect("an override names another associate", OVERRIDE_BY_ACTOR)
                        .change("PickupHandedOver", 1, "overriddenBy.id", "a8"),
                defect("an override names another store", OVERRIDE_BY_ACTOR)
                        .change("PickupHandedOver", 1, "overriddenBy.locationId", Stories.RIGA),
                defect("a till overrides", OVERRIDE_BY_ACTOR)
                        .actor("PickupHandedOver", 1, new Actor(ActorType.TILL, "a7", Stories.OSLO, null)),
                defect("a late return is on another one's word", OVERRIDE_BY_ACTOR)
                        .by(t -> {
                            var by = new Actor(ActorType.ASSOCIATE, "a8", Stories.RIGA, null);
                            t.change("ReturnAccepted", 0, "overriddenBy", by);
                            t.change("ReturnAccepted", 0, "overrideReason", "goodwill");
                        }),
                // Stories.
                defect("a reservation is of another quantity than ordered", RESERVATION_ANSWERS_ORDER)
                        .change("OrderPlaced", 0, "lines.0.quantity", 5L),
                defect("an order is confirmed without a reservation", CONFIRMED_IF_RESERVED)
                        .change("StockReserved", 0, "fulfilmentId", "o99-1"),
                defect("another line is picked than ordered", PICKUP_FOLLOWS_ORDER)
                        .change("PickupRequested", 0, "lines.0.quantity", 3L),
                defect("a release is of another fulfilment", RESERVATION_FOLLOWS_ORDER)
                        .change("StockReleased", 0, "fulfilmentId", "o10-1"),
                defect("less leaves the stock than was handed over", HANDOVER_BOOKED)
                        .change("StockCommitted", 0, "handedOver.0.quantity", 1L),
                defect("the order hears of less than was handed over", HANDOVER_REPORTED)
                        .change("FulfilmentHandedOver", 0, "lines.0.quantity", 1L),
                defect("a till sale is booked twice", SALE_BOOKED).again("StockSold", 0),
                defect("a till sale is never booked", NOTHING_OWED).remove("StockSold", 0),
                defect("a purchase is recorded with another price", PURCHASE_RECORDED)
                        .change("PurchaseRecorded", 0, "lines.0.paid.amount", 1L),
                defect("more is cancelled than was asked", CANCELLATION_ANSWERED)
                        .change("OrderCancellationRequested", 0, "parts.0.lines", List.of()),
                defect("less is cancelled than was asked and is there", CANCELLATION_ANSWERED)
                        .change("OrderCancellationRequested", "o16", "parts.0.lines.0.quantity", 2L),
                defect("what was not taken stays on the order", NOTHING_OWED).by(t -> {
                    t.meta("FulfilmentHandedOver", "o9", "count", 1);
                    t.remove("OrderLinesCancelled", "o9");
                    t.remove("OrderCompleted", "o9");
                }),
                defect("goods are picked for another shopper", REPEATS_CAUSE)
                        .change("PickupRequested", 0, "customerId", "customer-o99"),
                defect("a mail is about another pickup", REPEATS_CAUSE)
                        .change("NotificationRequested", Template.PICKUP_READY, "fulfilmentId", "o2-1"),
                defect("a mail shows another code", REPEATS_CAUSE)
                        .change("NotificationRequested", Template.PICKUP_CODE_REISSUED, "codeIssue", 1),
                defect("a sale is booked on another order", REPEATS_CAUSE).change("StockSold", 0, "orderId", "t2"),
                defect("a pickup becomes a delivery", PICKUP_FOLLOWS_ORDER)
                        .change("PickupRequested", 0, "method", DELIVERY),
                defect("another article is to be picked than was ordered", PICKUP_FOLLOWS_ORDER)
                        .change("PickupRequested", 0, "lines.0.sku", "B"),
                defect("damaged goods found in picking vanish", RESERVATION_FOLLOWS_ORDER)
                        .change("PickupLineShort", 0, "reason", ShortReason.DAMAGED),
                defect("only a part of a cancelled order is released", RESERVATION_FOLLOWS_ORDER)
                        .by(t -> {
                            var order = Stories.order("o94", PICKUP, "A", 2);
                            t.log.reserved(order, t.log.placed(order));
                            var facts = order.facts()
                                    .with("reason", EndReason.CANCELLED_BY_SHOPPER)
                                    .with("reservedFulfilments", List.of(order.group()));
                            var cancelled = t.log.write(null, facts.event(OrderCancelled.class));
                            var released = t.log.changed("A", 0, -1);
                            t.log.released(
                                    order, cancelled, ReleaseReason.ORDER_CANCELLED, order.units(1), false, released);
                        }),
                defect("a reservation ends before its order is decided", RESERVATION_DEADLINE)
                        .by(t -> t.change(
                                "StockReserved",
                                0,
                                "expiresAt",
                                t.metaOf("StockReserved", 0).getRecordedAt().plusSeconds(60))),
                defect("a late sale is booked as of now", SALE_BOOKED)
                        .by(t -> t.change("StockSold", 1, "soldAt", t.log.now)),
                defect("more is carried out than was sold", HANDOVER_REPORTED)
                        .change("FulfilmentHandedOver", "t1", "lines.0.quantity", 2L),
                defect("lines are cancelled that nobody asked for", ENDS_REPORTED)
                        .cause("OrderLinesCancelled", 0, null),
                defect("a command's events have two causes", COMMAND_WHOLE)
                        .by(t -> t.cause(
                                "OrderCompleted",
                                0,
                                t.metaOf("PickupHandedOver", 1).getEventId())),
                defect("an expired line is taken off another order", ENDS_REPORTED)
                        .by(t -> t.cause(
                                "OrderLinesCancelled",
                                0,
                                t.metaOf("PickupLineShort", 0).getCommandId())),
                defect("a return is not on the order with its refund", RETURN_REPORTED)
                        .change("OrderReturned", 0, "refund.amount", 1L));
    }

    static Defect defect(String name, Invariant caughtBy) {
        return new Defect(name, caughtBy, _ -> {});
    }

    /** A small change of a good log, and the invariant that has to catch it. */
    record Defect(String name, Invariant caughtBy, Consumer<Tampering> tampering) {
        Defect by(Consumer<Tampering> change) {
            return new Defect(name, caughtBy, change);
        }

        Defect change(String type, Object which, String path, @Nullable Object value) {
            return by(t -> t.change(type, which, path, value));
        }

        Defect meta(String type, Object which, String field, @Nullable Object value) {
            return by(t -> t.meta(type, which, field, value));
        }

        Defect actor(String type, Object which, Actor actor) {
            return meta(type, which, "actor", actor);
        }

        Defect cause(String type, Object which, @Nullable UUID cause) {
            return by(t -> t.cause(type, which, cause));
        }

        Defect again(String type, Object which) {
            return by(t -> t.again(type, which));
        }

        Defect remove(String type, Object which) {
            return by(t -> t.remove(type, which));
        }

        void isCaught() {
            var day = Stories.day();
            tampering.accept(new Tampering(day));

            var report = AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER));

            assertThat(report.holds()).as(name).isFalse();
            assertThat(report.violated().keySet()).as(name).contains(caughtBy);
            assertThat(report.violations())
                    .filteredOn(violation -> violation.invariant() == caughtBy)
                    .allSatisfy(violation -> assertThat(violation.explanation()).isNotBlank());
        }

        @Override
        public String toString() {
            return name + ": " + caughtBy;
        }
    }

    private static CountedSku countedAsIs(Tampering t, String sku) {
        long onHand = t.log.change(Stories.OSLO, sku, 0, 0, 0, 0, 0).getAfter().getOnHand();
        return new CountedSku(sku, Unit.EACH, onHand, onHand, 0L);
    }

    /** What is taken off the discounted line for the unit that is missing; right is 1,023. */
    private static void cancelled(Tampering t, long amount) {
        t.change("OrderLinesCancelled", "o30", "amount.amount", amount);
    }

    /** What is refunded for one of the two discounted units that left; right is 1,024. */
    private static void refunded(Tampering t, long amount) {
        t.change("ReturnAccepted", "o30", "lines.0.refund.amount", amount);
        t.change("ReturnAccepted", "o30", "refund.amount", amount);
        t.change("RefundRequested", "o30", "amount.amount", amount);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isCaught(Defect defect) {
        defect.isCaught();
    }

    @Test
    void aTaskThatATimerEndsAtItsTimeIsNoDefect() {
        var day = TaskStories.forgotten();
        assertThat(AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER)).violations())
                .isEmpty();
    }

    @Test
    void catchesWhatFollowsFromAnAbortedEvent() {
        var day = Stories.day();
        var tampering = new Tampering(day);
        var seen = tampering.event("FulfilmentHandedOver", "t1");
        var audit = new Audit(AuditTest.RULES);
        audit.aborted(seen);
        tampering.log.events().removeIf(event -> event.key().equals("t1"));
        tampering.renumber();
        day.events().forEach(audit::accept);

        assertThat(audit.finish(day.now.plus(AuditTest.LATER)).violated()).containsKey(CAUSE_COMMITTED);
    }

    @Test
    void catchesAMailAfterAnErasure() {
        var day = Stories.day();
        var audit = new Audit(AuditTest.RULES);
        audit.contact("customer-o1", day.now.minus(Duration.ofDays(3)), null);
        day.events().forEach(audit::accept);

        assertThat(audit.finish(day.now.plus(AuditTest.LATER)).violated()).containsKey(NOTIFICATION_NOT_AFTER_ERASURE);
    }

    @Test
    void catchesAMailToWhomDidNotAgree() {
        assertThat(withContact("customer-o1", "o1@example.org", false).violated())
                .containsOnlyKeys(NOTIFICATION_AS_AGREED);
        assertThat(withContact("customer-o1", null, true).violated()).containsOnlyKeys(NOTIFICATION_AS_AGREED);
        assertThat(withContact("customer-o1", "o1@example.org", true).holds()).isTrue();
    }

    @Test
    void catchesAMailThatIsKeptFromWhomAgreed() {
        var day = Stories.day();
        var tampering = new Tampering(day);
        tampering.change("NotificationSuppressed", 0, "reason", SuppressionReason.NO_CONSENT);
        var audit = new Audit(AuditTest.RULES);
        audit.contact("customer-o7", day.now.minus(Duration.ofDays(3)), contact("customer-o7", "o7@example.org", true));
        day.events().forEach(audit::accept);

        assertThat(audit.finish(day.now.plus(AuditTest.LATER)).violated()).containsOnlyKeys(NOTIFICATION_AS_AGREED);
    }

    private static AuditReport withContact(String customerId, @Nullable String email, boolean consent) {
        var day = Stories.day();
        var audit = new Audit(AuditTest.RULES);
        audit.contact(customerId, day.now.minus(Duration.ofDays(3)), contact(customerId, email, consent));
        day.events().forEach(audit::accept);
        return audit.finish(day.now.plus(AuditTest.LATER));
    }

    private static CustomerContact contact(String customerId, @Nullable String email, boolean consent) {
        return CustomerContact.newBuilder()
                .setCustomerId(customerId)
                .setEmail(email)
                .setLocale("nb-NO")
                .setEmailConsent(consent)
                .setChangedAt(Instant.EPOCH)
                .build();
    }

    @Test
    void catchesAViewThatDiffersFromItsEvents() {
        var audit = new Audit(AuditTest.RULES);
        audit.served(false, () -> "Order o1 is served as PLACED");

        assertThat(audit.finish(Instant.EPOCH).violated()).containsOnlyKeys(VIEW_IS_FOLD);
    }

    @ParameterizedTest
    @MethodSource("histories")
    void catchesClientsThatRememberOtherwise(Invariant caughtBy, List<ClientRequest> journal) {
        var day = Stories.day();
        var audit = new Audit(AuditTest.RULES);
        audit.clients(journal);
        day.events().forEach(audit::accept);

        assertThat(audit.finish(day.now.plus(AuditTest.LATER)).violated()).containsOnlyKeys(caughtBy);
    }

    static Stream<Arguments> histories() {
        return Stream.of(
                Arguments.of(CLIENT_OK, List.of(request("k1", "o404", Outcome.OK))),
                Arguments.of(CLIENT_OK, List.of(cancellation("o1"))),
                Arguments.of(CLIENT_REFUSED, List.of(request("k1", "o1", Outcome.REFUSED))),
                Arguments.of(
                        CLIENT_UNKNOWN,
                        List.of(new ClientRequest(
                                "k1", "POST /v1/orders/o1/returns", "o1", Outcome.UNKNOWN, Instant.EPOCH, null))),
                // Both were answered as if they were booked: the second has the number of the first.
                Arguments.of(
                        CLIENT_CONTENT,
                        List.of(
                                receipt("k1", Map.of("E", 10L)),
                                receipt("k2", Map.of("D", 7L)),
                                receipt("k3", Map.of("E|GRAM", 10L)))),
                Arguments.of(CLIENT_CONTENT, List.of(request("k1", "o1", Outcome.OK, Map.of("A", 1L)))));
    }

    private static ClientRequest cancellation(String orderId) {
        return new ClientRequest(
                "k1", "POST /v1/orders/" + orderId + "/cancel", orderId, Outcome.OK, Instant.EPOCH, null);
    }

    private static ClientRequest request(String key, String orderId, Outcome outcome) {
        return request(key, orderId, outcome, null);
    }

    private static ClientRequest request(
            String key, String orderId, Outcome outcome, @Nullable Map<String, Long> goods) {
        return new ClientRequest(key, "POST /v1/orders", orderId, outcome, Instant.EPOCH, goods);
    }

    private static ClientRequest receipt(String key, Map<String, Long> goods) {
        return new ClientRequest(
                key, "POST /v1/locations/oslo-1/receipts", "receipt-e", Outcome.OK, Instant.EPOCH, goods);
    }
}
