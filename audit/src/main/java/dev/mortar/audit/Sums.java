package dev.mortar.audit;

import dev.mortar.schemas.LinePart;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.order.Fulfilment;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * Quantities summed by line id or by goods. Entries that come to 0 are left out, so that equal sums are equal maps.
 *
 * <p>The key of goods is the SKU, followed by {@code |} and the unit unless that is EACH. No SKU contains a {@code |}.
 * Most goods are counted in EACH, so most keys cost no new string.
 */
final class Sums {
    private Sums() {}

    static String goods(String sku, Unit unit) {
        return unit == Unit.EACH ? sku : sku + '|' + unit;
    }

    /** The goods of a record with a SKU and a unit. */
    static String goods(SpecificRecord line) {
        return goods((String) field(line, "sku"), (Unit) field(line, "unit"));
    }

    static String sku(String goods) {
        int at = goods.indexOf('|');
        return at < 0 ? goods : goods.substring(0, at);
    }

    static Unit unit(String goods) {
        int at = goods.indexOf('|');
        return at < 0 ? Unit.EACH : Unit.valueOf(goods.substring(at + 1));
    }

    private static Object field(SpecificRecord line, String name) {
        return line.get(line.getSchema().getField(name).pos());
    }

    static long quantity(SpecificRecord line) {
        return (Long) field(line, "quantity");
    }

    /** Quantities by line id. */
    static Map<String, Long> byLine(Collection<? extends SpecificRecord> lines) {
        return sum(lines, line -> (String) field(line, "lineId"), Sums::quantity);
    }

    /** Quantities by goods. */
    static Map<String, Long> byGoods(Collection<? extends SpecificRecord> lines) {
        return sum(lines, Sums::goods, Sums::quantity);
    }

    /**
     * The units of an order's lines that leave with a fulfilment; only their lines, SKUs, units and quantities count.
     */
    static List<OrderLine> unitsOf(Fulfilment fulfilment, List<OrderLine> lines) {
        var parts = new HashMap<String, LinePart>();
        fulfilment.getParts().forEach(part -> parts.put(part.getLineId(), part));
        return lines.stream()
                .filter(line -> fulfilment.getLineIds().contains(line.getLineId()))
                .map(line -> {
                    var part = parts.get(line.getLineId());
                    return part == null
                            ? line
                            : OrderLine.newBuilder(line)
                                    .setQuantity(part.getQuantity())
                                    .build();
                })
                .toList();
    }

    /** The change of one of the quantities, by goods. */
    static Map<String, Long> changes(List<StockChange> changes, ToLongFunction<Quantities> which) {
        var sums = new HashMap<String, Long>();
        for (var change : changes) {
            long by = which.applyAsLong(change.getChange());
            if (by != 0) {
                add(sums, goods(change), by);
            }
        }
        return sums;
    }

    /** The change of on hand, plus the movements that a count included already. */
    static Map<String, Long> moved(List<StockChange> changes, List<SkuQuantity> alreadyCounted) {
        return plus(changes(changes, Quantities::getOnHand), byGoods(alreadyCounted));
    }

    /** The same quantities by SKU, whatever their units. */
    static Map<String, Long> inAnyUnit(Map<String, Long> byGoods) {
        return sum(byGoods.entrySet(), entry -> sku(entry.getKey()), Map.Entry::getValue);
    }

    static <T> Map<String, Long> sum(Collection<T> parts, Function<T, String> key, ToLongFunction<T> quantity) {
        var sums = new HashMap<String, Long>();
        parts.forEach(part -> add(sums, key.apply(part), quantity.applyAsLong(part)));
        return sums;
    }

    static void add(Map<String, Long> sums, String key, long quantity) {
        if (quantity != 0) {
            sums.merge(key, quantity, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    static Map<String, Long> plus(Map<String, Long> some, Map<String, Long> more) {
        var sums = new HashMap<>(some);
        more.forEach((key, quantity) -> add(sums, key, quantity));
        return sums;
    }

    static Map<String, Long> minus(Map<String, Long> some, Map<String, Long> less) {
        return less.isEmpty() ? some : plus(some, negative(less));
    }

    static Map<String, Long> negative(Map<String, Long> quantities) {
        return sum(quantities.entrySet(), Map.Entry::getKey, entry -> -entry.getValue());
    }

    /** Whether the whole has at least as much of everything as the part. */
    static boolean within(Map<String, Long> part, Map<String, Long> whole) {
        return part.entrySet().stream().allMatch(entry -> entry.getValue() <= whole.getOrDefault(entry.getKey(), 0L));
    }

    /** The amount that the shopper pays for a line, in minor units. */
    static long paid(OrderLine line) {
        return line.getUnitPrice().getAmount() * line.getQuantity()
                - line.getDiscount().getAmount()
                + (line.getTaxIncluded() ? 0 : line.getTax().getAmount());
    }

    static long paid(Collection<OrderLine> lines) {
        return lines.stream().mapToLong(Sums::paid).sum();
    }

    /** Whether these are the same lines, in any order. */
    static boolean sameLines(List<OrderLine> some, List<OrderLine> others) {
        var byId = new HashMap<String, OrderLine>();
        others.forEach(line -> byId.put(line.getLineId(), line));
        return some.size() == byId.size() && some.stream().allMatch(line -> line.equals(byId.remove(line.getLineId())));
    }
}
