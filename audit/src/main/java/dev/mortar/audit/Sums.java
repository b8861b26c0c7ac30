package dev.mortar.audit;

import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.returns.ReturnedLine;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Quantities summed by the key of {@link Goods} or by line. Entries that come to 0 are left out, so that equal sums are
 * equal maps.
 */
final class Sums {
    private Sums() {}

    static Map<String, Long> byGoods(List<SkuQuantity> quantities) {
        return sum(quantities, each -> Goods.key(each.getSku(), each.getUnit()), SkuQuantity::getQuantity);
    }

    static Map<String, Long> linesByGoods(Collection<OrderLine> lines) {
        return sum(lines, line -> Goods.key(line.getSku(), line.getUnit()), OrderLine::getQuantity);
    }

    static Map<String, Long> returnedByGoods(Collection<ReturnedLine> lines) {
        return sum(lines, line -> Goods.key(line.getSku(), line.getUnit()), ReturnedLine::getQuantity);
    }

    /** By how much one of the quantities changed. */
    static Map<String, Long> changes(List<StockChange> changes, ToLongFunction<Quantities> which) {
        return sum(
                changes,
                change -> Goods.key(change.getSku(), change.getUnit()),
                change -> which.applyAsLong(change.getChange()));
    }

    /** By how much on hand changed, or would have if a count had not seen it. */
    static Map<String, Long> moved(List<StockChange> changes, List<SkuQuantity> alreadyCounted) {
        var moved = changes(changes, Quantities::getOnHand);
        addAll(moved, byGoods(alreadyCounted), 1);
        return moved;
    }

    /** The same quantities by SKU, whatever their units. */
    static Map<String, Long> inAnyUnit(Map<String, Long> byGoods) {
        return sum(byGoods.entrySet(), entry -> Goods.sku(entry.getKey()), Map.Entry::getValue);
    }

    static Map<String, Long> linesById(Collection<OrderLine> lines) {
        return sum(lines, OrderLine::getLineId, OrderLine::getQuantity);
    }

    static Map<String, Long> pickedByGoods(List<PickupLine> lines) {
        return sum(lines, line -> Goods.key(line.getSku(), line.getUnit()), PickupLine::getQuantity);
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
        quantities.forEach((key, quantity) -> negative.put(key, -quantity));
        return negative;
    }

    /** What is left of the first without the second. */
    static Map<String, Long> without(Map<String, Long> quantities, Map<String, Long> less) {
        if (less.isEmpty()) {
            return quantities;
        }
        var rest = new HashMap<>(quantities);
        addAll(rest, less, -1);
        return rest;
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
