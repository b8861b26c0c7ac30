package dev.mortar.inventory;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a location's stock, each under a key of its own: {@code <location>} holds the location,
 * {@code <location>|<sku>} a level, and {@code <location>|<letter>|<id>} everything else.
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
                    event.kind(),
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
     * @param countedAt time of the newest count, or null
     * @param nextClaim number of the next claim on it: claims are numbered from 0 as they are made, no number twice
     */
    record Level(
            String sku,
            Unit unit,
            Quantities quantities,
            @Nullable Instant countedAt,
            long nextClaim) implements StockEntry {

        static Level absent(String sku) {
            return new Level(sku, Unit.EACH, Quantities.NONE, null, 0);
        }

        /** False when the book has some of the SKU in another unit. */
        boolean measuredIn(Unit other) {
            return unit == other || quantities.equals(Quantities.NONE);
        }

        Level with(Unit newUnit, Quantities newQuantities) {
            return new Level(sku, newUnit, newQuantities, countedAt, nextClaim);
        }

        Level countedAt(Instant time) {
            return new Level(sku, unit, quantities, time, nextClaim);
        }

        Level claimed() {
            return new Level(sku, unit, quantities, countedAt, nextClaim + 1);
        }
    }

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

    /** What has such an id was booked, remembered for ever so that it is never booked again. */
    record Booked(String id) implements StockEntry {}
}
