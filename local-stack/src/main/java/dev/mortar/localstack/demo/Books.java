package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The demo's books per location and SKU: acknowledged changes, compared with the figures the APIs show. Thread-safe.
 */
public final class Books {
    /** A kind of change. */
    enum Entry {
        /** On hand before the demo. */
        FOUND_BEFORE(1, 0),
        RECEIVED(1, 0),
        /** Corrected, up or down. */
        ADJUSTED(1, 0),
        /** Handed over, carried out or sold. */
        GONE(-1, 0),
        /** Not found when it was picked. */
        MISSING(-1, 0),
        RESTOCKED(1, 0),
        DAMAGED_BEFORE(0, 1),
        /** Came back unfit for sale, or became so on the shelf. */
        DAMAGED(0, 1);

        private final int onHand;
        private final int damaged;

        Entry(int onHand, int damaged) {
            this.onHand = onHand;
            this.damaged = damaged;
        }
    }

    /** A SKU at a location. */
    record Place(String locationId, String sku) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::locationId).thenComparing(Place::sku);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** The figures of inventory-service for a SKU at a location. */
    record Figure(long onHand, long committed, long held, long safetyStock, long damaged) {
        static final Figure NONE = new Figure(0, 0, 0, 0, 0);

        static Figure of(JsonNode stock) {
            return new Figure(
                    stock.path("onHand").asLong(),
                    stock.path("committed").asLong(),
                    stock.path("held").asLong(),
                    stock.path("safetyStock").asLong(),
                    stock.path("damaged").asLong());
        }

        Figure plus(Figure other) {
            return new Figure(
                    onHand + other.onHand,
                    committed + other.committed,
                    held + other.held,
                    safetyStock + other.safetyStock,
                    damaged + other.damaged);
        }
    }

    private static final Duration SHOWN_WITHIN = Duration.ofMinutes(5);

    private final Api api;
    private final List<String> locationIds;
    private final SortedMap<Place, EnumMap<Entry, Long>> entries = new TreeMap<>();
    private final SortedMap<Place, Figure> before = new TreeMap<>();

    /** Books that begin with the present stock of the locations. */
    Books(Api api, List<String> locationIds) {
        this.api = api;
        this.locationIds = List.copyOf(locationIds);
        before.putAll(shown());
        before.forEach((place, figure) -> {
            enter(place.locationId(), place.sku(), Entry.FOUND_BEFORE, figure.onHand());
            enter(place.locationId(), place.sku(), Entry.DAMAGED_BEFORE, figure.damaged());
        });
    }

    synchronized void enter(String locationId, String sku, Entry entry, long quantity) {
        EnumMap<Entry, Long> here =
                entries.computeIfAbsent(new Place(locationId, sku), _ -> new EnumMap<>(Entry.class));
        if (quantity != 0) {
            here.merge(entry, quantity, Long::sum);
        }
    }

    synchronized long sum(Entry entry) {
        return entries.values().stream()
                .mapToLong(of -> of.getOrDefault(entry, 0L))
                .sum();
    }

    synchronized int size() {
        return entries.size();
    }

    SortedMap<Place, Figure> shown() {
        SortedMap<Place, Figure> shown = new TreeMap<>();
        for (String locationId : locationIds) {
            String next = "/v1/locations/" + Api.segment(locationId) + "/stock?limit=1000";
            while (next != null) {
                // A location that was registered just now may not be shown yet.
                JsonNode page = api.awaitKnown(SHOWN_WITHIN, "inventory", next, 0);
                for (JsonNode stock : page.path("stock")) {
                    shown.put(new Place(locationId, stock.path("sku").asString()), Figure.of(stock));
                }
                next = page.path("next").isString() ? page.path("next").asString() : null;
            }
        }
        return shown;
    }

    /** Where the books and the figures differ, each in a sentence. */
    synchronized List<String> differences(SortedMap<Place, Figure> shown) {
        List<String> differences = new ArrayList<>();
        SortedMap<Place, EnumMap<Entry, Long>> all = new TreeMap<>(entries);
        shown.keySet().forEach(place -> all.putIfAbsent(place, new EnumMap<>(Entry.class)));
        all.forEach((place, entered) -> {
            Figure figure = shown.getOrDefault(place, Figure.NONE);
            Figure earlier = before.getOrDefault(place, Figure.NONE);
            long onHand = 0;
            long damaged = 0;
            for (Map.Entry<Entry, Long> each : entered.entrySet()) {
                onHand += each.getKey().onHand * each.getValue();
                damaged += each.getKey().damaged * each.getValue();
            }
            String where = place.locationId() + " " + place.sku() + ": ";
            if (onHand != figure.onHand()) {
                differences.add(where + figure.onHand() + " on hand, should be " + onHand + " " + entered);
            }
            if (damaged != figure.damaged()) {
                differences.add(where + figure.damaged() + " damaged, should be " + damaged);
            }
            // Nothing of this run is open any more; an earlier run may have left something behind.
            if (figure.committed() > earlier.committed()) {
                differences.add(where + figure.committed() + " committed, and no order is open");
            }
            if (figure.held() > earlier.held()) {
                differences.add(where + figure.held() + " held, and there is no cart");
            }
        });
        return differences;
    }
}
