package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CANCELLATION_ANSWERED;
import static dev.mortar.audit.Invariant.CONFIRMED_IF_RESERVED;
import static dev.mortar.audit.Invariant.ENDS_REPORTED;
import static dev.mortar.audit.Invariant.HANDOVER_BOOKED;
import static dev.mortar.audit.Invariant.HANDOVER_REPORTED;
import static dev.mortar.audit.Invariant.MOVEMENT_TIME;
import static dev.mortar.audit.Invariant.NOTHING_OWED;
import static dev.mortar.audit.Invariant.NOTIFICATION_FITS_TRIGGER;
import static dev.mortar.audit.Invariant.NOTIFICATION_ONCE;
import static dev.mortar.audit.Invariant.ORDER_LINES_ADD_UP;
import static dev.mortar.audit.Invariant.ORDER_TRANSITIONS;
import static dev.mortar.audit.Invariant.PICKUP_FOLLOWS_ORDER;
import static dev.mortar.audit.Invariant.PURCHASE_RECORDED;
import static dev.mortar.audit.Invariant.RESERVATION_DEADLINE;
import static dev.mortar.audit.Invariant.RESERVATION_FOLLOWS_ORDER;
import static dev.mortar.audit.Invariant.RETURN_REPORTED;
import static dev.mortar.audit.Invariant.RETURN_RESTOCKED;
import static dev.mortar.audit.Invariant.SALE_BOOKED;
import static dev.mortar.audit.Invariant.TRANSFER_ARRIVES;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.AdjustmentReason;
import dev.mortar.schemas.inventory.DamagedStockReturned;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.ReleaseReason;
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.ReservationVoided;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockReleased;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.inventory.StockRestocked;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.VendorStockReturned;
import dev.mortar.schemas.notification.NotificationAttemptFailed;
import dev.mortar.schemas.notification.NotificationDue;
import dev.mortar.schemas.notification.NotificationFailed;
import dev.mortar.schemas.notification.NotificationRepeated;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.NotificationSuppressed;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentRejected;
import dev.mortar.schemas.order.FulfilmentReserved;
import dev.mortar.schemas.order.OrderCancellationRefused;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderEndReason;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.order.OrderReturned;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
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
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The stories that cross services, told as debts: an event makes a service owe a step, with what that step has to say;
 * the step pays it, once. What is unpaid in the end and cannot be excused is stuck.
 *
 * <p>Debts are the open work; nothing is kept of one that was paid.
 */
final class StoryAudit {
    private static final String ORDER = "order-service";
    private static final String INVENTORY = "inventory-service";
    private static final String PICKUP = "pickup-service";
    private static final String RETURNS = "returns-service";
    private static final String NOTIFICATION = "notification-service";

    private static final byte RESERVED = 1;
    private static final byte CONFIRMED = 2;

    private final Findings findings;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final NotificationAudit notifications;
    private final Debts debts;
    private final Map<String, Byte> fulfilments = new HashMap<>();

    private Instant asOf = Instant.MAX;

    StoryAudit(
            AuditRules rules, Findings findings, OrderAudit orders, StockAudit stock, NotificationAudit notifications) {
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
        this.notifications = notifications;
        debts = new Debts(rules, findings);
    }

    boolean wasReservedAndConfirmed(String fulfilmentId) {
        return fulfilments.getOrDefault(fulfilmentId, (byte) 0) == (RESERVED | CONFIRMED);
    }

    /** Of a fulfilment that ended nothing is asked any more. */
    private void forget(List<Fulfilment> of) {
        of.forEach(fulfilment -> fulfilments.remove(fulfilment.getFulfilmentId()));
    }

    private void mark(String fulfilmentId, byte flag) {
        fulfilments.merge(fulfilmentId, flag, (a, b) -> (byte) (a | b));
    }

    void accept(LoggedEvent logged) {
        switch (Objects.requireNonNull(logged.identity()).type().service()) {
            case ORDER -> order(logged);
            case INVENTORY -> inventory(logged);
            case PICKUP -> pickup(logged);
            case RETURNS -> returns(logged);
            default -> notification(logged);
        }
    }

    private void order(LoggedEvent logged) {
        if (EventType.meta(logged).getCausationId() != null) {
            decided(logged);
        }
        switch (logged.event()) {
            case OrderPlaced event -> {
                stock.placed(logged, event);
                for (var fulfilment : event.getFulfilments()) {
                    if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                        debts.owe(logged, INVENTORY, "answer", fulfilment.getFulfilmentId(), Map.of());
                    }
                }
            }
            case OrderConfirmed event -> confirmed(logged, event);
            case OrderRejected event -> {
                oweReleases(logged, event.getFulfilments());
                forget(event.getFulfilments());
                oweNotification(logged, event.getCustomerId(), Template.ORDER_REJECTED);
            }
            case OrderCancelled event -> {
                cancelledWhole(logged, event.getOrderId());
                oweReleases(logged, event.getReservedFulfilments());
                forget(event.getReservedFulfilments());
                if (event.getReason() != OrderEndReason.NO_SHOW) {
                    oweNotification(logged, event.getCustomerId(), Template.ORDER_CANCELLED);
                }
            }
            case OrderCancellationRequested event -> {
                for (var part : event.getParts()) {
                    debts.owe(logged, PICKUP, "cancel", part.getFulfilmentId(), Sums.byId(part.getLines()));
                }
            }
            case OrderCancellationRefused event ->
                debts.pay(CANCELLATION_ANSWERED, logged, "refused", event.getFulfilmentId(), null);
            case OrderLinesCancelled event -> {
                debts.pay(ENDS_REPORTED, logged, "end", "", Sums.byId(event.getLines()));
                var ended = event.getCancelledLines();
                findings.check(
                        ORDER_LINES_ADD_UP,
                        ended.isEmpty() || Sums.linesById(ended).equals(Sums.byId(event.getLines())),
                        () -> "Cancelled are " + event.getLines() + ", told is " + ended,
                        logged);
                if (!isToldByPickup(logged, event) && event.getCustomerId() != null) {
                    // A version that does not tell what the lines are called wrote it before anybody listened.
                    debts.owe(
                            logged,
                            NOTIFICATION,
                            "tell",
                            event.getCustomerId() + ' ' + Template.ORDER_LINES_CANCELLED,
                            Map.of(),
                            ended::isEmpty);
                }
            }
            case FulfilmentHandedOver event -> {
                var id = event.getFulfilmentId();
                var lines = event.getLines();
                if (event.getMethod() == FulfilmentMethod.CARRY_OUT) {
                    var confirmed = debts.settleAlone("carry out", id);
                    findings.check(
                            HANDOVER_REPORTED,
                            confirmed != null && confirmed.content().equals(Sums.linesById(lines)),
                            () -> confirmed == null
                                    ? id + " is carried out and was not confirmed, or was carried out before"
                                    : "Carried out is " + Sums.linesById(lines) + " of " + confirmed.content(),
                            confirmed == null ? null : confirmed.since(),
                            logged);
                    debts.owe(logged, INVENTORY, "sell", id, Sums.linesByGoods(lines));
                } else {
                    debts.pay(HANDOVER_REPORTED, logged, "report", id, Sums.linesById(lines));
                }
                debts.owe(logged, RETURNS, "record", id, paid(lines));
            }
            case OrderReturned event ->
                debts.pay(
                        RETURN_REPORTED,
                        logged,
                        "returned",
                        event.getReturnId() + ' ' + event.getRefund().getAmount(),
                        Sums.byId(event.getLines()));
            default -> {}
        }
    }

    private void inventory(LoggedEvent logged) {
        var causationId = EventType.meta(logged).getCausationId();
        switch (logged.event()) {
            case StockReserved event -> {
                mark(event.getReservationId(), RESERVED);
                var asked = debts.settle(logged, "answer", event.getReservationId());
                if (asked != null && asked.since().event() instanceof OrderPlaced placed) {
                    findings.check(
                            RESERVATION_DEADLINE,
                            placed.getDecideBy() != null
                                    && !event.getExpiresAt().isBefore(placed.getDecideBy()),
                            () -> "Reserved until " + event.getExpiresAt() + ", the order may be decided until "
                                    + placed.getDecideBy(),
                            asked.since(),
                            logged);
                }
                oweDecision(logged, event.getOrderId());
            }
            case StockReservationRejected event -> {
                debts.settle(logged, "answer", event.getReservationId());
                orders.refused(event.getOrderId(), event.getReservationId());
                oweDecision(logged, event.getOrderId());
            }
            case ReservationConfirmed event ->
                debts.pay(RESERVATION_FOLLOWS_ORDER, logged, "confirm", event.getReservationId(), null);
            case ReservationPicked event ->
                debts.pay(RESERVATION_FOLLOWS_ORDER, logged, "stage", event.getReservationId(), null);
            case StockReleased event -> {
                findings.check(
                        RESERVATION_FOLLOWS_ORDER,
                        (causationId == null) == (event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME)
                                && event.getReservationId().startsWith(event.getOrderId() + '-'),
                        () -> event.getReservationId() + " of order " + event.getOrderId() + " is released for "
                                + event.getReason() + (causationId == null ? " without a cause" : ""),
                        logged);
                if (causationId != null) {
                    var released = Sums.byGoods(event.getReleased());
                    var debt = debts.pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "release",
                            event.getReservationId(),
                            // A short pick names no unit.
                            event.getReason() == ReleaseReason.SHORT_PICK ? Sums.inAnyUnit(released) : released);
                    // What an order ends, it ends whole; only pickups name quantities.
                    findings.check(
                            RESERVATION_FOLLOWS_ORDER,
                            debt == null
                                    || ((!debt.content().isEmpty() || event.getWhole())
                                            && event.getReason() == reasonOf(debt.since())),
                            () -> released + " of the reservation is released for " + event.getReason(),
                            debt == null ? null : debt.since(),
                            logged);
                }
            }
            case ReservationVoided event ->
                debts.pay(RESERVATION_FOLLOWS_ORDER, logged, "release", event.getReservationId(), null);
            case StockCommitted event -> {
                var debt = debts.pay(
                        HANDOVER_BOOKED, logged, "book", event.getReservationId(), Sums.byGoods(event.getLeft()));
                if (debt != null && debt.since().event() instanceof PickupHandedOver left) {
                    happened(left.getHandedOverAt(), event.getMovedAt(), debt, logged);
                }
            }
            case StockSold event -> {
                var sold = Sums.byGoods(event.getSold());
                Sums.addAll(sold, Sums.byGoods(event.getAlreadyCounted()), 1);
                var debt = debts.pay(SALE_BOOKED, logged, "sell", event.getFulfilmentId(), sold);
                if (debt != null && debt.since().event() instanceof FulfilmentHandedOver left) {
                    findings.check(
                            SALE_BOOKED,
                            left.getHandedOverAt().equals(event.getSoldAt()),
                            () -> "Booked as of " + event.getSoldAt() + ", sold at " + left.getHandedOverAt(),
                            debt.since(),
                            logged);
                }
            }
            case StockAdjusted event -> {
                if (event.getReason() == AdjustmentReason.SHORT_PICK || causationId != null) {
                    var debt = debts.pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "adjust",
                            "",
                            Sums.inAnyUnit(Sums.negative(Sums.moved(event.getChanges(), event.getAlreadyCounted()))));
                    if (debt != null && debt.since().event() instanceof PickupLineShort lineShort) {
                        happened(lineShort.getMeta().getOccurredAt(), event.getMovedAt(), debt, logged);
                        long found = lineShort.getReason() == ShortReason.DAMAGED ? lineShort.getMissing() : 0;
                        long damaged = event.getChanges().stream()
                                .mapToLong(change -> change.getChange().getDamaged())
                                .sum();
                        findings.check(
                                RESERVATION_FOLLOWS_ORDER,
                                damaged == found,
                                () -> "Damaged are " + damaged + " more, the pick found " + found,
                                debt.since(),
                                logged);
                    }
                }
            }
            case StockRestocked event -> {
                var debt = debts.pay(
                        RETURN_RESTOCKED,
                        logged,
                        "restock",
                        event.getReturnId() + ' ' + event.getLocationId(),
                        Sums.moved(event.getChanges(), event.getAlreadyCounted()));
                if (debt != null) {
                    happened(EventType.meta(debt.since()).getOccurredAt(), event.getMovedAt(), debt, logged);
                }
            }
            case DamagedStockReturned event ->
                debts.pay(
                        RETURN_RESTOCKED,
                        logged,
                        "write off",
                        event.getReturnId() + ' ' + event.getLocationId(),
                        Sums.changes(event.getChanges(), Quantities::getDamaged));
            case VendorStockReturned event ->
                debts.pay(
                        RETURN_RESTOCKED,
                        logged,
                        "keep for the vendor",
                        event.getReturnId() + ' ' + event.getLocationId(),
                        Sums.changes(event.getChanges(), Quantities::getToVendor));
            case StockTransferredOut event ->
                debts.owe(
                        logged,
                        INVENTORY,
                        "arrive",
                        event.getTransferId() + ' ' + event.getLocationId() + ' ' + event.getToLocationId(),
                        Sums.byGoods(event.getTransferred()));
            case StockTransferredIn event -> {
                var debt = debts.pay(
                        TRANSFER_ARRIVES,
                        logged,
                        "arrive",
                        event.getTransferId() + ' ' + event.getFromLocationId() + ' ' + event.getLocationId(),
                        Sums.moved(event.getChanges(), event.getAlreadyCounted()));
                if (debt != null && debt.since().event() instanceof StockTransferredOut sent) {
                    findings.check(
                            MOVEMENT_TIME,
                            sent.getMovedAt() == null
                                    || event.getMovedAt() == null
                                    || !event.getMovedAt().isBefore(sent.getMovedAt()),
                            () -> "Arrived at " + event.getMovedAt() + ", before it set out at " + sent.getMovedAt(),
                            debt.since(),
                            logged);
                }
            }
            case ReservationBroken event -> {
                findings.check(
                        RESERVATION_FOLLOWS_ORDER,
                        event.getReservationId().startsWith(event.getOrderId() + '-'),
                        () -> event.getReservationId() + " is not of order " + event.getOrderId(),
                        logged);
                orders.refused(event.getOrderId(), event.getReservationId());
                debts.owe(
                        logged,
                        ORDER,
                        "decide",
                        event.getOrderId(),
                        Map.of(),
                        () -> orders.isOver(event.getOrderId(), event.getReservationId()));
            }
            default -> {}
        }
    }

    private void pickup(LoggedEvent logged) {
        switch (logged.event()) {
            case PickupRequested event -> {
                var debt = debts.pay(
                        PICKUP_FOLLOWS_ORDER,
                        logged,
                        "pick",
                        event.getFulfilmentId() + ' ' + event.getLocationId(),
                        Sums.pickedById(event.getLines()));
                if (debt != null && debt.since().event() instanceof OrderConfirmed confirmed) {
                    findings.check(
                            PICKUP_FOLLOWS_ORDER,
                            asConfirmed(event, confirmed),
                            () -> "Requested are " + event.getLines() + " by " + event.getMethod() + " at "
                                    + event.getPromisedAt() + ", which was not confirmed",
                            debt.since(),
                            logged);
                }
            }
            case PickupLineShort event -> {
                var id = event.getFulfilmentId();
                var missing = Map.of(event.getSku(), event.getMissing());
                oweStock(logged, "release", id, id, missing);
                oweStock(logged, "adjust", "", id, missing);
                oweEnd(logged, event.getOrderId(), id, Map.of(event.getLineId(), event.getMissing()));
            }
            case PickupReady event -> {
                var id = event.getFulfilmentId();
                oweStock(logged, "stage", id, id, Map.of());
                if (event.getMethod() != FulfilmentMethod.DELIVERY) {
                    oweNotification(logged, event.getCustomerId(), Template.PICKUP_READY);
                }
            }
            case PickupReminderDue event -> oweNotification(logged, event.getCustomerId(), Template.PICKUP_REMINDER);
            case PickupCodeReissued event ->
                oweNotification(logged, event.getCustomerId(), Template.PICKUP_CODE_REISSUED);
            case PickupHandedOver event -> {
                var id = event.getFulfilmentId();
                debts.owe(logged, INVENTORY, "book", id, Sums.pickedByGoods(event.getHandedOver()));
                if (!event.getHandedOver().isEmpty()) {
                    debts.owe(logged, ORDER, "report", id, Sums.pickedById(event.getHandedOver()));
                    oweNotification(logged, event.getCustomerId(), Template.PICKUP_HANDED_OVER);
                }
                if (!event.getNotTaken().isEmpty()) {
                    oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getNotTaken()));
                }
                fulfilments.remove(id);
            }
            case PickupExpired event -> {
                var id = event.getFulfilmentId();
                oweStock(logged, "release", id, id, Sums.pickedByGoods(event.getLines()));
                oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getLines()));
                oweNotification(logged, event.getCustomerId(), Template.PICKUP_EXPIRED);
                fulfilments.remove(id);
            }
            case PickupCancelled event -> {
                var id = event.getFulfilmentId();
                if (EventType.meta(logged).getCausationId() != null) {
                    cancelled(logged, id, Sums.pickedById(event.getLines()));
                }
                if (!event.getLines().isEmpty()) {
                    oweStock(logged, "release", id, id, Sums.pickedByGoods(event.getLines()));
                    oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getLines()));
                }
                if (event.getWhole()) {
                    fulfilments.remove(id);
                }
            }
            case PickupCancellationRefused event -> {
                debts.pay(CANCELLATION_ANSWERED, logged, "cancel", event.getFulfilmentId(), null);
                // An order that ended meanwhile waits for no answer.
                debts.owe(
                        logged,
                        ORDER,
                        "refused",
                        event.getFulfilmentId(),
                        Map.of(),
                        () -> orders.isCancelled(event.getOrderId()));
            }
            default -> {}
        }
    }

    private void returns(LoggedEvent logged) {
        switch (logged.event()) {
            case PurchaseRecorded event -> {
                var lines = new HashMap<String, Long>();
                for (var line : event.getLines()) {
                    Sums.add(lines, line.getLine().getLineId(), line.getLine().getQuantity());
                    Sums.add(
                            lines,
                            "paid " + line.getLine().getLineId(),
                            line.getPaid().getAmount());
                }
                var debt = debts.pay(PURCHASE_RECORDED, logged, "record", event.getFulfilmentId(), lines);
                if (debt != null && debt.since().event() instanceof FulfilmentHandedOver left) {
                    findings.check(
                            PURCHASE_RECORDED,
                            Sums.sameLines(
                                    event.getLines().stream()
                                            .map(PurchasedLine::getLine)
                                            .toList(),
                                    left.getLines()),
                            () -> "Recorded are " + event.getLines() + ", left have " + left.getLines(),
                            debt.since(),
                            logged);
                }
            }
            case ReturnAccepted event -> returned(logged, event);
            default -> {}
        }
    }

    private void notification(LoggedEvent logged) {
        switch (logged.event()) {
            case NotificationRequested event -> {
                var debt = debts.pay(
                        NOTIFICATION_FITS_TRIGGER,
                        logged,
                        "tell",
                        event.getCustomerId() + ' ' + event.getTemplate(),
                        null);
                // Whatever its id: what its trigger called for was told before, or never called for.
                findings.check(
                        NOTIFICATION_ONCE,
                        debt != null,
                        () -> "Nothing is left to tell customer " + event.getCustomerId() + " of "
                                + event.getTriggerEventId() + " by " + event.getTemplate(),
                        logged);
                if (debt != null) {
                    findings.check(
                            NOTIFICATION_FITS_TRIGGER,
                            Objects.equals(event.getAmount(), Told.amountOf(debt.since()))
                                    && Sums.sum(
                                                    event.getLines(),
                                                    line -> Goods.key(line.getSku(), line.getUnit()),
                                                    line -> line.getQuantity())
                                            .equals(Told.articlesOf(debt.since()))
                                    && Sums.sum(
                                                    event.getDroppedLines(),
                                                    line -> Goods.key(line.getSku(), line.getUnit()),
                                                    line -> line.getQuantity())
                                            .equals(Told.droppedOf(debt.since())),
                            () -> "It tells of " + event.getAmount() + ", " + event.getLines() + " and without "
                                    + event.getDroppedLines() + ", which "
                                    + debt.since().type() + " does not",
                            debt.since(),
                            logged);
                    findings.check(
                            NOTIFICATION_FITS_TRIGGER,
                            isReasonOf(event, debt.since()) && isRepeatOf(event, debt.since()),
                            () -> "It tells the reason " + event.getReason() + " as repeat " + event.getRepeat()
                                    + " of " + event.getRepeatOf() + ", which "
                                    + debt.since().type() + " does not",
                            debt.since(),
                            logged);
                }
                oweFirstMail(logged, event.getNotificationId(), event.getCustomerId());
            }
            case NotificationRepeated event -> oweNotification(logged, event.getCustomerId(), event.getTemplate());
            case NotificationDue event -> oweFirstMail(logged, event.getNotificationId(), event.getCustomerId());
            case NotificationSending event ->
                oweMail(logged, event.getNotificationId(), logged.appendedAt().plus(NotificationAudit.CLAIM));
            case NotificationAttemptFailed event -> oweMail(logged, event.getNotificationId(), event.getRetryAt());
            case NotificationSent event -> debts.payAlone("send", event.getNotificationId());
            case NotificationFailed event -> debts.payAlone("send", event.getNotificationId());
            case NotificationSuppressed event -> debts.payAlone("send", event.getNotificationId());
            default -> {}
        }
    }

    private void confirmed(LoggedEvent logged, OrderConfirmed event) {
        for (var fulfilment : event.getFulfilments()) {
            var id = fulfilment.getFulfilmentId();
            if (fulfilment.getMethod() == FulfilmentMethod.CARRY_OUT) {
                debts.oweAlone(logged, ORDER, "carry out", id, linesOf(event, fulfilment), logged.appendedAt());
                continue;
            }
            findings.check(
                    CONFIRMED_IF_RESERVED,
                    (fulfilments.getOrDefault(id, (byte) 0) & RESERVED) != 0,
                    () -> "Confirmed, and " + id + " was never reserved",
                    logged);
            mark(id, CONFIRMED);
            debts.owe(logged, PICKUP, "pick", id + ' ' + fulfilment.getLocationId(), linesOf(event, fulfilment));
            oweStock(logged, "confirm", id, id, Map.of());
        }
        oweReleases(logged, event.getRejectedFulfilments());
        forget(event.getRejectedFulfilments());
        if (event.getChannel() != Channel.POS) {
            oweNotification(logged, event.getCustomerId(), Template.ORDER_CONFIRMED);
        }
    }

    private static Map<String, Long> linesOf(OrderConfirmed event, Fulfilment fulfilment) {
        return Sums.linesById(event.getLines().stream()
                .filter(line -> fulfilment.getLineIds().contains(line.getLineId()))
                .toList());
    }

    private static boolean asConfirmed(PickupRequested pickup, OrderConfirmed order) {
        var goods = new HashMap<String, String>();
        order.getLines().forEach(line -> goods.put(line.getLineId(), Goods.key(line.getSku(), line.getUnit())));
        return pickup.getLines().stream()
                        .allMatch(
                                line -> Goods.key(line.getSku(), line.getUnit()).equals(goods.get(line.getLineId())))
                && order.getFulfilments().stream()
                        .anyMatch(fulfilment -> fulfilment.getFulfilmentId().equals(pickup.getFulfilmentId())
                                && fulfilment.getMethod() == pickup.getMethod()
                                && Objects.equals(fulfilment.getPromisedAt(), pickup.getPromisedAt()));
    }

    /** A movement is booked as of when its cause says it happened; a clock that runs ahead does not count. */
    private void happened(Instant at, @Nullable Instant movedAt, Debts.Debt debt, LoggedEvent logged) {
        var recordedAt = EventType.meta(logged).getRecordedAt();
        findings.check(
                MOVEMENT_TIME,
                movedAt == null || movedAt.equals(at.isAfter(recordedAt) ? recordedAt : at),
                () -> "Booked as of " + movedAt + ", it happened at " + at,
                debt.since(),
                logged);
    }

    /** An order makes something once of an answer to itself, and of the fulfilment that was answered. */
    private void decided(LoggedEvent logged) {
        var debt = debts.take(logged, "decide", logged.key());
        if (EventType.meta(logged).getIndex() > 0) {
            return;
        }
        var answered = debt == null ? "" : reservationId(debt.since());
        boolean soldAtTill =
                debt != null && debt.since().event() instanceof ReservationBroken broken && broken.getSoldAtTill();
        boolean answers = switch (logged.event()) {
            case FulfilmentReserved event -> event.getFulfilmentId().equals(answered);
            case FulfilmentRejected event ->
                event.getFulfilmentId().equals(answered)
                        && soldAtTill == (event.getReason() == OrderEndReason.SOLD_AT_TILL);
            case OrderCancellationRequested event ->
                event.getParts().size() == 1
                        && event.getParts().getFirst().getFulfilmentId().equals(answered)
                        && soldAtTill == (event.getReason() == OrderEndReason.SOLD_AT_TILL);
            case OrderConfirmed event -> debt != null;
            case OrderRejected event -> debt != null;
            default -> true;
        };
        findings.check(
                ORDER_TRANSITIONS,
                answers,
                () -> logged.type() + " follows from what is about "
                        + (debt == null ? "no fulfilment of it that waits" : answered),
                debt == null ? null : debt.since(),
                logged);
    }

    private static ReleaseReason reasonOf(LoggedEvent cause) {
        return switch (cause.event()) {
            case OrderCancelled event -> ReleaseReason.ORDER_CANCELLED;
            case PickupCancelled event -> ReleaseReason.PICKUP_CANCELLED;
            case PickupExpired event -> ReleaseReason.PICKUP_EXPIRED;
            case PickupLineShort event -> ReleaseReason.SHORT_PICK;
            default -> ReleaseReason.ORDER_REJECTED;
        };
    }

    private static String reservationId(LoggedEvent answer) {
        return switch (answer.event()) {
            case StockReserved event -> event.getReservationId();
            case StockReservationRejected event -> event.getReservationId();
            case ReservationBroken event -> event.getReservationId();
            default -> "";
        };
    }

    private void returned(LoggedEvent logged, ReturnAccepted event) {
        var id = event.getReturnId();
        for (var disposition : Disposition.values()) {
            var quantities = Sums.returnedByGoods(event.getLines().stream()
                    .filter(line -> line.getDisposition() == disposition)
                    .toList());
            var step = switch (disposition) {
                case RESTOCK -> "restock";
                case DAMAGED -> "write off";
                case RETURN_TO_VENDOR -> "keep for the vendor";
                case UNKNOWN -> null;
            };
            if (step != null && !quantities.isEmpty()) {
                debts.owe(logged, INVENTORY, step, id + ' ' + event.getLocationId(), quantities);
            }
        }
        debts.owe(
                logged,
                ORDER,
                "returned",
                id + ' ' + event.getRefund().getAmount(),
                Sums.sum(event.getLines(), line -> line.getLineId(), line -> line.getQuantity()));
        oweNotification(logged, event.getCustomerId(), Template.RETURN_ACCEPTED);
    }

    /** A cancellation that was asked for: what is cancelled has to be within it. */
    private void cancelled(LoggedEvent logged, String fulfilmentId, Map<String, Long> lines) {
        var debt = debts.settle(logged, "cancel", fulfilmentId);
        findings.check(
                CANCELLATION_ANSWERED,
                debt != null && Sums.within(lines, debt.content()),
                () -> debt == null
                        ? "Nobody asked to cancel " + fulfilmentId + ", or it was answered before"
                        : "Asked to cancel " + debt.content() + ", cancelled " + lines,
                debt == null ? null : debt.since(),
                logged);
    }

    /** What a request for cancellation asks of a fulfilment, until it is answered; nothing when it is not known. */
    Map<String, Long> askedToCancel(LoggedEvent answer, String fulfilmentId) {
        var debt = debts.find(answer, "cancel", fulfilmentId);
        return debt == null ? Map.of() : debt.content();
    }

    private void oweDecision(LoggedEvent logged, String orderId) {
        if (orders.isDecided(orderId)) {
            findings.holds(NOTHING_OWED);
        } else {
            debts.owe(logged, ORDER, "decide", orderId, Map.of(), () -> orders.isDecided(orderId));
        }
    }

    private void oweReleases(LoggedEvent logged, Collection<Fulfilment> of) {
        for (var fulfilment : of) {
            var id = fulfilment.getFulfilmentId();
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                oweStock(logged, "release", id, id, Map.of());
            }
        }
    }

    /** Inventory owes a step on a reservation, unless that ended for good: one that expired may be made again. */
    private void oweStock(
            LoggedEvent logged, String step, String about, String reservationId, Map<String, Long> content) {
        if (stock.isOver(reservationId)) {
            findings.holds(NOTHING_OWED);
        } else {
            // A handover may overtake its order's confirmation, but nothing that happened to the pickup before it.
            boolean overtaken = step.equals("confirm");
            debts.owe(
                    logged,
                    INVENTORY,
                    step,
                    about,
                    content,
                    () -> stock.isOver(reservationId) && (overtaken || !stock.isCommitted(reservationId)));
        }
    }

    /** The order owes to take lines off. */
    private void oweEnd(LoggedEvent logged, String orderId, String fulfilmentId, Map<String, Long> lines) {
        debts.owe(logged, ORDER, "end", "", lines, () -> orders.isOver(orderId, fulfilmentId));
    }

    /** An order that is cancelled as a whole names all its lines, the last of which just ended. */
    private void cancelledWhole(LoggedEvent logged, String orderId) {
        if (EventType.meta(logged).getCausationId() == null) {
            return;
        }
        var debt = debts.pay(ENDS_REPORTED, logged, "end", "", null);
        var order = orders.find(orderId);
        if (debt != null && order != null) {
            var ended = new HashMap<>(order.cancelled);
            Sums.addAll(ended, debt.content(), 1);
            findings.check(
                    ORDER_LINES_ADD_UP,
                    ended.equals(order.ordered),
                    () -> "Cancelled as a whole when " + ended + " of " + order.ordered + " had ended",
                    debt.since(),
                    logged);
        }
    }

    private void oweNotification(LoggedEvent logged, @Nullable String customerId, Template template) {
        if (customerId != null) {
            debts.owe(logged, NOTIFICATION, "tell", customerId + ' ' + template, Map.of());
        }
    }

    private void oweMail(LoggedEvent logged, String notificationId, Instant at) {
        debts.oweAlone(logged, NOTIFICATION, "send", notificationId, Map.of(), at);
    }

    /** While nobody knows how to reach the shopper, it may wait. */
    private void oweFirstMail(LoggedEvent logged, String notificationId, String customerId) {
        var until = logged.appendedAt().plus(NotificationAudit.CONTACT_WAIT).plus(NotificationAudit.CONTACT_WAIT);
        debts.oweAlone(
                logged,
                NOTIFICATION,
                "send",
                notificationId,
                Map.of(),
                logged.appendedAt(),
                () -> asOf.isBefore(until) && !notifications.canReach(customerId));
    }

    /** No-shows by the expired pickup; what was left at the counter by the handover of the rest. */
    private static boolean isToldByPickup(LoggedEvent logged, OrderLinesCancelled event) {
        return event.getReason() == OrderEndReason.NO_SHOW
                || (event.getReason() == OrderEndReason.NOT_TAKEN
                        && EventType.meta(logged).getIndex() > 0);
    }

    /** An older version told no reason. */
    private static boolean isReasonOf(NotificationRequested event, LoggedEvent trigger) {
        var reason = event.getReason();
        return reason == null
                ? event.getTemplate() != Template.ORDER_LINES_CANCELLED || Told.reasonOf(trigger) == null
                : reason.name().equals(Told.reasonOf(trigger));
    }

    private static boolean isRepeatOf(NotificationRequested event, LoggedEvent trigger) {
        return trigger.event() instanceof NotificationRepeated repeated
                ? repeated.getRepeatId().equals(event.getNotificationId())
                        && repeated.getNotificationId().equals(event.getRepeatOf())
                        && Objects.equals(repeated.getRepeat(), event.getRepeat())
                        && repeated.getTriggerEventId().equals(event.getTriggerEventId())
                : event.getRepeatOf() == null && event.getRepeat() == null;
    }

    private static Map<String, Long> paid(List<OrderLine> lines) {
        var paid = Sums.linesById(lines);
        for (var line : lines) {
            Sums.add(paid, "paid " + line.getLineId(), Sums.paid(line));
        }
        return paid;
    }

    /** Reports what is overdue and counts what is owed and may yet be done in time, by service. */
    Map<String, Long> finish(Instant now) {
        asOf = now;
        return debts.finish(now);
    }
}
