package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CANCELLATION_ANSWERED;
import static dev.mortar.audit.Invariant.CONFIRMED_IF_RESERVED;
import static dev.mortar.audit.Invariant.ENDS_REPORTED;
import static dev.mortar.audit.Invariant.HANDOVER_BOOKED;
import static dev.mortar.audit.Invariant.HANDOVER_REPORTED;
import static dev.mortar.audit.Invariant.NOTHING_OWED;
import static dev.mortar.audit.Invariant.NOTIFICATION_FITS_TRIGGER;
import static dev.mortar.audit.Invariant.NOTIFICATION_ONCE;
import static dev.mortar.audit.Invariant.ORDER_LINES_ADD_UP;
import static dev.mortar.audit.Invariant.ORDER_TRANSITIONS;
import static dev.mortar.audit.Invariant.PICKUP_FOLLOWS_ORDER;
import static dev.mortar.audit.Invariant.PURCHASE_RECORDED;
import static dev.mortar.audit.Invariant.REPEATS_CAUSE;
import static dev.mortar.audit.Invariant.RESERVATION_DEADLINE;
import static dev.mortar.audit.Invariant.RESERVATION_FOLLOWS_ORDER;
import static dev.mortar.audit.Invariant.RETURN_REPORTED;
import static dev.mortar.audit.Invariant.RETURN_RESTOCKED;
import static dev.mortar.audit.Invariant.SALE_BOOKED;
import static dev.mortar.audit.Invariant.TRANSFER_ARRIVES;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.AdjustmentReason;
import dev.mortar.schemas.inventory.DamagedStockReturned;
import dev.mortar.schemas.inventory.ReleaseReason;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

    /** What most events say in their own place and some repeat of their cause, under the same name. */
    private static final List<String> PASSED_ON = List.of(
            "orderId",
            "customerId",
            "fulfilmentId",
            "locationId",
            "channel",
            "method",
            "handedOverAt",
            "paymentReference",
            "cancellationId",
            "returnId",
            "refund",
            "pickupDeadline",
            "codeIssue",
            "codeKeyId");

    /** The till an order was placed at, where a transfer began, by what one is told, which code was shown. */
    private static final Map<String, Set<String>> NOT_PASSED_ON = Map.of(
            "OrderPlaced", Set.of("locationId"),
            "StockTransferredOut", Set.of("locationId"),
            "NotificationRequested", Set.of("channel"),
            "PickupHandedOver", Set.of("codeIssue"));

    private static final BooleanSupplier NEVER = () -> false;

    private static final byte RESERVED = 1;
    private static final byte CONFIRMED = 2;

    private final AuditRules rules;
    private final Findings findings;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final Repeats repeats;
    private final Map<Owed, Debt> debts = new HashMap<>();
    private final Map<String, Byte> fulfilments = new HashMap<>();

    StoryAudit(AuditRules rules, Findings findings, OrderAudit orders, StockAudit stock) {
        this.rules = rules;
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
        repeats = new Repeats(findings, REPEATS_CAUSE, PASSED_ON, NOT_PASSED_ON);
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
            decided(logged, causationId);
        }
        switch (logged.event()) {
            case OrderPlaced event -> {
                stock.placed(logged, event);
                for (var fulfilment : event.getFulfilments()) {
                    if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                        owe(logged, INVENTORY, "answer", fulfilment.getFulfilmentId(), Map.of(), NEVER);
                    }
                }
            }
            case StockReserved event -> {
                mark(event.getReservationId(), RESERVED);
                var asked = debts.remove(new Owed(cause(logged), "answer", event.getReservationId()));
                if (asked != null && asked.since.event() instanceof OrderPlaced placed) {
                    repeats.check(asked.since, logged);
                    findings.check(
                            RESERVATION_DEADLINE,
                            placed.getDecideBy() != null
                                    && !event.getExpiresAt().isBefore(placed.getDecideBy()),
                            () -> "Reserved until " + event.getExpiresAt() + ", the order may be decided until "
                                    + placed.getDecideBy(),
                            asked.since,
                            logged);
                }
                oweDecision(logged, event.getOrderId());
            }
            case StockReservationRejected event -> {
                var asked = debts.remove(new Owed(cause(logged), "answer", event.getReservationId()));
                if (asked != null) {
                    repeats.check(asked.since, logged);
                }
                orders.refused(event.getOrderId(), event.getReservationId());
                oweDecision(logged, event.getOrderId());
            }
            case OrderConfirmed event -> confirmed(logged, event);
            case OrderRejected event -> {
                oweReleases(logged, event.getFulfilments());
                oweNotification(logged, event.getCustomerId(), Template.ORDER_REJECTED);
            }
            case OrderCancelled event -> {
                cancelledWhole(logged, event.getOrderId());
                oweReleases(logged, event.getReservedFulfilments());
                if (event.getReason() != OrderEndReason.NO_SHOW) {
                    oweNotification(logged, event.getCustomerId(), Template.ORDER_CANCELLED);
                }
            }
            case OrderCancellationRequested event -> {
                for (var part : event.getParts()) {
                    owe(logged, PICKUP, "cancel", part.getFulfilmentId(), Sums.byId(part.getLines()), NEVER);
                }
            }
            case OrderCancellationRefused event ->
                pay(CANCELLATION_ANSWERED, logged, "refused", event.getFulfilmentId(), null);
            case OrderLinesCancelled event -> pay(ENDS_REPORTED, logged, "end", "", Sums.byId(event.getLines()));
            case FulfilmentHandedOver event -> {
                var id = event.getFulfilmentId();
                var lines = event.getLines();
                if (event.getMethod() == FulfilmentMethod.CARRY_OUT) {
                    var confirmed = debts.remove(new Owed(NO_CAUSE, "carry out", id));
                    findings.check(
                            HANDOVER_REPORTED,
                            confirmed != null && confirmed.content.equals(Sums.linesById(lines)),
                            () -> confirmed == null
                                    ? id + " is carried out and was not confirmed, or was carried out before"
                                    : "Carried out is " + Sums.linesById(lines) + " of " + confirmed.content,
                            confirmed == null ? null : confirmed.since,
                            logged);
                    owe(logged, INVENTORY, "sell", id, Sums.linesBySku(lines), NEVER);
                } else {
                    pay(HANDOVER_REPORTED, logged, "report", id, Sums.linesById(lines));
                }
                owe(logged, RETURNS, "record", id, paid(lines), NEVER);
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
                findings.check(
                        RESERVATION_FOLLOWS_ORDER,
                        (causationId == null) == (event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME)
                                && event.getReservationId().startsWith(event.getOrderId() + '-'),
                        () -> event.getReservationId() + " of order " + event.getOrderId() + " is released for "
                                + event.getReason() + (causationId == null ? " without a cause" : ""),
                        logged);
                if (causationId != null) {
                    var debt = pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "release",
                            event.getReservationId(),
                            Sums.bySku(event.getReleased()));
                    // What an order ends, it ends whole; only pickups name quantities.
                    findings.check(
                            RESERVATION_FOLLOWS_ORDER,
                            debt == null
                                    || ((!debt.content.isEmpty() || event.getWhole())
                                            && event.getReason() == reasonOf(debt.since)),
                            () -> Sums.bySku(event.getReleased()) + " of the reservation is released for "
                                    + event.getReason(),
                            debt == null ? null : debt.since,
                            logged);
                }
            }
            case ReservationVoided event ->
                pay(RESERVATION_FOLLOWS_ORDER, logged, "release", event.getReservationId(), null);
            case StockCommitted event ->
                pay(HANDOVER_BOOKED, logged, "book", event.getReservationId(), Sums.bySku(event.getLeft()));
            case StockSold event -> {
                var sold = Sums.bySku(event.getSold());
                Sums.addAll(sold, Sums.bySku(event.getAlreadyCounted()), 1);
                var debt = pay(SALE_BOOKED, logged, "sell", event.getFulfilmentId(), sold);
                if (debt != null && debt.since.event() instanceof FulfilmentHandedOver left) {
                    findings.check(
                            SALE_BOOKED,
                            left.getHandedOverAt().equals(event.getSoldAt()),
                            () -> "Booked as of " + event.getSoldAt() + ", sold at " + left.getHandedOverAt(),
                            debt.since,
                            logged);
                }
            }
            case StockAdjusted event -> {
                if (event.getReason() == AdjustmentReason.SHORT_PICK || causationId != null) {
                    var debt = pay(
                            RESERVATION_FOLLOWS_ORDER,
                            logged,
                            "adjust",
                            "",
                            Sums.sum(
                                    event.getChanges(),
                                    StockChange::getSku,
                                    change -> -change.getChange().getOnHand()));
                    if (debt != null && debt.since.event() instanceof PickupLineShort lineShort) {
                        long found = lineShort.getReason() == ShortReason.DAMAGED ? lineShort.getMissing() : 0;
                        long damaged = event.getChanges().stream()
                                .mapToLong(change -> change.getChange().getDamaged())
                                .sum();
                        findings.check(
                                RESERVATION_FOLLOWS_ORDER,
                                damaged == found,
                                () -> "Damaged are " + damaged + " more, the pick found " + found,
                                debt.since,
                                logged);
                    }
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
                        NEVER);
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
            case ReservationBroken event -> {
                findings.check(
                        RESERVATION_FOLLOWS_ORDER,
                        event.getReservationId().startsWith(event.getOrderId() + '-'),
                        () -> event.getReservationId() + " is not of order " + event.getOrderId(),
                        logged);
                orders.refused(event.getOrderId(), event.getReservationId());
                owe(
                        logged,
                        ORDER,
                        "decide",
                        event.getOrderId(),
                        Map.of(),
                        () -> orders.isOver(event.getOrderId(), event.getReservationId()));
            }

            case PickupRequested event -> {
                var debt = pay(
                        PICKUP_FOLLOWS_ORDER,
                        logged,
                        "pick",
                        event.getFulfilmentId() + ' ' + event.getLocationId(),
                        Sums.pickedById(event.getLines()));
                if (debt != null && debt.since.event() instanceof OrderConfirmed confirmed) {
                    findings.check(
                            PICKUP_FOLLOWS_ORDER,
                            asConfirmed(event, confirmed),
                            () -> "Requested are " + event.getLines() + " by " + event.getMethod() + " at "
                                    + event.getPromisedAt() + ", which was not confirmed",
                            debt.since,
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
                owe(logged, INVENTORY, "book", id, Sums.pickedBySku(event.getHandedOver()), NEVER);
                owe(logged, ORDER, "report", id, Sums.pickedById(event.getHandedOver()), NEVER);
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
                // An order that ended meanwhile waits for no answer.
                owe(
                        logged,
                        ORDER,
                        "refused",
                        event.getFulfilmentId(),
                        Map.of(),
                        () -> orders.isCancelled(event.getOrderId()));
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
                var debt = pay(PURCHASE_RECORDED, logged, "record", event.getFulfilmentId(), lines);
                if (debt != null && debt.since.event() instanceof FulfilmentHandedOver left) {
                    findings.check(
                            PURCHASE_RECORDED,
                            Sums.sameLines(
                                    event.getLines().stream()
                                            .map(PurchasedLine::getLine)
                                            .toList(),
                                    left.getLines()),
                            () -> "Recorded are " + event.getLines() + ", left have " + left.getLines(),
                            debt.since,
                            logged);
                }
            }
            case ReturnAccepted event -> returned(logged, event);

            case NotificationRequested event -> {
                var debt = pay(
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
                            Objects.equals(event.getAmount(), amountOf(debt.since))
                                    && Sums.sum(event.getLines(), l -> l.getSku(), l -> l.getQuantity())
                                            .equals(articlesOf(debt.since)),
                            () -> "It tells of " + event.getAmount() + " and " + event.getLines() + ", which "
                                    + debt.since.type() + " does not",
                            debt.since,
                            logged);
                }
                oweMail(logged, event.getNotificationId(), logged.appendedAt());
            }
            case NotificationDue event -> oweMail(logged, event.getNotificationId(), logged.appendedAt());
            case NotificationSending event ->
                oweMail(logged, event.getNotificationId(), logged.appendedAt().plus(NotificationAudit.CLAIM));
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
                        new Debt(
                                ORDER,
                                logged.appendedAt().plus(rules.patience()),
                                logged,
                                linesOf(event, fulfilment),
                                NEVER));
                continue;
            }
            findings.check(
                    CONFIRMED_IF_RESERVED,
                    (fulfilments.getOrDefault(id, (byte) 0) & RESERVED) != 0,
                    () -> "Confirmed, and " + id + " was never reserved",
                    logged);
            mark(id, CONFIRMED);
            owe(logged, PICKUP, "pick", id + ' ' + fulfilment.getLocationId(), linesOf(event, fulfilment), NEVER);
            oweStock(logged, "confirm", id, id, Map.of());
        }
        oweReleases(logged, event.getRejectedFulfilments());
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
        var skus = new HashMap<String, String>();
        order.getLines().forEach(line -> skus.put(line.getLineId(), line.getSku() + ' ' + line.getUnit()));
        return pickup.getLines().stream()
                        .allMatch(line -> (line.getSku() + ' ' + line.getUnit()).equals(skus.get(line.getLineId())))
                && order.getFulfilments().stream()
                        .anyMatch(fulfilment -> fulfilment.getFulfilmentId().equals(pickup.getFulfilmentId())
                                && fulfilment.getMethod() == pickup.getMethod()
                                && Objects.equals(fulfilment.getPromisedAt(), pickup.getPromisedAt()));
    }

    /** An order makes something once of an answer to itself, and of the fulfilment that was answered. */
    private void decided(LoggedEvent logged, UUID causationId) {
        var debt = debts.remove(new Owed(causationId, "decide", logged.key()));
        if (EventType.meta(logged).getIndex() > 0) {
            return;
        }
        var answered = debt == null ? "" : reservationId(debt.since);
        boolean answers = switch (logged.event()) {
            case FulfilmentReserved event -> event.getFulfilmentId().equals(answered);
            case FulfilmentRejected event -> event.getFulfilmentId().equals(answered);
            case OrderCancellationRequested event ->
                event.getParts().size() == 1
                        && event.getParts().getFirst().getFulfilmentId().equals(answered);
            case OrderConfirmed event -> debt != null;
            case OrderRejected event -> debt != null;
            default -> true;
        };
        findings.check(
                ORDER_TRANSITIONS,
                answers,
                () -> logged.type() + " follows from what is about "
                        + (debt == null ? "no fulfilment of it that waits" : answered),
                debt == null ? null : debt.since,
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

    /** What a shopper is told to have paid or to get back. */
    static @Nullable Money amountOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> event.getTotal();
            case ReturnAccepted event -> event.getRefund();
            default -> null;
        };
    }

    /** What a shopper is told of, by SKU. */
    static Map<String, Long> articlesOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> Sums.linesBySku(event.getLines());
            case OrderRejected event -> Sums.linesBySku(event.getLines());
            case OrderCancelled event -> Sums.linesBySku(event.getLines());
            case PickupReady event -> Sums.pickedBySku(event.getLines());
            case PickupReminderDue event -> Sums.pickedBySku(event.getLines());
            case PickupCodeReissued event -> Sums.pickedBySku(event.getLines());
            case PickupHandedOver event -> Sums.pickedBySku(event.getHandedOver());
            case PickupExpired event -> Sums.pickedBySku(event.getLines());
            case ReturnAccepted event -> Sums.sum(event.getLines(), l -> l.getSku(), l -> l.getQuantity());
            default -> Map.of();
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
        for (var disposition : List.of(Disposition.RESTOCK, Disposition.DAMAGED)) {
            var quantities = Sums.sum(
                    event.getLines().stream()
                            .filter(line -> line.getDisposition() == disposition)
                            .toList(),
                    line -> line.getSku(),
                    line -> line.getQuantity());
            if (!quantities.isEmpty()) {
                var step = disposition == Disposition.RESTOCK ? "restock" : "write off";
                owe(logged, INVENTORY, step, id + ' ' + event.getLocationId(), quantities, NEVER);
            }
        }
        owe(
                logged,
                ORDER,
                "returned",
                id + ' ' + event.getRefund().getAmount(),
                Sums.sum(event.getLines(), line -> line.getLineId(), line -> line.getQuantity()),
                NEVER);
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
        if (debt != null) {
            repeats.check(debt.since, logged);
        }
    }

    /** What a request for cancellation asks of a fulfilment, until it is answered; nothing when it is not known. */
    Map<String, Long> askedToCancel(LoggedEvent answer, String fulfilmentId) {
        var debt = debts.get(new Owed(cause(answer), "cancel", fulfilmentId));
        return debt == null ? Map.of() : debt.content;
    }

    private void oweDecision(LoggedEvent logged, String orderId) {
        if (orders.isDecided(orderId)) {
            findings.holds(NOTHING_OWED);
        } else {
            owe(logged, ORDER, "decide", orderId, Map.of(), () -> orders.isDecided(orderId));
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

    /** An order that is cancelled as a whole names all its lines, the last of which just ended. */
    private void cancelledWhole(LoggedEvent logged, String orderId) {
        if (EventType.meta(logged).getCausationId() == null) {
            return;
        }
        var debt = pay(ENDS_REPORTED, logged, "end", "", null);
        var order = orders.find(orderId);
        if (debt != null && order != null) {
            var ended = new HashMap<>(order.cancelled);
            Sums.addAll(ended, debt.content, 1);
            findings.check(
                    ORDER_LINES_ADD_UP,
                    ended.equals(order.ordered),
                    () -> "Cancelled as a whole when " + ended + " of " + order.ordered + " had ended",
                    debt.since,
                    logged);
        }
    }

    private void oweNotification(LoggedEvent logged, @Nullable String customerId, Template template) {
        if (customerId != null) {
            owe(logged, NOTIFICATION, "tell", customerId + ' ' + template, Map.of(), NEVER);
        }
    }

    private void oweMail(LoggedEvent logged, String notificationId, Instant at) {
        debts.put(
                new Owed(NO_CAUSE, "send", notificationId),
                new Debt(NOTIFICATION, at.plus(rules.patience()), logged, Map.of(), NEVER));
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
    private @Nullable Debt pay(
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
        if (debt != null) {
            repeats.check(debt.since, logged);
        }
        return debt;
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
