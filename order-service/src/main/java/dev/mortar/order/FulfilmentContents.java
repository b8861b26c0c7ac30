package dev.mortar.order;

import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fulfilment of an order with its progress. Immutable.
 *
 * @param parts its units of each of its lines, in the sequence in which the order lists the lines; empty if another
 *     fulfilment has them
 * @param runId the run that chose its location; null if the caller gave the location
 */
record FulfilmentContents(
        Fulfilment fulfilment,
        FulfilmentProgress progress,
        List<Part> parts,
        @Nullable String runId) {

    /**
     * Consecutive units of one line. They end in the sequence of their numbers.
     *
     * @param firstUnit number of the first unit; the units of a line are numbered from 0
     * @param units in the unit of the line
     */
    record Part(String lineId, long firstUnit, long units, LineProgress progress) {

        static Part of(LinePart part) {
            return new Part(part.lineId(), part.firstUnit(), part.quantity(), LineProgress.NONE);
        }

        long open() {
            return units - progress.closed();
        }

        Part plus(LineProgress more) {
            return new Part(lineId, firstUnit, units, progress.plus(more));
        }

        private Part without(long moved) {
            return new Part(lineId, firstUnit, units - moved, progress);
        }

        /** All its units as a line of their own, with their share of discount and tax. */
        OrderLine of(OrderLine line) {
            return line.part(firstUnit, units);
        }

        /** Its next units as a line of their own, with their share of discount and tax. */
        OrderLine next(OrderLine line, long count) {
            return line.part(firstUnit + progress.closed(), count);
        }
    }

    /** A fulfilment as it was placed. */
    static FulfilmentContents of(Fulfilment fulfilment, List<OrderLine> lines) {
        Set<String> lineIds = new HashSet<>(fulfilment.lineIds());
        return new FulfilmentContents(
                fulfilment,
                fulfilment.carriedOut() ? new FulfilmentProgress.Reserved() : new FulfilmentProgress.Waiting(),
                lines.stream()
                        .filter(line -> lineIds.contains(line.lineId()))
                        .map(line -> Part.of(fulfilment.part(line)))
                        .toList(),
                null);
    }

    /** A fulfilment that a run added. */
    static FulfilmentContents added(Fulfilment fulfilment, String runId, boolean hasUnits) {
        return new FulfilmentContents(fulfilment, new FulfilmentProgress.Waiting(), List.of(), runId)
                .withUnits(hasUnits ? fulfilment.parts() : List.of());
    }

    @Nullable
    Part part(String lineId) {
        return parts.stream()
                .filter(part -> part.lineId().equals(lineId))
                .findFirst()
                .orElse(null);
    }

    long open(String lineId) {
        Part part = part(lineId);
        return part == null ? 0 : part.open();
    }

    boolean nothingOpen() {
        return parts.stream().allMatch(part -> part.open() == 0);
    }

    /** Its last units of these lines. They are the ones that move; the first ones end here. */
    List<LinePart> last(List<LineQuantity> units) {
        return units.stream()
                .map(each -> {
                    Part part = Objects.requireNonNull(part(each.lineId()), each::lineId);
                    long first = part.firstUnit() + part.units() - each.quantity();
                    return new LinePart(each.lineId(), each.sku(), each.quantity(), first);
                })
                .toList();
    }

    FulfilmentContents with(FulfilmentProgress newProgress) {
        return new FulfilmentContents(fulfilment, newProgress, parts, runId);
    }

    FulfilmentContents with(Fulfilment newFulfilment) {
        return new FulfilmentContents(newFulfilment, progress, parts, runId);
    }

    FulfilmentContents withUnits(List<LinePart> units) {
        return new FulfilmentContents(
                fulfilment, progress, units.stream().map(Part::of).toList(), runId);
    }

    /** Without its last units of these lines. */
    FulfilmentContents without(List<LinePart> moved) {
        Map<String, Long> byLine = moved.stream().collect(Collectors.toMap(LinePart::lineId, LinePart::quantity));
        List<Part> left = parts.stream()
                .map(part -> part.without(byLine.getOrDefault(part.lineId(), 0L)))
                .filter(part -> part.units() > 0)
                .toList();
        FulfilmentContents changed = new FulfilmentContents(fulfilment, progress, left, runId);
        if (left.isEmpty()) {
            return changed.with(new FulfilmentProgress.Moved());
        }
        return progress instanceof FulfilmentProgress.Reserved && changed.nothingOpen()
                ? changed.with(new FulfilmentProgress.Cancelled())
                : changed;
    }

    /** Adds the progress of these units. */
    FulfilmentContents change(List<LineQuantity> units, LongFunction<LineProgress> change) {
        Map<String, Long> byLine =
                units.stream().collect(Collectors.toMap(LineQuantity::lineId, LineQuantity::quantity, Long::sum));
        return with(part -> {
            Long changed = byLine.get(part.lineId());
            return changed == null ? part : part.plus(change.apply(changed));
        });
    }

    /** The next units of these lines are handed over. */
    FulfilmentContents handedOver(OrderEvent.FulfilmentHandedOver event) {
        List<LinePart> units = event.lines().stream().map(this::next).toList();
        List<LinePart> sent = fulfilment.method() == FulfilmentMethod.DELIVERY ? units : List.of();
        return change(
                        units.stream()
                                .map(part -> new LineQuantity(part.lineId(), part.sku(), part.quantity()))
                                .toList(),
                        LineProgress::ofHandedOver)
                .with(new FulfilmentProgress.HandedOver(event.handedOverAt(), sent, List.of()));
    }

    private LinePart next(OrderLine units) {
        Part part = Objects.requireNonNull(part(units.lineId()), units::lineId);
        return new LinePart(
                units.lineId(),
                units.sku(),
                units.quantity(),
                part.firstUnit() + part.progress().closed());
    }

    FulfilmentContents ended(ParcelEnd parcel) {
        return progress instanceof FulfilmentProgress.HandedOver handedOver ? with(handedOver.and(parcel)) : this;
    }

    /** Adds the progress of all its open units. */
    FulfilmentContents changeOpen(LongFunction<LineProgress> change) {
        return with(part -> part.plus(change.apply(part.open())));
    }

    private FulfilmentContents with(UnaryOperator<Part> change) {
        return new FulfilmentContents(
                fulfilment, progress, parts.stream().map(change).toList(), runId);
    }
}
