package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.Cancelled;
import dev.mortar.pickup.Pickup.Expired;
import dev.mortar.pickup.Pickup.HandedOver;
import dev.mortar.pickup.Pickup.Known;
import dev.mortar.pickup.Pickup.Open;
import dev.mortar.pickup.Pickup.Picking;
import dev.mortar.pickup.Pickup.Ready;
import dev.mortar.pickup.Pickup.Requested;
import dev.mortar.pickup.Pickup.Unknown;
import dev.mortar.pickup.PickupCommand.AnswerCancellation;
import dev.mortar.pickup.PickupCommand.CancelPickup;
import dev.mortar.pickup.PickupCommand.CheckDeadline;
import dev.mortar.pickup.PickupCommand.HandOver;
import dev.mortar.pickup.PickupCommand.MarkReady;
import dev.mortar.pickup.PickupCommand.NoteArrival;
import dev.mortar.pickup.PickupCommand.NoteOnTheWay;
import dev.mortar.pickup.PickupCommand.ReissueCode;
import dev.mortar.pickup.PickupCommand.ReportShort;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupCommand.StartPicking;
import dev.mortar.pickup.PickupEvent.CustomerArrived;
import dev.mortar.pickup.PickupEvent.CustomerOnTheWay;
import dev.mortar.pickup.PickupEvent.PickingStarted;
import dev.mortar.pickup.PickupEvent.PickupCancellationRefused;
import dev.mortar.pickup.PickupEvent.PickupCancelled;
import dev.mortar.pickup.PickupEvent.PickupCodeReissued;
import dev.mortar.pickup.PickupEvent.PickupCodeRejected;
import dev.mortar.pickup.PickupEvent.PickupExpired;
import dev.mortar.pickup.PickupEvent.PickupHandedOver;
import dev.mortar.pickup.PickupEvent.PickupLineShort;
import dev.mortar.pickup.PickupEvent.PickupReady;
import dev.mortar.pickup.PickupEvent.PickupReminderDue;
import dev.mortar.pickup.PickupEvent.PickupRequested;
import dev.mortar.pickup.PickupEvent.RefusalReason;
import dev.mortar.pickup.PickupRejection.MoreThanLeft;
import dev.mortar.pickup.PickupRejection.NoMoreCodes;
import dev.mortar.pickup.PickupRejection.PickupCodeLocked;
import dev.mortar.pickup.PickupRejection.PickupDeadlinePassed;
import dev.mortar.pickup.PickupRejection.UnknownLine;
import dev.mortar.pickup.PickupRejection.UnknownPickup;
import dev.mortar.pickup.PickupRejection.WrongMethod;
import dev.mortar.pickup.PickupRejection.WrongState;
import dev.mortar.values.EndReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a pickup. Only this decider cancels, expires and hands over, one command after the other. The first of
 * them in the log wins.
 */
final class PickupDecider implements Decider<PickupCommand, Pickup, PickupEvent> {

    /** After this many wrong codes, no code is accepted. */
    static final int MAX_WRONG_ATTEMPTS = 5;

    @Override
    public Pickup initialState() {
        return new Unknown();
    }

    @Override
    public Pickup evolve(Pickup pickup, PickupEvent event) {
        return Pickup.evolve(pickup, event);
    }

    @Override
    public Decision<PickupEvent> decide(Pickup pickup, PickupCommand command, Instant now) {
        return switch (command) {
            case RequestPickup c -> request(pickup, c, now);
            case StartPicking c -> startPicking(pickup, c);
            case ReportShort c -> reportShort(pickup, c);
            case MarkReady c -> markReady(pickup, c, now);
            case NoteOnTheWay c -> noteOnTheWay(pickup, c);
            case NoteArrival c -> noteArrival(pickup, c, now);
            case HandOver c -> handOver(pickup, c, now);
            case ReissueCode c -> reissueCode(pickup, c);
            case CancelPickup c -> cancel(pickup, c);
            case AnswerCancellation c -> answerCancellation(pickup, c);
            case CheckDeadline c -> checkDeadline(pickup, now);
        };
    }

    private static Decision<PickupEvent> request(Pickup pickup, RequestPickup command, Instant now) {
        return switch (pickup) {
            case Unknown u ->
                accepted(new PickupRequested(
                        command.fulfilment(), command.channel(), command.lines(), command.promisedAt(), now));
            case Known known -> accepted();
        };
    }

    private static Decision<PickupEvent> startPicking(Pickup pickup, StartPicking command) {
        return switch (pickup) {
            case Requested requested ->
                accepted(new PickingStarted(requested.goods().fulfilment()));
            case Picking picking -> accepted();
            case Pickup other -> wrongState(other, command);
        };
    }

    private static Decision<PickupEvent> reportShort(Pickup pickup, ReportShort command) {
        if (!(pickup instanceof Picking picking)) {
            return wrongState(pickup, command);
        }
        Goods.Line line = picking.goods().line(command.lineId());
        if (line == null) {
            return rejected(new UnknownLine(command.fulfilmentId(), command.lineId()));
        }
        if (command.missing() > line.remaining()) {
            return rejected(
                    new MoreThanLeft(command.fulfilmentId(), command.lineId(), command.missing(), line.remaining()));
        }
        Fulfilment fulfilment = picking.goods().fulfilment();
        PickupLineShort lineShort = new PickupLineShort(
                fulfilment, command.lineId(), line.requested().sku(), command.missing(), command.reason());
        boolean nothingRemains = picking.goods()
                .missing(command.lineId(), command.missing())
                .remaining()
                .isEmpty();
        return nothingRemains
                ? accepted(
                        lineShort,
                        new PickupCancelled(
                                fulfilment, null, List.of(), true, EndReason.SHORT_PICK, lastCodeIssue(picking)))
                : accepted(lineShort);
    }

    private static Decision<PickupEvent> markReady(Pickup pickup, MarkReady command, Instant now) {
        return switch (pickup) {
            case Picking picking -> {
                Fulfilment fulfilment = picking.goods().fulfilment();
                yield accepted(new PickupReady(
                        fulfilment,
                        picking.goods().remaining(),
                        command.stagingPlace(),
                        now,
                        fulfilment.method() == Method.DELIVERY ? null : deadline(command, now),
                        1,
                        command.codeKeyId(),
                        picking.goods().missing()));
            }
            case Ready ready when isSameStaging(ready, command) -> accepted();
            case Pickup other -> wrongState(other, command);
        };
    }

    private static Instant deadline(MarkReady command, Instant now) {
        Instant unadjusted = now.plus(command.pickupWithin());
        return command.hours() == null ? unadjusted : command.hours().deadline(unadjusted);
    }

    private static boolean isSameStaging(Ready ready, MarkReady command) {
        return Objects.equals(ready.stagingPlace(), command.stagingPlace())
                && (ready.pickupDeadline() == null
                        || ready.pickupDeadline().equals(deadline(command, ready.readyAt())));
    }

    private static Decision<PickupEvent> noteOnTheWay(Pickup pickup, NoteOnTheWay command) {
        if (!(pickup instanceof Open open)) {
            return wrongState(pickup, command);
        }
        Fulfilment fulfilment = open.goods().fulfilment();
        if (fulfilment.method() == Method.DELIVERY) {
            return rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        }
        Goods.Visit visit = open.goods().visit();
        // If the shopper has already arrived, this report is late.
        boolean known = visit != null
                && (visit.arrivedAt() != null || Objects.equals(visit.expectedAt(), command.expectedAt()));
        return known ? accepted() : accepted(new CustomerOnTheWay(fulfilment, command.expectedAt()));
    }

    private static Decision<PickupEvent> noteArrival(Pickup pickup, NoteArrival command, Instant now) {
        if (!(pickup instanceof Open open)) {
            return wrongState(pickup, command);
        }
        Fulfilment fulfilment = open.goods().fulfilment();
        if (fulfilment.method() == Method.DELIVERY) {
            return rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        }
        Goods.Visit visit = open.goods().visit();
        boolean known = visit != null && visit.arrivedAt() != null && Objects.equals(visit.bay(), command.bay());
        return known ? accepted() : accepted(new CustomerArrived(fulfilment, command.bay(), now));
    }

    private static Decision<PickupEvent> handOver(Pickup pickup, HandOver command, Instant now) {
        // A second handover is rejected, even if it repeats the first: goods are handed over once.
        if (!(pickup instanceof Ready ready)) {
            return wrongState(pickup, command);
        }
        if (ready.pickupDeadline() != null && now.isAfter(ready.pickupDeadline())) {
            return rejected(new PickupDeadlinePassed(command.fulfilmentId(), ready.pickupDeadline()));
        }
        Map<String, Long> taken = quantities(ready.goods(), command.taken());
        for (Map.Entry<String, Long> line : taken.entrySet()) {
            PickupRejection rejection = checkQuantity(ready.goods(), line.getKey(), line.getValue());
            if (rejection != null) {
                return rejected(rejection);
            }
        }
        Fulfilment fulfilment = ready.goods().fulfilment();
        boolean delivery = fulfilment.method() == Method.DELIVERY;
        return switch (command.proof()) {
            case Proof.Code code when !delivery -> handOverByCode(ready, command, taken, now, code);
            case Proof.WrongCode wrong when !delivery -> handOverByCode(ready, command, taken, now, null);
            case Proof.Courier(String courierId)
            when delivery -> accepted(handedOver(ready, command, taken, now, null, null, courierId));
            case Proof.NamedOverride override -> accepted(handedOver(ready, command, taken, now, null, override, null));
            case Proof other -> rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        };
    }

    private static Decision<PickupEvent> handOverByCode(
            Ready ready, HandOver command, Map<String, Long> taken, Instant now, Proof.@Nullable Code code) {
        if (ready.locked()) {
            return rejected(new PickupCodeLocked(command.fulfilmentId(), ready.wrongAttempts()));
        }
        Proof.Code valid = new Proof.Code(ready.codeKeyId(), ready.codeIssue());
        if (valid.equals(code)) {
            return accepted(handedOver(ready, command, taken, now, ready.codeIssue(), null, null));
        }
        int wrongAttempts = ready.wrongAttempts() + 1;
        return accepted(
                new PickupCodeRejected(ready.goods().fulfilment(), wrongAttempts, wrongAttempts >= MAX_WRONG_ATTEMPTS));
    }

    private static PickupHandedOver handedOver(
            Ready ready,
            HandOver command,
            Map<String, Long> taken,
            Instant now,
            @Nullable Integer codeIssue,
            Proof.@Nullable NamedOverride override,
            @Nullable String courierId) {
        List<PickupLine> handedOver = new ArrayList<>();
        List<PickupLine> notTaken = new ArrayList<>();
        for (PickupLine line : ready.goods().remaining()) {
            long quantity = taken.getOrDefault(line.lineId(), 0L);
            if (quantity > 0) {
                handedOver.add(line.withQuantity(quantity));
            }
            if (quantity < line.quantity()) {
                notTaken.add(line.withQuantity(line.quantity() - quantity));
            }
        }
        Instant handedOverAt = command.handedOverAt() == null ? now : command.handedOverAt();
        return new PickupHandedOver(
                ready.goods().fulfilment(),
                handedOverAt,
                handedOver,
                notTaken,
                codeIssue,
                override == null
                        ? null
                        : new Actor(
                                Actor.Type.ASSOCIATE,
                                override.associateId(),
                                ready.goods().fulfilment().locationId()),
                override == null ? null : override.reason(),
                courierId,
                ready.codeIssue(),
                notTaken.isEmpty() ? null : command.notTakenReason());
    }

    /** Quantities by line id; all remaining units if the list is null. Entries of the same line are added up. */
    private static Map<String, Long> quantities(Goods goods, @Nullable List<LineQuantity> taken) {
        Map<String, Long> byLine = new LinkedHashMap<>();
        if (taken == null) {
            goods.remaining().forEach(line -> byLine.put(line.lineId(), line.quantity()));
        } else {
            taken.forEach(line -> byLine.merge(line.lineId(), line.quantity(), Long::sum));
        }
        return byLine;
    }

    private static @Nullable PickupRejection checkQuantity(Goods goods, String lineId, long quantity) {
        Goods.Line line = goods.line(lineId);
        String fulfilmentId = goods.fulfilment().fulfilmentId();
        if (line == null) {
            return new UnknownLine(fulfilmentId, lineId);
        }
        return quantity > line.remaining() ? new MoreThanLeft(fulfilmentId, lineId, quantity, line.remaining()) : null;
    }

    private static Decision<PickupEvent> reissueCode(Pickup pickup, ReissueCode command) {
        if (!(pickup instanceof Ready ready)) {
            return wrongState(pickup, command);
        }
        Fulfilment fulfilment = ready.goods().fulfilment();
        if (fulfilment.method() == Method.DELIVERY) {
            return rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        }
        if (ready.codeIssue() >= PickupCode.MAX_ISSUE) {
            return rejected(new NoMoreCodes(command.fulfilmentId(), PickupCode.MAX_ISSUE));
        }
        return accepted(new PickupCodeReissued(
                fulfilment,
                ready.goods().remaining(),
                ready.pickupDeadline(),
                ready.codeIssue() + 1,
                command.codeKeyId()));
    }

    private static Decision<PickupEvent> cancel(Pickup pickup, CancelPickup command) {
        return switch (pickup) {
            case Open open ->
                accepted(new PickupCancelled(
                        open.goods().fulfilment(),
                        null,
                        open.goods().remaining(),
                        true,
                        command.reason(),
                        lastCodeIssue(open)));
            case Cancelled cancelled -> accepted();
            case Pickup other -> wrongState(other, command);
        };
    }

    private static Decision<PickupEvent> answerCancellation(Pickup pickup, AnswerCancellation command) {
        if (pickup instanceof Known known && known.goods().cancellations().contains(command.cancellationId())) {
            return accepted();
        }
        return switch (pickup) {
            case Unknown u -> wrongState(pickup, command);
            case Open open -> cancelLines(open, command);
            case HandedOver ended -> refuse(ended, command, RefusalReason.HANDED_OVER);
            case Expired ended -> refuse(ended, command, RefusalReason.EXPIRED);
            case Cancelled ended -> refuse(ended, command, RefusalReason.CANCELLED);
        };
    }

    /**
     * Cancels the remaining units of the lines, even if fewer remain than were requested: the shopper does not want
     * them either way.
     */
    private static Decision<PickupEvent> cancelLines(Open open, AnswerCancellation command) {
        Goods goods = open.goods();
        Map<String, Long> requested = quantities(goods, command.lines());
        boolean unknownLine = requested.keySet().stream().anyMatch(lineId -> goods.line(lineId) == null);
        List<PickupLine> cancelled = goods.remaining().stream()
                .filter(line -> requested.containsKey(line.lineId()))
                .map(line -> line.withQuantity(Math.min(line.quantity(), requested.getOrDefault(line.lineId(), 0L))))
                .toList();
        if (unknownLine || cancelled.isEmpty()) {
            return refuse(open, command, RefusalReason.UNKNOWN_LINES);
        }
        boolean whole = goods.cancelled(cancelled).remaining().isEmpty();
        return accepted(new PickupCancelled(
                goods.fulfilment(), command.cancellationId(), cancelled, whole, command.reason(), lastCodeIssue(open)));
    }

    private static Decision<PickupEvent> refuse(Known pickup, AnswerCancellation command, RefusalReason reason) {
        return accepted(new PickupCancellationRefused(pickup.goods().fulfilment(), command.cancellationId(), reason));
    }

    private static Decision<PickupEvent> checkDeadline(Pickup pickup, Instant now) {
        if (!(pickup instanceof Ready ready) || ready.pickupDeadline() == null) {
            return accepted();
        }
        Instant deadline = ready.pickupDeadline();
        Fulfilment fulfilment = ready.goods().fulfilment();
        if (!now.isBefore(deadline)) {
            return accepted(new PickupExpired(fulfilment, ready.goods().remaining(), deadline, ready.codeIssue()));
        }
        if (!ready.reminded() && !now.isBefore(Ready.remindAt(ready.readyAt(), deadline))) {
            return accepted(new PickupReminderDue(
                    fulfilment, ready.goods().remaining(), deadline, ready.codeIssue(), ready.codeKeyId()));
        }
        return accepted();
    }

    /** Notification-service needs the last issue at the end, so that no later mail shows a code. */
    private static @Nullable Integer lastCodeIssue(Open open) {
        return switch (open) {
            case Requested requested -> null;
            case Picking picking -> null;
            case Ready ready -> ready.codeIssue();
        };
    }

    private static Decision<PickupEvent> wrongState(Pickup pickup, PickupCommand command) {
        return switch (pickup) {
            case Unknown u -> rejected(new UnknownPickup(command.fulfilmentId()));
            case Known known -> rejected(new WrongState(command.fulfilmentId(), known.state()));
        };
    }
}
