package dev.mortar.audit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The reservations of fulfilments, and their ends, of all locations. */
final class Fulfilments {
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
}
