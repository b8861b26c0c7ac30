package dev.mortar.audit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fulfilments that inventory has to reserve, and the ends of their reservations, of all locations. */
final class Fulfilments {
    /** The requests that inventory has not answered. */
    final Map<String, Request> requests = new HashMap<>();
    /** The reservations that ended for good; one that expired may be made again. */
    final Map<String, ReservationEnd> ended = new HashMap<>();
    /** Fulfilments that were reserved and have not ended. */
    final Set<String> reserved = new HashSet<>();
    /** The reserved ones whose order confirmed them. */
    final Set<String> confirmed = new HashSet<>();

    /** The end of a reservation, or the reason why it was never made. */
    enum ReservationEnd {
        RELEASED,
        COMMITTED,
        BROKEN,
        /** Broken, and then handed over by a store that did not know it yet. */
        TAKEN,
        VOIDED,
        REFUSED
    }

    /** The request of an order for one fulfilment. */
    record Request(
            String locationId,
            Map<String, Long> quantities,
            boolean online,
            @Nullable String holdId,
            LoggedEvent placed) {}
}
