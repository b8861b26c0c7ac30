package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.order.Sourcing.Demand;
import dev.mortar.order.Sourcing.Place;
import dev.mortar.order.Sourcing.Plan;
import dev.mortar.order.SourcingLocation.Bookings;
import dev.mortar.order.SourcingRules.Fence;
import dev.mortar.values.Coordinates;
import dev.mortar.values.LinePart;
import dev.mortar.values.Unit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Plans with this instance's copy of all stock levels, locations and booked slots. The copy is slightly behind; a
 * reservation at a chosen location is decided by inventory-service.
 */
@Component
final class SourcingCopy {

    /** Longest wait until the copy is read to its end, for each of its topics. */
    private static final Duration END_MAX = Duration.ofSeconds(2);

    /** Levels with units that can be sold, by SKU and then by location. */
    private final Map<String, Map<String, Level>> inStock = new ConcurrentHashMap<>();

    private final Map<String, Instant> seenAt = new ConcurrentHashMap<>();

    private final Function<String, @Nullable SourcingLocation> locations;
    private final IntSupplier locationCount;
    private final Function<String, @Nullable Bookings> bookings;
    private final Supplier<Instant> asOf;
    private final Supplier<Instant> awaitEnd;
    private final Clock clock;

    /**
     * The stock of a SKU at a location.
     *
     * @param unit in which the location keeps it
     * @param availableOnline units that online channels can sell
     * @param sequence of the location's newest event in it
     * @param changedAt when it last changed
     */
    record Level(Unit unit, long availableOnline, long sequence, Instant changedAt) {}

    /** A plan. Its figures are at least as new as {@code asOf}. */
    record Planned(Plan plan, Instant asOf) {}

    @Autowired
    SourcingCopy(StateTables tables) {
        StateTable<Level> levels = tables.get(OrderDefinition.LEVELS);
        StateTable<SourcingLocation> locations = tables.get(OrderDefinition.LOCATIONS);
        StateTable<Bookings> capacity = tables.get(OrderDefinition.CAPACITY);
        this(
                locations::get,
                () -> locations.values().size(),
                capacity::get,
                () -> oldest(Stream.of(levels, locations, capacity).map(StateTable::asOf)),
                () -> oldest(Stream.of(levels, locations, capacity).map(table -> table.awaitEnd(END_MAX))),
                Clock.systemUTC());
        levels.onChange(this::learn);
    }

    /**
     * A copy without levels.
     *
     * @param bookings by location, method and start
     * @param asOf all figures are at least as new as this
     * @param awaitEnd reads all topics to their ends and returns the new {@code asOf}
     */
    SourcingCopy(
            Function<String, @Nullable SourcingLocation> locations,
            IntSupplier locationCount,
            Function<String, @Nullable Bookings> bookings,
            Supplier<Instant> asOf,
            Supplier<Instant> awaitEnd,
            Clock clock) {
        this.locations = locations;
        this.locationCount = locationCount;
        this.bookings = bookings;
        this.asOf = asOf;
        this.awaitEnd = awaitEnd;
        this.clock = clock;
    }

    private static Instant oldest(Stream<Instant> instants) {
        return instants.min(Comparator.naturalOrder()).orElseThrow();
    }

    /** Learns a level by its key, location and SKU; null if there is none any more. */
    void learn(String key, @Nullable Level level) {
        int bar = key.indexOf('|');
        String locationId = key.substring(0, bar);
        String sku = key.substring(bar + 1);
        if (level == null || level.availableOnline() <= 0) {
            inStock.computeIfPresent(sku, (_, rows) -> {
                rows.remove(locationId);
                return rows.isEmpty() ? null : rows;
            });
        } else {
            inStock.compute(sku, (_, rows) -> {
                // Most SKUs are in few locations.
                Map<String, Level> known = rows == null ? new ConcurrentHashMap<>(1) : rows;
                known.put(locationId, level);
                return known;
            });
        }
        if (level != null) {
            seenAt.merge(locationId, level.changedAt(), (a, b) -> a.isAfter(b) ? a : b);
        }
    }

    /** Number of levels with units that can be sold. */
    long rows() {
        return inStock.values().stream().mapToLong(Map::size).sum();
    }

    /**
     * Plans near a cell or a location. It says that no locations have the units only after it has read the copy to its
     * end. Near an unknown location there are none.
     *
     * @throws dev.mortar.eventsourcing.kafka.KafkaUnavailable if that cannot be done in time
     */
    Planned plan(Demand demand, @Nullable Cell cell, @Nullable String nearLocationId, SourcingRules rules) {
        Instant known = asOf.get();
        Plan plan = planNow(demand, place(cell, nearLocationId), rules);
        if (!plan.shares().isEmpty()) {
            return new Planned(plan, known);
        }
        Instant end = awaitEnd.get();
        return new Planned(planNow(demand, place(cell, nearLocationId), rules), end);
    }

    private @Nullable Coordinates place(@Nullable Cell cell, @Nullable String nearLocationId) {
        if (cell != null) {
            return new Coordinates(cell.latitudeDegrees(), cell.longitudeDegrees());
        }
        SourcingLocation location = nearLocationId == null ? null : locations.apply(nearLocationId);
        return location == null ? null : location.place();
    }

    private Plan planNow(Demand demand, @Nullable Coordinates near, SourcingRules rules) {
        if (near == null) {
            return new Plan(List.of(), Map.of(), List.of(), 0);
        }
        Instant now = clock.instant();
        Map<String, Map<String, Level>> stock = stock(demand);
        List<Place> places = stock.keySet().stream()
                .flatMap(id -> Stream.ofNullable(locations.apply(id)))
                .sorted(Comparator.comparingLong(
                                (SourcingLocation location) -> location.place().distanceMetres(near))
                        .thenComparing(SourcingLocation::locationId))
                .limit(Sourcing.NEAREST_MAX)
                .map(location ->
                        place(location, near, demand, stock.getOrDefault(location.locationId(), Map.of()), now))
                .toList();
        Plan plan = Sourcing.plan(demand, places, rules, now);
        Map<Fence, Long> leftOut = new EnumMap<>(Fence.class);
        leftOut.putAll(plan.leftOut());
        long without = locationCount.getAsInt() - stock.size();
        if (without > 0) {
            leftOut.merge(Fence.STOCK, without, Long::sum);
        }
        return new Plan(plan.candidates(), leftOut, plan.shares(), plan.score());
    }

    /** The wanted levels, by location and then by SKU. */
    private Map<String, Map<String, Level>> stock(Demand demand) {
        Map<String, Map<String, Level>> stock = new HashMap<>();
        demand.parts().stream()
                .map(LinePart::sku)
                .distinct()
                .forEach(sku -> inStock.getOrDefault(sku, Map.of())
                        .forEach((locationId, level) -> stock.computeIfAbsent(locationId, _ -> new HashMap<>())
                                .put(sku, level)));
        return stock;
    }

    private Place place(
            SourcingLocation location, Coordinates near, Demand demand, Map<String, Level> levels, Instant now) {
        Map<String, Long> available = new HashMap<>();
        Map<String, Long> sequences = new HashMap<>();
        levels.forEach((sku, level) -> {
            available.put(sku, level.availableOnline());
            sequences.put(sku, level.sequence());
        });
        boolean keepsSlots = location.keepsSlots(demand.method());
        String prefix = location.locationId() + "|";
        Instant readyAt = keepsSlots
                ? location.readyAt(
                        demand.method(),
                        now,
                        startsAt -> bookings.apply(prefix + SourcingLocation.slotKey(demand.method(), startsAt)))
                : null;
        return new Place(
                location.locationId(),
                location.methods(),
                location.onlineEnabled(),
                location.place().distanceMetres(near),
                available,
                sequences,
                !keepsSlots || readyAt != null,
                readyAt,
                seenAt.getOrDefault(location.locationId(), Instant.EPOCH));
    }
}
