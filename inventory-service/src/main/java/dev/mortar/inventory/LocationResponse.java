package dev.mortar.inventory;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A location, as a client reads it. */
record LocationResponse(
        String locationId,
        String name,
        LocationType type,
        double latitude,
        double longitude,
        String timeZone,
        List<OpeningHours> openingHours,
        List<OpeningException> exceptions,
        @JsonUnwrapped Offer offer) {

    static LocationResponse of(Location location) {
        return new LocationResponse(
                location.locationId(),
                location.name(),
                location.kind(),
                location.latitude(),
                location.longitude(),
                location.timeZone(),
                location.openingHours(),
                location.exceptions(),
                location.offer());
    }

    /** The path of a location, its id percent-encoded. */
    static String path(String locationId) {
        return "/v1/locations/" + segment(locationId);
    }

    /** A path segment: UTF-8, percent-encoded; a slash within an id is %2F. */
    static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The path of the next page; null on the last one. */
    static <T> @Nullable String next(List<T> found, int limit, String path, Function<T, String> from) {
        return found.size() <= limit
                ? null
                : path + "?from=" + segment(from.apply(found.getLast())) + "&limit=" + limit;
    }
}
