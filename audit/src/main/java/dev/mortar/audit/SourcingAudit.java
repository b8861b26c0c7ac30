package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.Order.Phase;
import dev.mortar.audit.Run.Progress;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.LinePart;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The promises about sourcing: each unit has one place, a run is bounded, and its figures are those of the stock. */
final class SourcingAudit extends Auditor {
    private static final int ATTEMPTS_MAX = 4;
    private static final int RUNS_MAX = 10;
    private static final int MOVES_MAX = 3;

    private final OrderAudit orders;
    private final StockAudit stock;
    private final Fulfilments fulfilments;
    /** The runs whose old fulfilments are asked to let their units go, by the id of the request. */
    private final Map<String, Run> asked = new HashMap<>();
    /** The time of the judgement; until the end, any time. */
    private Instant asOf = Instant.MAX;

    SourcingAudit(Findings findings, OrderAudit orders, StockAudit stock, Fulfilments fulfilments) {
        super(findings);
        this.orders = orders;
        this.stock = stock;
        this.fulfilments = fulfilments;
        ofOrder(SourcingRequested.class, this::requested);
        ofRun(SourcingDecided.class, this::decided);
        ofRun(FulfilmentAdded.class, this::added);
        ofRun(FulfilmentConfirmed.class, this::confirmed);
        ofRun(FulfilmentWithdrawn.class, this::withdrawn);
        ofOrder(
                FulfilmentReserved.class,
                (order, event) ->
                        settle(order.adding(event.getFulfilmentId()), event.getFulfilmentId(), Progress.RESERVED));
        ofOrder(
                FulfilmentRejected.class,
                (order, event) ->
                        settle(order.adding(event.getFulfilmentId()), event.getFulfilmentId(), Progress.REJECTED));
        ofOrder(OrderCancellationRequested.class, this::asked);
        on(PickupCancelled.class, event -> {
            var run = asked.remove(String.valueOf(event.getCancellationId()));
            if (run != null) {
                run.letGo = logged();
            }
        });
        on(PickupCancellationRefused.class, event -> asked.remove(event.getCancellationId()));
        ofOrder(OrderPlaced.class, (_, _) -> {});
        ofOrder(OrderConfirmed.class, (_, _) -> {});
        ofOrder(OrderLinesCancelled.class, (_, _) -> {});
        ofOrder(FulfilmentHandedOver.class, (_, _) -> {});
        requireCompleteness(
                List.of(this),
                type -> type.service().equals("order-service") || type.name().startsWith("PickupCancel"),
                """
                SaleRecorded OrderRejected OrderCancellationRefused OrderCancelled OrderCompleted OrderReturned
                FulfilmentDelivered FulfilmentUndelivered FulfilmentLost""");
    }

    /** Registers the handler of an event type, for orders that have not ended. */
    private <E extends SpecificRecord> void ofOrder(Class<E> type, BiConsumer<Order, E> handler) {
        on(type, event -> {
            var order = open(String.valueOf(event.get(1)));
            if (order != null) {
                context(order.event);
                handler.accept(order, event);
            }
        });
    }

    private interface OfRun<E> {
        void accept(Order order, Run run, E event);
    }

    private <E extends SpecificRecord> void ofRun(Class<E> type, OfRun<E> handler) {
        ofOrder(type, (order, event) -> {
            var runId = String.valueOf(logged().field("runId"));
            var run = order.runs.get(runId);
            if (run == null) {
                findings.broken(SOURCING_BOUNDED, "Run %s was never requested", runId);
            } else {
                context(run.requested, run.decided);
                handler.accept(order, run, event);
            }
        });
    }

    private @Nullable Order open(String orderId) {
        var order = orders.orders.get(orderId);
        boolean isOpen = order != null && (order.phase == Phase.PLACED || order.phase == Phase.CONFIRMED);
        return isOpen ? order : null;
    }

    // A run begins.

    private void requested(Order order, SourcingRequested event) {
        var replaces = event.getReplaces();
        var before = order.newestRun(replaces);
        boolean isPlaced = event.getTrigger() == SourcingTrigger.PLACED;
        boolean isMove = event.getTrigger() == SourcingTrigger.SHOPPER_MOVE;
        int attempt = isPlaced || isMove ? 1 : 1 + (before == null ? 1 : before.request.getAttempt());
        long again = order.runs.values().stream()
                .filter(run -> run.request.getTrigger() != SourcingTrigger.PLACED)
                .filter(run -> !isMove || run.isMove())
                .count();
        // The request of a shopper gives a move its id.
        boolean isNext = isMove || event.getRunId().equals(Order.runId(event.getOrderId(), order.runs.size() + 1));
        boolean isBounded = isNext
                && !order.runs.containsKey(event.getRunId())
                && event.getAttempt() == attempt
                && attempt <= ATTEMPTS_MAX
                && (isPlaced || again < (isMove ? MOVES_MAX : RUNS_MAX))
                && event.getSplitMax() >= 1
                && !(event.getHeld() && event.getSplitMax() > 1);
        var sentence = "Run %s begins as attempt %s after %s others, with at most %s locations; it is attempt %s";
        check(
                SOURCING_BOUNDED,
                isBounded,
                sentence,
                event.getRunId(),
                event.getAttempt(),
                again,
                event.getSplitMax(),
                attempt);
        var old = replaces == null ? null : Order.fulfilment(order.fulfilments, replaces);
        boolean mayMove = isPlaced ? replaces == null : old != null && (isMove || old.getMayMove());
        check(SOURCING_BOUNDED, mayMove, "The units of %s may not move", replaces);
        var destination = destination(order, old);
        same(ORDER_WELL_FORMED, "The destination of the run", event.getDestinationId(), destination);
        excludes(order, event, old);
        boolean areThere = isPlaced ? order.places.areAll(event.getRunId(), event.getParts()) : leave(order, event);
        var where = "The units %s of run %s are not all in %s, or another run looks for them";
        check(UNIT_ONE_PLACE, areThere, where, event.getParts(), event.getRunId(), replaces);
        order.runs.put(event.getRunId(), new Run(logged(), event));
    }

    /** The destination of the units of the next run. */
    private static @Nullable String destination(Order order, @Nullable Fulfilment old) {
        if (old == null && order.first instanceof OrderPlaced placed && order.runs.size() < order.unsourced) {
            return placed.getUnsourced().get(order.runs.size()).getDestinationId();
        }
        return old == null ? null : old.getDestinationId();
    }

    private void excludes(Order order, SourcingRequested event, @Nullable Fulfilment old) {
        var before = order.newestRun(event.getReplaces());
        boolean isMove = event.getTrigger() == SourcingTrigger.SHOPPER_MOVE;
        var tried = new HashSet<String>(before == null || isMove ? Set.of() : before.tried(order.moved));
        if (old != null) {
            tried.add(old.getLocationId());
        }
        boolean areAll = event.getExcluded().containsAll(tried);
        check(SOURCING_BOUNDED, areAll, "Excluded are %s; tried before are %s", event.getExcluded(), tried);
    }

    /** Takes the units of a run out of their fulfilment, or marks them as held there. */
    private static boolean leave(Order order, SourcingRequested event) {
        var from = event.getReplaces();
        if (from == null || order.runs.values().stream().anyMatch(run -> run.holds(from))) {
            return false;
        }
        if (event.getHeld()) {
            return order.places.areAll(from, event.getParts());
        }
        boolean areThere = order.places.move(from, event.getRunId(), event.getParts());
        if (order.places.isEmpty(from)) {
            order.rejected.remove(from);
            order.moved.add(from);
        }
        return areThere;
    }

    // A run has an outcome.

    private void decided(Order order, Run run, SourcingDecided event) {
        once(SOURCING_BOUNDED, run.decided == null, "Run " + event.getRunId(), "decided");
        run.decided = logged();
        run.outcome = event.getOutcome();
        if (order.phase == Phase.PLACED && run.isWithoutSource()) {
            order.refused.add(event.getRunId());
        }
        if (event.getOutcome() == SourcingOutcome.NO_SOURCE) {
            var since = run.requested.recordedAt();
            var asOf = event.getCopyAsOf();
            boolean isFresh = asOf != null && !asOf.isBefore(since);
            check(SOURCING_FRESH, isFresh, "No location has the units as of %s; they were needed at %s", asOf, since);
        }
        event.getCandidates().forEach(candidate -> judge(run, candidate));
    }

    private void judge(Run run, SourcingCandidate candidate) {
        var id = candidate.getLocationId();
        var needed = needed(run.request.getParts());
        var figures = candidate.getStock().stream()
                .collect(Collectors.toMap(SourcingStock::getSku, SourcingStock::getAvailable, Long::sum));
        boolean isExcluded = run.request.getExcluded().contains(id);
        boolean hasAny = needed.keySet().stream().anyMatch(sku -> figures.getOrDefault(sku, 0L) > 0);
        var failed = candidate.getFailed();
        boolean isFenced = failed != null;
        boolean agrees = switch (failed) {
            case null -> !isExcluded && hasAny;
            case STOCK -> !isExcluded && !hasAny;
            case EXCLUDED -> isExcluded;
            case METHOD, ENABLED -> true;
            case DISTANCE, SILENT -> !isExcluded;
            case CAPACITY, HOURS -> !isExcluded && hasAny;
            case UNKNOWN -> false;
        };
        boolean fits = isFenced == (candidate.getVerdict() == SourcingVerdict.FENCED);
        var sentence = "%s is %s, and fence %s stopped it; it has %s of %s, and is excluded: %s";
        check(
                SOURCING_TRACE_TRUE,
                agrees && fits,
                sentence,
                id,
                candidate.getVerdict(),
                failed,
                figures,
                needed,
                isExcluded);
        if (candidate.getVerdict() == SourcingVerdict.CHOSEN) {
            run.chosen.put(id, figures);
        }
        candidate.getStock().forEach(figure -> judge(id, figure));
    }

    private static Map<String, Long> needed(List<LinePart> parts) {
        return Sums.sum(parts, LinePart::getSku, LinePart::getQuantity);
    }

    /** Compares a figure with the book of its location, whose events may not have been judged yet. */
    private void judge(String locationId, SourcingStock figure) {
        var seen = logged();
        var sentence = "%s units of %s were seen at %s after its event %s; there were %s";
        Figures.Answer answer = available -> {
            boolean isDue = seen.appendedAt().plus(rules.patience()).isBefore(asOf);
            boolean isTrue = available != null && available == figure.getAvailable();
            if (available != null || isDue) {
                Object[] values = {figure.getAvailable(), figure.getSku(), locationId, figure.getSequence(), available};
                findings.apart(seen, () -> check(SOURCING_TRACE_TRUE, isTrue, sentence, values));
            }
        };
        stock.figures(locationId).ask(figure.getSku(), figure.getSequence(), stock.sequence(locationId), answer);
    }

    private void added(Order order, Run run, FulfilmentAdded event) {
        var fulfilment = event.getFulfilment();
        var id = fulfilment.getFulfilmentId();
        var location = fulfilment.getLocationId();
        boolean isPlanned = run.outcome == SourcingOutcome.PLANNED && run.isDecidedBy(logged());
        boolean isBounded = isPlanned
                && run.added.size() < run.request.getSplitMax()
                && !run.request.getExcluded().contains(location);
        var sentence = "%s is added at %s by a run with outcome %s, %s fulfilments, and excluded locations %s";
        check(SOURCING_BOUNDED, isBounded, sentence, id, location, run.outcome, run.added, run.request.getExcluded());
        boolean isFree = run.isHeld()
                ? run.added.isEmpty() && fulfilment.getParts().equals(run.request.getParts())
                : order.places.move(event.getRunId(), id, fulfilment.getParts());
        check(UNIT_ONE_PLACE, isFree, "The units %s of %s are not those of its run", fulfilment.getParts(), id);
        var figures = run.chosen.remove(location);
        var needed = needed(fulfilment.getParts());
        // The shopper chooses the location of a move.
        boolean isChosen = run.isMove() || (figures != null && Sums.within(needed, figures));
        check(
                SOURCING_TRACE_TRUE,
                isChosen,
                "%s takes %s from %s, which was chosen for %s",
                id,
                needed,
                location,
                figures);
        var request = run.request;
        boolean isRight = id.equals(event.getOrderId() + '-' + (order.numbered + 1))
                && fulfilment.getMethod() == request.getMethod()
                && Objects.equals(fulfilment.getDestinationId(), request.getDestinationId())
                && Objects.equals(fulfilment.getReplaces(), request.getReplaces());
        check(ORDER_WELL_FORMED, isRight, "%s is not the next fulfilment for run %s", fulfilment, request.getRunId());
        hasShares(order, fulfilment, event.getLines());
        order.add(fulfilment);
        run.added.put(id, Progress.WAITING);
        run.locations.put(id, location);
    }

    private void hasShares(Order order, Fulfilment fulfilment, List<OrderLine> lines) {
        var expected = order.places.shares(fulfilment.getParts());
        boolean isSame = Sums.sameLines(lines, expected);
        check(ORDER_SHARES, isSame, "The lines of %s are %s; they have to be %s", fulfilment, lines, expected);
    }

    // The end of an added fulfilment.

    private void settle(@Nullable Run run, String fulfilmentId, Progress progress) {
        if (run != null) {
            context(run.requested, run.decided);
            var before = run.added.get(fulfilmentId);
            boolean isFirst = run.settle(fulfilmentId, progress);
            check(MOVE_ONE_WINNER, isFirst, "%s becomes %s; it is %s", fulfilmentId, progress, before);
        }
    }

    private void confirmed(Order order, Run run, FulfilmentConfirmed event) {
        var fulfilment = event.getFulfilment();
        var id = fulfilment.getFulfilmentId();
        settle(run, id, Progress.CONFIRMED);
        var cancellationId = run.isHeld() ? run.moveId() : null;
        var letGo = run.letGo;
        boolean isFree = run.isHeld() == (letGo != null)
                && String.valueOf(event.getCancellationId()).equals(String.valueOf(cancellationId))
                && (letGo == null
                        || letGo.meta().getEventId().equals(logged().meta().getCausationId()));
        context(run.requested, letGo);
        check(MOVE_ONE_WINNER, isFree, "%s is confirmed, and its old place has not let the units go", id);
        if (run.isHeld()) {
            boolean areThere = order.places.move(run.request.getReplaces(), id, fulfilment.getParts());
            check(UNIT_ONE_PLACE, areThere, "%s is confirmed for units that its old place does not have", id);
            if (order.places.isEmpty(String.valueOf(run.request.getReplaces()))) {
                order.moved.add(String.valueOf(run.request.getReplaces()));
            }
        }
        var known = Order.fulfilment(order.fulfilments, id);
        boolean isAdded = known != null
                && OrderAudit.unpromised(List.of(known)).equals(OrderAudit.unpromised(List.of(fulfilment)));
        check(ORDER_CONFIRMED_AS_PLACED, isAdded, "Confirmed is %s; added was %s", fulfilment, known);
        hasShares(order, fulfilment, event.getLines());
        order.replace(fulfilment);
    }

    private void withdrawn(Order order, Run run, FulfilmentWithdrawn event) {
        var id = event.getFulfilment().getFulfilmentId();
        settle(run, id, Progress.WITHDRAWN);
        var letGo = run.letGo;
        boolean isKept = letGo == null
                || !letGo.meta().getEventId().equals(logged().meta().getCausationId());
        context(run.requested, letGo);
        check(MOVE_ONE_WINNER, isKept, "%s is withdrawn because its old place let the units go", id);
    }

    private void asked(Order order, OrderCancellationRequested event) {
        if (event.getReason() != EndReason.MOVED) {
            return;
        }
        var run = order.runs.values().stream()
                .filter(each -> each.isHeld() && each.moveId().equals(event.getCancellationId()))
                .findFirst()
                .orElse(null);
        boolean isReserved = run != null
                && run.added.entrySet().stream()
                        .anyMatch(each ->
                                each.getValue() == Progress.RESERVED && fulfilments.reserved.contains(each.getKey()));
        context(run == null ? null : run.requested);
        var sentence = "%s asks an old place to let units go; its run has %s";
        check(RESERVED_BEFORE_LET_GO, isReserved, sentence, event.getCancellationId(), run == null ? null : run.added);
        if (run != null) {
            boolean isRight = event.getParts().size() == 1
                    && event.getParts().getFirst().getFulfilmentId().equals(run.request.getReplaces())
                    && event.getUnlessReady() == (run.request.getTrigger() == SourcingTrigger.OVERDUE);
            check(RESERVED_BEFORE_LET_GO, isRight, "The request %s does not fit run %s", event, run.request.getRunId());
            asked.put(event.getCancellationId(), run);
        }
    }

    // After each command, and at the end.

    @Override
    void afterEach(LoggedEvent logged) {
        var order = logged.isLastOfCommand() ? open(logged.key()) : null;
        if (order == null || (order.runs.isEmpty() && order.unsourced == 0)) {
            return;
        }
        context(order.event);
        boolean isPlaced = order.phase == Phase.PLACED;
        var open = isPlaced ? order.ordered : Sums.minus(order.ordered, Sums.plus(order.left, order.cancelled));
        boolean areInRuns = order.places.ids().stream()
                .filter(id -> !order.places.nothingOpen(id))
                .allMatch(id -> mayHave(order, id));
        boolean isOne = areInRuns && order.places.open().equals(open);
        check(UNIT_ONE_PLACE, isOne, "The open units are %s; in a place are %s", open, order.places.open());
        for (var run : order.runs.values()) {
            if (run.isDecidedBy(logged())) {
                boolean isPlan =
                        run.chosen.isEmpty() && (run.outcome == SourcingOutcome.PLANNED) == !run.added.isEmpty();
                context(run.requested, run.decided);
                check(SOURCING_TRACE_TRUE, isPlan, "No fulfilment was added for %s", run.chosen.keySet());
            }
        }
    }

    /** Whether a place may have open units: a fulfilment may, and so may a run that needs a location for them. */
    private static boolean mayHave(Order order, String place) {
        var run = order.runs.get(place);
        return run == null
                ? Order.fulfilment(order.fulfilments, place) != null
                : run.outcome == null || (order.phase == Phase.PLACED && run.isWithoutSource());
    }

    /** Runs without an outcome, and added fulfilments without an answer, although their time is over. */
    @Override
    void finish(Instant now) {
        asOf = now;
        orders.orders.each((id, order) -> order.runs.values().forEach(run -> {
            boolean isOpen = run.outcome == null || run.added.containsValue(Progress.WAITING);
            boolean isInTime = run.request.getDecideBy().plus(rules.slack()).isAfter(now);
            context(run.requested);
            check(SOURCING_BOUNDED, !isOpen || isInTime, "Run %s has not ended", run.request.getRunId());
        }));
    }
}
