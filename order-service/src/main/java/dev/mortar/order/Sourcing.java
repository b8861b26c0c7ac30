package dev.mortar.order;

import dev.mortar.order.SourcingRules.Fence;
import dev.mortar.order.SourcingRules.Figure;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the locations that units of an order leave from. Of all locations, the nearest are looked at; those that pass
 * every fence are rated; the fewest of them that have all the units are chosen, and among equally many the least
 * penalty. It is pure and counts in whole numbers: the same input always gives the same plan.
 */
final class Sourcing {

    /** At most so many locations are looked at, the nearest first. */
    static final int NEAREST_MAX = 500;

    /** At most so many locations that pass the fences are combined, the least penalty first. */
    static final int COMBINED_MAX = 20;

    /** At most so many candidates are kept in a plan. */
    static final int CANDIDATES_MAX = 50;

    private static final Comparator<Candidate> BY_SCORE = Comparator.comparingLong(Candidate::score)
            .thenComparing(each -> each.place().readyAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(each -> each.place().locationId());

    private Sourcing() {}

    /**
     * The units to source.
     *
     * @param splitMax at most so many locations
     * @param latestReadyAt last instant at which the goods may be ready, or null
     * @param excluded locations that must not be chosen
     */
    record Demand(
            FulfilmentMethod method,
            List<LinePart> parts,
            int splitMax,
            @Nullable Instant latestReadyAt,
            Set<String> excluded) {

        private Map<String, Long> unitsBySku() {
            return parts.stream()
                    .collect(Collectors.toMap(LinePart::sku, LinePart::quantity, Long::sum, LinkedHashMap::new));
        }
    }

    /**
     * A location as it is now.
     *
     * @param distanceMetres to the shopper
     * @param available units that can be sold to this order, by SKU
     * @param sequences of the location's events after which it had them, by SKU
     * @param hasCapacity false if no slot has a place left
     * @param readyAt end of the first slot with a place left; null if the location promises no time
     * @param seenAt time at which its stock last changed
     */
    record Place(
            String locationId,
            Set<FulfilmentMethod> methods,
            boolean onlineEnabled,
            long distanceMetres,
            Map<String, Long> available,
            Map<String, Long> sequences,
            boolean hasCapacity,
            @Nullable Instant readyAt,
            Instant seenAt) {}

    enum Verdict {
        CHOSEN,
        OUTRANKED,
        FENCED
    }

    /**
     * A location that was looked at.
     *
     * @param failed the first fence that it did not pass; null if it passed all
     * @param penalties by rated figure; empty if it is fenced
     * @param score sum of the penalties
     */
    record Candidate(Place place, @Nullable Fence failed, Map<Figure, Long> penalties, long score, Verdict verdict) {

        private Candidate chosen() {
            return new Candidate(place, failed, penalties, score, Verdict.CHOSEN);
        }
    }

    /** The units that leave from one location. */
    record Share(String locationId, @Nullable Instant readyAt, List<LinePart> parts) {}

    /**
     * A plan.
     *
     * @param candidates the best first, then the nearest of those that are fenced
     * @param leftOut number of locations by the fence that they did not pass
     * @param shares empty if no locations together have all the units
     * @param score penalties of the chosen locations, and of their number; 0 without any
     */
    record Plan(List<Candidate> candidates, Map<Fence, Long> leftOut, List<Share> shares, long score) {}

    static Plan plan(Demand demand, List<Place> places, SourcingRules rules, Instant now) {
        List<Candidate> all = places.stream()
                .sorted(Comparator.comparingLong(Place::distanceMetres).thenComparing(Place::locationId))
                .limit(NEAREST_MAX)
                .map(place -> candidate(demand, place, rules, now))
                .toList();
        List<Candidate> passed = all.stream()
                .filter(each -> each.failed() == null)
                .sorted(BY_SCORE)
                .toList();
        List<Candidate> combined = passed.stream().limit(COMBINED_MAX).toList();
        List<Candidate> chosen = choose(demand, combined);
        Map<Fence, Long> leftOut = new EnumMap<>(Fence.class);
        all.stream()
                .map(Candidate::failed)
                .filter(Objects::nonNull)
                .forEach(fence -> leftOut.merge(fence, 1L, Long::sum));
        List<Candidate> kept = Stream.concat(
                        passed.stream().map(each -> chosen.contains(each) ? each.chosen() : each),
                        all.stream().filter(each -> each.failed() != null))
                .limit(CANDIDATES_MAX)
                .toList();
        if (chosen.isEmpty()) {
            return new Plan(kept, leftOut, List.of(), 0);
        }
        long score = Best.sum(chosen, Candidate::score) + rules.penalty(Figure.SPLIT, chosen.size() - 1L);
        return new Plan(kept, leftOut, shares(demand, chosen), score);
    }

    private static Candidate candidate(Demand demand, Place place, SourcingRules rules, Instant now) {
        Fence failed = failed(demand, place, rules, now);
        if (failed != null) {
            return new Candidate(place, failed, Map.of(), 0, Verdict.FENCED);
        }
        Map<Figure, Long> penalties = new EnumMap<>(Figure.class);
        penalties.put(Figure.DISTANCE, rules.penalty(Figure.DISTANCE, place.distanceMetres()));
        penalties.put(Figure.READY_AT, rules.penalty(Figure.READY_AT, minutes(now, place.readyAt())));
        penalties.put(Figure.STOCK_LEFT, rules.penalty(Figure.STOCK_LEFT, stockLeft(demand, place)));
        long score = penalties.values().stream().mapToLong(Long::longValue).sum();
        return new Candidate(place, null, penalties, score, Verdict.OUTRANKED);
    }

    private static @Nullable Fence failed(Demand demand, Place place, SourcingRules rules, Instant now) {
        if (!place.methods().contains(demand.method())) {
            return Fence.METHOD;
        }
        if (!place.onlineEnabled()) {
            return Fence.ENABLED;
        }
        if (demand.excluded().contains(place.locationId())) {
            return Fence.EXCLUDED;
        }
        if (place.distanceMetres() > rules.distanceMaxMetres()) {
            return Fence.DISTANCE;
        }
        if (minutes(place.seenAt(), now) > rules.silentMaxMinutes()) {
            return Fence.SILENT;
        }
        if (demand.unitsBySku().keySet().stream().noneMatch(sku -> available(place, sku) > 0)) {
            return Fence.STOCK;
        }
        if (!place.hasCapacity()) {
            return Fence.CAPACITY;
        }
        boolean isLate = demand.latestReadyAt() != null
                && place.readyAt() != null
                && place.readyAt().isAfter(demand.latestReadyAt());
        return isLate ? Fence.HOURS : null;
    }

    /** A location that promises no time counts as one that is ready now. */
    private static long minutes(Instant from, @Nullable Instant to) {
        return to == null ? 0 : Duration.between(from, to).toMinutes();
    }

    private static long available(Place place, String sku) {
        return Math.max(0, place.available().getOrDefault(sku, 0L));
    }

    private static long stockLeft(Demand demand, Place place) {
        return demand.unitsBySku().entrySet().stream()
                .filter(units -> available(place, units.getKey()) > 0)
                .mapToLong(units -> Math.max(0, available(place, units.getKey()) - units.getValue()))
                .min()
                .orElse(0);
    }

    /** The fewest candidates that have all units together, with the least penalty; none if there are no such. */
    private static List<Candidate> choose(Demand demand, List<Candidate> candidates) {
        Map<String, Long> needed = demand.unitsBySku();
        for (int size = 1; size <= Math.min(demand.splitMax(), candidates.size()); size++) {
            Best best = new Best();
            best.search(candidates, needed, new ArrayList<>(), 0, size);
            if (best.found != null) {
                return best.found;
            }
        }
        return List.of();
    }

    /** Finds the combination of one size with the least sum of scores; the first one in the given sequence wins. */
    private static final class Best {
        private @Nullable List<Candidate> found;
        private long score = Long.MAX_VALUE;

        void search(List<Candidate> candidates, Map<String, Long> needed, List<Candidate> chosen, int from, int size) {
            if (chosen.size() == size) {
                long sum = sum(chosen, Candidate::score);
                if (sum < score && covers(chosen, needed)) {
                    score = sum;
                    found = List.copyOf(chosen);
                }
                return;
            }
            for (int i = from; i < candidates.size(); i++) {
                chosen.add(candidates.get(i));
                search(candidates, needed, chosen, i + 1, size);
                chosen.removeLast();
            }
        }

        private static boolean covers(List<Candidate> chosen, Map<String, Long> needed) {
            return needed.entrySet().stream()
                    .allMatch(units ->
                            sum(chosen, each -> available(each.place(), units.getKey())) >= units.getValue());
        }

        private static long sum(List<Candidate> chosen, ToLongFunction<Candidate> figure) {
            return chosen.stream().mapToLong(figure).sum();
        }
    }

    /** Each line leaves from the first location that has all its units. It is split only if none has. */
    private static List<Share> shares(Demand demand, List<Candidate> chosen) {
        Map<String, Map<String, Long>> left = new HashMap<>();
        Map<String, List<LinePart>> parts = new LinkedHashMap<>();
        for (Candidate each : chosen) {
            left.put(each.place().locationId(), new HashMap<>(each.place().available()));
            parts.put(each.place().locationId(), new ArrayList<>());
        }
        // Lines that fit into one location are placed before those that have to be split.
        List<LinePart> split = new ArrayList<>();
        for (LinePart line : demand.parts()) {
            String whole = chosen.stream()
                    .map(each -> each.place().locationId())
                    .filter(id -> units(left, id, line.sku()) >= line.quantity())
                    .findFirst()
                    .orElse(null);
            if (whole == null) {
                split.add(line);
            } else {
                take(left, parts, whole, line);
            }
        }
        for (LinePart line : split) {
            LinePart rest = line;
            for (Candidate each : chosen) {
                String id = each.place().locationId();
                long units = Math.min(rest.quantity(), units(left, id, line.sku()));
                if (units > 0) {
                    take(left, parts, id, new LinePart(line.lineId(), line.sku(), units, rest.firstUnit()));
                    rest = new LinePart(line.lineId(), line.sku(), rest.quantity() - units, rest.firstUnit() + units);
                }
            }
        }
        return chosen.stream()
                .map(Candidate::place)
                .map(place -> new Share(
                        place.locationId(), place.readyAt(), parts.getOrDefault(place.locationId(), List.of())))
                .toList();
    }

    private static long units(Map<String, Map<String, Long>> left, String locationId, String sku) {
        return left.getOrDefault(locationId, Map.of()).getOrDefault(sku, 0L);
    }

    private static void take(
            Map<String, Map<String, Long>> left, Map<String, List<LinePart>> parts, String locationId, LinePart part) {
        Objects.requireNonNull(left.get(locationId), locationId).merge(part.sku(), -part.quantity(), Long::sum);
        Objects.requireNonNull(parts.get(locationId), locationId).add(part);
    }
}
