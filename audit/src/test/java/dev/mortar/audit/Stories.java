package dev.mortar.audit;

import static dev.mortar.schemas.FulfilmentMethod.CARRY_OUT;
import static dev.mortar.schemas.FulfilmentMethod.CURBSIDE;
import static dev.mortar.schemas.FulfilmentMethod.DELIVERY;
import static dev.mortar.schemas.FulfilmentMethod.PICKUP;

import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Shortage;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.AdjustmentReason;
import dev.mortar.schemas.inventory.CountedSku;
import dev.mortar.schemas.inventory.DamagedStockReturned;
import dev.mortar.schemas.inventory.LocationRegistered;
import dev.mortar.schemas.inventory.LocationType;
import dev.mortar.schemas.inventory.OpeningException;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.ReleaseReason;
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.ReservationRejectionReason;
import dev.mortar.schemas.inventory.ReservationVoided;
import dev.mortar.schemas.inventory.SafetyStockSet;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockCounted;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockHoldExpired;
import dev.mortar.schemas.inventory.StockHoldReleased;
import dev.mortar.schemas.inventory.StockReceived;
import dev.mortar.schemas.inventory.StockReleased;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.inventory.StockRestocked;
import dev.mortar.schemas.inventory.StockShortfallDetected;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.VendorStockReturned;
import dev.mortar.schemas.notification.NotificationAttemptFailed;
import dev.mortar.schemas.notification.NotificationChannel;
import dev.mortar.schemas.notification.NotificationDue;
import dev.mortar.schemas.notification.NotificationLine;
import dev.mortar.schemas.notification.NotificationRepeated;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.NotificationSuperseded;
import dev.mortar.schemas.notification.NotificationSuppressed;
import dev.mortar.schemas.notification.SuppressionReason;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.CancellationPart;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentReserved;
import dev.mortar.schemas.order.OrderCancellationRefused;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderCompleted;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.order.OrderReturned;
import dev.mortar.schemas.order.SaleRecorded;
import dev.mortar.schemas.pickup.CancellationRefusalReason;
import dev.mortar.schemas.pickup.CustomerArrived;
import dev.mortar.schemas.pickup.CustomerOnTheWay;
import dev.mortar.schemas.pickup.NotTakenReason;
import dev.mortar.schemas.pickup.OverrideReason;
import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupCodeRejected;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.schemas.pickup.PickupRequested;
import dev.mortar.schemas.pickup.ShortReason;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.PurchasedLine;
import dev.mortar.schemas.returns.RefundRequested;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnCondition;
import dev.mortar.schemas.returns.ReturnReason;
import dev.mortar.schemas.returns.ReturnedLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Everything that can rightly happen in a retailer's day, written by hand: a log in which all invariants hold. */
final class Stories extends SyntheticLog {
    static final int PARTITIONS = 4;
    static final String OSLO = "oslo-1";
    static final String RIGA = "riga-1";

    Stories() {
        super(PARTITIONS);
    }

    /** An order of one fulfilment from Oslo. */
    record Order(String id, @Nullable String customer, FulfilmentMethod method, List<OrderLine> lines) {
        Fulfilment group() {
            return fulfilment(
                    id,
                    1,
                    method,
                    OSLO,
                    lines.stream().map(OrderLine::getLineId).toArray(String[]::new));
        }

        String fulfilmentId() {
            return id + "-1";
        }

        long total() {
            return Sums.paid(lines);
        }

        List<SkuQuantity> units() {
            return lines.stream()
                    .map(line -> new SkuQuantity(line.getSku(), line.getQuantity(), line.getUnit()))
                    .toList();
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
        day.otherUnits();
        day.backToTheVendor();
        day.confirmedAfterItsPickup();
        day.cancelledByTheStoreFirst();
        day.partsOfADiscountedLine();
        return day;
    }

    void register(String location) {
        write(
                "inventory.events",
                location,
                null,
                meta -> new LocationRegistered(
                        meta,
                        location,
                        location,
                        LocationType.STORE,
                        59.9,
                        10.7,
                        "Europe/Oslo",
                        List.of(),
                        List.of(new OpeningException("2026-12-24", "10:00", "14:00"))));
    }

    LoggedEvent placed(Order order) {
        return write(
                "order.events",
                order.id,
                null,
                meta -> new OrderPlaced(
                        meta,
                        order.id,
                        Channel.ONLINE,
                        null,
                        order.customer,
                        Acceptance.WHOLE,
                        order.lines,
                        List.of(order.group()),
                        money(order.total()),
                        "payment",
                        null,
                        now.plus(Duration.ofMinutes(30))));
    }

    LoggedEvent reserved(Order order, LoggedEvent placed) {
        return write(
                "inventory.events",
                OSLO,
                placed,
                meta -> new StockReserved(
                        meta,
                        OSLO,
                        order.fulfilmentId(),
                        order.id,
                        order.units(),
                        now.plus(Duration.ofMinutes(45)),
                        changes(order.units(), 0, 1)));
    }

    List<StockChange> changes(List<SkuQuantity> units, int onHand, int committed) {
        return units.stream()
                .map(unit -> change(
                        OSLO,
                        unit.getSku(),
                        unit.getUnit(),
                        new Quantities(onHand * unit.getQuantity(), committed * unit.getQuantity(), 0L, 0L, 0L, 0L)))
                .toList();
    }

    static Quantities onHand(long quantity) {
        return new Quantities(quantity, 0L, 0L, 0L, 0L, 0L);
    }

    static OrderLine inGrams(OrderLine line) {
        return OrderLine.newBuilder(line).setUnit(Unit.GRAM).build();
    }

    static SkuQuantity grams(String sku, long quantity) {
        return new SkuQuantity(sku, quantity, Unit.GRAM);
    }

    LoggedEvent confirmed(Order order, LoggedEvent reserved) {
        var confirmed = write(
                "order.events",
                order.id,
                reserved,
                meta -> new OrderConfirmed(
                        meta,
                        order.id,
                        Channel.ONLINE,
                        order.customer,
                        order.lines,
                        List.of(order.group()),
                        List.of(),
                        List.of(),
                        money(order.total())));
        if (order.customer != null) {
            mail(confirmed, Template.ORDER_CONFIRMED, order.id, null, order.customer);
        }
        return confirmed;
    }

    /** Placed, reserved, confirmed, requested. */
    LoggedEvent ordered(Order order) {
        var confirmed = confirmed(order, reserved(order, placed(order)));
        write(
                "inventory.events",
                OSLO,
                confirmed,
                meta -> new ReservationConfirmed(meta, OSLO, order.fulfilmentId(), order.id, List.of()));
        requested(order, confirmed);
        return confirmed;
    }

    void requested(Order order, LoggedEvent confirmed) {
        write(
                "pickup.events",
                order.fulfilmentId(),
                confirmed,
                meta -> new PickupRequested(
                        meta,
                        order.fulfilmentId(),
                        order.id,
                        OSLO,
                        order.customer,
                        order.method,
                        Channel.ONLINE,
                        order.lines.stream()
                                .map(line -> pick(line.getLineId(), line.getSku(), line.getQuantity()))
                                .toList(),
                        null));
    }

    void picking(Order order) {
        write(
                "pickup.events",
                order.fulfilmentId(),
                null,
                meta -> new PickingStarted(meta, order.fulfilmentId(), order.id, OSLO, order.customer, order.method));
    }

    LoggedEvent ready(Order order, long quantity) {
        return ready(order, quantity, 0);
    }

    LoggedEvent ready(Order order, long quantity, long missing) {
        var ready = write(
                "pickup.events",
                order.fulfilmentId(),
                null,
                meta -> new PickupReady(
                        meta,
                        order.fulfilmentId(),
                        order.id,
                        OSLO,
                        order.customer,
                        order.method,
                        List.of(pick("1", order.skuOfFirst(), quantity)),
                        "A-1",
                        order.method == DELIVERY ? null : now.plus(Duration.ofHours(2)),
                        1,
                        "k1",
                        missing == 0 ? List.of() : List.of(pick("1", order.skuOfFirst(), missing))));
        write(
                "inventory.events",
                OSLO,
                ready,
                meta -> new ReservationPicked(meta, OSLO, order.fulfilmentId(), order.id));
        if (order.customer != null && order.method != DELIVERY) {
            mail(ready, Template.PICKUP_READY, order.id, order.fulfilmentId(), order.customer);
        }
        return ready;
    }

    LoggedEvent handedOver(Order order, long given, long notTaken, @Nullable Integer code, int lastCode) {
        var handedOver = write(
                "pickup.events",
                order.fulfilmentId(),
                null,
                meta -> new PickupHandedOver(
                        meta,
                        order.fulfilmentId(),
                        order.id,
                        OSLO,
                        order.customer,
                        order.method,
                        now,
                        given == 0 ? List.of() : List.of(pick("1", order.skuOfFirst(), given)),
                        notTaken == 0 ? List.of() : List.of(pick("1", order.skuOfFirst(), notTaken)),
                        code,
                        code == null && order.method != DELIVERY ? new Actor(ActorType.ASSOCIATE, "a7", OSLO) : null,
                        code == null && order.method != DELIVERY ? OverrideReason.CODE_LOCKED : null,
                        order.method == DELIVERY ? "courier-1" : null,
                        lastCode,
                        given == 0 ? NotTakenReason.DAMAGED : null));
        if (order.customer != null && given > 0) {
            mail(handedOver, Template.PICKUP_HANDED_OVER, order.id, order.fulfilmentId(), order.customer);
        }
        return handedOver;
    }

    void booked(Order order, LoggedEvent handedOver, long left, long released) {
        write(
                "inventory.events",
                OSLO,
                handedOver,
                meta -> new StockCommitted(
                        meta,
                        OSLO,
                        order.fulfilmentId(),
                        order.id,
                        left == 0 ? List.of() : List.of(units(order.skuOfFirst(), left)),
                        released == 0 ? List.of() : List.of(units(order.skuOfFirst(), released)),
                        (Instant) said(handedOver, "handedOverAt"),
                        List.of(),
                        List.of(change(OSLO, order.skuOfFirst(), -left, -left - released, 0, 0, 0))));
    }

    /** What the order and the returns make of a handover. */
    void completed(Order order, LoggedEvent handedOver, long given, long cancelled) {
        completed(order, handedOver, line("1", order.skuOfFirst(), given, 333), cancelled);
    }

    void completed(Order order, LoggedEvent handedOver, OrderLine left, long cancelled) {
        long given = left.getQuantity();
        var reported = write(
                "order.events",
                order.id,
                handedOver,
                meta -> new FulfilmentHandedOver(
                        meta,
                        order.id,
                        order.fulfilmentId(),
                        order.customer,
                        Channel.ONLINE,
                        order.method,
                        OSLO,
                        Objects.requireNonNull((Instant) said(handedOver, "handedOverAt")),
                        List.of(left),
                        "payment"),
                meta -> new OrderCompleted(
                        meta,
                        order.id,
                        order.customer,
                        List.of(new LineQuantity("1", order.skuOfFirst(), given)),
                        cancelled == 0 ? List.of() : List.of(new LineQuantity("1", order.skuOfFirst(), cancelled))));
        bought(order.id, order.fulfilmentId(), order.customer, reported, left);
    }

    void bought(String orderId, String fulfilmentId, @Nullable String customer, LoggedEvent left, OrderLine line) {
        write(
                "returns.events",
                orderId,
                left,
                meta -> new PurchaseRecorded(
                        meta,
                        orderId,
                        fulfilmentId,
                        customer,
                        Objects.requireNonNull((Channel) said(left, "channel")),
                        OSLO,
                        Objects.requireNonNull((Instant) said(left, "handedOverAt")),
                        now.plus(Duration.ofDays(30)),
                        List.of(new PurchasedLine(line, money(Sums.paid(line)))),
                        (String) said(left, "paymentReference")));
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
        var accepted = write(
                "returns.events",
                orderId,
                null,
                meta -> new ReturnAccepted(
                        meta,
                        orderId,
                        returnId,
                        customer,
                        RIGA,
                        List.of(new ReturnedLine(
                                "1",
                                sku,
                                null,
                                quantity,
                                unit,
                                ReturnReason.CHANGED_MIND,
                                ReturnCondition.UNOPENED,
                                disposition,
                                money(refund))),
                        money(refund),
                        null,
                        null),
                meta -> new RefundRequested(
                        meta, orderId, returnId, money(refund), customer == null ? null : "payment"));
        write("inventory.events", RIGA, accepted, meta -> switch (disposition) {
            case DAMAGED ->
                new DamagedStockReturned(
                        meta,
                        RIGA,
                        returnId,
                        orderId,
                        List.of(change(RIGA, sku, unit, new Quantities(0L, 0L, 0L, 0L, quantity, 0L))));
            case RETURN_TO_VENDOR ->
                new VendorStockReturned(
                        meta,
                        RIGA,
                        returnId,
                        orderId,
                        List.of(change(RIGA, sku, unit, new Quantities(0L, 0L, 0L, 0L, 0L, quantity))));
            case RESTOCK, UNKNOWN ->
                new StockRestocked(
                        meta,
                        RIGA,
                        returnId,
                        orderId,
                        accepted.meta().getOccurredAt(),
                        List.of(),
                        List.of(change(RIGA, sku, unit, onHand(quantity))));
        });
        write(
                "order.events",
                orderId,
                accepted,
                meta -> new OrderReturned(
                        meta,
                        orderId,
                        returnId,
                        List.of(new LineQuantity("1", sku, quantity)),
                        money(refund),
                        complete));
        if (customer != null) {
            mail(accepted, Template.RETURN_ACCEPTED, orderId, null, customer);
        }
    }

    void kerb() {
        var order = order("o2", CURBSIDE, "B", 1);
        ordered(order);
        picking(order);
        var ready = ready(order, 1);
        var id = order.fulfilmentId();
        write(
                "pickup.events",
                id,
                null,
                meta -> new CustomerOnTheWay(meta, id, "o2", OSLO, order.customer, CURBSIDE, null));
        write(
                "pickup.events",
                id,
                null,
                meta -> new CustomerArrived(meta, id, "o2", OSLO, order.customer, CURBSIDE, "4"));
        for (int attempt = 1; attempt <= 5; attempt++) {
            int wrong = attempt;
            write(
                    "pickup.events",
                    id,
                    null,
                    meta -> new PickupCodeRejected(meta, id, "o2", OSLO, order.customer, CURBSIDE, wrong, wrong == 5));
        }
        var reissued = write(
                "pickup.events",
                id,
                null,
                meta -> new PickupCodeReissued(
                        meta,
                        id,
                        "o2",
                        OSLO,
                        order.customer,
                        CURBSIDE,
                        List.of(pick("1", "B", 1)),
                        (Instant) said(ready, "pickupDeadline"),
                        2,
                        "k1"));
        mail(reissued, Template.PICKUP_CODE_REISSUED, "o2", id, "customer-o2");
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
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockCounted(
                        meta,
                        OSLO,
                        "count-1",
                        now,
                        List.of(new CountedSku("C", Unit.EACH, 95L, 97L, 0L)),
                        List.of(change(OSLO, "C", -2, 0, 0, 0, 0))));
        sale("t2", "receipt-2", "C", 2, soldBeforeCount, false);
        sale("t3", "receipt-3", "C", 1, now, true);
    }

    void sale(String id, String receipt, String sku, long quantity, Instant soldAt, boolean subtracted) {
        sale(id, receipt, line("1", sku, quantity, 500), soldAt, subtracted);
    }

    void sale(String id, String receipt, OrderLine line, Instant soldAt, boolean subtracted) {
        var sku = line.getSku();
        long quantity = line.getQuantity();
        write(
                "order.events",
                id,
                null,
                meta -> new SaleRecorded(
                        meta,
                        id,
                        null,
                        null,
                        List.of(line),
                        money(Sums.paid(line)),
                        null,
                        OSLO,
                        "till-4",
                        receipt,
                        soldAt),
                meta -> new FulfilmentHandedOver(
                        meta, id, id + "-1", null, Channel.POS, CARRY_OUT, OSLO, soldAt, List.of(line), null),
                meta -> new OrderCompleted(meta, id, null, List.of(new LineQuantity("1", sku, quantity)), List.of()));
        var left = events().get(events().size() - 2);
        soldInStock(id, left, line, subtracted);
        bought(id, id + "-1", null, left, line);
    }

    void soldInStock(String id, LoggedEvent left, OrderLine line, boolean subtracted) {
        var units = List.of(new SkuQuantity(line.getSku(), line.getQuantity(), line.getUnit()));
        write(
                "inventory.events",
                OSLO,
                left,
                meta -> new StockSold(
                        meta,
                        OSLO,
                        id,
                        id + "-1",
                        Objects.requireNonNull((Instant) said(left, "handedOverAt")),
                        subtracted ? units : List.of(),
                        subtracted ? List.of() : units,
                        subtracted ? changes(units, -1, 0) : List.of()));
    }

    void outOfStock() {
        var order = order("o4", PICKUP, "B", 5_000);
        var placed = placed(order);
        var shortages = List.of(new Shortage("B", 5_000L, 97L));
        var refused = write(
                "inventory.events",
                OSLO,
                placed,
                meta -> new StockReservationRejected(
                        meta,
                        OSLO,
                        "o4-1",
                        "o4",
                        ReservationRejectionReason.INSUFFICIENT_STOCK,
                        order.units(),
                        shortages));
        var rejected = write(
                "order.events",
                "o4",
                refused,
                meta -> new OrderRejected(
                        meta,
                        "o4",
                        order.customer,
                        EndReason.OUT_OF_STOCK,
                        shortages,
                        order.lines,
                        List.of(order.group())));
        mail(rejected, Template.ORDER_REJECTED, "o4", null, "customer-o4");
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
        var id = order.fulfilmentId();
        var requested = write(
                "order.events",
                order.id,
                cause,
                meta -> new OrderCancellationRequested(
                        meta,
                        order.id,
                        "cancellation-" + order.id,
                        reason,
                        List.of(new CancellationPart(
                                id, List.of(new LineQuantity("1", order.skuOfFirst(), order.quantityOfFirst()))))));
        var cancelled = write(
                "pickup.events",
                id,
                requested,
                meta -> new PickupCancelled(
                        meta,
                        id,
                        order.id,
                        OSLO,
                        order.customer,
                        order.method,
                        "cancellation-" + order.id,
                        List.of(pick("1", order.skuOfFirst(), order.quantityOfFirst())),
                        true,
                        pickupReason,
                        null));
        if (reservationStands) {
            released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        }
        orderCancelled(order, cancelled, reason);
    }

    void released(Order order, LoggedEvent cause, ReleaseReason reason) {
        write(
                "inventory.events",
                OSLO,
                cause,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        order.fulfilmentId(),
                        order.id,
                        reason,
                        order.units(),
                        true,
                        changes(order.units(), 0, -1)));
    }

    void orderCancelled(Order order, LoggedEvent cause, EndReason reason) {
        var cancelled = write(
                "order.events",
                order.id,
                cause,
                meta -> new OrderCancelled(meta, order.id, order.customer, reason, List.of(), order.lines));
        if (order.customer != null && reason != EndReason.NO_SHOW) {
            mail(cancelled, Template.ORDER_CANCELLED, order.id, null, order.customer);
        }
    }

    void cancelledBeforeConfirmation() {
        var order = order("o6", PICKUP, "A", 1);
        var placed = placed(order);
        var cancelled = write(
                "order.events",
                "o6",
                null,
                meta -> new OrderCancelled(
                        meta,
                        "o6",
                        order.customer,
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(order.group()),
                        order.lines));
        mail(cancelled, Template.ORDER_CANCELLED, "o6", null, "customer-o6");
        write("inventory.events", OSLO, cancelled, meta -> new ReservationVoided(meta, OSLO, "o6-1", "o6"));
        write(
                "inventory.events",
                OSLO,
                placed,
                meta -> new StockReservationRejected(
                        meta,
                        OSLO,
                        "o6-1",
                        "o6",
                        ReservationRejectionReason.ALREADY_RELEASED,
                        order.units(),
                        List.of()));
    }

    void noShow() {
        var order = order("o7", PICKUP, "A", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var deadline = ((PickupReady) events().stream()
                        .filter(event -> event.event() instanceof PickupReady
                                && event.key().equals("o7-1"))
                        .findFirst()
                        .orElseThrow()
                        .event())
                .getPickupDeadline();
        now = now.plus(Duration.ofMinutes(100));
        var reminder = write(
                "pickup.events",
                "o7-1",
                null,
                meta -> new PickupReminderDue(
                        meta,
                        "o7-1",
                        "o7",
                        OSLO,
                        order.customer,
                        PICKUP,
                        List.of(pick("1", "A", 2)),
                        deadline,
                        1,
                        "k1"));
        var id = requestMail(reminder, Template.PICKUP_REMINDER, "o7", "o7-1", "customer-o7");
        now = now.plus(Duration.ofMinutes(20));
        var expired = write(
                "pickup.events",
                "o7-1",
                null,
                meta -> new PickupExpired(
                        meta, "o7-1", "o7", OSLO, order.customer, PICKUP, List.of(pick("1", "A", 2)), deadline, 1));
        write(
                "notification.events",
                id,
                expired,
                meta -> new NotificationSuppressed(meta, id, "customer-o7", SuppressionReason.SUPERSEDED));
        supersedeReady(expired, "o7-1", "customer-o7");
        mail(expired, Template.PICKUP_EXPIRED, "o7", "o7-1", "customer-o7");
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
        write("notification.events", id, end, meta -> new NotificationSuperseded(meta, id, customer, List.of()));
    }

    /** The shopper asks to cancel what the store has cancelled: the order ended before the refusal comes. */
    void cancelledByTheStoreFirst() {
        var order = order("o17", PICKUP, "A", 1);
        ordered(order);
        var requested = write(
                "order.events",
                "o17",
                null,
                meta -> new OrderCancellationRequested(
                        meta,
                        "o17",
                        "cancellation-o17",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new CancellationPart("o17-1", List.of(new LineQuantity("1", "A", 1L))))));
        var cancelled = write(
                "pickup.events",
                "o17-1",
                null,
                meta -> new PickupCancelled(
                        meta,
                        "o17-1",
                        "o17",
                        OSLO,
                        order.customer,
                        PICKUP,
                        null,
                        List.of(pick("1", "A", 1)),
                        true,
                        EndReason.CANCELLED_BY_RETAILER,
                        null));
        released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        orderCancelled(order, cancelled, EndReason.CANCELLED_BY_RETAILER);
        write(
                "pickup.events",
                "o17-1",
                requested,
                meta -> new PickupCancellationRefused(
                        meta,
                        "o17-1",
                        "o17",
                        OSLO,
                        order.customer,
                        PICKUP,
                        "cancellation-o17",
                        CancellationRefusalReason.CANCELLED));
    }

    void shortPick() {
        var order = order("o8", PICKUP, "A", 3);
        ordered(order);
        picking(order);
        var missing = write(
                "pickup.events",
                "o8-1",
                null,
                meta -> new PickupLineShort(
                        meta, "o8-1", "o8", OSLO, order.customer, PICKUP, "1", "A", 1L, ShortReason.NOT_FOUND));
        write(
                "inventory.events",
                OSLO,
                missing,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        "o8-1",
                        "o8",
                        ReleaseReason.SHORT_PICK,
                        List.of(units("A", 1)),
                        false,
                        List.of(change(OSLO, "A", 0, -1, 0, 0, 0))),
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-1",
                        AdjustmentReason.SHORT_PICK,
                        missing.meta().getOccurredAt(),
                        List.of(),
                        List.of(change(OSLO, "A", -1, 0, 0, 0, 0))));
        linesCancelled(order, missing, 1, EndReason.SHORT_PICK);
        ready(order, 2, 1);
        var handedOver = handedOver(order, 2, 0, 1, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, 2, 1);
    }

    /** Three at 10.00 less 0.30, 1.00 of tax on top: one is missing, two are handed over, one of them comes back. */
    void partsOfADiscountedLine() {
        var order = new Order("o30", "customer-o30", PICKUP, List.of(line("A", 3, 30, 100)));
        ordered(order);
        picking(order);
        var missing = write(
                "pickup.events",
                "o30-1",
                null,
                meta -> new PickupLineShort(
                        meta, "o30-1", "o30", OSLO, order.customer, PICKUP, "1", "A", 1L, ShortReason.NOT_FOUND));
        write(
                "inventory.events",
                OSLO,
                missing,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        "o30-1",
                        "o30",
                        ReleaseReason.SHORT_PICK,
                        List.of(units("A", 1)),
                        false,
                        List.of(change(OSLO, "A", 0, -1, 0, 0, 0))),
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-o30",
                        AdjustmentReason.SHORT_PICK,
                        missing.meta().getOccurredAt(),
                        List.of(),
                        List.of(change(OSLO, "A", -1, 0, 0, 0, 0))));
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
        var cancelled = write(
                "order.events",
                order.id,
                cause,
                meta -> new OrderLinesCancelled(
                        meta,
                        order.id,
                        order.customer,
                        order.fulfilmentId(),
                        reason,
                        List.of(new LineQuantity("1", order.skuOfFirst(), cancelledLine.getQuantity())),
                        money(amount),
                        (String) said(cause, "cancellationId"),
                        List.of(cancelledLine)));
        if (order.customer != null) {
            mail(cancelled, Template.ORDER_LINES_CANCELLED, order.id, order.fulfilmentId(), order.customer);
        }
    }

    void notTaken() {
        var order = order("o9", PICKUP, "A", 2);
        ordered(order);
        picking(order);
        ready(order, 2);
        var handedOver = handedOver(order, 1, 1, 1, 1);
        booked(order, handedOver, 1, 1);
        var left = line("1", "A", 1, 333);
        var reported = write(
                "order.events",
                "o9",
                handedOver,
                meta -> new FulfilmentHandedOver(
                        meta,
                        "o9",
                        "o9-1",
                        order.customer,
                        Channel.ONLINE,
                        PICKUP,
                        OSLO,
                        Objects.requireNonNull((Instant) said(handedOver, "handedOverAt")),
                        List.of(left),
                        "payment"),
                meta -> new OrderLinesCancelled(
                        meta,
                        "o9",
                        order.customer,
                        "o9-1",
                        EndReason.NOT_TAKEN,
                        List.of(new LineQuantity("1", "A", 1L)),
                        money(333),
                        null,
                        List.of(line("1", "A", 1, 333))),
                meta -> new OrderCompleted(
                        meta,
                        "o9",
                        order.customer,
                        List.of(new LineQuantity("1", "A", 1L)),
                        List.of(new LineQuantity("1", "A", 1L))));
        bought("o9", "o9-1", order.customer, reported, left);
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
        write(
                "order.events",
                "t4",
                null,
                meta -> new SaleRecorded(
                        meta, "t4", null, null, List.of(line), money(500), null, OSLO, "till-4", "receipt-4", now),
                meta -> new FulfilmentHandedOver(
                        meta, "t4", "t4-1", null, Channel.POS, CARRY_OUT, OSLO, now, List.of(line), null),
                meta -> new OrderCompleted(meta, "t4", null, List.of(new LineQuantity("1", "D", 1L)), List.of()));
        var left = events().get(events().size() - 2);
        bought("t4", "t4-1", null, left, line);
        write(
                "inventory.events",
                OSLO,
                left,
                meta -> new StockSold(
                        meta,
                        OSLO,
                        "t4",
                        "t4-1",
                        Objects.requireNonNull((Instant) said(left, "handedOverAt")),
                        List.of(units("D", 1)),
                        List.of(),
                        List.of(change(OSLO, "D", -1, 0, 0, 0, 0))),
                meta -> new StockShortfallDetected(meta, OSLO, "D", 1L, Unit.EACH),
                meta -> new ReservationBroken(
                        meta,
                        OSLO,
                        "o11-1",
                        "o11",
                        List.of("D"),
                        List.of(units("D", 1)),
                        List.of(change(OSLO, "D", 0, -1, 0, 0, 0)),
                        true));
        cancel(younger, events().getLast(), EndReason.SOLD_AT_TILL, EndReason.SOLD_AT_TILL, false);
    }

    void holds() {
        hold("h1", 2);
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockHoldReleased(meta, OSLO, "h1", List.of(change(OSLO, "B", 0, 0, -2, 0, 0))));
        hold("h2", 1);
        now = now.plus(Duration.ofMinutes(11));
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockHoldExpired(meta, OSLO, "h2", List.of(change(OSLO, "B", 0, 0, -1, 0, 0))));
    }

    void hold(String id, long quantity) {
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockHeld(
                        meta,
                        OSLO,
                        id,
                        List.of(units("B", quantity)),
                        now.plus(Duration.ofMinutes(10)),
                        List.of(change(OSLO, "B", 0, 0, quantity, 0, 0))));
    }

    void transfer() {
        var out = write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockTransferredOut(
                        meta,
                        OSLO,
                        "transfer-1",
                        RIGA,
                        List.of(units("B", 10)),
                        now,
                        List.of(),
                        List.of(change(OSLO, "B", -10, 0, 0, 0, 0))));
        write(
                "inventory.events",
                RIGA,
                out,
                meta -> new StockTransferredIn(
                        meta, RIGA, "transfer-1", OSLO, now, List.of(), List.of(change(RIGA, "B", 10, 0, 0, 0, 0))));
    }

    /** An associate orders for a shopper: one article carried out at once, one fetched later. */
    void mixedOrder() {
        var carried = line("1", "C", 1, 500);
        var fetched = line("2", "A", 1, 333);
        var groups = List.of(fulfilment("o12", 1, CARRY_OUT, OSLO, "1"), fulfilment("o12", 2, PICKUP, OSLO, "2"));
        var lines = List.of(carried, fetched);
        var placed = write(
                "order.events",
                "o12",
                null,
                meta -> new OrderPlaced(
                        meta,
                        "o12",
                        Channel.STORE,
                        null,
                        null,
                        Acceptance.PER_FULFILMENT,
                        lines,
                        groups,
                        money(833),
                        null,
                        OSLO,
                        now.plus(Duration.ofMinutes(30))));
        var reserved = write(
                "inventory.events",
                OSLO,
                placed,
                meta -> new StockReserved(
                        meta,
                        OSLO,
                        "o12-2",
                        "o12",
                        List.of(units("A", 1)),
                        now.plus(Duration.ofMinutes(45)),
                        List.of(change(OSLO, "A", 0, 1, 0, 0, 0))));
        write(
                "order.events",
                "o12",
                reserved,
                meta -> new FulfilmentReserved(meta, "o12", "o12-2"),
                meta -> new OrderConfirmed(
                        meta, "o12", Channel.STORE, null, lines, groups, List.of(), List.of(), money(833)),
                meta -> new FulfilmentHandedOver(
                        meta, "o12", "o12-1", null, Channel.STORE, CARRY_OUT, OSLO, now, List.of(carried), null));
        var left = events().getLast();
        var confirmed = events().get(events().size() - 2);
        soldInStock("o12", left, carried, true);
        bought("o12", "o12-1", null, left, carried);
        write(
                "inventory.events",
                OSLO,
                confirmed,
                meta -> new ReservationConfirmed(meta, OSLO, "o12-2", "o12", List.of()));
        write(
                "pickup.events",
                "o12-2",
                confirmed,
                meta -> new PickupRequested(
                        meta, "o12-2", "o12", OSLO, null, PICKUP, Channel.STORE, List.of(pick("2", "A", 1)), null));
    }

    /** A reservation ends by itself before order-service, which was away, confirms the order; it is made again. */
    void answeredLate() {
        var order = order("o13", PICKUP, "A", 1);
        var reserved = reserved(order, placed(order));
        now = now.plus(Duration.ofMinutes(45));
        expired(order);
        var confirmed = confirmed(order, reserved);
        write(
                "inventory.events",
                OSLO,
                confirmed,
                meta -> new ReservationConfirmed(meta, OSLO, "o13-1", "o13", changes(order.units(), 0, 1)));
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
        var requested = write(
                "order.events",
                "o16",
                null,
                meta -> new OrderCancellationRequested(
                        meta,
                        "o16",
                        "cancellation-o16",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new CancellationPart("o16-1", List.of(new LineQuantity("1", "C", 1L))))));
        var cancelled = write(
                "pickup.events",
                "o16-1",
                requested,
                meta -> new PickupCancelled(
                        meta,
                        "o16-1",
                        "o16",
                        OSLO,
                        order.customer,
                        PICKUP,
                        "cancellation-o16",
                        List.of(pick("1", "C", 1)),
                        false,
                        EndReason.CANCELLED_BY_SHOPPER,
                        null));
        write(
                "inventory.events",
                OSLO,
                cancelled,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        "o16-1",
                        "o16",
                        ReleaseReason.PICKUP_CANCELLED,
                        List.of(units("C", 1)),
                        false,
                        List.of()));
        linesCancelled(order, cancelled, 1, EndReason.CANCELLED_BY_SHOPPER);
        var missing = write(
                "pickup.events",
                "o16-1",
                null,
                meta -> new PickupLineShort(
                        meta, "o16-1", "o16", OSLO, order.customer, PICKUP, "1", "C", 1L, ShortReason.NOT_FOUND));
        write(
                "inventory.events",
                OSLO,
                missing,
                meta -> new StockReleased(
                        meta, OSLO, "o16-1", "o16", ReleaseReason.SHORT_PICK, List.of(units("C", 1)), false, List.of()),
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-o16",
                        AdjustmentReason.SHORT_PICK,
                        missing.meta().getOccurredAt(),
                        List.of(),
                        List.of(change(OSLO, "C", -1, 0, 0, 0, 0))));
        linesCancelled(order, missing, 1, EndReason.SHORT_PICK);
        ready(order, 2, 1);
        write(
                "inventory.events",
                OSLO,
                confirmed,
                meta -> new ReservationConfirmed(
                        meta, OSLO, "o16-1", "o16", List.of(change(OSLO, "C", 0, 2, 0, 0, 0))));
        var handedOver = handedOver(order, 2, 0, 1, 1);
        booked(order, handedOver, 2, 0);
        completed(order, handedOver, 2, 2);
    }

    void expired(Order order) {
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        order.fulfilmentId(),
                        order.id,
                        ReleaseReason.NOT_ANSWERED_IN_TIME,
                        order.units(),
                        true,
                        changes(order.units(), 0, -1)));
    }

    void cancelledTooLate() {
        var order = order("o14", PICKUP, "A", 1);
        ordered(order);
        picking(order);
        ready(order, 1);
        var handedOver = handedOver(order, 1, 0, 1, 1);
        booked(order, handedOver, 1, 0);
        var requested = write(
                "order.events",
                "o14",
                null,
                meta -> new OrderCancellationRequested(
                        meta,
                        "o14",
                        "cancellation-o14",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new CancellationPart("o14-1", List.of(new LineQuantity("1", "A", 1L))))));
        var refused = write(
                "pickup.events",
                "o14-1",
                requested,
                meta -> new PickupCancellationRefused(
                        meta,
                        "o14-1",
                        "o14",
                        OSLO,
                        order.customer,
                        PICKUP,
                        "cancellation-o14",
                        CancellationRefusalReason.HANDED_OVER));
        completed(order, handedOver, 1, 0);
        write(
                "order.events",
                "o14",
                refused,
                meta -> new OrderCancellationRefused(meta, "o14", "cancellation-o14", "o14-1"));
    }

    /** Safety stock, damage, and a mail that needs two attempts. */
    void housekeeping() {
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new SafetyStockSet(meta, OSLO, List.of(change(OSLO, "B", 0, 0, 0, 5, 0))));
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-2",
                        AdjustmentReason.DAMAGED,
                        now,
                        List.of(),
                        List.of(change(OSLO, "B", -1, 0, 0, 0, 1))));
        var order = new Order("o15", null, PICKUP, List.of(line("1", "B", 1, 333)));
        var mailed = new Order("o15", "customer-o15", PICKUP, order.lines);
        var confirmed = write(
                "order.events",
                "o15",
                reserved(mailed, placed(mailed)),
                meta -> new OrderConfirmed(
                        meta,
                        "o15",
                        Channel.ONLINE,
                        "customer-o15",
                        order.lines,
                        List.of(order.group()),
                        List.of(),
                        List.of(),
                        money(order.total())));
        write(
                "inventory.events",
                OSLO,
                confirmed,
                meta -> new ReservationConfirmed(meta, OSLO, "o15-1", "o15", List.of()));
        requested(mailed, confirmed);
        var id = requestMail(confirmed, Template.ORDER_CONFIRMED, "o15", null, "customer-o15");
        write("notification.events", id, null, meta -> new NotificationSending(meta, id, "customer-o15", 1));
        write(
                "notification.events",
                id,
                null,
                meta -> new NotificationAttemptFailed(meta, id, "customer-o15", 1, "SMTP 451", now.plusSeconds(30)));
        now = now.plusSeconds(30);
        write("notification.events", id, null, meta -> new NotificationDue(meta, id, "customer-o15", 2));
        write("notification.events", id, null, meta -> new NotificationSending(meta, id, "customer-o15", 2));
        write("notification.events", id, null, meta -> new NotificationSent(meta, id, "customer-o15", 2));
        repeat(id, "o15-again", "o15", order);
    }

    /** An associate has the confirmation of an order sent again. */
    private void repeat(String id, String repeatId, String orderId, Order order) {
        var customer = "customer-" + orderId;
        var trigger = events().stream()
                .filter(event ->
                        event.event() instanceof OrderConfirmed && event.key().equals(orderId))
                .findFirst()
                .orElseThrow()
                .meta()
                .getEventId();
        var lines = order.lines.stream()
                .map(line -> new NotificationLine(line.getSku(), null, line.getQuantity(), Unit.EACH))
                .toList();
        var repeated = write(
                "notification.events",
                id,
                null,
                meta -> new NotificationRepeated(
                        meta,
                        id,
                        customer,
                        repeatId,
                        id,
                        1,
                        trigger,
                        Template.ORDER_CONFIRMED,
                        orderId,
                        null,
                        null,
                        null,
                        lines,
                        List.of(),
                        money(order.total()),
                        null,
                        null,
                        null,
                        null));
        write(
                "notification.events",
                repeatId,
                repeated,
                meta -> new NotificationRequested(
                        meta,
                        repeatId,
                        trigger,
                        customer,
                        NotificationChannel.EMAIL,
                        Template.ORDER_CONFIRMED,
                        orderId,
                        null,
                        null,
                        null,
                        lines,
                        List.of(),
                        money(order.total()),
                        null,
                        null,
                        null,
                        null,
                        id,
                        1));
        write("notification.events", repeatId, null, meta -> new NotificationSending(meta, repeatId, customer, 1));
        write("notification.events", repeatId, null, meta -> new NotificationSent(meta, repeatId, customer, 1));
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
        var notFound = write(
                "pickup.events",
                "o19-1",
                null,
                meta -> new PickupLineShort(
                        meta, "o19-1", "o19", OSLO, missing.customer, PICKUP, "1", "E", 1L, ShortReason.DAMAGED));
        now = now.plusSeconds(60);
        var countedAt = now;
        now = now.plusSeconds(60);
        sale("t5", "receipt-5", "E", 3, now, true);
        received("receipt-e", List.of(), List.of(change(OSLO, "E", 10, 0, 0, 0, 0)), now);
        // 47 on the shelf, then 3 sold and 10 received.
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockCounted(
                        meta,
                        OSLO,
                        "count-e",
                        countedAt,
                        List.of(new CountedSku("E", Unit.EACH, 47L, 57L, 7L)),
                        List.of(change(OSLO, "E", -3, 0, 0, 0, 0))));
        sale("t6", "receipt-6", "E", 1, beforeCount, false);
        received("receipt-f", List.of(units("E", 4)), List.of(), beforeCount);
        write(
                "inventory.events",
                OSLO,
                handedOver,
                meta -> new StockCommitted(
                        meta,
                        OSLO,
                        "o18-1",
                        "o18",
                        order.units(),
                        List.of(),
                        (Instant) said(handedOver, "handedOverAt"),
                        order.units(),
                        changes(order.units(), 0, -1)));
        completed(order, handedOver, 2, 0);
        write(
                "inventory.events",
                OSLO,
                notFound,
                meta -> new StockReleased(
                        meta,
                        OSLO,
                        "o19-1",
                        "o19",
                        ReleaseReason.SHORT_PICK,
                        missing.units(),
                        true,
                        changes(missing.units(), 0, -1)),
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-o19",
                        AdjustmentReason.SHORT_PICK,
                        notFound.meta().getOccurredAt(),
                        List.of(units("E", -1)),
                        List.of(change(OSLO, "E", 0, 0, 0, 0, 1))));
        orderCancelled(missing, notFound, EndReason.SHORT_PICK);
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-e",
                        AdjustmentReason.LOST,
                        beforeCount,
                        List.of(units("E", -2)),
                        List.of()));
        // More set out than is left, before the count.
        send("transfer-e", List.of(units("E", 100)), beforeCount, List.of(units("E", 100)), List.of());
        // Another count, of what is there now, adds nothing twice.
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockCounted(
                        meta,
                        OSLO,
                        "count-f",
                        now,
                        List.of(new CountedSku("E", Unit.EACH, 54L, 54L, 0L)),
                        List.of(change(OSLO, "E", 0, 0, 0, 0, 0))));
    }

    void received(String id, List<SkuQuantity> alreadyCounted, List<StockChange> changes, Instant movedAt) {
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockReceived(meta, OSLO, id, movedAt, alreadyCounted, changes));
    }

    /** In Oslo, whatever the unit that it keeps. */
    void receivedInPieces(String sku, long quantity) {
        received("receipt-pieces", List.of(), List.of(change(OSLO, sku, quantity, 0, 0, 0, 0)), now);
    }

    void send(
            String id,
            List<SkuQuantity> units,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes) {
        var out = write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockTransferredOut(meta, OSLO, id, RIGA, units, movedAt, alreadyCounted, changes));
        write(
                "inventory.events",
                RIGA,
                out,
                meta -> new StockTransferredIn(
                        meta,
                        RIGA,
                        id,
                        OSLO,
                        movedAt,
                        List.of(),
                        units.stream()
                                .map(unit -> change(RIGA, unit.getSku(), unit.getUnit(), onHand(unit.getQuantity())))
                                .toList()));
    }

    /** Cheese is kept in grams in Oslo and by the piece in Riga; wherever it goes, each unit stays on the book. */
    void otherUnits() {
        received("receipt-g", List.of(), List.of(change(OSLO, "F", Unit.GRAM, onHand(1_000))), now);
        write(
                "inventory.events",
                RIGA,
                null,
                meta -> new StockReceived(
                        meta, RIGA, "receipt-g", now, List.of(), List.of(change(RIGA, "F", 5, 0, 0, 0, 0))));
        send(
                "transfer-g",
                List.of(grams("F", 200)),
                now,
                List.of(),
                List.of(change(OSLO, "F", Unit.GRAM, onHand(-200))));
        var inGrams = inGrams(line("1", "F", 100, 2));
        sale("t7", "receipt-7", inGrams, now, true);
        bringBack("t7", null, "r3", inGrams, 200, Disposition.RESTOCK, true);
        // A till that sells by the piece: on hand is below 0 until somebody looks.
        sale("t8", "receipt-8", line("1", "F", 2, 500), now, true);
        reservedAndRefused();
        write(
                "inventory.events",
                OSLO,
                null,
                meta -> new StockAdjusted(
                        meta,
                        OSLO,
                        "adjustment-g",
                        AdjustmentReason.CORRECTION,
                        now,
                        List.of(),
                        List.of(change(OSLO, "F", 3, 0, 0, 0, 0))));
        // In Riga the pieces are past their date, and it keeps grams from then on.
        write(
                "inventory.events",
                RIGA,
                null,
                meta -> new StockAdjusted(
                        meta,
                        RIGA,
                        "adjustment-g",
                        AdjustmentReason.EXPIRED,
                        now,
                        List.of(),
                        List.of(change(RIGA, "F", -5, 0, 0, 0, 0))));
        write(
                "inventory.events",
                RIGA,
                null,
                meta -> new StockCounted(
                        meta,
                        RIGA,
                        "count-g",
                        now,
                        List.of(new CountedSku("F", Unit.GRAM, 290L, 300L, 0L)),
                        List.of(change(RIGA, "F", Unit.GRAM, onHand(-10)))));
        write(
                "inventory.events",
                RIGA,
                null,
                meta -> new SafetyStockSet(
                        meta, RIGA, List.of(change(RIGA, "F", Unit.GRAM, new Quantities(0L, 0L, 0L, 50L, 0L, 0L)))));
    }

    /** One order by the gram, and one by the piece, of which none can be promised. */
    private void reservedAndRefused() {
        var order = new Order("o20", "customer-o20", PICKUP, List.of(inGrams(line("1", "F", 300, 2))));
        cancelledInGrams(order, placed(order));
        var byThePiece = order("o21", PICKUP, "F", 1);
        var placed = placed(byThePiece);
        var shortages = List.of(new Shortage("F", 1L, 0L));
        var refused = write(
                "inventory.events",
                OSLO,
                placed,
                meta -> new StockReservationRejected(
                        meta,
                        OSLO,
                        "o21-1",
                        "o21",
                        ReservationRejectionReason.INSUFFICIENT_STOCK,
                        byThePiece.units(),
                        shortages));
        var rejected = write(
                "order.events",
                "o21",
                refused,
                meta -> new OrderRejected(
                        meta,
                        "o21",
                        byThePiece.customer,
                        EndReason.OUT_OF_STOCK,
                        shortages,
                        byThePiece.lines,
                        List.of(byThePiece.group())));
        mail(rejected, Template.ORDER_REJECTED, "o21", null, "customer-o21");
    }

    private void cancelledInGrams(Order order, LoggedEvent placed) {
        reserved(order, placed);
        var cancelled = write(
                "order.events",
                order.id,
                null,
                meta -> new OrderCancelled(
                        meta,
                        order.id,
                        order.customer,
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(order.group()),
                        order.lines));
        mail(cancelled, Template.ORDER_CANCELLED, order.id, null, "customer-" + order.id);
        released(order, cancelled, ReleaseReason.ORDER_CANCELLED);
    }

    /** Goods that go back to their vendor wait for it, apart from what is for sale, until they are sent. */
    void backToTheVendor() {
        sale("t9", "receipt-9", "B", 2, now, true);
        bringBack("t9", null, "r4", line("1", "B", 2, 0), 1_000, Disposition.RETURN_TO_VENDOR, true);
        write(
                "inventory.events",
                RIGA,
                null,
                meta -> new StockAdjusted(
                        meta,
                        RIGA,
                        "adjustment-v",
                        AdjustmentReason.SENT_TO_VENDOR,
                        now,
                        List.of(),
                        List.of(change(RIGA, "B", Unit.EACH, new Quantities(0L, 0L, 0L, 0L, 0L, -1L)))));
    }
}
