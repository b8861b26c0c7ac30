package dev.mortar.inventory;

import dev.mortar.values.FulfilmentMethod;
import java.time.Instant;
import java.util.List;

/** A time in which a location takes no new bookings of some methods. {@code until} is the first instant after it. */
record Pause(String pauseId, List<FulfilmentMethod> methods, Instant from, Instant until, String reasonCode) {

    boolean stops(FulfilmentMethod method, Instant startsAt) {
        return methods.contains(method)
                && startsAt.isBefore(until)
                && startsAt.plus(Slot.LENGTH).isAfter(from);
    }
}
