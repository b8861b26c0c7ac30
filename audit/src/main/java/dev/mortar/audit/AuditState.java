package dev.mortar.audit;

import java.util.Map;

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
        Map<String, Map<String, StockState>> stock,
        Map<String, PickupState> pickups,
        Map<String, Map<String, ReturnState>> returns) {

    /** An order; quantities by line id. */
    record OrderState(
            String state,
            Map<String, Long> ordered,
            Map<String, Long> handedOver,
            Map<String, Long> cancelled,
            Map<String, Long> returned) {}

    /** A SKU at a location. */
    record StockState(long onHand, long committed, long held, long safetyStock, long damaged) {}

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
