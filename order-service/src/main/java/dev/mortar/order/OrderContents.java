package dev.mortar.order;

import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
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
 * @param lines progress by line id
 * @param fulfilments progress by fulfilment id
 * @param cancellations requests for cancellation, oldest first
 * @param returnIds accepted returns, oldest first
 * @param total what the shopper pays for the lines that are neither rejected nor cancelled
 */
record OrderContents(
        Origin origin,
        Map<String, LineProgress> lines,
        Map<String, FulfilmentProgress> fulfilments,
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

    /** Quantities of one line, in its unit. Units neither rejected, cancelled nor handed over are open. */
    record LineProgress(long rejected, long cancelled, long handedOver, long returned) {
        static final LineProgress NONE = new LineProgress(0, 0, 0, 0);

        /** Units that are no longer open. */
        long closed() {
            return rejected + cancelled + handedOver;
        }

        private LineProgress plus(LineProgress more) {
            return new LineProgress(
                    rejected + more.rejected,
                    cancelled + more.cancelled,
                    handedOver + more.handedOver,
                    returned + more.returned);
        }

        private static LineProgress ofRejected(long units) {
            return new LineProgress(units, 0, 0, 0);
        }

        private static LineProgress ofCancelled(long units) {
            return new LineProgress(0, units, 0, 0);
        }
    }

    static OrderContents of(OrderEvent.OrderPlaced placed) {
        return of(new Origin(placed.orderId(), placed.order(), null, placed.placedAt()), placed.total());
    }

    static OrderContents of(OrderEvent.SaleRecorded sold) {
        return of(
                new Origin(sold.orderId(), sold.sale().order(sold.orderId()), sold.sale(), sold.recordedAt()),
                sold.total());
    }

    private static OrderContents of(Origin origin, Money total) {
        Map<String, LineProgress> lines = new LinkedHashMap<>();
        origin.requested().lines().forEach(line -> lines.put(line.lineId(), LineProgress.NONE));
        Map<String, FulfilmentProgress> fulfilments = new LinkedHashMap<>();
        origin.requested()
                .fulfilments()
                .forEach(fulfilment -> fulfilments.put(
                        fulfilment.fulfilmentId(),
                        fulfilment.carriedOut()
                                ? new FulfilmentProgress.Reserved()
                                : new FulfilmentProgress.Waiting()));
        return new OrderContents(origin, lines, fulfilments, List.of(), List.of(), total);
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
        return find(requested().fulfilments(), each -> each.fulfilmentId().equals(fulfilmentId));
    }

    /** The fulfilment that contains a line of this order. */
    Fulfilment fulfilmentOf(String lineId) {
        return Objects.requireNonNull(
                find(requested().fulfilments(), each -> each.lineIds().contains(lineId)), lineId);
    }

    LineProgress progress(OrderLine line) {
        return Objects.requireNonNull(lines.get(line.lineId()), line::lineId);
    }

    FulfilmentProgress progress(Fulfilment fulfilment) {
        return Objects.requireNonNull(fulfilments.get(fulfilment.fulfilmentId()), fulfilment::fulfilmentId);
    }

    /** Lines of these fulfilments, in the sequence in which the order lists them. */
    List<OrderLine> linesOf(List<Fulfilment> selected) {
        Set<String> lineIds = selected.stream()
                .flatMap(fulfilment -> fulfilment.lineIds().stream())
                .collect(Collectors.toSet());
        return requested().lines().stream()
                .filter(line -> lineIds.contains(line.lineId()))
                .toList();
    }

    List<Fulfilment> fulfilmentsThat(Predicate<Fulfilment> condition) {
        return requested().fulfilments().stream().filter(condition).toList();
    }

    List<Fulfilment> fulfilmentsThatAre(Class<? extends FulfilmentProgress> progress) {
        return fulfilmentsThat(fulfilment -> progress.isInstance(progress(fulfilment)));
    }

    /** Units of a line that are neither rejected, cancelled nor handed over. */
    long open(OrderLine line) {
        return line.quantity() - progress(line).closed();
    }

    /** Open units of a fulfilment; empty if there are none. */
    List<LineQuantity> open(Fulfilment fulfilment) {
        return quantities(linesOf(List.of(fulfilment)).stream(), this::open);
    }

    boolean nothingOpen() {
        return requested().lines().stream().allMatch(line -> open(line) == 0);
    }

    boolean anyHandedOver() {
        return lines.values().stream().anyMatch(progress -> progress.handedOver() > 0);
    }

    List<LineQuantity> handedOver() {
        return quantities(requested().lines().stream(), line -> progress(line).handedOver());
    }

    List<LineQuantity> cancelled() {
        return quantities(requested().lines().stream(), line -> progress(line).cancelled());
    }

    @Nullable
    Cancellation cancellation(String cancellationId) {
        return find(cancellations, each -> each.cancellationId().equals(cancellationId));
    }

    private static <T> @Nullable T find(List<T> all, Predicate<T> condition) {
        return all.stream().filter(condition).findFirst().orElse(null);
    }

    /** Open units of a line that no unanswered request for cancellation covers. */
    long cancellable(OrderLine line) {
        long requested = cancellations.stream()
                .flatMap(cancellation -> cancellation.unanswered().stream())
                .flatMap(part -> part.lines().stream())
                .filter(part -> part.lineId().equals(line.lineId()))
                .mapToLong(LineQuantity::quantity)
                .sum();
        return Math.max(0, open(line) - requested);
    }

    /** The units of all lines that can be cancelled. */
    List<LineQuantity> cancellable() {
        return quantities(requested().lines().stream(), this::cancellable);
    }

    /** These units as a line of their own, with their share of discount and tax. */
    OrderLine part(LineQuantity units) {
        OrderLine line = Objects.requireNonNull(line(units.lineId()), units::lineId);
        return line.part(progress(line).closed(), units.quantity());
    }

    Money amount(List<LineQuantity> units) {
        return units.stream().map(this::part).map(OrderLine::total).reduce(zeroAmount(), Money::plus);
    }

    Money zeroAmount() {
        return Money.zero(total.currency());
    }

    private static List<LineQuantity> quantities(Stream<OrderLine> lines, ToLongFunction<OrderLine> quantity) {
        return lines.filter(line -> quantity.applyAsLong(line) > 0)
                .map(line -> line.units(quantity.applyAsLong(line)))
                .toList();
    }

    // Changes.

    OrderContents with(String fulfilmentId, FulfilmentProgress progress) {
        Map<String, FulfilmentProgress> changed = new LinkedHashMap<>(fulfilments);
        changed.replace(fulfilmentId, progress);
        return new OrderContents(origin, lines, changed, cancellations, returnIds, total);
    }

    OrderContents with(Cancellation cancellation) {
        List<Cancellation> more = new ArrayList<>(cancellations);
        more.add(cancellation);
        return new OrderContents(origin, lines, fulfilments, more, returnIds, total);
    }

    OrderContents withTotal(Money newTotal) {
        return new OrderContents(origin, lines, fulfilments, cancellations, returnIds, newTotal);
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
        return new OrderContents(origin, lines, fulfilments, changed, returnIds, total);
    }

    OrderContents confirmed(OrderEvent.OrderConfirmed event) {
        OrderContents changed = this;
        for (Fulfilment fulfilment : event.fulfilments()) {
            changed = changed.with(fulfilment.fulfilmentId(), new FulfilmentProgress.Reserved());
        }
        return changed.change(fullQuantities(event.rejectedLines()), LineProgress::ofRejected)
                .withTotal(event.total());
    }

    OrderContents rejected(OrderEvent.OrderRejected event) {
        OrderContents changed = this;
        for (Fulfilment fulfilment : requested().fulfilments()) {
            if (!(progress(fulfilment) instanceof FulfilmentProgress.Rejected)) {
                changed = changed.with(
                        fulfilment.fulfilmentId(), new FulfilmentProgress.Rejected(event.reason(), List.of()));
            }
        }
        return changed.change(fullQuantities(event.lines()), LineProgress::ofRejected)
                .withTotal(zeroAmount());
    }

    OrderContents linesCancelled(OrderEvent.OrderLinesCancelled event) {
        OrderContents changed = change(event.lines(), LineProgress::ofCancelled);
        Fulfilment fulfilment = fulfilment(event.fulfilmentId());
        if (fulfilment != null
                && progress(fulfilment) instanceof FulfilmentProgress.Reserved
                && changed.open(fulfilment).isEmpty()) {
            changed = changed.with(event.fulfilmentId(), new FulfilmentProgress.Cancelled());
        }
        return changed.withTotal(total.minus(event.amount()))
                .changeCancellation(
                        event.cancellationId(), cancellation -> cancellation.answered(event.fulfilmentId()));
    }

    /** Cancels all open units and closes all requests for cancellation. */
    OrderContents cancelledWhole() {
        OrderContents changed = this;
        for (Fulfilment fulfilment : requested().fulfilments()) {
            changed = changed.change(open(fulfilment), LineProgress::ofCancelled);
            if (!(progress(fulfilment) instanceof FulfilmentProgress.Rejected)) {
                changed = changed.with(fulfilment.fulfilmentId(), new FulfilmentProgress.Cancelled());
            }
        }
        List<Cancellation> closed =
                cancellations.stream().map(Cancellation::closed).toList();
        return new OrderContents(origin, changed.lines, changed.fulfilments, closed, returnIds, zeroAmount());
    }

    OrderContents handedOver(OrderEvent.FulfilmentHandedOver event) {
        return with(event.fulfilmentId(), new FulfilmentProgress.HandedOver(event.handedOverAt()))
                .change(fullQuantities(event.lines()), units -> new LineProgress(0, 0, units, 0));
    }

    OrderContents returned(String returnId, List<LineQuantity> units) {
        OrderContents changed = change(units, returned -> new LineProgress(0, 0, 0, returned));
        List<String> more = new ArrayList<>(returnIds);
        more.add(returnId);
        return new OrderContents(origin, changed.lines, fulfilments, cancellations, more, total);
    }

    private OrderContents change(List<LineQuantity> units, LongFunction<LineProgress> change) {
        Map<String, LineProgress> changed = new LinkedHashMap<>(lines);
        units.forEach(line ->
                changed.computeIfPresent(line.lineId(), (_, before) -> before.plus(change.apply(line.quantity()))));
        return new OrderContents(origin, changed, fulfilments, cancellations, returnIds, total);
    }

    private static List<LineQuantity> fullQuantities(List<OrderLine> lines) {
        return lines.stream().map(line -> line.units(line.quantity())).toList();
    }
}
