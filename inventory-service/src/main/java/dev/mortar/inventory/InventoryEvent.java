package dev.mortar.inventory;

import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import dev.mortar.eventsourcing.RecordedAt;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to a location's stock. Sums of {@link #changes()} are the quantities. */
sealed interface InventoryEvent {

    String locationId();

    /** All changes, each SKU and unit once. */
    default List<StockChange> changes() {
        return List.of();
    }

    /**
     * When the goods moved by the clock of the person or till that saw it, never after the event was recorded. Null
     * when the event moves none, or when it is a count.
     */
    default @Nullable Instant movedAt() {
        return null;
    }

    /** True when the event may change the unit that the location keeps a SKU in. */
    default boolean decidesUnit() {
        return false;
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
        SHORT_PICK,
        SENT_TO_VENDOR
    }

    /** A location was registered, or its data were replaced. */
    record LocationRegistered(
            String locationId,
            String name,
            LocationType type,
            double latitude,
            double longitude,
            String timeZone,
            List<OpeningHours> openingHours,
            List<OpeningException> exceptions)
            implements InventoryEvent {}

    /**
     * Goods arrived from a supplier.
     *
     * @param alreadyCounted what arrived at or before the newest count of its SKU, so that on hand stays as it is
     */
    record StockReceived(
            String locationId,
            String receiptId,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {

        @Override
        public boolean decidesUnit() {
            return true;
        }
    }

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

    /**
     * Goods left against a reservation, which ends with it.
     *
     * @param alreadyCounted the part of what left that left at or before the newest count of its SKU, so that on hand
     *     stays as it is
     */
    record StockCommitted(
            String locationId,
            String reservationId,
            String orderId,
            List<SkuQuantity> left,
            List<SkuQuantity> released,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * Goods were carried out without a reservation: a fact, also when the book says there were none.
     *
     * @param soldAt by the till's clock, which may run ahead
     * @param sold what was sold after the newest count of its SKU
     * @param alreadyCounted what was sold at or before it, so that on hand stays as it is
     */
    record StockSold(
            String locationId,
            String orderId,
            String fulfilmentId,
            Instant soldAt,
            @RecordedAt Instant recordedAt,
            List<SkuQuantity> sold,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {

        @Override
        public Instant movedAt() {
            return soldAt.isAfter(recordedAt) ? recordedAt : soldAt;
        }
    }

    /**
     * Goods came back and are for sale again.
     *
     * @param alreadyCounted what came back at or before the newest count of its SKU, so that on hand stays as it is
     */
    record StockRestocked(
            String locationId,
            String returnId,
            String orderId,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods came back unfit for sale. */
    record DamagedStockReturned(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /** Goods came back that go back to their vendor. */
    record VendorStockReturned(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * Stock was corrected by a person, or by a pick that found less than the book said.
     *
     * @param alreadyCounted by how much on hand was corrected at or before the newest count of its SKU, so that it
     *     stays as it is; below 0 where units were gone
     */
    record StockAdjusted(
            String locationId,
            String adjustmentId,
            AdjustmentReason reason,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * The result of a count of one SKU.
     *
     * @param expected what the book had on hand
     * @param movedSince net units that came after the count was made and before it was booked
     */
    record CountedSku(String sku, Unit unit, long counted, long expected, long movedSince) {}

    /** Stock was counted: on hand is what was found and what moved since. */
    record StockCounted(
            String locationId, String countId, Instant countedAt, List<CountedSku> counted, List<StockChange> changes)
            implements InventoryEvent {

        @Override
        public boolean decidesUnit() {
            return true;
        }
    }

    /**
     * Goods set out for another location.
     *
     * @param alreadyCounted the part of them that set out at or before the newest count of its SKU, so that on hand
     *     stays as it is
     */
    record StockTransferredOut(
            String locationId,
            String transferId,
            String toLocationId,
            List<SkuQuantity> transferred,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * Goods arrived from another location.
     *
     * @param alreadyCounted what arrived at or before the newest count of its SKU, so that on hand stays as it is
     */
    record StockTransferredIn(
            String locationId,
            String transferId,
            String fromLocationId,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
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
