package dev.mortar.audit;

import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Quantities summed by line id or by the key of {@link Goods}. Entries that come to 0 are left out, so that equal sums
 * are equal maps.
 */
final class Sums {
    private static final ClassValue<Fields> FIELDS = new ClassValue<>() {
        @Override
        protected Fields computeValue(Class<?> type) {
            var schema = SpecificData.get().getSchema(type);
            return new Fields(
                    Fields.position(schema, "lineId"),
                    Fields.position(schema, "sku"),
                    Fields.position(schema, "unit"),
                    Fields.position(schema, "quantity"));
        }
    };

    private Sums() {}

    /** Positions of the fields that lines of all services share; -1 for those that a type does not have. */
    private record Fields(int lineId, int sku, int unit, int quantity) {
        static int position(Schema schema, String name) {
            var field = schema.getField(name);
            return field == null ? -1 : field.pos();
        }
    }

    /** Quantities by line id. */
    static Map<String, Long> byLine(Collection<? extends SpecificRecord> lines) {
        return sum(lines, line -> (String) line.get(FIELDS.get(line.getClass()).lineId), Sums::quantity);
    }

    /** Quantities by goods. */
    static Map<String, Long> byGoods(Collection<? extends SpecificRecord> lines) {
        return sum(lines, Sums::goods, Sums::quantity);
    }

    /** The goods of a record with a SKU and a unit. */
    static String goods(SpecificRecord line) {
        var fields = FIELDS.get(line.getClass());
        return Goods.key((String) line.get(fields.sku), (Unit) line.get(fields.unit));
    }

    private static long quantity(SpecificRecord line) {
        return (Long) line.get(FIELDS.get(line.getClass()).quantity);
    }

    /** The change of one of the quantities, by goods. */
    static Map<String, Long> changes(List<StockChange> changes, ToLongFunction<Quantities> which) {
        return sum(changes, Sums::goods, change -> which.applyAsLong(change.getChange()));
    }

    /** The change of on hand, plus the movements that a count included already. */
    static Map<String, Long> moved(List<StockChange> changes, List<SkuQuantity> alreadyCounted) {
        return plus(changes(changes, Quantities::getOnHand), byGoods(alreadyCounted));
    }

    /** The same quantities by SKU, whatever their units. */
    static Map<String, Long> inAnyUnit(Map<String, Long> byGoods) {
        return sum(byGoods.entrySet(), entry -> Goods.sku(entry.getKey()), Map.Entry::getValue);
    }

    static <T> Map<String, Long> sum(Collection<T> parts, Function<T, String> key, ToLongFunction<T> quantity) {
        var sums = new HashMap<String, Long>();
        for (var part : parts) {
            add(sums, key.apply(part), quantity.applyAsLong(part));
        }
        return sums;
    }

    static void add(Map<String, Long> sums, String key, long quantity) {
        long sum = sums.getOrDefault(key, 0L) + quantity;
        if (sum == 0) {
            sums.remove(key);
        } else {
            sums.put(key, sum);
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
        var negative = new HashMap<String, Long>();
        quantities.forEach((key, quantity) -> negative.put(key, -quantity));
        return negative;
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
