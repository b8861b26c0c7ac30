package dev.mortar.inventory;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An event of a location's stock. The quantities of a SKU are the sums of its {@link #changes()}. The contract,
 * {@code inventory.avdl}, explains every field.
 */
sealed interface InventoryEvent {

    /** All changes; each SKU and unit is listed once. */
    default List<StockChange> changes() {
        return List.of();
    }

    /**
     * When the goods moved, by the clock of the person or till that saw it; never later than the record time. Null for
     * a count and for an event that moves no goods.
     */
    default @Nullable Instant movedAt() {
        return null;
    }

    /** True when the event may change the unit that the location keeps a SKU in. */
    default boolean decidesUnit() {
        return false;
    }

    enum ReservationRejectionReason {
        INSUFFICIENT_STOCK,
        LOCATION_UNKNOWN,
        ALREADY_RELEASED,
        /** No slot has a place left in time. */
        NO_CAPACITY
    }

    /** Why reserved units were released. */
    enum ReleaseReason {
        ORDER_REJECTED,
        ORDER_CANCELLED,
        PICKUP_CANCELLED,
        PICKUP_EXPIRED,
        SHORT_PICK,
        NOT_ANSWERED_IN_TIME,
        /** The order does not use this fulfilment. */
        FULFILMENT_WITHDRAWN
    }

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
    record LocationRegistered(StockEntry.Location location) implements InventoryEvent {}

    /** Goods arrived from a supplier. */
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

    /** All goods of a fulfilment were reserved. */
    record StockReserved(
            Fulfilment fulfilment,
            List<SkuQuantity> reserved,
            Instant expiresAt,
            List<StockChange> changes,
            @Nullable Slot slot,
            @Nullable Instant readyAt,
            @Nullable Instant acceptBy)
            implements InventoryEvent {}

    /** The fulfilment could not be reserved. None of its goods are reserved. */
    record StockReservationRejected(
            Fulfilment fulfilment,
            ReservationRejectionReason reason,
            List<SkuQuantity> requested,
            List<Shortage> shortages,
            @Nullable Instant firstReadyAt)
            implements InventoryEvent {}

    /**
     * The reservation no longer expires. Stock changes only if the reservation had expired or was never made: it is
     * made now, with its remaining lines, and its slot is booked again if it was given back.
     */
    record ReservationConfirmed(
            Fulfilment fulfilment,
            List<StockChange> changes,
            @Nullable Slot slot) implements InventoryEvent {}

    /**
     * The goods of the reservation are staged. A shortfall no longer breaks it, even if it expired and is made again
     * later.
     */
    record ReservationPicked(Fulfilment fulfilment) implements InventoryEvent {}

    /**
     * Reserved units were released. If the reservation had expired, its lines shrink and stock does not change.
     *
     * @param alreadyLost units that the reservation had lost before, so that nothing was left to release
     */
    record StockReleased(
            Fulfilment fulfilment,
            ReleaseReason reason,
            List<SkuQuantity> released,
            boolean whole,
            List<StockChange> changes,
            List<SkuQuantity> alreadyLost,
            @Nullable Slot slot)
            implements InventoryEvent {}

    /**
     * A release found no open reservation. A reservation that comes later is rejected; one that had expired is closed.
     */
    record ReservationVoided(Fulfilment fulfilment) implements InventoryEvent {}

    /** Reserved goods left the location, and the reservation ended. */
    record StockCommitted(
            Fulfilment fulfilment,
            List<SkuQuantity> handedOver,
            List<SkuQuantity> released,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * Goods left the location without a reservation. The sale is recorded even if on hand says that there were none.
     */
    record StockSold(
            Fulfilment fulfilment,
            Instant soldAt,
            @FieldName("meta.recordedAt") Instant recordedAt,
            List<SkuQuantity> sold,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {

        @Override
        public Instant movedAt() {
            return soldAt.isAfter(recordedAt) ? recordedAt : soldAt;
        }
    }

    /** Returned goods are for sale again. */
    record StockRestocked(
            String locationId,
            String returnId,
            String orderId,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** Returned goods are unfit for sale. */
    record DamagedStockReturned(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /** Returned goods wait to go back to their vendor. */
    record VendorStockReturned(String locationId, String returnId, String orderId, List<StockChange> changes)
            implements InventoryEvent {}

    /** A person, a system or a short pick corrected stock. */
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
     * @param expected on hand before the count was booked
     * @param movedSince net units that arrived after the count was made and before it was booked
     */
    record CountedSku(String sku, Unit unit, long counted, long expected, long movedSince) {}

    /** Stock was counted. On hand becomes the counted quantity plus the movements since the count. */
    record StockCounted(
            String locationId, String countId, Instant countedAt, List<CountedSku> counted, List<StockChange> changes)
            implements InventoryEvent {

        @Override
        public boolean decidesUnit() {
            return true;
        }
    }

    /**
     * Goods were sent to another location.
     *
     * @param expectedBy null in an event of 1.0.0, whose goods arrived at once
     */
    record StockTransferredOut(
            String locationId,
            String transferId,
            String toLocationId,
            List<SkuQuantity> transferred,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes,
            @Nullable Instant expectedBy)
            implements InventoryEvent {}

    /** Another location has sent goods here. Those that have not arrived yet are in transit. */
    record TransferExpected(
            String locationId,
            String transferId,
            String fromLocationId,
            List<SkuQuantity> sent,
            Instant expectedBy,
            List<StockChange> changes)
            implements InventoryEvent {}

    /**
     * Goods of a transfer arrived, or came back to their sender.
     *
     * @param receiptId null in an event of 1.0.0, whose goods arrived at once
     * @param returnedFrom the location that they did not reach; null if they arrived
     * @param last whether the receiver said that nothing more comes
     */
    record StockTransferredIn(
            String locationId,
            String transferId,
            String fromLocationId,
            Instant movedAt,
            List<SkuQuantity> alreadyCounted,
            List<StockChange> changes,
            @Nullable String receiptId,
            List<SkuQuantity> accepted,
            List<SkuQuantity> damaged,
            @Nullable String returnedFrom,
            boolean last)
            implements InventoryEvent {

        /** All units of the receipt. */
        List<SkuQuantity> arrived() {
            return SkuQuantity.summed(
                    Stream.concat(accepted.stream(), damaged.stream()).toList());
        }
    }

    /** How a transfer ended. */
    enum TransferEndReason {
        COMPLETE,
        SHORT,
        OVER,
        /** Nobody reported its end, and units are missing. */
        NO_NEWS,
        /** The goods came back to their sender. */
        RETURNED
    }

    /** Nothing of the transfer is in transit any more. */
    record TransferClosed(
            String locationId,
            String transferId,
            String fromLocationId,
            TransferEndReason reason,
            List<SkuQuantity> missing,
            List<SkuQuantity> over,
            List<SkuQuantity> returned,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** More units of a SKU are committed than are on hand. */
    record StockShortfallDetected(String locationId, String sku, long shortBy, Unit unit) implements InventoryEvent {}

    /** The reservation cannot be met. It ended, and its units were released. */
    record ReservationBroken(
            Fulfilment fulfilment,
            List<String> shortSkus,
            List<SkuQuantity> released,
            List<StockChange> changes,
            boolean soldAtTill,
            @Nullable Slot slot)
            implements InventoryEvent {}

    /**
     * A confirmed reservation lost units that are not on hand. The others stay reserved.
     *
     * @param reduction number of this loss among those of the reservation, counted from 1
     */
    record ReservationReduced(
            Fulfilment fulfilment, int reduction, List<SkuQuantity> lost, List<StockChange> changes, boolean soldAtTill)
            implements InventoryEvent {}

    record SafetyStockSet(String locationId, List<StockChange> changes) implements InventoryEvent {}

    /**
     * A cart holds units for a short time.
     *
     * @param heldBy the shopper whose hold it is, or null
     */
    record StockHeld(
            String locationId,
            String holdId,
            @Nullable String heldBy,
            List<SkuQuantity> held,
            @FieldName("meta.recordedAt") Instant heldAt,
            Instant expiresAt,
            List<StockChange> changes)
            implements InventoryEvent {}

    /** A hold has other units or another end. */
    record StockHoldChanged(
            String locationId, String holdId, List<SkuQuantity> held, Instant expiresAt, List<StockChange> changes)
            implements InventoryEvent {}

    /** A hold ended early: the caller released it, or the reservation of its order replaced it. */
    record StockHoldReleased(String locationId, String holdId, List<StockChange> changes) implements InventoryEvent {}

    /** A hold reached its end time. */
    record StockHoldExpired(String locationId, String holdId, List<StockChange> changes) implements InventoryEvent {}

    /** The location takes no new bookings for the slots that overlap the pause. Bookings made before stay. */
    record CapacityPaused(
            String locationId,
            Pause pause,
            @FieldName("meta.recordedAt") Instant recordedAt) implements InventoryEvent {}

    /** The slot ended a day ago, so its bookings are removed. */
    record SlotClosed(String locationId, FulfilmentMethod method, Instant startsAt, long booked, long unpicked)
            implements InventoryEvent {}
}
