package dev.mortar.audit;

import dev.mortar.schemas.Unit;

/**
 * The key of goods in maps: the SKU, followed by {@code |} and the unit unless that is EACH. No SKU contains a
 * {@code |}. Most goods are counted in EACH, so most keys cost no new string.
 */
final class Goods {
    private static final char SEPARATOR = '|';

    private Goods() {}

    static String key(String sku, Unit unit) {
        return unit == Unit.EACH ? sku : sku + SEPARATOR + unit;
    }

    static String sku(String key) {
        int at = key.indexOf(SEPARATOR);
        return at < 0 ? key : key.substring(0, at);
    }

    static Unit unit(String key) {
        int at = key.indexOf(SEPARATOR);
        return at < 0 ? Unit.EACH : Unit.valueOf(key.substring(at + 1));
    }
}
