package dev.mortar.audit;

import java.util.HashMap;
import java.util.Map;

/** Names that many aggregates keep, such as SKUs: one object for each instead of one for each event. */
final class Names {
    private static final int NAMES_MAX = 1 << 20;

    private final Map<String, String> names = new HashMap<>();

    /** The same name, of which few copies are kept. */
    String shared(String name) {
        var known = names.get(name);
        if (known == null && names.size() < NAMES_MAX) {
            names.put(name, name);
        }
        return known == null ? name : known;
    }
}
