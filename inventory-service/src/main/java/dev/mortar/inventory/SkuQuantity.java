package dev.mortar.inventory;

import dev.mortar.values.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A quantity of one SKU. */
record SkuQuantity(String sku, long quantity, Unit unit) {

    static SkuQuantity each(String sku, long quantity) {
        return new SkuQuantity(sku, quantity, Unit.EACH);
    }

    SkuQuantity withQuantity(long other) {
        return new SkuQuantity(sku, other, unit);
    }

    /** Lines of one SKU and unit together, in the order in which each SKU comes first. */
    static List<SkuQuantity> summed(List<SkuQuantity> lines) {
        Set<String> skus = HashSet.newHashSet(lines.size());
        if (lines.stream().allMatch(line -> skus.add(line.sku))) {
            return List.copyOf(lines);
        }
        record SkuAndUnit(String sku, Unit unit) {}
        Map<SkuAndUnit, Long> sums = new LinkedHashMap<>();
        for (SkuQuantity line : lines) {
            sums.merge(new SkuAndUnit(line.sku, line.unit), line.quantity, Math::addExact);
        }
        List<SkuQuantity> summed = new ArrayList<>(sums.size());
        sums.forEach((key, quantity) -> summed.add(new SkuQuantity(key.sku, quantity, key.unit)));
        return List.copyOf(summed);
    }

    /** The quantities of these lines that remain, summed, after others are subtracted; never below 0. */
    static List<SkuQuantity> less(List<SkuQuantity> lines, List<SkuQuantity> taken) {
        return summed(lines).stream()
                .map(line -> line.withQuantity(Math.max(0, line.quantity - line.in(taken))))
                .filter(line -> line.quantity > 0)
                .toList();
    }

    /** All of this line's SKU in these lines that is in its unit. */
    long in(List<SkuQuantity> lines) {
        long sum = 0;
        for (SkuQuantity line : lines) {
            if (line.unit == unit && line.sku.equals(sku)) {
                sum += line.quantity;
            }
        }
        return sum;
    }
}
