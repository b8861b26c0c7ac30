package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.*;
import dev.mortar.order.OrderCommand.DecideSourcing;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.PlanNotTheUnits;
import dev.mortar.order.SourcingRun.Outcome;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.order.SourcingRun.Withdrawal;
import dev.mortar.values.EndReason;
import dev.mortar.values.LinePart;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of runs: an order looks for the locations of some units. The old fulfilment keeps the units until another
 * location has reserved them, or it has lost them, and no location has them meanwhile. So each open unit has at most
 * one place.
 */
final class RunRules {

    /** Limit of choices of a location for a unit. The caller's choice counts. */
    static final int ATTEMPTS_MAX = 4;

    /** Limit of runs of an order beyond those that its placing begins. */
    static final int RUNS_MAX = 10;

    /** A run of a confirmed order ends after this time, and so does the wait for the answers of its locations. */
    static final Duration DECIDE_WITHIN = Duration.ofMinutes(30);

    /** No run begins later than this after the promised time. */
    private static final Duration LATE_MAX = Duration.ofHours(24);

    private static final int SPLIT_MAX = 2;

    private RunRules() {}

    /** Begins a run for each part of the order without a location. */
    static Draft place(Draft placed, Instant decideBy) {
        Draft draft = placed;
        for (UnsourcedPart part : placed.contents().requested().unsourced()) {
            draft = draft.then(new SourcingRequested(
                    draft.contents().orderId(),
                    nextId(draft),
                    1,
                    draft.contents().requested().channelId(),
                    Trigger.PLACED,
                    part.method(),
                    part.parts(),
                    null,
                    false,
                    part.cell(),
                    part.nearLocationId(),
                    List.of(),
                    part.latestReadyAt(),
                    part.splitMax(),
                    part.mayMove(),
                    decideBy,
                    EndReason.OUT_OF_STOCK,
                    null,
                    part.destinationId()));
        }
        return draft;
    }

    private static String nextId(Draft draft) {
        return SourcingRun.id(
                draft.contents().orderId(), draft.contents().runs().size() + 1);
    }

    // A location is needed again.

    /**
     * Why another location is needed for units of a fulfilment.
     *
     * @param reason why the units are cancelled if no location has them
     * @param cancellationId the request for cancellation that is answered by this, or null
     */
    record Need(
            Fulfilment fulfilment,
            Trigger trigger,
            List<LinePart> units,
            EndReason reason,
            @Nullable String cancellationId) {

        private boolean held() {
            return switch (trigger) {
                case STORE_REJECTED, OVERDUE, SHOPPER_MOVE -> true;
                case PLACED, RESERVATION_REFUSED, STOCK_SHORTFALL, SHORT_PICK -> false;
            };
        }
    }

    /** Whether the order may look for another location for units of this fulfilment. */
    static boolean mayRun(OrderContents contents, Fulfilment fulfilment, Instant now) {
        SourcingRun before = contents.newestRun(contents.of(fulfilment));
        boolean isLate = fulfilment.promisedAt() != null
                && now.isAfter(fulfilment.promisedAt().plus(LATE_MAX));
        return fulfilment.mayMove()
                && !fulfilment.carriedOut()
                && !isLate
                && attempts(before) < ATTEMPTS_MAX
                && contents.runs().size() - contents.requested().unsourced().size() < RUNS_MAX;
    }

    private static int attempts(@Nullable SourcingRun before) {
        return before == null ? 1 : before.request().attempt();
    }

    /** Begins another run. */
    static Draft again(Draft draft, Need need, Instant decideBy) {
        OrderContents contents = draft.contents();
        Fulfilment fulfilment = need.fulfilment();
        SourcingRun before = contents.newestRun(contents.of(fulfilment));
        Cell cell = before == null ? null : before.request().cell();
        String near =
                before == null ? fulfilment.locationId() : before.request().nearLocationId();
        int splitMax = before == null ? SPLIT_MAX : before.request().splitMax();
        return draft.then(new SourcingRequested(
                contents.orderId(),
                nextId(draft),
                attempts(before) + 1,
                contents.requested().channelId(),
                need.trigger(),
                fulfilment.method(),
                need.units(),
                fulfilment.fulfilmentId(),
                need.held(),
                cell,
                near,
                tried(contents, fulfilment, before),
                before == null ? null : before.request().latestReadyAt(),
                need.held() ? 1 : splitMax,
                fulfilment.mayMove(),
                decideBy,
                need.reason(),
                need.cancellationId(),
                fulfilment.destinationId()));
    }

    private static List<String> tried(OrderContents contents, Fulfilment fulfilment, @Nullable SourcingRun before) {
        Set<String> tried = new LinkedHashSet<>();
        tried.add(fulfilment.locationId());
        if (before != null) {
            tried.addAll(before.request().excluded());
            contents.added(before)
                    .filter(each -> hasFailed(each.progress()))
                    .forEach(each -> tried.add(each.fulfilment().locationId()));
        }
        return List.copyOf(tried);
    }

    /** If a fulfilment is rejected and another run has its units, it is moved. */
    private static boolean hasFailed(FulfilmentProgress progress) {
        return progress instanceof Rejected || progress instanceof Withdrawn || progress instanceof Moved;
    }

    // The outcome of a run.

    /** The plan is wrong if its shares do not have exactly the units of the run. */
    static @Nullable OrderRejection mistake(SourcingRun run, DecideSourcing command) {
        Map<String, Long> units = new HashMap<>();
        run.request().parts().forEach(part -> units.merge(part.lineId(), part.quantity(), Long::sum));
        command.shares().stream()
                .flatMap(share -> share.parts().stream())
                .forEach(part -> units.merge(part.lineId(), -part.quantity(), Long::sum));
        return command.shares().isEmpty() || units.values().stream().allMatch(left -> left == 0)
                ? null
                : new PlanNotTheUnits(run.runId());
    }

    /** Records the outcome, and asks the chosen locations to reserve. */
    static Draft decided(Draft draft, SourcingRun run, DecideSourcing command) {
        Draft decided = draft.then(new SourcingDecided(
                command.orderId(),
                run.runId(),
                command.shares().isEmpty() ? Outcome.NO_SOURCE : Outcome.PLANNED,
                command.rulesId(),
                command.rulesRevision(),
                command.copyAsOf(),
                command.candidates(),
                command.leftOut(),
                command.score()));
        return add(decided, run, command.shares());
    }

    /** Asks the locations that somebody has chosen to reserve. */
    static Draft planned(Draft draft, SourcingRun run, List<DecideSourcing.Share> shares) {
        return add(end(draft, run, Outcome.PLANNED), run, shares);
    }

    private static Draft add(Draft draft, SourcingRun run, List<DecideSourcing.Share> shares) {
        Draft added = draft;
        for (DecideSourcing.Share share : shares) {
            added = added.then(added(added.contents(), run, share));
        }
        return added;
    }

    private static FulfilmentAdded added(OrderContents contents, SourcingRun run, DecideSourcing.Share share) {
        SourcingRequested request = run.request();
        Fulfilment fulfilment = new Fulfilment(
                Fulfilment.id(contents.orderId(), contents.fulfilments().size() + 1),
                request.method(),
                share.locationId(),
                share.parts().stream().map(LinePart::lineId).toList(),
                null,
                null,
                share.parts(),
                null,
                request.replaces(),
                request.mayMove(),
                request.destinationId());
        return new FulfilmentAdded(
                contents.orderId(),
                run.runId(),
                contents.requested().channel(),
                fulfilment,
                contents.lines(share.parts().stream().map(FulfilmentContents.Part::of)),
                request.latestReadyAt(),
                request.decideBy());
    }

    static Draft end(Draft draft, SourcingRun run, Outcome outcome) {
        return draft.then(new SourcingDecided(
                draft.contents().orderId(), run.runId(), outcome, null, 0, null, List.of(), List.of(), 0));
    }

    /** No location has the units of a run of a confirmed order. */
    static Draft withoutSource(Draft draft, SourcingRun run) {
        if (!run.request().held()) {
            return FulfilmentRules.cancelUnits(draft, run, run.request().reason());
        }
        return run.request().trigger() == Trigger.STORE_REJECTED
                ? LossRules.askBecauseRejected(draft, fulfilment(draft, run))
                : draft;
    }

    /** The fulfilment that keeps the units until the run has found another location. */
    private static Fulfilment fulfilment(Draft draft, SourcingRun held) {
        String replaced = Objects.requireNonNull(held.request().replaces(), held::runId);
        return Objects.requireNonNull(draft.contents().fulfilment(replaced), replaced);
    }

    // Answers for fulfilments that were added to a confirmed order.

    static Decision<OrderEvent> reserved(
            Order.Confirmed order, Fulfilment fulfilment, @Nullable Instant readyAt, @Nullable Instant acceptBy) {
        FulfilmentContents added = order.contents().of(fulfilment);
        if (!(added.progress() instanceof Waiting)) {
            return accepted();
        }
        SourcingRun run = order.contents().runOf(added);
        Draft draft = Draft.of(order);
        if (!run.request().held()) {
            return draft.then(confirmed(draft.contents(), run, fulfilment.booked(readyAt, acceptBy), null))
                    .accepted();
        }
        Fulfilment old = fulfilment(draft, run);
        return draft.then(new FulfilmentReserved(
                        order.contents().orderId(), fulfilment.fulfilmentId(), readyAt, acceptBy))
                .then(new OrderCancellationRequested(
                        order.contents().orderId(),
                        run.moveId(),
                        EndReason.MOVED,
                        List.of(new Cancellation.Part(
                                old.fulfilmentId(), order.contents().cancellable(old))),
                        run.request().trigger() == Trigger.OVERDUE))
                .accepted();
    }

    private static FulfilmentConfirmed confirmed(
            OrderContents contents, SourcingRun run, Fulfilment fulfilment, @Nullable String cancellationId) {
        return new FulfilmentConfirmed(
                contents.orderId(),
                run.runId(),
                contents.requested().channel(),
                contents.requested().customerId(),
                fulfilment,
                contents.lines(fulfilment.parts().stream().map(FulfilmentContents.Part::of)),
                cancellationId);
    }

    /** The location has not, or no longer, reserved the units of an added fulfilment. */
    static Decision<OrderEvent> refused(
            Order.Confirmed order, Fulfilment fulfilment, EndReason reason, List<Shortage> shortages, Instant now) {
        FulfilmentContents added = order.contents().of(fulfilment);
        boolean wasReserved = added.progress() instanceof SetAside;
        if (!(added.progress() instanceof Waiting || wasReserved)) {
            return accepted();
        }
        SourcingRun run = order.contents().runOf(added);
        Draft draft = Draft.of(order)
                .then(new FulfilmentRejected(order.contents().orderId(), fulfilment.fulfilmentId(), reason, shortages));
        if (wasReserved) {
            // The answer of pickup-service is under way. If it gives the units back, the order looks again.
            return draft.accepted();
        }
        if (run.request().trigger() == Trigger.SHOPPER_MOVE) {
            return draft.accepted();
        }
        Need need = run.request().held()
                ? new Need(
                        fulfilment(draft, run),
                        run.request().trigger(),
                        run.request().parts(),
                        run.request().reason(),
                        null)
                : new Need(
                        fulfilment,
                        Trigger.RESERVATION_REFUSED,
                        fulfilment.parts(),
                        run.request().reason(),
                        null);
        if (mayRun(draft.contents(), need.fulfilment(), now)) {
            return again(draft, need, now.plus(DECIDE_WITHIN)).accepted();
        }
        return run.request().held()
                ? withoutSource(draft, run).accepted()
                : FulfilmentRules.cancelOpen(draft, fulfilment, need.reason()).accepted();
    }

    // The old fulfilment and the new one.

    /**
     * Pickup-service has cancelled the old fulfilment, so that its units leave from the new location; null if no new
     * location has reserved them.
     */
    static @Nullable Draft moved(Order order, Fulfilment old, @Nullable String cancellationId) {
        OrderContents contents = Order.contents(order);
        SourcingRun run = contents.heldRun(old);
        if (run == null || !isMove(contents, old, cancellationId)) {
            return null;
        }
        return contents.added(run)
                .filter(each -> each.progress() instanceof SetAside)
                .findFirst()
                .map(each -> Draft.of(order).then(confirmed(contents, run, each.fulfilment(), cancellationId)))
                .orElse(null);
    }

    /** Whether this request asks the fulfilment to let its units go to another location. */
    static boolean isMove(OrderContents contents, Fulfilment old, @Nullable String cancellationId) {
        SourcingRun run = contents.heldRun(old);
        return run != null && run.moveId().equals(cancellationId);
    }

    /** Whether pickup-service has been asked to let the units of this fulfilment go to another location. */
    static boolean isAsked(OrderContents contents, Fulfilment old) {
        SourcingRun run = contents.heldRun(old);
        return run != null && contents.added(run).anyMatch(each -> each.progress() instanceof SetAside);
    }

    /** Ends a run whose old fulfilment changes or keeps its units. */
    static Draft keepOld(Draft draft, Fulfilment old) {
        SourcingRun run = draft.contents().heldRun(old);
        return run == null ? draft : end(draft, run, Withdrawal.OLD_PLACE_KEPT);
    }

    private static Draft end(Draft draft, SourcingRun run, Withdrawal reason) {
        Draft ended = run.isOpen() ? end(draft, run, Outcome.NOT_NEEDED) : draft;
        for (FulfilmentContents each : draft.contents().added(run).toList()) {
            if (each.progress() instanceof Waiting || each.progress() instanceof SetAside) {
                ended = withdraw(ended, run, each.fulfilment(), reason);
            }
        }
        return ended;
    }

    static Draft withdraw(Draft draft, SourcingRun run, Fulfilment fulfilment, Withdrawal reason) {
        return draft.then(new FulfilmentWithdrawn(draft.contents().orderId(), run.runId(), fulfilment, reason));
    }

    /** Why a new fulfilment was withdrawn after the order had asked for the old one; null if it was not. */
    static @Nullable Withdrawal withdrawnMove(OrderContents contents, @Nullable String cancellationId) {
        return contents.runs().stream()
                .filter(run -> run.request().held() && run.moveId().equals(cancellationId))
                .flatMap(contents::added)
                .map(FulfilmentContents::progress)
                .filter(Withdrawn.class::isInstance)
                .map(progress -> ((Withdrawn) progress).reason())
                .findFirst()
                .orElse(null);
    }

    /** Ends all runs of a confirmed order, because it is cancelled. Units without a location are cancelled at once. */
    static Draft cancelAll(Draft draft, EndReason reason) {
        Withdrawal withdrawal = reason == EndReason.CANCELLED_BY_SHOPPER
                ? Withdrawal.CANCELLED_BY_SHOPPER
                : Withdrawal.CANCELLED_BY_RETAILER;
        Draft ended = draft;
        for (SourcingRun run : draft.contents().runs()) {
            boolean hasUnits = run.isOpen() && !run.request().held();
            ended = end(ended, run, withdrawal);
            if (hasUnits) {
                ended = FulfilmentRules.cancelUnits(ended, run, reason);
            }
            for (Fulfilment each : waiting(draft.contents(), run)) {
                ended = FulfilmentRules.cancelOpen(ended, each, reason);
            }
        }
        return ended;
    }

    static List<Fulfilment> waiting(OrderContents contents, SourcingRun run) {
        return contents.added(run)
                .filter(each -> each.progress() instanceof Waiting)
                .map(FulfilmentContents::fulfilment)
                .toList();
    }
}
