package dev.mortar.audit;

import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.pickup.PickupLine;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Quantities summed by SKU or by line. Entries that come to 0 are left out, so that equal sums are equal maps. */
final class Sums {
    private Sums() {}

    static Map<String, Long> bySku(List<SkuQuantity> quantities) {
        return sum(quantities, SkuQuantity::getSku, SkuQuantity::getQuantity);
    }

    static Map<String, Long> linesBySku(Collection<OrderLine> lines) {
        return sum(lines, OrderLine::getSku, OrderLine::getQuantity);
    }

    static Map<String, Long> linesById(Collection<OrderLine> lines) {
        return sum(lines, OrderLine::getLineId, OrderLine::getQuantity);
    }

    static Map<String, Long> pickedBySku(List<PickupLine> lines) {
        return sum(lines, PickupLine::getSku, PickupLine::getQuantity);
    }

    static Map<String, Long> pickedById(List<PickupLine> lines) {
        return sum(lines, PickupLine::getLineId, PickupLine::getQuantity);
    }

    static Map<String, Long> byId(List<LineQuantity> lines) {
        return sum(lines, LineQuantity::getLineId, LineQuantity::getQuantity);
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

    static void addAll(Map<String, Long> sums, Map<String, Long> more, int sign) {
        more.forEach((key, quantity) -> add(sums, key, sign * quantity));
    }

    static Map<String, Long> negative(Map<String, Long> quantities) {
        var negative = new HashMap<String, Long>();
        quantities.forEach((sku, quantity) -> negative.put(sku, -quantity));
        return negative;
    }

    /** Whether the first has nothing that the second does not have as much of. */
    static boolean within(Map<String, Long> part, Map<String, Long> whole) {
        for (var entry : part.entrySet()) {
            if (entry.getValue() > whole.getOrDefault(entry.getKey(), 0L)) {
                return false;
            }
        }
        return true;
    }

    static long paid(OrderLine line) {
        return line.getUnitPrice().getAmount() * line.getQuantity()
                - line.getDiscount().getAmount()
                + (line.getTaxIncluded() ? 0 : line.getTax().getAmount());
    }

    /** Whether these are the same lines, in whatever order. */
    static boolean sameLines(List<OrderLine> some, List<OrderLine> others) {
        var byId = new HashMap<String, OrderLine>();
        others.forEach(line -> byId.put(line.getLineId(), line));
        return some.size() == byId.size()
                && some.stream().allMatch(line -> isSame(line, byId.remove(line.getLineId())));
    }

    private static boolean isSame(OrderLine one, @Nullable OrderLine other) {
        return other != null
                && one.getSku().equals(other.getSku())
                && one.getQuantity() == other.getQuantity()
                && one.getUnit() == other.getUnit()
                && isSame(one.getUnitPrice(), other.getUnitPrice())
                && isSame(one.getDiscount(), other.getDiscount())
                && isSame(one.getTax(), other.getTax())
                && one.getTaxIncluded() == other.getTaxIncluded()
                && Objects.equals(one.getTitle(), other.getTitle())
                && one.getSerials().equals(other.getSerials())
                && one.getLots().equals(other.getLots())
                && Objects.equals(one.getSellerId(), other.getSellerId());
    }

    private static boolean isSame(Money one, Money other) {
        return one.getAmount() == other.getAmount() && one.getCurrency().equals(other.getCurrency());
    }

    static long paid(Collection<OrderLine> lines) {
        return lines.stream().mapToLong(Sums::paid).sum();
    }
}
