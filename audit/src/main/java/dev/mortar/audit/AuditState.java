package dev.mortar.audit;

import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LocationRegistered;
import dev.mortar.schemas.inventory.OpeningException;
import dev.mortar.schemas.inventory.OpeningHours;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the folds hold at the end of an audit: the state of the world as the events tell it.
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

    /** An order; quantities by line id; what the shopper pays now, in minor units. */
    record OrderState(
            String state,
            long total,
            Map<String, Long> ordered,
            Map<String, Long> handedOver,
            Map<String, Long> cancelled,
            Map<String, Long> returned) {}

    /** A location as it was registered last. */
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
     * @param unit the unit that the location keeps it in
     * @param otherUnits what is there in other units, in the order of units; of such a one it is empty
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
        /** What a channel can still buy. */
        long available(boolean online) {
            return Math.max(0, onHand - committed - held - (online ? safetyStock : 0));
        }
    }

    /** A pickup; what is left to hand over, by line id. */
    record PickupState(String state, String locationId, Map<String, Long> left) {}

    /** A line that left: units, amounts in minor units. */
    record ReturnState(long bought, long returned, long paid, long refunded) {
        ReturnState plus(ReturnState other) {
            return new ReturnState(
                    bought + other.bought, returned + other.returned, paid + other.paid, refunded + other.refunded);
        }
    }
}
