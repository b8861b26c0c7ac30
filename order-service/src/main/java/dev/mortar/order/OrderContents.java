package dev.mortar.order;

import dev.mortar.order.FulfilmentContents.Part;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The order as it was placed, with the progress of its lines and fulfilments. Immutable.
 *
 * @param origin the order as it was placed
 * @param fulfilments its fulfilments with the progress of their units, in the sequence of their numbers
 * @param runs searches for locations, oldest first
 * @param returned returned units by line id
 * @param cancellations requests for cancellation, oldest first
 * @param returnIds accepted returns, oldest first
 * @param total what the shopper pays for the lines that are neither rejected nor cancelled
 */
record OrderContents(
        Origin origin,
        List<FulfilmentContents> fulfilments,
        List<SourcingRun> runs,
        Map<String, Long> returned,
        List<Cancellation> cancellations,
        List<String> returnIds,
        Money total) {

    /**
     * The order as it was placed.
     *
     * @param requested the order; for a till sale, the sale as an order
     * @param sale the till sale, or null
     * @param placedAt when the broker appended the command
     */
    record Origin(
            String orderId,
            RequestedOrder requested,
            @Nullable TillSale sale,
            Instant placedAt) {}

    static OrderContents of(OrderEvent.OrderPlaced placed) {
        return of(new Origin(placed.orderId(), placed.order(), null, placed.placedAt()), placed.total());
    }

    static OrderContents of(OrderEvent.SaleRecorded sold) {
        return of(
                new Origin(sold.orderId(), sold.sale().order(sold.orderId()), sold.sale(), sold.recordedAt()),
                sold.total());
    }

    private static OrderContents of(Origin origin, Money total) {
        RequestedOrder requested = origin.requested();
        List<FulfilmentContents> fulfilments = requested.fulfilments().stream()
                .map(fulfilment -> FulfilmentContents.of(fulfilment, requested.lines()))
                .toList();
        return new OrderContents(origin, fulfilments, List.of(), Map.of(), List.of(), List.of(), total);
    }

    // Queries.

    String orderId() {
        return origin.orderId();
    }

    RequestedOrder requested() {
        return origin.requested();
    }

    /** The till sale; null if a shopper placed the order. */
    @Nullable
    TillSale sale() {
        return origin.sale();
    }

    Instant placedAt() {
        return origin.placedAt();
    }

    @Nullable
    OrderLine line(String lineId) {
        return find(requested().lines(), line -> line.lineId().equals(lineId));
    }

    @Nullable
    Fulfilment fulfilment(String fulfilmentId) {
        FulfilmentContents contents = find(fulfilments, each -> isOf(each, fulfilmentId));
        return contents == null ? null : contents.fulfilment();
    }

    private static boolean isOf(FulfilmentContents contents, String fulfilmentId) {
        return contents.fulfilment().fulfilmentId().equals(fulfilmentId);
    }

    /** The contents of a fulfilment of this order. */
    FulfilmentContents of(Fulfilment fulfilment) {
        return Objects.requireNonNull(
                find(fulfilments, each -> isOf(each, fulfilment.fulfilmentId())), fulfilment::fulfilmentId);
    }

    FulfilmentProgress progress(Fulfilment fulfilment) {
        return of(fulfilment).progress();
    }

    /** The progress of a line in all fulfilments together. */
    LineProgress progress(OrderLine line) {
        return parts(line).map(Part::progress).reduce(LineProgress.NONE, LineProgress::plus);
    }

    long returned(OrderLine line) {
        return returned.getOrDefault(line.lineId(), 0L);
    }

    private Stream<Part> parts(OrderLine line) {
        return parts().filter(part -> part.lineId().equals(line.lineId()));
    }

    Stream<Part> parts() {
        return Stream.concat(fulfilments.stream().flatMap(each -> each.parts().stream()), unsourced());
    }

    /** Units that no fulfilment has. */
    Stream<Part> unsourced() {
        return runs.stream().flatMap(run -> run.units().stream());
    }

    /**
     * The units of these fulfilments as order lines, in the sequence in which the order lists them. Parts of one line
     * are one line with their share of discount and tax.
     */
    List<OrderLine> linesOf(List<Fulfilment> selected) {
        return lines(partsOf(selected));
    }

    Stream<Part> partsOf(List<Fulfilment> selected) {
        return selected.stream().flatMap(fulfilment -> of(fulfilment).parts().stream());
    }

    /** Some units as order lines, in the sequence in which the order lists them. */
    List<OrderLine> lines(Stream<Part> units) {
        Map<String, List<Part>> parts = units.collect(Collectors.groupingBy(Part::lineId));
        return requested().lines().stream()
                .filter(line -> parts.containsKey(line.lineId()))
                .map(line -> together(line, parts.getOrDefault(line.lineId(), List.of())))
                .toList();
    }

    private static OrderLine together(OrderLine line, List<Part> parts) {
        return parts.stream().mapToLong(Part::units).sum() == line.quantity()
                ? line
                : parts.stream()
                        .map(part -> part.of(line))
                        .reduce(OrderLine::plus)
                        .orElseThrow();
    }

    List<Fulfilment> fulfilmentsThat(Predicate<Fulfilment> condition) {
        return fulfilments.stream()
                .map(FulfilmentContents::fulfilment)
                .filter(condition)
                .toList();
    }

    List<Fulfilment> fulfilmentsThatAre(Class<? extends FulfilmentProgress> progress) {
        return fulfilmentsThat(fulfilment -> progress.isInstance(progress(fulfilment)));
    }

    /** Open units of a fulfilment; empty if there are none. */
    List<LineQuantity> open(Fulfilment fulfilment) {
        return quantities(of(fulfilment).parts().stream(), Part::open);
    }

    boolean nothingOpen() {
        return parts().allMatch(part -> part.open() == 0);
    }

    boolean anyHandedOver() {
        return parts().anyMatch(part -> part.progress().handedOver() > 0);
    }

    List<LineQuantity> handedOver() {
        return quantities(parts(), part -> part.progress().handedOver());
    }

    List<LineQuantity> cancelled() {
        return quantities(parts(), part -> part.progress().cancelled());
    }

    // Searches for locations.

    @Nullable
    SourcingRun run(@Nullable String runId) {
        return find(runs, run -> run.runId().equals(runId));
    }

    /** The run of an added fulfilment. */
    SourcingRun runOf(FulfilmentContents added) {
        return Objects.requireNonNull(run(added.runId()), added.fulfilment()::fulfilmentId);
    }

    /** The fulfilments that a run added. */
    Stream<FulfilmentContents> added(SourcingRun run) {
        return fulfilments.stream().filter(each -> run.runId().equals(each.runId()));
    }

    boolean isSourcing() {
        return runs.stream().anyMatch(SourcingRun::isOpen);
    }

    /** The run that looks for another location while this fulfilment keeps the units; null if there is none. */
    @Nullable
    SourcingRun heldRun(Fulfilment fulfilment) {
        return find(
                runs,
                run -> run.request().held()
                        && fulfilment.fulfilmentId().equals(run.request().replaces())
                        && isLive(run));
    }

    /** True until a run and the fulfilments that it added have an outcome. */
    private boolean isLive(SourcingRun run) {
        return run.isOpen()
                || added(run)
                        .anyMatch(each -> each.progress() instanceof FulfilmentProgress.Waiting
                                || each.progress() instanceof FulfilmentProgress.SetAside);
    }

    /** The newest run that added this fulfilment or looked for another location for it; null if there is none. */
    @Nullable
    SourcingRun newestRun(FulfilmentContents contents) {
        return find(
                runs.reversed(),
                run -> run.runId().equals(contents.runId())
                        || (contents.fulfilment()
                                        .fulfilmentId()
                                        .equals(run.request().replaces())
                                && run.request().trigger() != SourcingRun.Trigger.SHOPPER_MOVE));
    }

    @Nullable
    Cancellation cancellation(String cancellationId) {
        return find(cancellations, each -> each.cancellationId().equals(cancellationId));
    }

    private static <T> @Nullable T find(List<T> all, Predicate<T> condition) {
        return all.stream().filter(condition).findFirst().orElse(null);
    }

    /** Open units of a fulfilment that no unanswered request for cancellation covers. */
    List<LineQuantity> cancellable(Fulfilment fulfilment) {
        Map<String, Long> requested = cancellations.stream()
                .flatMap(cancellation -> cancellation.unanswered().stream())
                .filter(part -> part.fulfilmentId().equals(fulfilment.fulfilmentId()))
                .flatMap(part -> part.lines().stream())
                .collect(Collectors.toMap(LineQuantity::lineId, LineQuantity::quantity, Long::sum));
        return quantities(
                of(fulfilment).parts().stream(), part -> part.open() - requested.getOrDefault(part.lineId(), 0L));
    }

    /** The units of all lines that can be cancelled, by fulfilment. */
    Map<String, List<LineQuantity>> cancellable() {
        Map<String, List<LineQuantity>> cancellable = new LinkedHashMap<>();
        for (FulfilmentContents each : fulfilments) {
            List<LineQuantity> units = cancellable(each.fulfilment());
            if (each.progress() instanceof FulfilmentProgress.Reserved && !units.isEmpty()) {
                cancellable.put(each.fulfilment().fulfilmentId(), units);
            }
        }
        return cancellable;
    }

    /** The next units of a fulfilment as lines of their own, with their share of discount and tax. */
    List<OrderLine> next(Fulfilment fulfilment, List<LineQuantity> units) {
        FulfilmentContents contents = of(fulfilment);
        return units.stream()
                .map(each -> Objects.requireNonNull(contents.part(each.lineId()), each::lineId)
                        .next(Objects.requireNonNull(line(each.lineId()), each::lineId), each.quantity()))
                .toList();
    }

    Money zeroAmount() {
        return Money.zero(total.currency());
    }

    /** Quantities above 0, in the sequence in which the order lists its lines. */
    List<LineQuantity> quantities(Stream<Part> selected, ToLongFunction<Part> quantity) {
        Map<String, Long> byLine = selected.collect(Collectors.toMap(Part::lineId, quantity::applyAsLong, Long::sum));
        return requested().lines().stream()
                .filter(line -> byLine.getOrDefault(line.lineId(), 0L) > 0)
                .map(line -> line.units(byLine.getOrDefault(line.lineId(), 0L)))
                .toList();
    }

    // Changes.

    OrderContents with(String fulfilmentId, FulfilmentProgress progress) {
        return change(fulfilmentId, contents -> contents.with(progress));
    }

    /** Reserved, with the times that the location has booked. */
    OrderContents reserved(String fulfilmentId, @Nullable Instant readyAt, @Nullable Instant acceptBy) {
        return change(
                fulfilmentId,
                contents -> contents.with(contents.fulfilment().booked(readyAt, acceptBy))
                        .with(
                                contents.runId() != null
                                                && runOf(contents).request().held()
                                        ? new FulfilmentProgress.SetAside()
                                        : new FulfilmentProgress.Reserved()));
    }

    OrderContents change(String fulfilmentId, UnaryOperator<FulfilmentContents> change) {
        return change(contents -> isOf(contents, fulfilmentId) ? change.apply(contents) : contents);
    }

    private OrderContents change(UnaryOperator<FulfilmentContents> change) {
        List<FulfilmentContents> changed = fulfilments.stream().map(change).toList();
        return new OrderContents(origin, changed, runs, returned, cancellations, returnIds, total);
    }

    OrderContents with(Cancellation cancellation) {
        List<Cancellation> more = new ArrayList<>(cancellations);
        more.add(cancellation);
        return new OrderContents(origin, fulfilments, runs, returned, more, returnIds, total);
    }

    OrderContents withTotal(Money newTotal) {
        return new OrderContents(origin, fulfilments, runs, returned, cancellations, returnIds, newTotal);
    }

    /** Number of lines in all requests for cancellation together. */
    long linesInCancellations() {
        return cancellations.stream()
                .flatMap(cancellation -> cancellation.asked().stream())
                .mapToLong(part -> part.lines().size())
                .sum();
    }

    OrderContents changeCancellation(@Nullable String cancellationId, UnaryOperator<Cancellation> change) {
        List<Cancellation> changed = cancellations.stream()
                .map(cancellation -> cancellation.cancellationId().equals(cancellationId)
                        ? change.apply(cancellation)
                        : cancellation)
                .toList();
        return new OrderContents(origin, fulfilments, runs, returned, changed, returnIds, total);
    }

    OrderContents confirmed(OrderEvent.OrderConfirmed event) {
        OrderContents changed = this;
        for (Fulfilment fulfilment : event.fulfilments()) {
            changed = changed.change(
                    fulfilment.fulfilmentId(),
                    contents -> contents.with(fulfilment).with(new FulfilmentProgress.Reserved()));
        }
        for (Fulfilment fulfilment : event.rejectedFulfilments()) {
            changed = changed.change(
                    fulfilment.fulfilmentId(), contents -> contents.changeOpen(LineProgress::ofRejected));
        }
        return changed.withTotal(event.total());
    }

    OrderContents rejected(OrderEvent.OrderRejected event) {
        return change(contents -> {
                    FulfilmentContents changed = contents.changeOpen(LineProgress::ofRejected);
                    return contents.progress() instanceof FulfilmentProgress.Rejected
                                    || contents.progress() instanceof FulfilmentProgress.Moved
                            ? changed
                            : changed.with(new FulfilmentProgress.Rejected(event.reason(), List.of()));
                })
                .changeRuns(run -> run.changeOpen(LineProgress::ofRejected))
                .withTotal(zeroAmount());
    }

    OrderContents linesCancelled(OrderEvent.OrderLinesCancelled event) {
        if (event.runId() != null) {
            return RunChanges.changeRun(this, event.runId(), run -> run.changeOpen(LineProgress::ofCancelled))
                    .withTotal(total.minus(event.amount()));
        }
        return change(event.fulfilmentId(), contents -> {
                    FulfilmentContents changed = contents.change(event.lines(), LineProgress::ofCancelled);
                    return contents.progress() instanceof FulfilmentProgress.Reserved && changed.nothingOpen()
                            ? changed.with(new FulfilmentProgress.Cancelled())
                            : changed;
                })
                .withTotal(total.minus(event.amount()))
                .changeCancellation(
                        event.cancellationId(), cancellation -> cancellation.answered(event.fulfilmentId()));
    }

    /** Cancels all open units and closes all requests for cancellation. */
    OrderContents cancelledWhole() {
        OrderContents changed = change(contents -> {
            FulfilmentContents cancelled = contents.changeOpen(LineProgress::ofCancelled);
            return switch (contents.progress()) {
                case FulfilmentProgress.Rejected _, FulfilmentProgress.Moved _, FulfilmentProgress.Withdrawn _ ->
                    cancelled;
                default -> cancelled.with(new FulfilmentProgress.Cancelled());
            };
        });
        List<Cancellation> closed =
                cancellations.stream().map(Cancellation::closed).toList();
        return new OrderContents(origin, changed.fulfilments, runs, returned, closed, returnIds, zeroAmount())
                .changeRuns(run -> run.changeOpen(LineProgress::ofCancelled));
    }

    OrderContents changeRuns(UnaryOperator<SourcingRun> change) {
        return withRuns(runs.stream().map(change).toList());
    }

    OrderContents withRuns(List<SourcingRun> changed) {
        return new OrderContents(origin, fulfilments, changed, returned, cancellations, returnIds, total);
    }

    OrderContents with(FulfilmentContents added) {
        List<FulfilmentContents> more = new ArrayList<>(fulfilments);
        more.add(added);
        return new OrderContents(origin, more, runs, returned, cancellations, returnIds, total);
    }

    OrderContents returned(String returnId, List<LineQuantity> units) {
        Map<String, Long> changed = new LinkedHashMap<>(returned);
        units.forEach(line -> changed.merge(line.lineId(), line.quantity(), Long::sum));
        List<String> more = new ArrayList<>(returnIds);
        more.add(returnId);
        return new OrderContents(origin, fulfilments, runs, changed, cancellations, more, total);
    }
}
