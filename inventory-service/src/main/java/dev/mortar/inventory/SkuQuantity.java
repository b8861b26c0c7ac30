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

    /** One line for each SKU and unit, in the order of their first lines. */
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

    /** These lines, summed, minus the taken ones; lines with 0 or less are dropped. */
    static List<SkuQuantity> minus(List<SkuQuantity> lines, List<SkuQuantity> taken) {
        return summed(lines).stream()
                .map(line -> line.withQuantity(Math.max(0, line.quantity - line.in(taken))))
                .filter(line -> line.quantity > 0)
                .toList();
    }

    /** The quantity of this line's SKU and unit in these lines. */
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
