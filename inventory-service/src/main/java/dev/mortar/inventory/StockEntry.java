package dev.mortar.inventory;

import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a location's stock, each under a key of its own: {@code <location>} holds the location,
 * {@code <location>|l|<sku>} a level, and {@code <location>|<letter>|<id>} everything else.
 */
sealed interface StockEntry {

    /**
     * A registered location.
     *
     * @param exceptions dates with other hours, or null when there are none, as in an entry from before there were any
     */
    record Location(
            String locationId,
            String name,
            LocationType kind,
            double latitude,
            double longitude,
            String timeZone,
            List<OpeningHours> openingHours,
            @Nullable List<OpeningException> exceptions)
            implements StockEntry {

        public Location {
            exceptions = exceptions == null || exceptions.isEmpty() ? null : exceptions;
        }

        static Location of(InventoryEvent.LocationRegistered event) {
            return new Location(
                    event.locationId(),
                    event.name(),
                    event.type(),
                    event.latitude(),
                    event.longitude(),
                    event.timeZone(),
                    event.openingHours(),
                    event.exceptions());
        }
    }

    /**
     * The quantities of one SKU.
     *
     * @param memories per unit, its counts and movements; absent before the first
     * @param nextClaim number of the next claim on it: claims are numbered from 0 as they are made, no number twice
     */
    record Level(String sku, Positions positions, Map<Unit, Memory> memories, long nextClaim) implements StockEntry {

        static Level absent(String sku) {
            return new Level(sku, Positions.NONE, Map.of(), 0);
        }

        /** The unit that the location keeps the SKU in. */
        Unit unit() {
            return positions.kept().unit();
        }

        /** The quantities in the unit that the location keeps the SKU in. */
        Quantities quantities() {
            return positions.kept().quantities();
        }

        Memory memory(Unit unit) {
            return memories.getOrDefault(unit, Memory.NONE);
        }

        Level with(Positions changed) {
            return new Level(sku, changed, memories, nextClaim);
        }

        Level with(Unit unit, Memory changed) {
            Map<Unit, Memory> all = new TreeMap<>(memories);
            all.put(unit, changed);
            return new Level(sku, positions, all, nextClaim);
        }

        Level claimed() {
            return new Level(sku, positions, memories, nextClaim + 1);
        }
    }

    /**
     * The memory of a position, from which a count adds the movements that occurred after it.
     *
     * @param countedAt time of the newest count, or null
     * @param firstPage number of the oldest page of movements
     * @param nextPage number of the next page of movements; equal to the first when there is none
     * @param forgottenUntil movements up to this instant may be forgotten; null when none is
     */
    record Memory(
            @Nullable Instant countedAt,
            long firstPage,
            long nextPage,
            @Nullable Instant forgottenUntil) {

        static final Memory NONE = new Memory(null, 0, 0, null);

        /** True when a movement of this time was already seen, or missed, by the newest count. */
        boolean counted(Instant movedAt) {
            return countedAt != null && !movedAt.isAfter(countedAt);
        }
    }

    /**
     * Some movements of one SKU in one unit, an entry of its own so that a movement costs the same however many there
     * are.
     */
    record MovementPage(List<Movement> movements) implements StockEntry {

        static final int MOVEMENTS_MAX = 100;

        boolean isFull() {
            return movements.size() >= MOVEMENTS_MAX;
        }

        MovementPage plus(Movement movement) {
            List<Movement> more = new ArrayList<>(movements);
            more.add(movement);
            return new MovementPage(List.copyOf(more));
        }

        /** When the latest of them occurred; there is always one. */
        Instant latest() {
            return movements.stream()
                    .map(Movement::movedAt)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** By how much a movement changed on hand, and when it occurred. */
    record Movement(Instant movedAt, long onHand) {}

    /**
     * That an open reservation has some of a SKU set aside; forgotten when it has none of it any more. An entry of its
     * own, so that a reservation costs the same however many others there are on its SKUs.
     */
    record Claim(String reservationId) implements StockEntry {}

    /**
     * An open reservation.
     *
     * @param lines what is still set aside, each SKU once
     * @param claims the number of its claim on each SKU that was set aside
     * @param expiresAt when it ends unless it is confirmed or picked before
     */
    record Reservation(
            String locationId,
            String reservationId,
            String orderId,
            List<SkuQuantity> lines,
            Map<String, Long> claims,
            Instant expiresAt,
            boolean confirmed,
            boolean picked)
            implements StockEntry {

        /** One that has no claims yet. */
        static Reservation of(
                String locationId,
                String reservationId,
                String orderId,
                List<SkuQuantity> lines,
                Instant expiresAt,
                boolean confirmed,
                boolean picked) {
            return new Reservation(locationId, reservationId, orderId, lines, Map.of(), expiresAt, confirmed, picked);
        }

        Reservation claiming(Map<String, Long> numbers) {
            return new Reservation(locationId, reservationId, orderId, lines, numbers, expiresAt, confirmed, picked);
        }

        boolean expires() {
            return !confirmed && !picked;
        }

        Reservation asConfirmed() {
            return new Reservation(locationId, reservationId, orderId, lines, claims, expiresAt, true, picked);
        }

        Reservation asPicked() {
            return new Reservation(locationId, reservationId, orderId, lines, claims, expiresAt, confirmed, true);
        }

        Reservation less(List<SkuQuantity> released) {
            return new Reservation(
                    locationId,
                    reservationId,
                    orderId,
                    SkuQuantity.less(lines, released),
                    claims,
                    expiresAt,
                    confirmed,
                    picked);
        }
    }

    /**
     * A reservation that ended by itself. The news that its order was confirmed may still come and makes it again, so
     * what becomes of it meanwhile is remembered.
     *
     * @param lines what is to be set aside again, each SKU once
     */
    record ExpiredReservation(String reservationId, List<SkuQuantity> lines, boolean picked) implements StockEntry {

        ExpiredReservation asPicked() {
            return new ExpiredReservation(reservationId, lines, true);
        }

        ExpiredReservation less(List<SkuQuantity> released) {
            return new ExpiredReservation(reservationId, SkuQuantity.less(lines, released), picked);
        }
    }

    /** A reservation that is over, remembered for ever so that nothing opens or ends it again. */
    record ClosedReservation(String reservationId, Ending ending) implements StockEntry {}

    /** How a reservation came to be closed. */
    enum Ending {
        REJECTED,
        VOIDED,
        RELEASED,
        BROKEN,
        COMMITTED
    }

    /** A cart's claim, forgotten when it ends. */
    record Hold(String locationId, String holdId, List<SkuQuantity> lines, Instant expiresAt) implements StockEntry {}

    /**
     * A document of such an id was booked, remembered for ever so that it is never booked again.
     *
     * @param content what was booked under it; null when no caller chooses the id
     */
    record Booked(String id, @Nullable Document content) implements StockEntry {}
}
