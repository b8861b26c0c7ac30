package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.*;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.values.EndReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
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
            case AcceptTask c -> TaskRules.accept(pickup, c);
            case RejectTask c -> TaskRules.reject(pickup, c);
            case StartPicking c -> startPicking(pickup, c);
            case ReportShort c -> reportShort(pickup, c);
            case MarkReady c -> markReady(pickup, c, now);
            case NoteOnTheWay c -> noteOnTheWay(pickup, c);
            case NoteArrival c -> noteArrival(pickup, c, now);
            case HandOver c -> handOver(pickup, c, now);
            case ReissueCode c -> reissueCode(pickup, c);
            case ExtendDeadline c -> extendDeadline(pickup, c, now);
            case CancelPickup c -> cancel(pickup, c);
            case AnswerCancellation c -> answerCancellation(pickup, c);
            case PackParcel c -> ParcelRules.pack(pickup, c);
            case DeliverParcel c -> ParcelRules.deliver(pickup, c, now);
            case ReportFailedAttempt c -> ParcelRules.reportFailedAttempt(pickup, c);
            case ReturnParcel c -> ParcelRules.returned(pickup, c, now);
            case LoseParcel c -> ParcelRules.lose(pickup, c, now);
            case CheckDeadline _ -> checkDeadline(pickup, now);
        };
    }

    private static Decision<PickupEvent> request(Pickup pickup, RequestPickup command, Instant now) {
        return switch (pickup) {
            case Unknown _ ->
                accepted(new PickupRequested(
                        command.fulfilment(),
                        command.channel(),
                        command.lines(),
                        TaskTimes.of(command.promisedAt(), command.acceptBy(), now),
                        command.destinationId(),
                        now));
            case Known _ -> accepted();
        };
    }

    private static Decision<PickupEvent> checkDeadline(Pickup pickup, Instant now) {
        return switch (pickup) {
            case Open open -> TaskRules.checkDeadline(open, now);
            case HandedOver ended -> ParcelRules.checkDeadline(ended, now);
            case Unknown _, Expired _, Cancelled _ -> accepted();
        };
    }

    private static Decision<PickupEvent> startPicking(Pickup pickup, StartPicking command) {
        return switch (pickup) {
            case Requested open -> accepted(new PickingStarted(open.fulfilment()));
            case Accepted open -> accepted(new PickingStarted(open.fulfilment()));
            case Picking _ -> accepted();
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
        Fulfilment fulfilment = picking.fulfilment();
        PickupLineShort lineShort = new PickupLineShort(
                fulfilment, command.lineId(), line.requested().sku(), command.missing(), command.reason());
        boolean nothingRemains = picking.goods()
                .missing(command.lineId(), command.missing())
                .remaining()
                .isEmpty();
        return nothingRemains
                ? accepted(
                        lineShort,
                        new PickupCancelled(fulfilment, null, List.of(), true, EndReason.SHORT_PICK, null, 0))
                : accepted(lineShort);
    }

    private static Decision<PickupEvent> markReady(Pickup pickup, MarkReady command, Instant now) {
        return switch (pickup) {
            case Picking picking -> {
                Fulfilment fulfilment = picking.fulfilment();
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
        return ifFetched(pickup, command, Open.class, open -> {
            Goods.Visit visit = open.goods().visit();
            // If the shopper has already arrived, this report is late.
            boolean known = visit != null
                    && (visit.arrivedAt() != null || Objects.equals(visit.expectedAt(), command.expectedAt()));
            return known ? accepted() : accepted(new CustomerOnTheWay(open.fulfilment(), command.expectedAt()));
        });
    }

    private static Decision<PickupEvent> noteArrival(Pickup pickup, NoteArrival command, Instant now) {
        return ifFetched(pickup, command, Open.class, open -> {
            Goods.Visit visit = open.goods().visit();
            boolean known = visit != null && visit.arrivedAt() != null && Objects.equals(visit.bay(), command.bay());
            return known ? accepted() : accepted(new CustomerArrived(open.fulfilment(), command.bay(), now));
        });
    }

    /** Applies a rule to a pickup in this state, which the shopper fetches. */
    private static <P extends Open> Decision<PickupEvent> ifFetched(
            Pickup pickup, PickupCommand command, Class<P> state, Function<P, Decision<PickupEvent>> rule) {
        if (!state.isInstance(pickup)) {
            return wrongState(pickup, command);
        }
        P open = state.cast(pickup);
        Method method = open.fulfilment().method();
        return method == Method.DELIVERY ? rejected(new WrongMethod(command.fulfilmentId(), method)) : rule.apply(open);
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
        Fulfilment fulfilment = ready.fulfilment();
        boolean delivery = fulfilment.method() == Method.DELIVERY;
        return switch (command.proof()) {
            case Proof.Code code when !delivery -> handOverByCode(ready, command, taken, now, code);
            case Proof.WrongCode _ when !delivery -> handOverByCode(ready, command, taken, now, null);
            case Proof.Courier _
            when delivery -> {
                PickupRejection rejection = ParcelRules.checkPacked(ready.goods(), taken);
                yield rejection == null ? accepted(handedOver(ready, command, taken, now)) : rejected(rejection);
            }
            case Proof.NamedOverride _ -> accepted(handedOver(ready, command, taken, now));
            case Proof _ -> rejected(new WrongMethod(command.fulfilmentId(), fulfilment.method()));
        };
    }

    private static Decision<PickupEvent> handOverByCode(
            Ready ready, HandOver command, Map<String, Long> taken, Instant now, Proof.@Nullable Code code) {
        if (ready.locked()) {
            return rejected(new PickupCodeLocked(command.fulfilmentId(), ready.wrongAttempts()));
        }
        if (ready.code().equals(code)) {
            return accepted(handedOver(ready, command, taken, now));
        }
        int wrongAttempts = ready.wrongAttempts() + 1;
        return accepted(new PickupCodeRejected(ready.fulfilment(), wrongAttempts, wrongAttempts >= MAX_WRONG_ATTEMPTS));
    }

    private static PickupHandedOver handedOver(Ready ready, HandOver command, Map<String, Long> taken, Instant now) {
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
        Fulfilment fulfilment = ready.fulfilment();
        Proof.NamedOverride override = command.proof() instanceof Proof.NamedOverride it ? it : null;
        return new PickupHandedOver(
                fulfilment,
                command.handedOverAt() == null ? now : command.handedOverAt(),
                handedOver,
                notTaken,
                command.proof() instanceof Proof.Code code ? Integer.valueOf(code.issue()) : null,
                override == null
                        ? null
                        : new Actor(Actor.Type.ASSOCIATE, override.associateId(), fulfilment.locationId()),
                override == null ? null : override.reason(),
                command.proof() instanceof Proof.Courier(String courierId) ? courierId : null,
                ready.code().issue(),
                notTaken.isEmpty() ? null : command.notTakenReason(),
                ready.extensions(),
                command.proof() instanceof Proof.Courier(String courierId)
                        ? ParcelRules.taken(ready.goods(), handedOver, courierId)
                        : List.of(),
                now);
    }

    /** Quantities by line id; all remaining units if the list is null. */
    private static Map<String, Long> quantities(Goods goods, @Nullable List<LineQuantity> taken) {
        return quantities(
                taken == null
                        ? goods.remaining().stream()
                                .map(line -> new LineQuantity(line.lineId(), line.quantity()))
                                .toList()
                        : taken);
    }

    /** Quantities by line id. Entries of the same line are added up. */
    static Map<String, Long> quantities(List<LineQuantity> lines) {
        Map<String, Long> byLine = new LinkedHashMap<>();
        lines.forEach(line -> byLine.merge(line.lineId(), line.quantity(), Long::sum));
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
        return ifFetched(pickup, command, Ready.class, ready -> {
            Goods goods = ready.goods();
            int issue = ready.code().issue() + 1;
            return issue > PickupCode.MAX_ISSUE
                    ? rejected(new NoMoreCodes(command.fulfilmentId(), PickupCode.MAX_ISSUE))
                    : accepted(new PickupCodeReissued(
                            goods.fulfilment(),
                            goods.remaining(),
                            ready.pickupDeadline(),
                            issue,
                            command.codeKeyId(),
                            ready.extensions()));
        });
    }

    private static Decision<PickupEvent> extendDeadline(Pickup pickup, ExtendDeadline command, Instant now) {
        return ifFetched(
                pickup,
                command,
                Ready.class,
                ready -> TaskRules.extend(ready, Objects.requireNonNull(ready.pickupDeadline()), command, now));
    }

    private static Decision<PickupEvent> cancel(Pickup pickup, CancelPickup command) {
        return switch (pickup) {
            case Open open -> accepted(cancelled(open, command.reason()));
            case Cancelled _ -> accepted();
            case Pickup other -> wrongState(other, command);
        };
    }

    /** All that remains is cancelled without a request. */
    static PickupCancelled cancelled(Open open, EndReason reason) {
        return new PickupCancelled(
                open.fulfilment(), null, open.goods().remaining(), true, reason, lastCodeIssue(open), extensions(open));
    }

    private static Decision<PickupEvent> answerCancellation(Pickup pickup, AnswerCancellation command) {
        if (pickup instanceof Known known && known.goods().cancellations().contains(command.cancellationId())) {
            return accepted();
        }
        return switch (pickup) {
            case Unknown _ -> wrongState(pickup, command);
            case Ready ready when command.unlessReady() -> refuse(ready, command, RefusalReason.READY);
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
                goods.fulfilment(),
                command.cancellationId(),
                cancelled,
                whole,
                command.reason(),
                lastCodeIssue(open),
                extensions(open)));
    }

    private static Decision<PickupEvent> refuse(Known pickup, AnswerCancellation command, RefusalReason reason) {
        return accepted(new PickupCancellationRefused(pickup.fulfilment(), command.cancellationId(), reason));
    }

    /** Notification-service needs the last issue at the end, so that no later mail shows a code. */
    private static @Nullable Integer lastCodeIssue(Open open) {
        return switch (open) {
            case Requested _, Accepted _, Picking _, Rejected _ -> null;
            case Ready ready -> ready.code().issue();
        };
    }

    private static int extensions(Open open) {
        return open instanceof Ready ready ? ready.extensions() : 0;
    }

    static Decision<PickupEvent> wrongState(Pickup pickup, PickupCommand command) {
        return switch (pickup) {
            case Unknown _ -> rejected(new UnknownPickup(command.fulfilmentId()));
            case Known known -> rejected(new WrongState(command.fulfilmentId(), known.state()));
        };
    }
}
