package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CANCELLATION_ANSWERED;
import static dev.mortar.audit.Invariant.CONFIRMED_IF_RESERVED;
import static dev.mortar.audit.Invariant.ENDS_REPORTED;
import static dev.mortar.audit.Invariant.HANDOVER_BOOKED;
import static dev.mortar.audit.Invariant.HANDOVER_REPORTED;
import static dev.mortar.audit.Invariant.NOTHING_OWED;
import static dev.mortar.audit.Invariant.NOTIFICATION_FITS_TRIGGER;
import static dev.mortar.audit.Invariant.PICKUP_FOLLOWS_ORDER;
import static dev.mortar.audit.Invariant.PURCHASE_RECORDED;
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
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.ReservationVoided;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockReleased;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.inventory.StockRestocked;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.notification.NotificationAttemptFailed;
import dev.mortar.schemas.notification.NotificationDue;
import dev.mortar.schemas.notification.NotificationFailed;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.NotificationSuppressed;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentHandedOver;
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
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
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
    private static final UUID NO_CAUSE = new UUID(0, 0);
    /** How long a claim to send stands before it lapses. */
    private static final Duration CLAIM = Duration.ofMinutes(5);

    private static final byte RESERVED = 1;
    private static final byte CONFIRMED = 2;

    private final AuditRules rules;
    private final Findings findings;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final Map<Owed, Debt> debts = new HashMap<>();
    private final Map<String, Byte> fulfilments = new HashMap<>();

    StoryAudit(AuditRules rules, Findings findings, OrderAudit orders, StockAudit stock) {
        this.rules = rules;
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
    }

    /** What is owed because of which event, about what. */
    private record Owed(UUID cause, String step, String about) {}

    /**
     * @param content what the step has to say: quantities by line or SKU
     * @param excuse whether the step became needless, judged at the end
     */
    private record Debt(
            String service, Instant due, LoggedEvent since, Map<String, Long> content, BooleanSupplier excuse) {}

    boolean wasReservedAndConfirmed(String fulfilmentId) {
        return fulfilments.getOrDefault(fulfilmentId, (byte) 0) == (RESERVED | CONFIRMED);
    }

    private void mark(String fulfilmentId, byte flag) {
        fulfilments.merge(fulfilmentId, flag, (a, b) -> (byte) (a | b));
    }

    void accept(LoggedEvent logged) {
        var meta = EventType.meta(logged);
        var causationId = meta.getCausationId();
        if (causationId != null && logged.place().topic().startsWith("order.")) {
            // Whatever the order makes of an answer, it took notice.
            debts.remove(new Owed(causationId, "decide", ""));
        }
        switch (logged.event()) {
            case OrderPlaced event -> {
                stock.placed(logged, event);
                for (var fulfilment : event.getFulfilments()) {
                    if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                        owe(logged, INVENTORY, "answer", fulfilment.getFulfilmentId(), Map.of(), () -> false);
                    }
                }
            }
            case StockReserved event -> {
                mark(event.getReservationId(), RESERVED);
                debts.remove(new Owed(cause(logged), "answer", event.getReservationId()));
                oweDecision(logged, event.getOrderId());
            }
            case StockReservationRejected event -> {
                debts.remove(new Owed(cause(logged), "answer", event.getReservationId()));
                oweDecision(logged, event.getOrderId());
            }
            case OrderConfirmed event -> confirmed(logged, event);
            case OrderRejected event -> {
                oweReleases(logged, event.getFulfilments());
                oweNotification(logged, event.getCustomerId(), Template.ORDER_REJECTED);
            }
            case OrderCancelled event -> {
                ended(logged, null);
                oweReleases(logged, event.getReservedFulfilments());
                if (event.getReason() != OrderEndReason.NO_SHOW) {
                    oweNotification(logged, event.getCustomerId(), Template.ORDER_CANCELLED);
                }
            }
            case OrderCancellationRequested event -> {
                for (var part : event.getParts()) {
                    owe(logged, PICKUP, "cancel", part.getFulfilmentId(), Sums.byId(part.getLines()), () -> false);
                }
            }
            case OrderCancellationRefused event ->
                pay(CANCELLATION_ANSWERED, logged, "refused", event.getFulfilmentId(), null);
            case OrderLinesCancelled event -> ended(logged, Sums.byId(event.getLines()));
            case FulfilmentHandedOver event -> {
                var id = event.getFulfilmentId();
                var lines = event.getLines();
                if (event.getMethod() == FulfilmentMethod.CARRY_OUT) {
                    payAlone("carry out", id);
                    owe(logged, INVENTORY, "sell", id, Sums.linesBySku(lines), () -> false);
                } else {
                    pay(HANDOVER_REPORTED, logged, "report", id, Sums.linesById(lines));
                }
                owe(logged, RETURNS, "record", id, paid(lines), () -> false);
            }
            case OrderReturned event ->
                pay(
                        RETURN_REPORTED,
                        logged,
                        "returned",
                        event.getReturnId() + ' ' + event.getRefund().getAmount(),
                        Sums.byId(event.getLines()));

            case ReservationConfirmed event ->
                pay(RESERVATION_FOLLOWS_ORDER, logged, "confirm", event.getReservationId(), null);
            case ReservationPicked event ->
                pay(RESERVATION_FOLLOWS_ORDER, logged, "stage", event.getReservationId(), null);
            case StockReleased event -> {
                if (causationId != null) {
                    pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "release",
                            event.getReservationId(),
                            Sums.bySku(event.getReleased()));
                }
            }
            case ReservationVoided event ->
                pay(RESERVATION_FOLLOWS_ORDER, logged, "release", event.getReservationId(), null);
            case StockCommitted event ->
                pay(HANDOVER_BOOKED, logged, "book", event.getReservationId(), Sums.bySku(event.getLeft()));
            case StockSold event -> {
                var sold = Sums.bySku(event.getSold());
                Sums.addAll(sold, Sums.bySku(event.getAlreadyCounted()), 1);
                pay(SALE_BOOKED, logged, "sell", event.getFulfilmentId(), sold);
            }
            case StockAdjusted event -> {
                if (event.getReason() == AdjustmentReason.SHORT_PICK || causationId != null) {
                    pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "adjust",
                            "",
                            Sums.sum(
                                    event.getChanges(),
                                    StockChange::getSku,
                                    change -> -change.getChange().getOnHand()));
                }
            }
            case StockRestocked event ->
                pay(
                        RETURN_RESTOCKED,
                        logged,
                        "restock",
                        event.getReturnId() + ' ' + event.getLocationId(),
                        Sums.sum(
                                event.getChanges(),
                                StockChange::getSku,
                                change -> change.getChange().getOnHand()));
            case DamagedStockReturned event ->
                pay(
                        RETURN_RESTOCKED,
                        logged,
                        "write off",
                        event.getReturnId() + ' ' + event.getLocationId(),
                        Sums.sum(
                                event.getChanges(),
                                StockChange::getSku,
                                change -> change.getChange().getDamaged()));
            case StockTransferredOut event ->
                owe(
                        logged,
                        INVENTORY,
                        "arrive",
                        event.getTransferId() + ' ' + event.getLocationId() + ' ' + event.getToLocationId(),
                        Sums.bySku(event.getTransferred()),
                        () -> false);
            case StockTransferredIn event ->
                pay(
                        TRANSFER_ARRIVES,
                        logged,
                        "arrive",
                        event.getTransferId() + ' ' + event.getFromLocationId() + ' ' + event.getLocationId(),
                        Sums.sum(
                                event.getChanges(),
                                StockChange::getSku,
                                change -> change.getChange().getOnHand()));
            case ReservationBroken event ->
                owe(
                        logged,
                        ORDER,
                        "decide",
                        "",
                        Map.of(),
                        () -> orders.isOver(event.getOrderId(), event.getReservationId()));

            case PickupRequested event ->
                pay(
                        PICKUP_FOLLOWS_ORDER,
                        logged,
                        "pick",
                        event.getFulfilmentId() + ' ' + event.getLocationId(),
                        Sums.pickedById(event.getLines()));
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
                owe(logged, INVENTORY, "book", id, Sums.pickedBySku(event.getHandedOver()), () -> false);
                owe(logged, ORDER, "report", id, Sums.pickedById(event.getHandedOver()), () -> false);
                if (!event.getNotTaken().isEmpty()) {
                    oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getNotTaken()));
                }
                oweNotification(logged, event.getCustomerId(), Template.PICKUP_HANDED_OVER);
            }
            case PickupExpired event -> {
                var id = event.getFulfilmentId();
                oweStock(logged, "release", id, id, Sums.pickedBySku(event.getLines()));
                oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getLines()));
                oweNotification(logged, event.getCustomerId(), Template.PICKUP_EXPIRED);
            }
            case PickupCancelled event -> {
                var id = event.getFulfilmentId();
                if (causationId != null) {
                    cancelled(logged, id, Sums.pickedById(event.getLines()));
                }
                if (!event.getLines().isEmpty()) {
                    oweStock(logged, "release", id, id, Sums.pickedBySku(event.getLines()));
                    oweEnd(logged, event.getOrderId(), id, Sums.pickedById(event.getLines()));
                }
            }
            case PickupCancellationRefused event -> {
                pay(CANCELLATION_ANSWERED, logged, "cancel", event.getFulfilmentId(), null);
                owe(logged, ORDER, "refused", event.getFulfilmentId(), Map.of(), () -> false);
            }

            case PurchaseRecorded event -> {
                var lines = new HashMap<String, Long>();
                for (var line : event.getLines()) {
                    Sums.add(lines, line.getLine().getLineId(), line.getLine().getQuantity());
                    Sums.add(
                            lines,
                            "paid " + line.getLine().getLineId(),
                            line.getPaid().getAmount());
                }
                pay(PURCHASE_RECORDED, logged, "record", event.getFulfilmentId(), lines);
            }
            case ReturnAccepted event -> returned(logged, event);

            case NotificationRequested event -> {
                pay(NOTIFICATION_FITS_TRIGGER, logged, "tell", event.getCustomerId() + ' ' + event.getTemplate(), null);
                oweMail(logged, event.getNotificationId(), logged.appendedAt());
            }
            case NotificationDue event -> oweMail(logged, event.getNotificationId(), logged.appendedAt());
            case NotificationSending event ->
                oweMail(logged, event.getNotificationId(), logged.appendedAt().plus(CLAIM));
            case NotificationAttemptFailed event -> oweMail(logged, event.getNotificationId(), event.getRetryAt());
            case NotificationSent event -> payAlone("send", event.getNotificationId());
            case NotificationFailed event -> payAlone("send", event.getNotificationId());
            case NotificationSuppressed event -> payAlone("send", event.getNotificationId());
            default -> {}
        }
    }

    private void confirmed(LoggedEvent logged, OrderConfirmed event) {
        for (var fulfilment : event.getFulfilments()) {
            var id = fulfilment.getFulfilmentId();
            if (fulfilment.getMethod() == FulfilmentMethod.CARRY_OUT) {
                debts.put(
                        new Owed(NO_CAUSE, "carry out", id),
                        new Debt(ORDER, logged.appendedAt().plus(rules.patience()), logged, Map.of(), () -> false));
                continue;
            }
            findings.check(
                    CONFIRMED_IF_RESERVED,
                    (fulfilments.getOrDefault(id, (byte) 0) & RESERVED) != 0,
                    () -> "Confirmed, and " + id + " was never reserved",
                    logged);
            mark(id, CONFIRMED);
            var lines = event.getLines().stream()
                    .filter(line -> fulfilment.getLineIds().contains(line.getLineId()))
                    .toList();
            owe(logged, PICKUP, "pick", id + ' ' + fulfilment.getLocationId(), Sums.linesById(lines), () -> false);
            oweStock(logged, "confirm", id, id, Map.of());
        }
        oweReleases(logged, event.getRejectedFulfilments());
        if (event.getChannel() != Channel.POS) {
            oweNotification(logged, event.getCustomerId(), Template.ORDER_CONFIRMED);
        }
    }

    private void returned(LoggedEvent logged, ReturnAccepted event) {
        var id = event.getReturnId();
        for (var disposition : List.of(Disposition.RESTOCK, Disposition.DAMAGED)) {
            var quantities = Sums.sum(
                    event.getLines().stream()
                            .filter(line -> line.getDisposition() == disposition)
                            .toList(),
                    line -> line.getSku(),
                    line -> line.getQuantity());
            if (!quantities.isEmpty()) {
                var step = disposition == Disposition.RESTOCK ? "restock" : "write off";
                owe(logged, INVENTORY, step, id + ' ' + event.getLocationId(), quantities, () -> false);
            }
        }
        owe(
                logged,
                ORDER,
                "returned",
                id + ' ' + event.getRefund().getAmount(),
                Sums.sum(event.getLines(), line -> line.getLineId(), line -> line.getQuantity()),
                () -> false);
        oweNotification(logged, event.getCustomerId(), Template.RETURN_ACCEPTED);
    }

    /** A cancellation that was asked for: what is cancelled has to be within it. */
    private void cancelled(LoggedEvent logged, String fulfilmentId, Map<String, Long> lines) {
        var debt = debts.remove(new Owed(cause(logged), "cancel", fulfilmentId));
        findings.check(
                CANCELLATION_ANSWERED,
                debt != null && Sums.within(lines, debt.content),
                () -> debt == null
                        ? "Nobody asked to cancel " + fulfilmentId + ", or it was answered before"
                        : "Asked to cancel " + debt.content + ", cancelled " + lines,
                debt == null ? null : debt.since,
                logged);
    }

    private void oweDecision(LoggedEvent logged, String orderId) {
        if (orders.isDecided(orderId)) {
            findings.holds(NOTHING_OWED);
        } else {
            owe(logged, ORDER, "decide", "", Map.of(), () -> orders.isDecided(orderId));
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
            owe(
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
        owe(logged, ORDER, "end", "", lines, () -> orders.isOver(orderId, fulfilmentId));
    }

    private void ended(LoggedEvent logged, @Nullable Map<String, Long> lines) {
        if (EventType.meta(logged).getCausationId() != null) {
            // An order that is cancelled as a whole names all its lines, not those that ended it.
            pay(ENDS_REPORTED, logged, "end", "", lines);
        }
    }

    private void oweNotification(LoggedEvent logged, @Nullable String customerId, Template template) {
        if (customerId != null) {
            owe(logged, NOTIFICATION, "tell", customerId + ' ' + template, Map.of(), () -> false);
        }
    }

    private void oweMail(LoggedEvent logged, String notificationId, Instant at) {
        debts.put(
                new Owed(NO_CAUSE, "send", notificationId),
                new Debt(NOTIFICATION, at.plus(rules.patience()), logged, Map.of(), () -> false));
    }

    private void owe(
            LoggedEvent logged,
            String service,
            String step,
            String about,
            Map<String, Long> content,
            BooleanSupplier excuse) {
        debts.put(
                new Owed(EventType.meta(logged).getEventId(), step, about),
                new Debt(service, logged.appendedAt().plus(rules.patience()), logged, content, excuse));
    }

    private void payAlone(String step, String about) {
        if (debts.remove(new Owed(NO_CAUSE, step, about)) != null) {
            findings.holds(NOTHING_OWED);
        }
    }

    /** @param content what the step says; null when it has nothing to compare */
    private void pay(
            Invariant invariant, LoggedEvent logged, String step, String about, @Nullable Map<String, Long> content) {
        var debt = debts.remove(new Owed(cause(logged), step, about));
        if (debt != null) {
            findings.holds(NOTHING_OWED);
        }
        findings.check(
                invariant,
                debt != null && (content == null || debt.content.isEmpty() || debt.content.equals(content)),
                () -> debt == null
                        ? logged.type() + (about.isEmpty() ? "" : " of " + about)
                                + " is not what its cause asks for, or was done before"
                        : logged.type() + " says " + content + ", " + debt.since.type() + " says " + debt.content,
                debt == null ? null : debt.since,
                logged);
    }

    private static UUID cause(LoggedEvent logged) {
        var cause = EventType.meta(logged).getCausationId();
        return cause == null ? NO_CAUSE : cause;
    }

    private static Map<String, Long> paid(List<OrderLine> lines) {
        var paid = Sums.linesById(lines);
        for (var line : lines) {
            Sums.add(paid, "paid " + line.getLineId(), Sums.paid(line));
        }
        return paid;
    }

    /** Reports what is overdue and counts what is owed and may yet be done in time, by service. */
    Map<String, Long> finish(Instant asOf) {
        var owed = new TreeMap<String, Long>();
        debts.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Owed, Debt> entry) -> entry.getValue().due)
                        .thenComparing(entry -> entry.getKey().toString()))
                .forEach(entry -> {
                    var debt = entry.getValue();
                    if (debt.excuse.getAsBoolean()) {
                        findings.holds(NOTHING_OWED);
                    } else if (debt.due.isAfter(asOf)) {
                        owed.merge(debt.service, 1L, Long::sum);
                    } else {
                        findings.broken(
                                NOTHING_OWED,
                                debt.service + " owes a step since " + debt.since.appendedAt() + ": "
                                        + entry.getKey().step + " " + entry.getKey().about + " after "
                                        + debt.since.type() + " of " + debt.since.key(),
                                debt.since);
                    }
                });
        return owed;
    }
}
