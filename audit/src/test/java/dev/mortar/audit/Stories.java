package dev.mortar.audit;

import static dev.mortar.schemas.FulfilmentMethod.CARRY_OUT;
import static dev.mortar.schemas.FulfilmentMethod.CURBSIDE;
import static dev.mortar.schemas.FulfilmentMethod.DELIVERY;
import static dev.mortar.schemas.FulfilmentMethod.PICKUP;

import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.*;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Everything that can rightly happen in a retailer's day, written by hand: a log in which all invariants hold. */
final class Stories extends SyntheticLog {
    static final int PARTITIONS = 4;
    static final String OSLO = "oslo-1";
    static final String RIGA = "riga-1";

    /** The slots of orders that have one, and the times that shoppers wish, by order id. */
    private final Map<String, BookedSlot> booked = new HashMap<>();

    private final Map<String, Instant> wishes = new HashMap<>();
    /** The slots that orders give back when they are released next. */
    private final Map<String, BookedSlot> givenBack = new HashMap<>();
    /** The parcels of deliveries by order id; one of everything if it names none. */
    final Map<String, List<Parcel>> parcels = new HashMap<>();

    Stories() {
        super(PARTITIONS);
    }

    private static Fulfilment promising(Order order, @Nullable Instant promisedAt) {
        return Fulfilment.newBuilder(order.group()).setPromisedAt(promisedAt).build();
    }

    /** An order of one fulfilment from Oslo. */
    record Order(String id, @Nullable String customer, FulfilmentMethod method, List<OrderLine> lines) {
        Fulfilment group() {
            var lineIds = lines.stream().map(OrderLine::getLineId).toArray(String[]::new);
            return Fulfilment.newBuilder(fulfilment(id, 1, method, OSLO, lineIds))
                    .setMayMove(true)
                    .build();
        }

        String fulfilmentId() {
            return id + "-1";
        }

        long total() {
            return Sums.paid(lines);
        }

        /** The facts that most of its events tell. */
        Facts facts() {
            return at(OSLO).with("orderId", id)
                    .with("fulfilmentId", fulfilmentId())
                    .with("customerId", customer)
                    .with("method", method)
                    .with("channel", Channel.ONLINE)
                    .with("lines", lines)
                    .with("fulfilments", List.of(group()))
                    .with("total", money(total()))
                    .with("paymentReference", "payment");
        }

        List<SkuQuantity> units() {
            return lines.stream()
                    .map(line -> new SkuQuantity(line.getSku(), line.getQuantity(), line.getUnit()))
                    .toList();
        }

        List<SkuQuantity> units(long quantity) {
            return quantity == 0 ? List.of() : List.of(SyntheticLog.units(skuOfFirst(), quantity));
        }

        List<PickupLine> picks(long quantity) {
            return quantity == 0 ? List.of() : List.of(pick("1", skuOfFirst(), quantity));
        }

        List<LineQuantity> parts(long quantity) {
            return quantity == 0 ? List.of() : List.of(new LineQuantity("1", skuOfFirst(), quantity));
        }

        String skuOfFirst() {
            return lines.getFirst().getSku();
        }

        long quantityOfFirst() {
            return lines.getFirst().getQuantity();
        }
    }

    static Order order(String id, FulfilmentMethod method, String sku, long quantity) {
        return new Order(id, "customer-" + id, method, List.of(line("1", sku, quantity, 333)));
    }

    /** The whole day. */
    static Stories day() {
        var day = new Stories();
        day.register(OSLO);
        day.register(RIGA);
        for (var sku : List.of("A", "B", "C")) {
            day.receive(OSLO, sku, 100);
        }
        day.receive(OSLO, "D", 2);
        day.clickAndCollect("o1", "customer-o1", OSLO, "A", 2);
        day.bringBack("o1", "customer-o1", "r1", "A", 1, 1_999, Disposition.RESTOCK);
        day.bringBack("o1", "customer-o1", "r2", "A", 1, 1_999, Disposition.DAMAGED);
        day.kerb();
        day.delivery();
        day.tillSales();
        day.outOfStock();
        day.cancelledAfterConfirmation();
        day.cancelledBeforeConfirmation();
        day.noShow();
        day.shortPick();
        day.notTaken();
        day.refusedAtTheCounter();
        day.shortfall();
        day.holds();
        day.transfer();
        day.mixedOrder();
        day.answeredLate();
        day.cancelledTooLate();
        day.housekeeping();
        day.countedAndToldLate();
        TaskStories.happenOn(day);
        SourcingStories.happenOn(day);
        TransferStories.happenOn(day);
        ParcelStories.happenOn(day);
        day.otherUnits();
        day.backToTheVendor();
        day.confirmedAfterItsPickup();
        day.cancelledByTheStoreFirst();
        day.partsOfADiscountedLine();
        day.reduced();
        day.lineInTwoFulfilments();
        day.slots();
        return day;
    }

    static Facts at(String location) {
        return Facts.of("locationId", location);
    }

    void register(String location) {
        register(location, List.of());
    }

    void register(String location, List<CapacityRule> capacity) {
        var facts = at(location)
                .with("name", location)
                .with("type", LocationType.STORE)
                .with("latitude", 59.9)
                .with("longitude", 10.7)
                .with("timeZone", "Europe/Oslo")
                .with("exceptions", List.of(new OpeningException("2026-12-24", "10:00", "14:00")));
        write(null, facts.with("capacity", capacity).event(LocationRegistered.class));
    }

    LoggedEvent placed(Order order) {
        var facts = order.facts()
                .with("locationId", null)
                .with("decideBy", now.plus(Duration.ofMinutes(30)))
                .with("fulfilments", List.of(promising(order, wishes.get(order.id))));
        return write(null, facts.event(OrderPlaced.class));
    }

    LoggedEvent reserved(Order order, LoggedEvent placed) {
        var slot = booked.get(order.id);
        var facts = order.facts()
                .with("reserved", order.units())
                .with("expiresAt", now.plus(Duration.ofMinutes(45)))
                .with("slot", slot)
                .with("readyAt", slot == null ? null : slot.getEndsAt());
        return write(placed, facts.with("changes", changes(order.units(), 0, 1)).event(StockReserved.class));
    }

    List<StockChange> changes(List<SkuQuantity> units, int onHand, int committed) {
        return units.stream()
                .map(unit -> change(
                        OSLO,
                        unit.getSku(),
                        unit.getUnit(),
                        new Quantities(
                                onHand * unit.getQuantity(), committed * unit.getQuantity(), 0L, 0L, 0L, 0L, 0L)))
                .toList();
    }

    /** A change of on hand and committed of one SKU in Oslo. */
    List<StockChange> changed(String sku, long onHand, long committed) {
        return List.of(change(OSLO, sku, onHand, committed, 0, 0, 0));
    }

    static Quantities onHand(long quantity) {
        return new Quantities(quantity, 0L, 0L, 0L, 0L, 0L, 0L);
    }

    static OrderLine inGrams(OrderLine line) {
        return OrderLine.newBuilder(line).setUnit(Unit.GRAM).build();
    }

    static SkuQuantity grams(String sku, long quantity) {
        return new SkuQuantity(sku, quantity, Unit.GRAM);
    }

    LoggedEvent confirmed(Order order, LoggedEvent reserved) {
        var slot = booked.get(order.id);
        var group = promising(order, slot == null ? null : slot.getEndsAt());
        var facts = order.facts().with("fulfilments", List.of(group));
        var confirmed = write(reserved, facts.event(OrderConfirmed.class));
        mail(confirmed, Template.ORDER_CONFIRMED);
        return confirmed;
    }

    /** Placed, reserved, confirmed, requested. */
    LoggedEvent ordered(Order order) {
        var confirmed = confirmed(order, reserved(order, placed(order)));
        write(confirmed, order.facts().event(ReservationConfirmed.class));
        requested(order, confirmed);
        return confirmed;
    }

    void requested(Order order, LoggedEvent confirmed) {
        var picks = order.lines.stream()
                .map(line -> pick(line.getLineId(), line.getSku(), line.getQuantity()))
                .toList();
        var slot = booked.get(order.id);
        var promisedAt = slot == null ? null : slot.getEndsAt();
        var facts = order.facts().with("lines", picks).with("promisedAt", promisedAt);
        write(confirmed, timed(facts).event(PickupRequested.class));
    }

    void picking(Order order) {
        write(null, order.facts().event(PickingStarted.class));
    }

    LoggedEvent ready(Order order, long quantity) {
        return ready(order, quantity, 0);
    }

    LoggedEvent ready(Order order, long quantity, long missing) {
        boolean isDelivery = order.method == DELIVERY;
        var facts = order.facts()
                .with("lines", order.picks(quantity))
                .with("missing", order.picks(missing))
                .with("stagingPlace", "A-1")
                .with("pickupDeadline", isDelivery ? null : now.plus(Duration.ofHours(2)))
                .with("codeIssue", 1)
                .with("codeKeyId", "k1");
        var ready = write(null, facts.event(PickupReady.class));
        write(ready, facts.event(ReservationPicked.class));
        if (!isDelivery) {
            mail(ready, Template.PICKUP_READY);
        }
        return ready;
    }

    LoggedEvent handedOver(Order order, long given, long notTaken, @Nullable Integer code, int lastCode) {
        boolean isOverridden = code == null && order.method != DELIVERY;
        var facts = order.facts()
                .with("handedOverAt", now)
                .with("handedOver", order.picks(given))
                .with("notTaken", order.picks(notTaken))
                .with("codeIssue", code)
                .with("overriddenBy", isOverridden ? new Actor(ActorType.ASSOCIATE, "a7", OSLO, null) : null)
                .with("overrideReason", isOverridden ? OverrideReason.CODE_LOCKED : null)
                .with("courierId", order.method == DELIVERY ? "courier-1" : null)
                .with("parcels", order.method == DELIVERY ? parcels(order, given) : List.of())
                .with("lastCodeIssue", lastCode)
                .with("notTakenReason", given == 0 ? NotTakenReason.DAMAGED : null);
        var handedOver = write(null, facts.event(PickupHandedOver.class));
        if (given > 0) {
            mail(handedOver, Template.PICKUP_HANDED_OVER);
        }
        return handedOver;
    }

    private List<Parcel> parcels(Order order, long given) {
        var all = List.of(new Parcel("parcel-1", order.picks(given), "carrier-1", null));
        return given == 0 ? List.of() : parcels.getOrDefault(order.id, all);
    }

    void booked(Order order, LoggedEvent handedOver, long left, long released) {
        var facts = order.facts()
                .with("handedOver", order.units(left))
                .with("released", order.units(released))
                .with("movedAt", handedOver.field("handedOverAt"))
                .with("changes", changed(order.skuOfFirst(), -left, -left - released));
        write(handedOver, facts.event(StockCommitted.class));
    }

    /** What the order and the returns make of a handover. */
    void completed(Order order, LoggedEvent handedOver, long given, long cancelled) {
        completed(order, handedOver, line("1", order.skuOfFirst(), given, 333), cancelled);
    }

    void completed(Order order, LoggedEvent handedOver, OrderLine left, long cancelled) {
        var facts = order.facts()
                .with("handedOverAt", handedOver.field("handedOverAt"))
                .with("lines", List.of(left))
                .with("handedOver", order.parts(left.getQuantity()))
                .with("cancelled", order.parts(cancelled));
        var reported = write(handedOver, facts.event(FulfilmentHandedOver.class), facts.event(OrderCompleted.class));
        bought(reported, left);
    }

    void bought(LoggedEvent left, OrderLine line) {
        var facts = at(OSLO).with("returnableUntil", now.plus(Duration.ofDays(30)))
                .with("lines", List.of(new PurchasedLine(line, money(Sums.paid(line)))));
        for (var name :
                List.of("orderId", "fulfilmentId", "customerId", "channel", "handedOverAt", "paymentReference")) {
            facts = facts.with(name, left.field(name));
        }
        write(left, facts.event(PurchaseRecorded.class));
    }

    void bringBack(
            String orderId,
            String customer,
            String returnId,
            String sku,
            long quantity,
            long refund,
            Disposition disposition) {
        bringBack(orderId, customer, returnId, line("1", sku, quantity, 0), refund, disposition, returnId.equals("r2"));
    }

    void bringBack(
            String orderId,
            @Nullable String customer,
            String returnId,
            OrderLine line,
            long refund,
            Disposition disposition,
            boolean complete) {
        var sku = line.getSku();
        long quantity = line.getQuantity();
        var unit = line.getUnit();
        var returned = new ReturnedLine(
                "1",
                sku,
                null,
                quantity,
                unit,
                ReturnReason.CHANGED_MIND,
                ReturnCondition.UNOPENED,
                disposition,
                money(refund),
                orderId + "-1");
        var facts = at(RIGA).with("orderId", orderId)
                .with("returnId", returnId)
                .with("customerId", customer)
                .with("lines", List.of(returned))
                .with("refund", money(refund))
                .with("amount", money(refund))
                .with("paymentReference", customer == null ? null : "payment");
        var accepted = write(null, facts.event(ReturnAccepted.class), facts.event(RefundRequested.class));
        var by = switch (disposition) {
            case DAMAGED -> new Quantities(0L, 0L, 0L, 0L, quantity, 0L, 0L);
            case RETURN_TO_VENDOR -> new Quantities(0L, 0L, 0L, 0L, 0L, quantity, 0L);
            case RESTOCK, UNKNOWN -> onHand(quantity);
        };
        var booked = facts.with("movedAt", accepted.meta().getOccurredAt())
                .with("changes", List.of(change(RIGA, sku, unit, by)));
        write(
                accepted,
                booked.event(
                        switch (disposition) {
                            case DAMAGED -> DamagedStockReturned.class;
                            case RETURN_TO_VENDOR -> VendorStockReturned.class;
                            case RESTOCK, UNKNOWN -> StockRestocked.class;
                        }));
        var reported = facts.with("lines", List.of(new LineQuantity("1", sku, quantity)))
                .with("whole", complete);
        write(accepted, reported.event(OrderReturned.class));
        mail(accepted, Template.RETURN_ACCEPTED);
    }

    void kerb() {
        var order = order("o2", CURBSIDE, "B", 1);
        ordered(order);
        picking(order);
        var ready = ready(order, 1);
        write(null, order.facts().event(CustomerOnTheWay.class));
        write(null, order.facts().with("bay", "4").event(CustomerArrived.class));
        for (int attempt = 1; attempt <= 5; attempt++) {
            var facts = order.facts().with("wrongAttempts", attempt).with("locked", attempt == 5);
            write(null, facts.event(PickupCodeRejected.class));
        }
        var facts = order.facts()
                .with("lines", order.picks(1))
                .with("pickupDeadline", ready.field("pickupDeadline"))
                .with("codeIssue", 2)
                .with("codeKeyId", "k1");
        var reissued = write(null, facts.event(PickupCodeReissued.class));
        mail(reissued, Template.PICKUP_CODE_REISSUED);
        var handedOver = handedOver(order, 1, 0, null, 2);
        booked(order, handedOver, 1, 0);
        completed(order, handedOver, 1, 0);
    }

    void delivery() {
        var order = order("o3", DELIVERY, "B", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var handedOver = handedOver(order, 2, 0, null, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, 2, 0);
    }

    /** One sale as it happens, and one that a till uploads after the shelf was counted. */
    void tillSales() {
        var soldBeforeCount = now;
        sale("t1", "receipt-1", "C", 3, now, true);
        now = now.plusSeconds(60);
        counted("count-1", now, new CountedSku("C", Unit.EACH, 95L, 97L, 0L), changed("C", -2, 0));
        sale("t2", "receipt-2", "C", 2, soldBeforeCount, false);
        sale("t3", "receipt-3", "C", 1, now, true);
    }

    void counted(String id, Instant countedAt, CountedSku counted, List<StockChange> changes) {
        counted(OSLO, id, countedAt, counted, changes);
    }

    void counted(String location, String id, Instant countedAt, CountedSku counted, List<StockChange> changes) {
        var facts =
                at(location).with("countId", id).with("countedAt", countedAt).with("counted", List.of(counted));
        write(null, facts.with("changes", changes).event(StockCounted.class));
    }

    void sale(String id, String receipt, String sku, long quantity, Instant soldAt, boolean subtracted) {
        sale(id, receipt, line("1", sku, quantity, 500), soldAt, subtracted);
    }

    void sale(String id, String receipt, OrderLine line, Instant soldAt, boolean subtracted) {
        var left = soldAtTill(id, receipt, line, soldAt);
        soldInStock(left, line, subtracted);
        bought(left, line);
    }

    /** A sale as order-service tells it; gives the event with which the goods leave. */
    LoggedEvent soldAtTill(String id, String receipt, OrderLine line, Instant soldAt) {
        var facts = at(OSLO).with("orderId", id)
                .with("fulfilmentId", id + "-1")
                .with("lines", List.of(line))
                .with("total", money(Sums.paid(line)))
                .with("tillId", "till-4")
                .with("receiptNumber", receipt)
                .with("soldAt", soldAt)
                .with("handedOverAt", soldAt)
                .with("channel", Channel.POS)
                .with("method", CARRY_OUT)
                .with("handedOver", List.of(new LineQuantity("1", line.getSku(), line.getQuantity())));
        var left = facts.event(FulfilmentHandedOver.class);
        write(null, facts.event(SaleRecorded.class), left, facts.event(OrderCompleted.class));
        return events().get(events().size() - 2);
    }

    void soldInStock(LoggedEvent left, OrderLine line, boolean subtracted) {
        var units = List.of(new SkuQuantity(line.getSku(), line.getQuantity(), line.getUnit()));
        var changes = subtracted ? changes(units, -1, 0) : List.<StockChange>of();
        write(
                left,
                soldFacts(left, subtracted ? units : List.of(), changes)
                        .with("alreadyCounted", subtracted ? List.of() : units)
                        .event(StockSold.class));
    }

    private static Facts soldFacts(LoggedEvent left, List<SkuQuantity> sold, List<StockChange> changes) {
        return at(OSLO).with("orderId", left.field("orderId"))
                .with("fulfilmentId", left.field("fulfilmentId"))
                .with("soldAt", left.field("handedOverAt"))
                .with("sold", sold)
                .with("changes", changes);
    }

    void outOfStock() {
        var order = order("o4", PICKUP, "B", 5_000);
        refused(order, placed(order), 97);
    }

    /** Inventory refuses an order, because less is available, and the order is rejected. */
    void refused(Order order, LoggedEvent placed, long available) {
        var refused = refusedByInventory(order, placed, available);
        var facts = order.facts().with("shortages", refused.field("shortages"));
        var rejected =
                write(refused, facts.with("reason", EndReason.OUT_OF_STOCK).event(OrderRejected.class));
        mail(rejected, Template.ORDER_REJECTED);
    }

    LoggedEvent refusedByInventory(Order order, LoggedEvent placed, long available) {
        var shortage = new Shortage(order.skuOfFirst(), order.quantityOfFirst(), available);
        var facts = order.facts()
                .with("reason", ReservationRejectionReason.INSUFFICIENT_STOCK)
                .with("requested", order.units())
                .with("shortages", List.of(shortage));
        return write(placed, facts.event(StockReservationRejected.class));
    }

    void cancelledAfterConfirmation() {
        var order = order("o5", PICKUP, "A", 1);
        ordered(order);
        cancel(order, null, EndReason.CANCELLED_BY_SHOPPER, EndReason.CANCELLED_BY_SHOPPER, true);
    }

    /** @param reservationStands false when the reservation ended before, so that nothing is left to release */
    void cancel(
            Order order,
            @Nullable LoggedEvent cause,
            EndReason reason,
            EndReason pickupReason,
            boolean reservationStands) {
        var requested = cancellationRequested(order, cause, order.quantityOfFirst(), reason);
        var cancelled = pickupCancelled(order, requested, order.quantityOfFirst(), true, pickupReason);
        if (reservationStands) {
            released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        }
        orderCancelled(order, cancelled, reason);
    }

    /** The id that the order gives its request after the store rejected the task, or the shopper's own. */
    private static String cancellationId(Order order, EndReason reason) {
        return reason == EndReason.NO_SOURCE ? order.fulfilmentId() + "-rejected" : "cancellation-" + order.id;
    }

    LoggedEvent cancellationRequested(Order order, @Nullable LoggedEvent cause, long quantity, EndReason reason) {
        var facts = order.facts()
                .with("cancellationId", cancellationId(order, reason))
                .with("reason", reason)
                .with("parts", List.of(new CancellationPart(order.fulfilmentId(), order.parts(quantity))));
        return write(cause, facts.event(OrderCancellationRequested.class));
    }

    LoggedEvent pickupCancelled(
            Order order, @Nullable LoggedEvent requested, long quantity, boolean whole, EndReason reason) {
        var facts = order.facts()
                .with("cancellationId", requested == null ? null : requested.field("cancellationId"))
                .with("lines", order.picks(quantity))
                .with("whole", whole)
                .with("reason", reason);
        return write(requested, facts.event(PickupCancelled.class));
    }

    LoggedEvent cancellationRefused(Order order, LoggedEvent requested, CancellationRefusalReason reason) {
        var facts = order.facts().with("cancellationId", requested.field("cancellationId"));
        return write(requested, facts.with("reason", reason).event(PickupCancellationRefused.class));
    }

    void released(Order order, @Nullable LoggedEvent cause, ReleaseReason reason) {
        released(order, cause, reason, order.units(), true, changes(order.units(), 0, -1));
    }

    void released(
            Order order,
            @Nullable LoggedEvent cause,
            ReleaseReason reason,
            List<SkuQuantity> released,
            boolean whole,
            List<StockChange> changes) {
        write(cause, releasing(order, reason, released, whole, changes));
    }

    private SpecificRecord releasing(
            Order order, ReleaseReason reason, List<SkuQuantity> released, boolean whole, List<StockChange> changes) {
        var facts = order.facts()
                .with("reason", reason)
                .with("released", released)
                .with("whole", whole)
                .with("slot", givenBack.remove(order.id));
        return facts.with("changes", changes).event(StockReleased.class);
    }

    void orderCancelled(Order order, LoggedEvent cause, EndReason reason) {
        var cancelled = write(cause, order.facts().with("reason", reason).event(OrderCancelled.class));
        if (reason != EndReason.NO_SHOW) {
            mail(cancelled, Template.ORDER_CANCELLED);
        }
    }

    /** The shopper cancels an order before it is decided, which ends its reservation. */
    LoggedEvent cancelledUndecided(Order order) {
        var facts = order.facts()
                .with("reason", EndReason.CANCELLED_BY_SHOPPER)
                .with("reservedFulfilments", List.of(order.group()));
        var cancelled = write(null, facts.event(OrderCancelled.class));
        mail(cancelled, Template.ORDER_CANCELLED);
        return cancelled;
    }

    void cancelledBeforeConfirmation() {
        var order = order("o6", PICKUP, "A", 1);
        var placed = placed(order);
        write(cancelledUndecided(order), order.facts().event(ReservationVoided.class));
        var facts = order.facts().with("reason", ReservationRejectionReason.ALREADY_RELEASED);
        write(placed, facts.with("requested", order.units()).event(StockReservationRejected.class));
    }

    void noShow() {
        var order = order("o7", PICKUP, "A", 2);
        ordered(order);
        picking(order);
        var ready = ready(order, 2);
        now = now.plus(Duration.ofMinutes(100));
        var facts = order.facts()
                .with("lines", order.picks(2))
                .with("pickupDeadline", ready.field("pickupDeadline"))
                .with("codeIssue", 1)
                .with("codeKeyId", "k1")
                .with("lastCodeIssue", 1);
        var reminder = write(null, facts.event(PickupReminderDue.class));
        var id = requestMail(reminder, Template.PICKUP_REMINDER);
        now = now.plus(Duration.ofMinutes(20));
        var expired = write(null, facts.event(PickupExpired.class));
        write(expired, new NotificationSuppressed(null, id, "customer-o7", SuppressionReason.SUPERSEDED));
        supersedeReady(expired, "o7-1", "customer-o7");
        mail(expired, Template.PICKUP_EXPIRED);
        released(order, expired, ReleaseReason.PICKUP_EXPIRED);
        orderCancelled(order, expired, EndReason.NO_SHOW);
    }

    /** The call to fetch the goods was sent, and is not sent again. */
    private void supersedeReady(LoggedEvent end, String fulfilmentId, String customer) {
        var id = events().stream()
                .filter(event -> event.event() instanceof NotificationRequested requested
                        && requested.getTemplate() == Template.PICKUP_READY
                        && fulfilmentId.equals(requested.getFulfilmentId()))
                .findFirst()
                .orElseThrow()
                .key();
        write(end, new NotificationSuperseded(null, id, customer, List.of()));
    }

    /** The shopper asks to cancel what the store has cancelled: the order ended before the refusal comes. */
    void cancelledByTheStoreFirst() {
        var order = order("o17", PICKUP, "A", 1);
        ordered(order);
        var requested = cancellationRequested(order, null, 1, EndReason.CANCELLED_BY_SHOPPER);
        var cancelled = pickupCancelled(order, null, 1, true, EndReason.CANCELLED_BY_RETAILER);
        released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        orderCancelled(order, cancelled, EndReason.CANCELLED_BY_RETAILER);
        cancellationRefused(order, requested, CancellationRefusalReason.CANCELLED);
    }

    void shortPick() {
        var order = order("o8", PICKUP, "A", 3);
        ordered(order);
        picking(order);
        var missing = lineShort(order, ShortReason.NOT_FOUND);
        notFound(order, missing, "adjustment-1", changed("A", 0, -1));
        linesCancelled(order, missing, 1, EndReason.SHORT_PICK);
        ready(order, 2, 1);
        var handedOver = handedOver(order, 2, 0, 1, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, 2, 1);
    }

    /** One unit of an order is not found, or is damaged. */
    LoggedEvent lineShort(Order order, ShortReason reason) {
        var facts = order.facts()
                .with("lineId", "1")
                .with("sku", order.skuOfFirst())
                .with("missing", 1L);
        return write(null, facts.with("reason", reason).event(PickupLineShort.class));
    }

    /** Inventory releases a unit that was not found, with these changes, and takes it off the book. */
    void notFound(Order order, LoggedEvent missing, String adjustmentId, List<StockChange> released) {
        var adjusted = adjusting(adjustmentId, AdjustmentReason.SHORT_PICK, changed(order.skuOfFirst(), -1, 0))
                .with("movedAt", missing.meta().getOccurredAt());
        write(
                missing,
                releasing(order, ReleaseReason.SHORT_PICK, order.units(1), order.quantityOfFirst() == 1, released),
                adjusted.event(StockAdjusted.class));
    }

    private Facts adjusting(String id, AdjustmentReason reason, List<StockChange> changes) {
        var facts = at(OSLO).with("adjustmentId", id).with("reason", reason);
        return facts.with("movedAt", now).with("changes", changes);
    }

    private void adjusted(String location, String id, AdjustmentReason reason, StockChange change) {
        var facts = adjusting(id, reason, List.of(change));
        write(null, facts.with("locationId", location).event(StockAdjusted.class));
    }

    /** Three at 10.00 less 0.30, 1.00 of tax on top: one is missing, two are handed over, one of them comes back. */
    void partsOfADiscountedLine() {
        var order = new Order("o30", "customer-o30", PICKUP, List.of(line("A", 3, 30, 100)));
        ordered(order);
        picking(order);
        var missing = lineShort(order, ShortReason.NOT_FOUND);
        notFound(order, missing, "adjustment-o30", changed("A", 0, -1));
        linesCancelled(order, missing, EndReason.SHORT_PICK, 1_023, line("A", 1, 10, 33));
        ready(order, 2, 1);
        var handedOver = handedOver(order, 2, 0, 1, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, line("A", 2, 20, 67), 1);
        bringBack("o30", "customer-o30", "r3", "A", 1, 1_024, Disposition.RESTOCK);
    }

    private static OrderLine line(String sku, long quantity, long discount, long taxOnTop) {
        return OrderLine.newBuilder(line("1", sku, quantity, 1_000))
                .setDiscount(money(discount))
                .setTax(money(taxOnTop))
                .setTaxIncluded(false)
                .build();
    }

    void linesCancelled(Order order, LoggedEvent cause, long quantity, EndReason reason) {
        var cancelled = line("1", order.skuOfFirst(), quantity, 333);
        linesCancelled(order, cause, reason, quantity * 333, cancelled);
    }

    void linesCancelled(Order order, LoggedEvent cause, EndReason reason, long amount, OrderLine cancelledLine) {
        var facts =
                cancelling(order, reason, amount, cancelledLine).with("cancellationId", cause.field("cancellationId"));
        var cancelled = write(cause, facts.event(OrderLinesCancelled.class));
        mail(cancelled, Template.ORDER_LINES_CANCELLED);
    }

    static Facts cancelling(Order order, EndReason reason, long amount, OrderLine cancelled) {
        return order.facts()
                .with("reason", reason)
                .with("lines", order.parts(cancelled.getQuantity()))
                .with("amount", money(amount))
                .with("cancelledLines", List.of(cancelled));
    }

    void notTaken() {
        var order = order("o9", PICKUP, "A", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var handedOver = handedOver(order, 1, 1, 1, 1);
        booked(order, handedOver, 1, 1);
        var left = line("1", "A", 1, 333);
        var facts = order.facts()
                .with("handedOverAt", handedOver.field("handedOverAt"))
                .with("lines", List.of(left))
                .with("handedOver", order.parts(1))
                .with("cancelled", order.parts(1));
        var reported = write(
                handedOver,
                facts.event(FulfilmentHandedOver.class),
                cancelling(order, EndReason.NOT_TAKEN, 333, left).event(OrderLinesCancelled.class),
                facts.event(OrderCompleted.class));
        bought(reported, left);
    }

    void refusedAtTheCounter() {
        var order = order("o28", PICKUP, "A", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var refused = handedOver(order, 0, 2, 1, 1);
        booked(order, refused, 0, 2);
        orderCancelled(order, refused, EndReason.NOT_TAKEN);
    }

    /** A till takes a promised unit: the younger of two reservations breaks. */
    void shortfall() {
        var older = order("o10", PICKUP, "D", 1);
        var younger = order("o11", PICKUP, "D", 1);
        ordered(older);
        ordered(younger);
        var line = line("1", "D", 1, 500);
        var left = soldAtTill("t4", "receipt-4", line, now);
        bought(left, line);
        var sold = soldFacts(left, younger.units(), changed("D", -1, 0)).event(StockSold.class);
        var broken = younger.facts()
                .with("shortSkus", List.of("D"))
                .with("released", younger.units())
                .with("changes", changed("D", 0, -1))
                .with("soldAtTill", true);
        write(
                left,
                sold,
                new StockShortfallDetected(null, OSLO, "D", 1L, Unit.EACH),
                broken.event(ReservationBroken.class));
        cancel(younger, events().getLast(), EndReason.SOLD_AT_TILL, EndReason.SOLD_AT_TILL, false);
    }

    /** A till takes one of three promised units: the reservation loses it, and the shopper gets the others. */
    void reduced() {
        receive(OSLO, "R", 3);
        var order = order("o31", PICKUP, "R", 3);
        ordered(order);
        var line = line("1", "R", 1, 500);
        var left = soldAtTill("t31", "receipt-31", line, now);
        bought(left, line);
        var lost = List.of(units("R", 1));
        write(
                left,
                soldFacts(left, lost, changed("R", -1, 0)).event(StockSold.class),
                new StockShortfallDetected(null, OSLO, "R", 1L, Unit.EACH),
                order.facts()
                        .with("reduction", 1)
                        .with("lost", lost)
                        .with("changes", changed("R", 0, -1))
                        .with("soldAtTill", true)
                        .event(ReservationReduced.class));
        var requested = cancellationRequested(order, events().getLast(), 1, EndReason.SOLD_AT_TILL);
        var cancelled = pickupCancelled(order, requested, 1, false, EndReason.SOLD_AT_TILL);
        write(
                cancelled,
                order.facts()
                        .with("reason", ReleaseReason.PICKUP_CANCELLED)
                        .with("released", List.of())
                        .with("whole", false)
                        .with("changes", List.of())
                        .with("alreadyLost", lost)
                        .event(StockReleased.class));
        linesCancelled(order, cancelled, 1, EndReason.SOLD_AT_TILL);
    }

    /** Three units of one line: two are fetched, and one is brought to the kerb. */
    void lineInTwoFulfilments() {
        var facts = at(OSLO).with("orderId", "o33")
                .with("channel", Channel.STORE)
                .with("lines", List.of(line("1", "A", 3, 333)))
                .with(
                        "fulfilments",
                        List.of(
                                part("o33", 1, PICKUP, new LinePart("1", "A", 2L, 0L)),
                                part("o33", 2, CURBSIDE, new LinePart("1", "A", 1L, 2L))))
                .with("total", money(999))
                .with("decideBy", now.plus(Duration.ofMinutes(30)))
                .with("expiresAt", now.plus(Duration.ofMinutes(45)));
        var placed = write(null, facts.event(OrderPlaced.class));
        var two = facts.with("fulfilmentId", "o33-1").with("method", PICKUP);
        var one = facts.with("fulfilmentId", "o33-2").with("method", CURBSIDE);
        var first = write(placed, reserving(two, 2));
        var second = write(placed, reserving(one, 1));
        write(first, two.event(FulfilmentReserved.class));
        write(second, one.event(FulfilmentReserved.class), facts.event(OrderConfirmed.class));
        var confirmed = events().getLast();
        write(confirmed, two.event(ReservationConfirmed.class));
        write(confirmed, one.event(ReservationConfirmed.class));
        write(confirmed, timed(two.with("lines", List.of(pick("1", "A", 2)))).event(PickupRequested.class));
        write(confirmed, timed(one.with("lines", List.of(pick("1", "A", 1)))).event(PickupRequested.class));
    }

    private SpecificRecord reserving(Facts facts, long quantity) {
        return facts.with("reserved", List.of(units("A", quantity)))
                .with("changes", changed("A", 0, quantity))
                .event(StockReserved.class);
    }

    private static Fulfilment part(String orderId, int number, FulfilmentMethod method, LinePart part) {
        return Fulfilment.newBuilder(fulfilment(orderId, number, method, OSLO, part.getLineId()))
                .setParts(List.of(part))
                .build();
    }

    void holds() {
        hold("h1", 2);
        var changes = List.of(change(OSLO, "B", 0, 0, 1, 0, 0));
        var until = now.plus(Duration.ofMinutes(20));
        write(null, new StockHoldChanged(null, OSLO, "h1", List.of(units("B", 3)), until, changes));
        write(null, new StockHoldReleased(null, OSLO, "h1", List.of(change(OSLO, "B", 0, 0, -3, 0, 0))));
        hold("h2", 1);
        now = now.plus(Duration.ofMinutes(11));
        write(null, new StockHoldExpired(null, OSLO, "h2", List.of(change(OSLO, "B", 0, 0, -1, 0, 0))));
    }

    void hold(String id, long quantity) {
        var held = List.of(units("B", quantity));
        var changes = List.of(change(OSLO, "B", 0, 0, quantity, 0, 0));
        write(null, new StockHeld(null, OSLO, id, "customer-" + id, held, now.plus(Duration.ofMinutes(10)), changes));
    }

    void transfer() {
        send("transfer-1", List.of(units("B", 10)), now, List.of(), changed("B", -10, 0));
    }

    /** An associate orders for a shopper: one article carried out at once, one fetched later. */
    void mixedOrder() {
        var carried = line("1", "C", 1, 500);
        var groups = List.of(fulfilment("o12", 1, CARRY_OUT, OSLO, "1"), fulfilment("o12", 2, PICKUP, OSLO, "2"));
        var facts = at(OSLO).with("orderId", "o12")
                .with("channel", Channel.STORE)
                .with("acceptance", Acceptance.PER_FULFILMENT)
                .with("lines", List.of(carried, line("2", "A", 1, 333)))
                .with("fulfilments", groups)
                .with("total", money(833))
                .with("decideBy", now.plus(Duration.ofMinutes(30)));
        var placed = write(null, facts.event(OrderPlaced.class));
        var fetched = facts.with("fulfilmentId", "o12-2").with("method", PICKUP);
        var reserving = fetched.with("reserved", List.of(units("A", 1)))
                .with("expiresAt", now.plus(Duration.ofMinutes(45)))
                .with("changes", changed("A", 0, 1));
        var reserved = write(placed, reserving.event(StockReserved.class));
        var leaving = facts.with("fulfilmentId", "o12-1")
                .with("method", CARRY_OUT)
                .with("handedOverAt", now)
                .with("lines", List.of(carried));
        write(
                reserved,
                fetched.event(FulfilmentReserved.class),
                facts.event(OrderConfirmed.class),
                leaving.event(FulfilmentHandedOver.class));
        var left = events().getLast();
        var confirmed = events().get(events().size() - 2);
        soldInStock(left, carried, true);
        bought(left, carried);
        write(confirmed, fetched.event(ReservationConfirmed.class));
        write(
                confirmed,
                timed(fetched.with("lines", List.of(pick("2", "A", 1)))).event(PickupRequested.class));
    }

    /** A reservation ends by itself before order-service, which was away, confirms the order; it is made again. */
    void answeredLate() {
        var order = order("o13", PICKUP, "A", 1);
        var reserved = reserved(order, placed(order));
        now = now.plus(Duration.ofMinutes(45));
        expired(order);
        var confirmed = confirmed(order, reserved);
        var changes = changes(order.units(), 0, 1);
        write(confirmed, order.facts().with("changes", changes).event(ReservationConfirmed.class));
        requested(order, confirmed);
    }

    /**
     * A reservation ends by itself, and inventory hears that its order was confirmed only after a unit was cancelled,
     * another one not found and the rest staged. It is made again with the rest.
     */
    void confirmedAfterItsPickup() {
        var order = order("o16", PICKUP, "C", 4);
        var reserved = reserved(order, placed(order));
        now = now.plus(Duration.ofMinutes(45));
        expired(order);
        var confirmed = confirmed(order, reserved);
        requested(order, confirmed);
        picking(order);
        var requested = cancellationRequested(order, null, 1, EndReason.CANCELLED_BY_SHOPPER);
        var cancelled = pickupCancelled(order, requested, 1, false, EndReason.CANCELLED_BY_SHOPPER);
        released(order, cancelled, ReleaseReason.PICKUP_CANCELLED, order.units(1), false, List.of());
        linesCancelled(order, cancelled, 1, EndReason.CANCELLED_BY_SHOPPER);
        var missing = lineShort(order, ShortReason.NOT_FOUND);
        notFound(order, missing, "adjustment-o16", List.of());
        linesCancelled(order, missing, 1, EndReason.SHORT_PICK);
        ready(order, 2, 1);
        write(confirmed, order.facts().with("changes", changed("C", 0, 2)).event(ReservationConfirmed.class));
        var handedOver = handedOver(order, 2, 0, 1, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, 2, 2);
    }

    /**
     * Oslo takes one curbside order an hour. One is cancelled and gives its slot back, one takes the slot of another
     * that expired and is confirmed late, and one would be ready too late.
     */
    void slots() {
        register(
                OSLO,
                Stream.of(Day.values())
                        .filter(day -> day != Day.UNKNOWN)
                        .map(day -> new CapacityRule(CURBSIDE, day, "00:00", "24:00", 1))
                        .toList());
        var hour = now.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(4));
        var cancelled = order("c1", CURBSIDE, "A", 1);
        booked.put("c1", slot(hour, 1));
        ordered(cancelled);
        givenBack.put("c1", slot(hour, 0));
        cancel(cancelled, null, EndReason.CANCELLED_BY_SHOPPER, EndReason.CANCELLED_BY_SHOPPER, true);
        var late = order("c2", CURBSIDE, "A", 1);
        booked.put("c2", slot(hour, 1));
        var reserved = reserved(late, placed(late));
        now = now.plus(Duration.ofMinutes(45));
        givenBack.put("c2", slot(hour, 0));
        expired(late);
        booked.put("c3", slot(hour, 1));
        ordered(order("c3", CURBSIDE, "A", 1));
        var confirmed = confirmed(late, reserved);
        var again = late.facts().with("changes", changes(late.units(), 0, 1)).with("slot", slot(hour, 2));
        write(confirmed, again.event(ReservationConfirmed.class));
        requested(late, confirmed);
        var hurried = order("c4", CURBSIDE, "A", 1);
        wishes.put("c4", hour);
        var facts = hurried.facts()
                .with("reason", ReservationRejectionReason.NO_CAPACITY)
                .with("requested", hurried.units())
                .with("firstReadyAt", hour.plus(Duration.ofHours(2)));
        var refused = write(placed(hurried), facts.event(StockReservationRejected.class));
        var rejecting = hurried.facts().with("reason", EndReason.PROMISE_NOT_POSSIBLE);
        mail(write(refused, rejecting.event(OrderRejected.class)), Template.ORDER_REJECTED);
        var until = now.plus(Duration.ofHours(1));
        write(null, new CapacityPaused(null, OSLO, "pause-1", List.of(CURBSIDE), now, until, "STAFF_SHORTAGE"));
        now = hour.plus(Duration.ofHours(25));
        write(null, new SlotClosed(null, OSLO, CURBSIDE, hour, 2L, 2L));
        booked.put("c5", slot(hour.plus(Duration.ofHours(26)), 1));
        ordered(order("c5", CURBSIDE, "A", 1));
    }

    /** A slot of Oslo for curbside orders. */
    static BookedSlot slot(Instant startsAt, long bookedAfter) {
        return new BookedSlot(CURBSIDE, startsAt, startsAt.plus(Duration.ofHours(1)), bookedAfter, 1L);
    }

    void expired(Order order) {
        released(order, null, ReleaseReason.NOT_ANSWERED_IN_TIME);
    }

    void cancelledTooLate() {
        var order = order("o14", PICKUP, "A", 1);
        ordered(order);
        picking(order);
        ready(order, 1);
        var handedOver = handedOver(order, 1, 0, 1, 1);
        booked(order, handedOver, 1, 0);
        var requested = cancellationRequested(order, null, 1, EndReason.CANCELLED_BY_SHOPPER);
        var refused = cancellationRefused(order, requested, CancellationRefusalReason.HANDED_OVER);
        completed(order, handedOver, 1, 0);
        write(refused, new OrderCancellationRefused(null, "o14", "cancellation-o14", "o14-1"));
    }

    /** Safety stock, damage, and a mail that needs two attempts. */
    void housekeeping() {
        write(null, new SafetyStockSet(null, OSLO, List.of(change(OSLO, "B", 0, 0, 0, 5, 0))));
        adjusted(OSLO, "adjustment-2", AdjustmentReason.DAMAGED, change(OSLO, "B", -1, 0, 0, 0, 1));
        var order = order("o15", PICKUP, "B", 1);
        var confirmed = write(reserved(order, placed(order)), order.facts().event(OrderConfirmed.class));
        write(confirmed, order.facts().event(ReservationConfirmed.class));
        requested(order, confirmed);
        var customer = "customer-o15";
        var id = requestMail(confirmed, Template.ORDER_CONFIRMED);
        write(null, new NotificationSending(null, id, customer, 1));
        write(null, new NotificationAttemptFailed(null, id, customer, 1, "SMTP 451", now.plusSeconds(30)));
        now = now.plusSeconds(30);
        write(null, new NotificationDue(null, id, customer, 2));
        sendMail(id, customer, 2);
        repeat(id, "o15-again", confirmed, order);
    }

    /** An associate has the confirmation of an order sent again. */
    private void repeat(String id, String repeatId, LoggedEvent trigger, Order order) {
        var customer = "customer-" + order.id;
        var lines = order.lines.stream()
                .map(line -> new NotificationLine(line.getSku(), null, line.getQuantity(), Unit.EACH))
                .toList();
        var facts = Facts.of("orderId", order.id)
                .with("customerId", customer)
                .with("repeatId", repeatId)
                .with("repeatOf", id)
                .with("repeat", 1)
                .with("triggerEventId", trigger.meta().getEventId())
                .with("template", Template.ORDER_CONFIRMED)
                .with("lines", lines)
                .with("amount", money(order.total()));
        var repeated = write(null, facts.with("notificationId", id).event(NotificationRepeated.class));
        write(repeated, facts.with("notificationId", repeatId).event(NotificationRequested.class));
        sendMail(repeatId, customer, 1);
    }

    /**
     * A count is booked after a sale and a receipt that came later than it, and adds them. After it come the news of
     * what moved before it, of every kind, which change nothing on hand.
     */
    void countedAndToldLate() {
        receive(OSLO, "E", 50);
        var order = order("o18", PICKUP, "E", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var missing = order("o19", PICKUP, "E", 1);
        ordered(missing);
        picking(missing);
        var beforeCount = now;
        now = now.plusSeconds(60);
        var handedOver = handedOver(order, 2, 0, 1, 1);
        var notFound = lineShort(missing, ShortReason.DAMAGED);
        now = now.plusSeconds(60);
        var countedAt = now;
        now = now.plusSeconds(60);
        sale("t5", "receipt-5", "E", 3, now, true);
        received("receipt-e", List.of(), changed("E", 10, 0), now);
        // 47 on the shelf, then 3 sold and 10 received.
        counted("count-e", countedAt, new CountedSku("E", Unit.EACH, 47L, 57L, 7L), changed("E", -3, 0));
        sale("t6", "receipt-6", "E", 1, beforeCount, false);
        received("receipt-f", List.of(units("E", 4)), List.of(), beforeCount);
        var left = order.facts()
                .with("handedOver", order.units())
                .with("movedAt", handedOver.field("handedOverAt"))
                .with("alreadyCounted", order.units())
                .with("changes", changes(order.units(), 0, -1));
        write(handedOver, left.event(StockCommitted.class));
        completed(order, handedOver, 2, 0);
        var released = releasing(missing, ReleaseReason.SHORT_PICK, missing.units(), true, changed("E", 0, -1));
        var damaged = List.of(change(OSLO, "E", 0, 0, 0, 0, 1));
        var found = adjusting("adjustment-o19", AdjustmentReason.SHORT_PICK, damaged)
                .with("movedAt", notFound.meta().getOccurredAt())
                .with("alreadyCounted", List.of(units("E", -1)));
        write(notFound, released, found.event(StockAdjusted.class));
        orderCancelled(missing, notFound, EndReason.SHORT_PICK);
        var lost = adjusting("adjustment-e", AdjustmentReason.LOST, List.of()).with("movedAt", beforeCount);
        write(null, lost.with("alreadyCounted", List.of(units("E", -2))).event(StockAdjusted.class));
        // More set out than is left, before the count.
        send("transfer-e", List.of(units("E", 100)), beforeCount, List.of(units("E", 100)), List.of());
        // Another count, of what is there now, adds nothing twice.
        counted("count-f", now, new CountedSku("E", Unit.EACH, 54L, 54L, 0L), changed("E", 0, 0));
    }

    void received(String id, List<SkuQuantity> alreadyCounted, List<StockChange> changes, Instant movedAt) {
        write(null, new StockReceived(null, OSLO, id, movedAt, alreadyCounted, changes));
    }

    /** In Oslo, whatever the unit that it keeps. */
    void receivedInPieces(String sku, long quantity) {
        received("receipt-pieces", List.of(), changed(sku, quantity, 0), now);
    }

    void send(
            String id,
            List<SkuQuantity> units,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes) {
        var out = TransferStories.sent(this, id, units, movedAt, alreadyCounted, changes);
        TransferStories.expected(this, out, units);
        TransferStories.received(this, id, movedAt, units, List.of(), units);
        TransferStories.closed(this, null, id, TransferEndReason.COMPLETE, List.of());
    }

    /** Cheese is kept in grams in Oslo and by the piece in Riga; wherever it goes, each unit stays on the book. */
    void otherUnits() {
        received("receipt-g", List.of(), List.of(change(OSLO, "F", Unit.GRAM, onHand(1_000))), now);
        var pieces = List.of(change(RIGA, "F", 5, 0, 0, 0, 0));
        write(null, new StockReceived(null, RIGA, "receipt-g", now, List.of(), pieces));
        var sent = List.of(change(OSLO, "F", Unit.GRAM, onHand(-200)));
        send("transfer-g", List.of(grams("F", 200)), now, List.of(), sent);
        var inGrams = inGrams(line("1", "F", 100, 2));
        sale("t7", "receipt-7", inGrams, now, true);
        bringBack("t7", null, "r3", inGrams, 200, Disposition.RESTOCK, true);
        // A till that sells by the piece: on hand is below 0 until somebody looks.
        sale("t8", "receipt-8", line("1", "F", 2, 500), now, true);
        // One order by the gram, and one by the piece, of which none can be promised.
        var order = new Order("o20", "customer-o20", PICKUP, List.of(inGrams(line("1", "F", 300, 2))));
        reserved(order, placed(order));
        released(order, cancelledUndecided(order), ReleaseReason.ORDER_CANCELLED);
        var byThePiece = order("o21", PICKUP, "F", 1);
        refused(byThePiece, placed(byThePiece), 0);
        adjusted(OSLO, "adjustment-g", AdjustmentReason.CORRECTION, change(OSLO, "F", 3, 0, 0, 0, 0));
        // In Riga the pieces are past their date, and it keeps grams from then on.
        adjusted(RIGA, "adjustment-g", AdjustmentReason.EXPIRED, change(RIGA, "F", -5, 0, 0, 0, 0));
        var counted = new CountedSku("F", Unit.GRAM, 290L, 300L, 0L);
        counted(RIGA, "count-g", now, counted, List.of(change(RIGA, "F", Unit.GRAM, onHand(-10))));
        var safety = change(RIGA, "F", Unit.GRAM, new Quantities(0L, 0L, 0L, 50L, 0L, 0L, 0L));
        write(null, new SafetyStockSet(null, RIGA, List.of(safety)));
    }

    /** Goods that go back to their vendor wait for it, apart from what is for sale, until they are sent. */
    void backToTheVendor() {
        sale("t9", "receipt-9", "B", 2, now, true);
        bringBack("t9", null, "r4", line("1", "B", 2, 0), 1_000, Disposition.RETURN_TO_VENDOR, true);
        var sent = change(RIGA, "B", Unit.EACH, new Quantities(0L, 0L, 0L, 0L, 0L, -1L, 0L));
        adjusted(RIGA, "adjustment-v", AdjustmentReason.SENT_TO_VENDOR, sent);
    }
}
