package dev.mortar.audit;

import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

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
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** An order, with the amount that the shopper pays now, in minor units, and with quantities by line id. */
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
            @Nullable List<Hours> openingHours,
            @Nullable List<Hours> exceptions,
            @Nullable List<String> methods,
            boolean onlineEnabled,
            int priority,
            int leadMinutes,
            int closingBufferMinutes,
            @Nullable List<String> dispatchTimes,
            @Nullable Integer acceptWithinMinutes,
            @Nullable List<Capacity> capacity) {
        /** Hours of a day of the week, or of a date. */
        record Hours(
                @Nullable String day,
                @Nullable String date,
                @Nullable String opens,
                @Nullable String closes) {}

        /** Fulfilments of a method that can be booked for each slot of some times. */
        record Capacity(String method, String day, String from, String to, int ordersPerSlot) {}

        LocationState {
            methods = methods == null ? List.of() : methods;
            dispatchTimes = dispatchTimes == null ? List.of() : dispatchTimes;
            capacity = capacity == null ? List.of() : capacity;
            openingHours = openingHours == null ? List.of() : openingHours;
            exceptions = exceptions == null ? List.of() : exceptions;
        }

        /** The location that an event registers or a state topic names. */
        static LocationState of(SpecificRecord location) {
            return JSON.readValue(location.toString(), LocationState.class);
        }
    }

    /** A SKU at a location, in the unit in which it keeps it, and in other units unless they are empty. */
    record StockState(
            String unit,
            long onHand,
            long committed,
            long held,
            long safetyStock,
            long damaged,
            long toVendor,
            long inTransit,
            @Nullable List<StockState> otherUnits) {
        StockState {
            var others = otherUnits == null ? Stream.<StockState>empty() : otherUnits.stream();
            otherUnits = others.sorted(Comparator.comparing(other -> Unit.valueOf(other.unit)))
                    .toList();
        }

        static StockState of(Unit unit, Quantities quantities, List<StockState> otherUnits) {
            return new StockState(
                    unit.name(),
                    quantities.getOnHand(),
                    quantities.getCommitted(),
                    quantities.getHeld(),
                    quantities.getSafetyStock(),
                    quantities.getDamaged(),
                    quantities.getToVendor(),
                    quantities.getInTransit(),
                    otherUnits);
        }

        /** The quantity that a channel can still promise. */
        long available(boolean online) {
            return Math.max(0, onHand - committed - held - (online ? safetyStock : 0));
        }
    }

    /** A SKU at a location, with the quantities that each channel can promise. */
    record Figure(StockState state, long inStore, long online) {
        static Figure of(StockState state) {
            return new Figure(state, state.available(false), state.available(true));
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
