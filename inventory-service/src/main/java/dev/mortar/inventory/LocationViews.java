package dev.mortar.inventory;

import static java.util.stream.Collectors.toMap;

import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.SlotBookings;
import dev.mortar.values.FulfilmentMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Reads locations and their slots from the views. */
@Component
class LocationViews {

    private final Views views;

    LocationViews(Views views) {
        this.views = views;
    }

    /** The location's row, after the views have reached the sequence that the query names. */
    Row<Location> registered(String locationId, QueryRequest query) {
        if (query.minSequence() > 0) {
            views.awaitSequence(locationId, query.minSequence());
        }
        return views.get(InventoryDefinition.LOCATIONS, locationId, "")
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "Location " + locationId + " is not registered."));
    }

    /** The slots of a method that start from one instant until just before another. */
    Slots slots(Location location, FulfilmentMethod method, Instant from, Instant to) {
        int most = Math.toIntExact(Duration.between(from, to).toHours()) + 1;
        String prefix = SlotBook.row(method, from);
        Map<Instant, SlotBookings> bookings =
                views.list(InventoryDefinition.CAPACITY, location.locationId(), prefix, most).stream()
                        .map(Row::value)
                        .filter(slot -> slot.method() == method)
                        .collect(toMap(SlotBookings::startsAt, slot -> slot));
        List<Pause> pauses = views.get(InventoryDefinition.PAUSES, location.locationId(), "")
                .map(row -> row.value().pauses())
                .orElse(List.of());
        return new Slots(location, method, pauses, bookings::get);
    }

    /** When goods that are ordered now would be ready, by method; a method that promises nothing is left out. */
    Map<FulfilmentMethod, Instant> readyAt(Location location, Instant now) {
        Instant next = Slots.next(now);
        Map<FulfilmentMethod, Instant> readyAt = new EnumMap<>(FulfilmentMethod.class);
        for (FulfilmentMethod method : location.offer().methods()) {
            if (Slots.areKept(location, method)) {
                Instant from = next.minus(Slot.LENGTH.multipliedBy(Slots.QUEUE_SLOTS));
                Instant to = next.plus(Slot.LENGTH.multipliedBy(Slots.SEARCHED_MAX));
                Slots.Place first = slots(location, method, from, to).first(now);
                if (first != null) {
                    readyAt.put(method, first.readyAt());
                }
            }
        }
        return readyAt;
    }
}
