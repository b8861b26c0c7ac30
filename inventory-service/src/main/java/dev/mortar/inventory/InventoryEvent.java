package dev.mortar.inventory;

import java.time.Instant;
import java.util.List;

/** What happened to a location's stock. Sums of {@link #changes()} are the quantities. */
sealed interface InventoryEvent {

    String locationId();

    /** Per SKU what changed, each SKU once. */
    default List<StockChange> changes() {
        return List.of();
    }

    /** Why a reservation was refused. */
    enum ReservationRejectionReason {
        INSUFFICIENT_STOCK,
        LOCATION_UNKNOWN,
        ALREADY_RELEASED
    }

    /** Why reserved units became free. */
    enum ReleaseReason {
        ORDER_REJECTED,
        ORDER_CANCELLED,
        PICKUP_CANCELLED,
        PICKUP_EXPIRED,
        SHORT_PICK,
        NOT_ANSWERED_IN_TIME
    }

    /** Why stock was corrected. */
    enum AdjustmentReason {
        DAMAGED,
        LOST,
        FOUND,
        THEFT,
        EXPIRED,
        CORRECTION,
        SHORT_PICK
    }

    /** A location was registered, or its data were replaced. */
    record LocationRegistered(
            String locationId,
            String name,
            LocationType kind,
            double latitude,
            double longitude,
            String timeZone,
            List<OpeningHours> openingHours)
            implements InventoryEvent {}

    /** Goods arrived from a supplier. */
    record StockReceived(String locationId, String receiptId, List<StockChange> changes) implements InventoryEvent {}

    /** All SKUs of a fulfilment are set aside. */
    record StockReserved(
            String locationId,
            String reservationId,
            String orderId,
            List<SkuQuantity> reserved,
            Instant expiresAt,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** A fulfilment could not be reserved; nothing of it is set aside. */
    record StockReservationRejected(
            String locationId,
            String reservationId,
            String orderId,
            ReservationRejectionReason reason,
            List<SkuQuantity> requested,
            List<Shortage> shortages)
            implements InventoryEvent {}

    /**
     * The reservation no longer ends by itself. Changes stock only if it had expired: it is made again with what is
     * left of it.
     */
    record ReservationConfirmed(String locationId, String reservationId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * The goods of a reservation lie staged: a shortfall no longer breaks it, also when it has yet to be made again.
     */
    record ReservationPicked(String locationId, String reservationId, String orderId) implements InventoryEvent {}

    /** Reserved units became free again; of a reservation that expired, and holds nothing, they only count as gone. */
    record StockReleased(
            String locationId,
            String reservationId,
            String orderId,
            ReleaseReason reason,
            List<SkuQuantity> released,
            boolean whole,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** A reservation that is not there was released: should it come late, it is refused; if it expired, it is over. */
    record ReservationVoided(String locationId, String reservationId, String orderId) implements InventoryEvent {}

    /** Goods left against a reservation, which ends with it. */
    record StockCommitted(
            String locationId,
            String reservationId,
            String orderId,
            List<SkuQuantity> left,
            List<SkuQuantity> released,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods were carried out without a reservation: a fact, also when the book says there were none. */
    record StockSold(
            String locationId,
            String orderId,
            String fulfilmentId,
            Instant soldAt,
            List<SkuQuantity> sold,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods came back and are for sale again. */
    record StockRestocked(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods came back unfit for sale. */
    record DamagedStockReturned(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /** Stock was corrected by a person, or by a pick that found less than the book said. */
    record StockAdjusted(String locationId, String adjustmentId, AdjustmentReason reason, List<StockChange> changes)
            implements InventoryEvent {}

    /** What a count found of one SKU, and what the book had on hand. */
    record CountedSku(String sku, Unit unit, long counted, long expected) {}

    /** Stock was counted: from here the book says what was found. */
    record StockCounted(
            String locationId, String countId, Instant countedAt, List<CountedSku> counted, List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods set out for another location. */
    record StockTransferredOut(
            String locationId,
            String transferId,
            String toLocationId,
            List<SkuQuantity> transferred,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods arrived from another location. */
    record StockTransferredIn(String locationId, String transferId, String fromLocationId, List<StockChange> changes)
            implements InventoryEvent {}

    /** More of a SKU is committed than is there. */
    record StockShortfallDetected(String locationId, String sku, long shortBy, Unit unit) implements InventoryEvent {}

    /**
     * A reservation cannot be met and ends; all it had set aside is free again.
     *
     * @param soldAtTill true when a sale at a till took units that were set aside
     */
    record ReservationBroken(
            String locationId,
            String reservationId,
            String orderId,
            List<String> shortSkus,
            List<SkuQuantity> released,
            List<StockChange> changes,
            boolean soldAtTill)
            implements InventoryEvent {}

    /** How much of some SKUs is kept from online channels was set. */
    record SafetyStockSet(String locationId, List<StockChange> changes) implements InventoryEvent {}

    /** A cart holds units for a short time. */
    record StockHeld(
            String locationId, String holdId, List<SkuQuantity> held, Instant expiresAt, List<StockChange> changes)
            implements InventoryEvent {}

    /** A hold ended before its time: given back, or taken over by the reservation of its order. */
    record StockHoldReleased(String locationId, String holdId, List<StockChange> changes) implements InventoryEvent {}

    /** A hold ended because its time was over. */
    record StockHoldExpired(String locationId, String holdId, List<StockChange> changes) implements InventoryEvent {}
}
