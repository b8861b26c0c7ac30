package dev.mortar.audit;

import dev.mortar.schemas.LinePart;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.Fulfilment;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The places of an order's units: fulfilments, and runs that look for a location. The units of a line are numbered from
 * 0, and those of one place follow each other. They are handed over or cancelled in the sequence of their numbers.
 */
final class Places {
    /** Of an order that has ended. */
    static final Places NONE = new Places(List.of());

    private final List<OrderLine> lines;
    /** By id of the fulfilment or run, then by line. */
    private final Map<String, Map<String, Units>> places = new LinkedHashMap<>(2);

    Places(List<OrderLine> lines) {
        this.lines = lines;
    }

    /** Units of one line in one place. */
    private static final class Units {
        private final String sku;
        private long first;
        private long count;
        private long ended;

        Units(LinePart part) {
            sku = part.getSku();
            first = part.getFirstUnit();
            count = part.getQuantity();
        }

        long open() {
            return count - ended;
        }

        /** Takes units away from one end; false if they are not open there. */
        boolean take(LinePart part) {
            boolean isFirst = ended == 0 && part.getFirstUnit() == first;
            boolean isLast = part.getFirstUnit() + part.getQuantity() == first + count;
            if (part.getQuantity() <= 0 || part.getQuantity() > open() || !(isFirst || isLast)) {
                return false;
            }
            first += isLast ? 0 : part.getQuantity();
            count -= part.getQuantity();
            return true;
        }
    }

    void put(Fulfilment fulfilment) {
        put(
                fulfilment.getFulfilmentId(),
                lines.stream()
                        .flatMap(line -> Stream.ofNullable(part(fulfilment, line)))
                        .toList());
    }

    void put(String place, List<LinePart> parts) {
        var units = places.computeIfAbsent(place, _ -> new HashMap<>(2));
        parts.forEach(part -> units.put(part.getLineId(), new Units(part)));
    }

    /** The units of a line that leave with a fulfilment; null if it has none. */
    private static @Nullable LinePart part(Fulfilment fulfilment, OrderLine line) {
        if (!fulfilment.getLineIds().contains(line.getLineId())) {
            return null;
        }
        return fulfilment.getParts().stream()
                .filter(part -> part.getLineId().equals(line.getLineId()))
                .findFirst()
                .orElseGet(() -> new LinePart(line.getLineId(), line.getSku(), line.getQuantity(), 0L));
    }

    /** Moves open units; false if the first place does not have all of them at one end. */
    boolean move(@Nullable String from, String to, List<LinePart> parts) {
        boolean areThere = true;
        for (var part : parts) {
            var units = units(from, part.getLineId());
            areThere &= units != null && units.take(part);
        }
        put(to, parts);
        return areThere;
    }

    /** Whether these are all the open units of a place. */
    boolean areAll(@Nullable String place, List<LinePart> parts) {
        return parts.stream().allMatch(part -> {
                    var units = units(place, part.getLineId());
                    return units != null
                            && part.getQuantity() == units.open()
                            && part.getFirstUnit() == units.first + units.ended;
                })
                && Sums.byLine(parts).equals(open(place));
    }

    void keep(Collection<String> ids) {
        places.keySet().retainAll(ids);
    }

    Set<String> ids() {
        return places.keySet();
    }

    private @Nullable Units units(@Nullable String place, String lineId) {
        return places.getOrDefault(place, Map.of()).get(lineId);
    }

    private @Nullable OrderLine line(String lineId) {
        var its = lines.stream().filter(each -> each.getLineId().equals(lineId));
        return its.findFirst().orElse(null);
    }

    /** Units of a line in a place that are neither handed over nor cancelled. */
    long open(String place, String lineId) {
        var units = units(place, lineId);
        return units == null ? 0 : units.open();
    }

    /** The same by line. */
    Map<String, Long> open(@Nullable String place) {
        var its = places.getOrDefault(place, Map.of()).entrySet();
        return Sums.sum(its, Map.Entry::getKey, each -> each.getValue().open());
    }

    /** The same of all places together. */
    Map<String, Long> open() {
        return places.keySet().stream().map(this::open).reduce(Map.of(), Sums::plus);
    }

    boolean nothingOpen(String place) {
        return open(place).isEmpty();
    }

    /** Whether a place never had units, or has given all of them away. */
    boolean isEmpty(String place) {
        return places.getOrDefault(place, Map.of()).values().stream().allMatch(units -> units.count == 0);
    }

    /** Ends the next units of a place. */
    void close(String place, Map<String, Long> byLine) {
        byLine.forEach((lineId, count) -> {
            var units = units(place, lineId);
            if (units != null) {
                units.ended += count;
            }
        });
    }

    /** Whether the units of each line do not overlap and are the line together. */
    boolean coverLines() {
        return lines.stream().allMatch(line -> {
            var next = new AtomicLong();
            return places.values().stream()
                            .map(each -> each.get(line.getLineId()))
                            .filter(Objects::nonNull)
                            .sorted(Comparator.comparingLong(units -> units.first))
                            .allMatch(units -> units.count > 0
                                    && units.sku.equals(line.getSku())
                                    && units.first == next.getAndAdd(units.count))
                    && next.get() == line.getQuantity();
        });
    }

    /** All units of these places as order lines. Parts of one line are one line with the shares of its units. */
    List<OrderLine> linesOf(Collection<String> ids) {
        return lines.stream()
                .flatMap(line -> ids.stream()
                        .map(id -> units(id, line.getLineId()))
                        .filter(units -> units != null && units.count > 0)
                        .map(units -> share(line, units.first, units.count))
                        .reduce(Places::together)
                        .map(units -> units.getQuantity() == line.getQuantity() ? line : units)
                        .stream())
                .toList();
    }

    /** Some units as order lines with their shares. */
    List<OrderLine> shares(List<LinePart> parts) {
        return parts.stream()
                .flatMap(part -> Stream.ofNullable(line(part.getLineId()))
                        .filter(line -> part.getFirstUnit() + part.getQuantity() <= line.getQuantity())
                        .map(line -> share(line, part.getFirstUnit(), part.getQuantity())))
                .toList();
    }

    private static OrderLine together(OrderLine some, OrderLine more) {
        return OrderLine.newBuilder(some)
                .setQuantity(some.getQuantity() + more.getQuantity())
                .setDiscount(plus(some.getDiscount(), more.getDiscount()))
                .setTax(plus(some.getTax(), more.getTax()))
                .build();
    }

    private static Money plus(Money some, Money more) {
        return new Money(some.getAmount() + more.getAmount(), some.getCurrency());
    }

    /** Whether some units of a line leave a place next at its price, with their share of its discount and tax. */
    boolean isShare(String place, OrderLine part) {
        var line = line(part.getLineId());
        var next = next(place, part.getLineId(), part.getQuantity());
        return line != null
                && next != null
                && part.getSku().equals(line.getSku())
                && part.getUnit() == line.getUnit()
                && part.getUnitPrice().equals(line.getUnitPrice())
                && part.getTaxIncluded() == line.getTaxIncluded()
                && part.getDiscount().equals(next.getDiscount())
                && part.getTax().equals(next.getTax());
    }

    /** The amount for the units that leave a place or are cancelled next; those that are not open cost nothing. */
    long paid(String place, Map<String, Long> byLine) {
        return byLine.entrySet().stream()
                .flatMap(each -> Stream.ofNullable(next(place, each.getKey(), each.getValue())))
                .mapToLong(Sums::paid)
                .sum();
    }

    private @Nullable OrderLine next(String place, String lineId, long count) {
        var line = line(lineId);
        var units = units(place, lineId);
        return line == null || units == null || count <= 0 || count > units.open()
                ? null
                : share(line, units.first + units.ended, count);
    }

    private static OrderLine share(OrderLine line, long firstUnit, long units) {
        boolean isWhole = units == line.getQuantity();
        return isWhole
                ? line
                : OrderLine.newBuilder(line)
                        .setQuantity(units)
                        .setDiscount(share(line, line.getDiscount(), firstUnit, units))
                        .setTax(share(line, line.getTax(), firstUnit, units))
                        .setSerials(List.of())
                        .setLots(List.of())
                        .build();
    }

    private static Money share(OrderLine line, Money whole, long firstUnit, long units) {
        var share = new dev.mortar.values.Money(whole.getAmount(), whole.getCurrency())
                .share(firstUnit, firstUnit + units, line.getQuantity());
        return new Money(share.amount(), share.currency());
    }
}
