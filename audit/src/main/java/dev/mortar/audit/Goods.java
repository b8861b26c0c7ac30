package dev.mortar.audit;

import dev.mortar.schemas.Unit;

/**
 * The key of goods in maps: the SKU, with {@code |} and the unit behind it unless that is EACH. No SKU has a {@code |}
 * in it, and most goods are counted in EACH, so that most keys are there already.
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
