package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;
import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.inventory.InventoryDefinition.Cause;
import dev.mortar.inventory.InventoryDefinition.SkuStock;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.values.Coordinates;
import dev.mortar.values.FulfilmentMethod;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows locations, their stock and the events behind it. A SKU in a path is one percent-encoded UTF-8 segment: a slash
 * is %2F, and upper and lower case differ.
 */
@RestController
@Tag(name = "stock", description = "Stock of locations, and the events behind it")
class StockController {

    private static final int PAGE_MAX = 1_000;
    private static final int LOCATIONS_OF_SKU_MAX = 100_000;
    private static final double EARTH_CIRCUMFERENCE_KM = 40_075;
    private static final double METRES_PER_KM = 1_000;

    private final Views views;
    private final LocationViews locationViews;
    private final StateTables tables;
    private final Clock clock = Clock.systemUTC();

    StockController(Views views, LocationViews locationViews, StateTables tables) {
        this.views = views;
        this.locationViews = locationViews;
        this.tables = tables;
    }

    /** Registered locations, sorted by id. */
    record LocationsResponse(
            List<LocationResponse> locations, @Nullable String next) {}

    /** A page of a location's stock; {@code next} is the path of the next page. */
    record StockResponse(
            String locationId,
            List<StockLevelResponse> stock,
            @Nullable String next) {}

    /**
     * The stock of a SKU at one location.
     *
     * @param openNow absent if the opening hours are unknown
     * @param readyAt when goods that are ordered now would be ready, by method; empty if the location promises nothing
     */
    record NearbyStock(
            String locationId,
            String name,
            LocationType type,
            double latitude,
            double longitude,
            @Nullable Double distanceKm,
            StockLevelResponse stock,
            long ageSeconds,
            @Nullable Boolean openNow,
            Map<FulfilmentMethod, Instant> readyAt) {}

    /** The stock of a SKU at each location, nearest first. */
    record NearbyResponse(String sku, List<NearbyStock> locations) {}

    /**
     * A page of the events that changed a SKU's quantities, oldest first; {@code next} is the path of the next page.
     */
    record StockEventsResponse(
            String locationId,
            String sku,
            List<Cause> events,
            @Nullable String next) {}

    @Access({PUBLIC})
    @GetMapping("/v1/locations")
    @Operation(summary = "List registered locations, paged by id")
    LocationsResponse locations(
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit) {
        List<Location> found = tables.<Location>get(InventoryDefinition.LOCATIONS_TOPIC).values().stream()
                .filter(location -> location.locationId().compareTo(from) >= 0)
                .sorted(comparing(Location::locationId))
                .limit(limit + 1L)
                .toList();
        return new LocationsResponse(
                found.stream().limit(limit).map(LocationResponse::of).toList(),
                LocationResponse.next(found, limit, "/v1/locations", Location::locationId));
    }

    @Access({PUBLIC})
    @GetMapping("/v1/locations/{locationId}")
    @Operation(summary = "Show a location")
    ResponseEntity<LocationResponse> location(@PathVariable @Id String locationId, QueryRequest query) {
        Row<Location> row = locationViews.registered(locationId, query);
        return Replies.row(row, LocationResponse.of(row.value()));
    }

    @Access({PUBLIC, ASSOCIATE_ANY, TILL_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/locations/{locationId}/stock")
    @Operation(summary = "List the stock of a location, paged by SKU in byte order")
    StockResponse stock(
            @PathVariable @Id String locationId,
            @Parameter(description = "First SKU of the page") @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit,
            Caller caller,
            QueryRequest query) {
        locationViews.registered(locationId, query);
        List<Row<SkuStock>> rows = views.list(InventoryDefinition.STOCK, locationId, from, limit + 1);
        return new StockResponse(
                locationId,
                rows.stream().limit(limit).map(row -> level(row, caller)).toList(),
                LocationResponse.next(rows, limit, LocationResponse.path(locationId) + "/stock", Row::name));
    }

    @Access({PUBLIC, ASSOCIATE_ANY, TILL_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/locations/{locationId}/stock/{sku}")
    @Operation(summary = "Show the stock of a SKU at a location")
    ResponseEntity<StockLevelResponse> stockOfSku(
            @PathVariable @Id String locationId, @PathVariable @Id String sku, Caller caller, QueryRequest query) {
        locationViews.registered(locationId, query);
        Row<SkuStock> row = views.get(InventoryDefinition.STOCK, locationId, sku)
                .orElseThrow(() -> notFound("Location " + locationId + " has never had SKU " + sku + "."));
        return Replies.row(row, level(row, caller));
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, OPERATOR})
    @GetMapping("/v1/locations/{locationId}/stock/{sku}/events")
    @Operation(summary = "List the events that changed the stock of a SKU at a location, oldest first")
    StockEventsResponse events(
            @PathVariable @Id String locationId,
            @PathVariable @Id String sku,
            @Parameter(description = "First sequence of the page") @RequestParam(defaultValue = "1") @Min(1) long from,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit,
            Caller caller,
            QueryRequest query) {
        locationViews.registered(locationId, query);
        caller.sees(Owner.ofLocation(locationId));
        List<Cause> causes = views
                .list(InventoryDefinition.CAUSES, locationId, InventoryDefinition.causeRow(sku, from), limit + 1)
                .stream()
                .filter(row -> row.name().startsWith(sku + "|"))
                .map(InventoryDefinition::cause)
                .toList();
        String path = LocationResponse.path(locationId) + "/stock/" + LocationResponse.segment(sku) + "/events";
        return new StockEventsResponse(
                locationId,
                sku,
                causes.stream().limit(limit).toList(),
                LocationResponse.next(causes, limit, path, cause -> Long.toString(cause.sequence())));
    }

    @Access({PUBLIC, ASSOCIATE_ANY, TILL_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/stock/{sku}")
    @Operation(summary = "List the locations of a SKU, nearest first, with the age of each stock level")
    NearbyResponse nearby(
            @PathVariable @Id String sku,
            @Parameter(description = "latitude,longitude in degrees; without it, locations are sorted by id")
                    @RequestParam(required = false)
                    @Nullable
                    String near,
            @RequestParam(defaultValue = "" + EARTH_CIRCUMFERENCE_KM) @DecimalMin("0") double radiusKm,
            @RequestParam(defaultValue = "20") @Min(1) @Max(PAGE_MAX) int limit,
            @Parameter(description = "true leaves out locations where nothing can be bought online")
                    @RequestParam(defaultValue = "false")
                    boolean available,
            Caller caller) {
        Coordinates centre = near == null ? null : coordinates(near);
        Instant now = clock.instant();
        StateTable<Location> locations = tables.get(InventoryDefinition.LOCATIONS_TOPIC);
        Stream<Found> found = views.list(InventoryDefinition.STOCK_BY_SKU, sku, "", LOCATIONS_OF_SKU_MAX).stream()
                .filter(row -> !available || isAvailable(row.value()))
                .flatMap(row -> Stream.ofNullable(locations.get(row.name()))
                        .map(location -> new Found(location, row, distanceKm(location, centre))));
        if (centre != null) {
            found = found.filter(each -> each.distance() <= radiusKm)
                    .sorted(comparingDouble(Found::distance)
                            .thenComparing(each -> each.location().locationId()));
        }
        // Slots are read only for the locations that are shown.
        return new NearbyResponse(
                sku, found.limit(limit).map(each -> nearby(each, now, caller)).toList());
    }

    /** A location that has had the SKU. */
    private record Found(
            Location location, Row<SkuStock> row, @Nullable Double distanceKm) {
        double distance() {
            return distanceKm == null ? 0 : distanceKm;
        }
    }

    private static boolean isAvailable(SkuStock stock) {
        return stock.positions().kept().quantities().available(Channel.ONLINE) > 0;
    }

    private static @Nullable Double distanceKm(Location location, @Nullable Coordinates centre) {
        return centre == null
                ? null
                : centre.distanceMetres(new Coordinates(location.latitude(), location.longitude())) / METRES_PER_KM;
    }

    private NearbyStock nearby(Found found, Instant now, Caller caller) {
        Location location = found.location();
        Row<SkuStock> row = found.row();
        return new NearbyStock(
                location.locationId(),
                location.name(),
                location.kind(),
                location.latitude(),
                location.longitude(),
                found.distanceKm(),
                level(row, caller),
                Math.max(0, Duration.between(row.changedAt(), now).toSeconds()),
                location.openingHours().isEmpty() ? null : location.calendar().isOpen(now),
                locationViews.readyAt(location, now));
    }

    /** Reads {@code latitude,longitude}. */
    static Coordinates coordinates(String near) {
        String[] parts = near.split(",", -1);
        try {
            if (parts.length == 2) {
                double latitude = Double.parseDouble(parts[0]);
                double longitude = Double.parseDouble(parts[1]);
                if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
                    return new Coordinates(latitude, longitude);
                }
            }
        } catch (NumberFormatException e) {
            // The same fault as numbers out of range.
        }
        throw BadRequest.malformed("near", "must be latitude,longitude in degrees, such as 18.52,73.85");
    }

    /** Callers from outside see only the units that can be bought. */
    private static StockLevelResponse level(Row<SkuStock> row, Caller caller) {
        StockLevelResponse level = StockLevelResponse.of(row.value(), row.changedAt());
        return caller.role() == null ? level.forOutsiders() : level;
    }

    private static ResponseStatusException notFound(String message) {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, message);
    }
}
