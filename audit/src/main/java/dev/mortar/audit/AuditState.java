package dev.mortar.audit;

import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.*;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that the events come to.
 *
 * @param orders by order id
 * @param stock by location id, then SKU
 * @param pickups by fulfilment id
 * @param returns by order id, then line id
 */
record AuditState(
        Map<String, OrderState> orders,
        Map<String, LocationState> locations,
        Map<String, Map<String, StockState>> stock,
        Map<String, PickupState> pickups,
        Map<String, Map<String, ReturnState>> returns) {

    /**
     * An order, with quantities by line id.
     *
     * @param total the amount that the shopper pays now, in minor units
     */
    record OrderState(
            String state,
            long total,
            Map<String, Long> ordered,
            Map<String, Long> handedOver,
            Map<String, Long> cancelled,
            Map<String, Long> returned) {}

    /** The last registration of a location. */
    record LocationState(
            String name,
            String type,
            double latitude,
            double longitude,
            String timeZone,
            List<String> openingHours,
            List<String> exceptions) {
        static LocationState of(LocationRegistered event) {
            return new LocationState(
                    event.getName(),
                    event.getType().name(),
                    event.getLatitude(),
                    event.getLongitude(),
                    event.getTimeZone(),
                    hours(event.getOpeningHours()),
                    exceptions(event.getExceptions()));
        }

        static LocationState of(InventoryLocation location) {
            return new LocationState(
                    location.getName(),
                    location.getType().name(),
                    location.getLatitude(),
                    location.getLongitude(),
                    location.getTimeZone(),
                    hours(location.getOpeningHours()),
                    exceptions(location.getExceptions()));
        }

        static String hours(String day, String opens, String closes) {
            return day + ' ' + opens + ' ' + closes;
        }

        static String exception(String date, @Nullable String opens, @Nullable String closes) {
            return opens == null && closes == null ? date + " closed" : hours(date, "" + opens, "" + closes);
        }

        private static List<String> hours(List<OpeningHours> openingHours) {
            return openingHours.stream()
                    .map(each -> hours(each.getDay().name(), each.getOpens(), each.getCloses()))
                    .toList();
        }

        private static List<String> exceptions(List<OpeningException> exceptions) {
            return exceptions.stream()
                    .map(each -> exception(each.getDate(), each.getOpens(), each.getCloses()))
                    .toList();
        }
    }

    /**
     * A SKU at a location.
     *
     * @param unit the unit in which the location keeps it
     * @param otherUnits the positions in other units that are not empty, in the order of units
     */
    record StockState(
            String unit,
            long onHand,
            long committed,
            long held,
            long safetyStock,
            long damaged,
            long toVendor,
            List<StockState> otherUnits) {
        static StockState of(Unit unit, Quantities quantities, List<StockState> otherUnits) {
            return new StockState(
                    unit.name(),
                    quantities.getOnHand(),
                    quantities.getCommitted(),
                    quantities.getHeld(),
                    quantities.getSafetyStock(),
                    quantities.getDamaged(),
                    quantities.getToVendor(),
                    otherUnits);
        }

        /** The quantity that a channel can still promise. */
        long available(boolean online) {
            return Math.max(0, onHand - committed - held - (online ? safetyStock : 0));
        }
    }

    /** A pickup, and the quantities left to hand over, by line id. */
    record PickupState(String state, String locationId, Map<String, Long> left) {}

    /** A line that left: units, and amounts in minor units. */
    record ReturnState(long bought, long returned, long paid, long refunded) {
        ReturnState plus(ReturnState other) {
            return new ReturnState(
                    bought + other.bought, returned + other.returned, paid + other.paid, refunded + other.refunded);
        }
    }
}
