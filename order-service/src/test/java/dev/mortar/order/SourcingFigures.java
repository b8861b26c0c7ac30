package dev.mortar.order;

import dev.mortar.order.SourcingCopy.Level;
import dev.mortar.values.Calendar;
import dev.mortar.values.Coordinates;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Unit;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Locations and stock for the tests of sourcing. */
final class SourcingFigures {

    static final Instant NOW = Instant.parse("2026-06-01T10:00:00Z");
    static final Instant AS_OF = NOW.minusSeconds(5);
    static final Instant END = NOW.plusMillis(3);
    static final Cell CELL = Cell.around(0, 0);

    private final Map<String, SourcingLocation> locations = new HashMap<>();
    private Runnable atEnd = () -> {};
    private int endsRead;

    SourcingCopy copy() {
        return new SourcingCopy(
                locations::get,
                locations::size,
                key -> null,
                () -> AS_OF,
                () -> {
                    endsRead++;
                    atEnd.run();
                    return END;
                },
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /** Adds a location that many degrees east of the cell. */
    SourcingFigures location(String locationId, double longitude) {
        Calendar always = new Calendar(ZoneOffset.UTC, List.of(), List.of(), List.of());
        locations.put(
                locationId,
                new SourcingLocation(
                        locationId,
                        new Coordinates(0, longitude),
                        Set.of(FulfilmentMethod.PICKUP),
                        true,
                        60,
                        30,
                        always,
                        List.of()));
        return this;
    }

    SourcingFigures level(SourcingCopy copy, String locationId, String sku, long available, long sequence) {
        copy.learn(locationId + "|" + sku, new Level(Unit.EACH, available, sequence, NOW));
        return this;
    }

    /** Sets the result of reading the topics to their ends. */
    void atEnd(Runnable brings) {
        atEnd = brings;
    }

    int endsRead() {
        return endsRead;
    }
}
