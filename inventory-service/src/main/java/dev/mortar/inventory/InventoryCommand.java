package dev.mortar.inventory;

import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a location's stock. A command that moves goods says when they moved; null means when the broker
 * appended it.
 */
sealed interface InventoryCommand {

    String locationId();

    /**
     * Registers a location, or replaces its data.
     *
     * @param exceptions dates with other hours, or null in a command from before there were any
     */
    record RegisterLocation(
            String locationId,
            String name,
            LocationType kind,
            double latitude,
            double longitude,
            String timeZone,
            List<OpeningHours> openingHours,
            @Nullable List<OpeningException> exceptions)
            implements InventoryCommand {}

    /** Books goods that arrived from a supplier. A receipt id books once. */
    record ReceiveStock(
            String locationId, String receiptId, @Nullable Instant movedAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Corrects the book. An adjustment id books once. */
    record AdjustStock(
            String locationId,
            String adjustmentId,
            InventoryEvent.AdjustmentReason reason,
            @Nullable Instant movedAt,
            List<Adjustment> lines)
            implements InventoryCommand {}

    /** By how much the quantities of one SKU are corrected. */
    record Adjustment(String sku, long onHand, long damaged, long toVendor, Unit unit) {

        SkuQuantity onHandLine() {
            return new SkuQuantity(sku, onHand, unit);
        }
    }

    /**
     * Says what was found of some SKUs. A count id books once.
     *
     * @param countedAt when it was counted; the quantities found include all movements up to it
     * @param lines what was found, 0 or more
     */
    record CountStock(String locationId, String countId, Instant countedAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Sets how much of each SKU is kept from online channels. */
    record SetSafetyStock(String locationId, List<SkuQuantity> lines) implements InventoryCommand {}

    /** Sends goods to another location. A transfer id books once. */
    record TransferStock(
            String locationId,
            String transferId,
            String toLocationId,
            @Nullable Instant movedAt,
            List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Books goods that another location sent. */
    record ReceiveTransfer(
            String locationId, String transferId, String fromLocationId, Instant movedAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Holds units for a cart for some seconds. */
    record HoldStock(String locationId, String holdId, Channel channel, List<SkuQuantity> lines, long seconds)
            implements InventoryCommand {}

    /** Gives a hold back. */
    record ReleaseHold(String locationId, String holdId) implements InventoryCommand {}

    /** Ends a hold whose time is over. */
    record ExpireHold(String locationId, String holdId) implements InventoryCommand {}

    /**
     * Sets the goods of a fulfilment aside, all of them or none.
     *
     * @param reservationId the fulfilment id
     * @param holdId the cart hold that the reservation takes over, or null
     * @param expiresAt when the reservation ends by itself unless the order is confirmed
     */
    record ReserveStock(
            String locationId,
            String reservationId,
            String orderId,
            Channel channel,
            List<SkuQuantity> lines,
            @Nullable String holdId,
            Instant expiresAt)
            implements InventoryCommand {}

    /**
     * The order stands: the reservation no longer ends by itself. One that expired is made again with what is left of
     * it; one that was never heard of, with these lines.
     */
    record ConfirmReservation(
            String locationId, String reservationId, String orderId, Channel channel, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** The goods of a reservation lie staged. */
    record MarkPicked(String locationId, String reservationId, String orderId) implements InventoryCommand {}

    /** Frees all of a reservation. */
    record ReleaseReservation(
            String locationId, String reservationId, String orderId, InventoryEvent.ReleaseReason reason)
            implements InventoryCommand {}

    /** Frees a part of a reservation; of one that expired, so much is not set aside again. */
    record ReleasePart(
            String locationId,
            String reservationId,
            String orderId,
            InventoryEvent.ReleaseReason reason,
            List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Ends a reservation whose order was not confirmed in time. */
    record ExpireReservation(String locationId, String reservationId) implements InventoryCommand {}

    /**
     * A picker did not find what is reserved.
     *
     * @param adjustmentId id of the correction that follows; it books once
     * @param damaged true when the units are there and unfit for sale
     */
    record ReportShortPick(
            String locationId,
            String reservationId,
            String orderId,
            String adjustmentId,
            Instant movedAt,
            String sku,
            long missing,
            boolean damaged)
            implements InventoryCommand {}

    /** The goods of a reservation left; what was not taken is free again. */
    record CommitReservation(
            String locationId, String reservationId, String orderId, Instant movedAt, List<SkuQuantity> left)
            implements InventoryCommand {}

    /**
     * Goods were carried out of the location without a reservation. A fulfilment id books once.
     *
     * @param soldAt by the till's clock
     */
    record RecordSale(String locationId, String orderId, String fulfilmentId, Instant soldAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Goods came back to the location. A return id books once. */
    record TakeBack(
            String locationId,
            String returnId,
            String orderId,
            Instant movedAt,
            List<SkuQuantity> restocked,
            List<SkuQuantity> damaged,
            List<SkuQuantity> toVendor)
            implements InventoryCommand {}
}
