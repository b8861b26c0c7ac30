package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was ordered and how far each line and fulfilment has come. Immutable.
 *
 * @param placed the order as it was placed
 * @param lines progress by line id
 * @param fulfilments progress by fulfilment id
 * @param cancellations requests for cancellation, oldest first
 * @param returnIds returns that were accepted, oldest first
 * @param total what the shopper pays for the lines the order stands by
 */
record Contents(
        OrderEvent.OrderPlaced placed,
        Map<String, LineProgress> lines,
        Map<String, FulfilmentProgress> fulfilments,
        List<Cancellation> cancellations,
        List<String> returnIds,
        Money total) {

    /** Quantities of one line, in its unit. What is none of rejected, cancelled and handed over is open. */
    record LineProgress(long rejected, long cancelled, long handedOver, long returned) {
        static final LineProgress NONE = new LineProgress(0, 0, 0, 0);

        /** Units that are not open any more. */
        long gone() {
            return rejected + cancelled + handedOver;
        }
    }

    Contents {
        lines = Collections.unmodifiableMap(new LinkedHashMap<>(lines));
        fulfilments = Collections.unmodifiableMap(new LinkedHashMap<>(fulfilments));
        cancellations = List.copyOf(cancellations);
        returnIds = List.copyOf(returnIds);
    }

    static Contents of(OrderEvent.OrderPlaced placed) {
        Map<String, LineProgress> lines = new LinkedHashMap<>();
        placed.lines().forEach(line -> lines.put(line.lineId(), LineProgress.NONE));
        Map<String, FulfilmentProgress> fulfilments = new LinkedHashMap<>();
        placed.fulfilments()
                .forEach(fulfilment -> fulfilments.put(
                        fulfilment.fulfilmentId(),
                        fulfilment.carriedOut() ? new FulfilmentProgress.Reserved() : new FulfilmentProgress.Waiting()));
        return new Contents(placed, lines, fulfilments, List.of(), List.of(), placed.total());
    }

    // What can be asked of it.

    String orderId() {
        return placed.orderId();
    }

    Instant placedAt() {
        return placed.placedAt();
    }

    @Nullable
    OrderLine line(String lineId) {
        return placed.lines().stream()
                .filter(line -> line.lineId().equals(lineId))
                .findFirst()
                .orElse(null);
    }

    @Nullable
    Fulfilment fulfilment(String fulfilmentId) {
        return placed.fulfilments().stream()
                .filter(fulfilment -> fulfilment.fulfilmentId().equals(fulfilmentId))
                .findFirst()
                .orElse(null);
    }

    /** The fulfilment a line of this order leaves with. */
    Fulfilment fulfilmentOf(OrderLine line) {
        return placed.fulfilments().stream()
                .filter(fulfilment -> fulfilment.lineIds().contains(line.lineId()))
                .findFirst()
                .orElseThrow();
    }

    LineProgress progress(OrderLine line) {
        LineProgress progress = lines.get(line.lineId());
        if (progress == null) {
            throw new IllegalArgumentException("order " + orderId() + " has no line " + line.lineId());
        }
        return progress;
    }

    FulfilmentProgress progress(Fulfilment fulfilment) {
        FulfilmentProgress progress = fulfilments.get(fulfilment.fulfilmentId());
        if (progress == null) {
            throw new IllegalArgumentException("order " + orderId() + " has no " + fulfilment.fulfilmentId());
        }
        return progress;
    }

    /** Lines of these fulfilments, in the order they were placed in. */
    List<OrderLine> linesOf(List<Fulfilment> some) {
        Set<String> lineIds = some.stream()
                .flatMap(fulfilment -> fulfilment.lineIds().stream())
                .collect(Collectors.toSet());
        return placed.lines().stream()
                .filter(line -> lineIds.contains(line.lineId()))
                .toList();
    }

    List<Fulfilment> fulfilmentsThat(Predicate<Fulfilment> condition) {
        return placed.fulfilments().stream().filter(condition).toList();
    }

    List<Fulfilment> fulfilmentsThatAre(Class<? extends FulfilmentProgress> progress) {
        return fulfilmentsThat(fulfilment -> progress.isInstance(progress(fulfilment)));
    }

    /** Units of a line that are neither handed over nor ended otherwise. */
    long open(OrderLine line) {
        return line.quantity() - progress(line).gone();
    }

    /** What is open of a fulfilment; empty when nothing is. */
    List<LineQuantity> open(Fulfilment fulfilment) {
        return quantities(linesOf(List.of(fulfilment)).stream(), this::open);
    }

    boolean nothingOpen() {
        return placed.lines().stream().allMatch(line -> open(line) == 0);
    }

    boolean anyHandedOver() {
        return lines.values().stream().anyMatch(progress -> progress.handedOver() > 0);
    }

    List<LineQuantity> handedOver() {
        return quantities(placed.lines().stream(), line -> progress(line).handedOver());
    }

    List<LineQuantity> cancelled() {
        return quantities(placed.lines().stream(), line -> progress(line).cancelled());
    }

    @Nullable
    Cancellation cancellation(String cancellationId) {
        return cancellations.stream()
                .filter(cancellation -> cancellation.cancellationId().equals(cancellationId))
                .findFirst()
                .orElse(null);
    }

    /** Open units of a line that no request for cancellation waits for. */
    long cancellable(OrderLine line) {
        long waitedFor = cancellations.stream()
                .flatMap(cancellation -> cancellation.waiting().stream())
                .flatMap(part -> part.lines().stream())
                .filter(part -> part.lineId().equals(line.lineId()))
                .mapToLong(LineQuantity::quantity)
                .sum();
        return Math.max(0, open(line) - waitedFor);
    }

    /** The line that ends when these units do, with its share of discount and tax. */
    OrderLine part(LineQuantity units) {
        OrderLine line = line(units.lineId());
        if (line == null) {
            throw new IllegalArgumentException("order " + orderId() + " has no line " + units.lineId());
        }
        return line.part(progress(line).gone(), units.quantity());
    }

    Money amount(List<LineQuantity> units) {
        return units.stream().map(this::part).map(OrderLine::total).reduce(noMoney(), Money::plus);
    }

    Money noMoney() {
        return Money.zero(total.currency());
    }

    private static List<LineQuantity> quantities(Stream<OrderLine> lines, ToLongFunction<OrderLine> quantity) {
        return lines.filter(line -> quantity.applyAsLong(line) > 0)
                .map(line -> line.units(quantity.applyAsLong(line)))
                .toList();
    }

    // How it changes.

    Contents with(String fulfilmentId, FulfilmentProgress progress) {
        Map<String, FulfilmentProgress> changed = new LinkedHashMap<>(fulfilments);
        changed.replace(fulfilmentId, progress);
        return new Contents(placed, lines, changed, cancellations, returnIds, total);
    }

    Contents with(Cancellation cancellation) {
        List<Cancellation> more = new ArrayList<>(cancellations);
        more.add(cancellation);
        return new Contents(placed, lines, fulfilments, more, returnIds, total);
    }

    Contents withTotal(Money newTotal) {
        return new Contents(placed, lines, fulfilments, cancellations, returnIds, newTotal);
    }

    /** Lines that all requests for cancellation name. */
    long linesInCancellations() {
        return cancellations.stream()
                .flatMap(cancellation -> cancellation.asked().stream())
                .mapToLong(part -> part.lines().size())
                .sum();
    }

    Contents changeCancellation(@Nullable String cancellationId, UnaryOperator<Cancellation> change) {
        List<Cancellation> changed = cancellations.stream()
                .map(cancellation -> cancellation.cancellationId().equals(cancellationId)
                        ? change.apply(cancellation)
                        : cancellation)
                .toList();
        return new Contents(placed, lines, fulfilments, changed, returnIds, total);
    }

    Contents confirmed(OrderEvent.OrderConfirmed event) {
        Contents changed = this;
        for (Fulfilment fulfilment : event.fulfilments()) {
            changed = changed.with(fulfilment.fulfilmentId(), new FulfilmentProgress.Reserved());
        }
        return changed.change(whole(event.rejectedLines()), Contents::addRejected)
                .withTotal(event.total());
    }

    Contents rejected(OrderEvent.OrderRejected event) {
        Contents changed = this;
        for (Fulfilment fulfilment : placed.fulfilments()) {
            if (!(progress(fulfilment) instanceof FulfilmentProgress.Rejected)) {
                changed =
                        changed.with(fulfilment.fulfilmentId(), new FulfilmentProgress.Rejected(event.reason(), List.of()));
            }
        }
        return changed.change(whole(event.lines()), Contents::addRejected).withTotal(noMoney());
    }

    Contents linesCancelled(OrderEvent.OrderLinesCancelled event) {
        Contents changed = change(event.lines(), Contents::addCancelled);
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

    /** Everything that is still open is cancelled, and no answer is waited for any more. */
    Contents cancelledWhole() {
        Contents changed = this;
        for (Fulfilment fulfilment : placed.fulfilments()) {
            changed = changed.change(open(fulfilment), Contents::addCancelled);
            if (!(progress(fulfilment) instanceof FulfilmentProgress.Rejected)) {
                changed = changed.with(fulfilment.fulfilmentId(), new FulfilmentProgress.Cancelled());
            }
        }
        List<Cancellation> over = cancellations.stream().map(Cancellation::over).toList();
        return new Contents(placed, changed.lines, changed.fulfilments, over, returnIds, noMoney());
    }

    Contents handedOver(OrderEvent.FulfilmentHandedOver event) {
        return with(event.fulfilmentId(), new FulfilmentProgress.HandedOver(event.handedOverAt()))
                .change(whole(event.lines()), Contents::addHandedOver);
    }

    Contents returned(OrderEvent.OrderReturned event) {
        Contents changed = change(event.lines(), Contents::addReturned);
        List<String> more = new ArrayList<>(returnIds);
        more.add(event.returnId());
        return new Contents(placed, changed.lines, fulfilments, cancellations, more, total);
    }

    private interface Change {
        LineProgress of(LineProgress before, long units);
    }

    private Contents change(List<LineQuantity> units, Change change) {
        Map<String, LineProgress> changed = new LinkedHashMap<>(lines);
        units.forEach(some ->
                changed.computeIfPresent(some.lineId(), (lineId, before) -> change.of(before, some.quantity())));
        return new Contents(placed, changed, fulfilments, cancellations, returnIds, total);
    }

    private static List<LineQuantity> whole(List<OrderLine> lines) {
        return lines.stream().map(line -> line.units(line.quantity())).toList();
    }

    private static LineProgress addRejected(LineProgress before, long units) {
        return new LineProgress(before.rejected + units, before.cancelled, before.handedOver, before.returned);
    }

    private static LineProgress addCancelled(LineProgress before, long units) {
        return new LineProgress(before.rejected, before.cancelled + units, before.handedOver, before.returned);
    }

    private static LineProgress addHandedOver(LineProgress before, long units) {
        return new LineProgress(before.rejected, before.cancelled, before.handedOver + units, before.returned);
    }

    private static LineProgress addReturned(LineProgress before, long units) {
        return new LineProgress(before.rejected, before.cancelled, before.handedOver, before.returned + units);
    }
}
