package dev.mortar.inventory;

import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command to a location's stock. A command that moves goods says when they moved; null is the time at which the
 * broker appended the command.
 */
sealed interface InventoryCommand {

    String locationId();

    record RegisterLocation(StockEntry.Location location) implements InventoryCommand {
        @Override
        public String locationId() {
            return location.locationId();
        }
    }

    /** Books goods that arrived from a supplier. A receipt id books once. */
    record ReceiveStock(
            String locationId, String receiptId, @Nullable Instant movedAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Corrects stock. An adjustment id books once. */
    record AdjustStock(
            String locationId,
            String adjustmentId,
            InventoryEvent.AdjustmentReason reason,
            @Nullable Instant movedAt,
            List<Adjustment> lines)
            implements InventoryCommand {}

    /** The changes of the quantities of one SKU. */
    record Adjustment(String sku, long onHand, long damaged, long toVendor, Unit unit) {

        SkuQuantity onHandLine() {
            return new SkuQuantity(sku, onHand, unit);
        }
    }

    /**
     * Books a count of some SKUs. A count id books once.
     *
     * @param countedAt when the goods were counted; the quantities include all movements up to then
     * @param lines counted quantities, 0 or more
     */
    record CountStock(String locationId, String countId, Instant countedAt, List<SkuQuantity> lines)
            implements InventoryCommand {}

    /** Sets the safety stock of some SKUs: units that online channels cannot buy. */
    record SetSafetyStock(String locationId, List<SkuQuantity> lines) implements InventoryCommand {}

    /**
     * Sends goods to another location. A transfer id books once.
     *
     * @param expectedBy when they should have arrived; null for {@link TransferRules#TRAVEL} from now
     */
    record TransferStock(
            String locationId,
            String transferId,
            String toLocationId,
            @Nullable Instant movedAt,
            List<SkuQuantity> lines,
            @Nullable Instant expectedBy)
            implements InventoryCommand {}

    /** Another location has sent goods here. */
    record ExpectTransfer(
            String locationId, String transferId, String fromLocationId, List<SkuQuantity> lines, Instant expectedBy)
            implements InventoryCommand {}

    /**
     * Books goods of a transfer that arrived, or that came back if the location is the sender. A receipt id books once
     * for each transfer.
     *
     * @param accepted units that are fit for sale
     * @param last whether nothing more comes
     */
    record BookTransferReceipt(
            String locationId,
            String transferId,
            String fromLocationId,
            String receiptId,
            @Nullable Instant movedAt,
            List<SkuQuantity> accepted,
            List<SkuQuantity> damaged,
            boolean last)
            implements InventoryCommand {

        /** All units of the receipt. */
        List<SkuQuantity> arrived() {
            return SkuQuantity.summed(
                    Stream.concat(accepted.stream(), damaged.stream()).toList());
        }
    }

    /** The goods of a transfer came back to their sender, so nothing more of it arrives here. */
    record EndReturnedTransfer(String locationId, String transferId, String fromLocationId, List<SkuQuantity> returned)
            implements InventoryCommand {}

    /** Ends a transfer of which nobody has reported the end for too long. */
    record CloseTransfer(String locationId, String transferId, String fromLocationId) implements InventoryCommand {}

    /**
     * Holds units for a cart for some seconds.
     *
     * @param heldBy the shopper whose hold it is, or null
     */
    record HoldStock(
            String locationId,
            String holdId,
            @Nullable String heldBy,
            Channel channel,
            List<SkuQuantity> lines,
            long seconds)
            implements InventoryCommand {}

    /**
     * Changes the units of a hold, its end or both.
     *
     * @param heldBy the shopper who changes it: a hold of anybody else looks like none; null for the retailer
     * @param channel from which more units are taken
     * @param lines all units to hold from now on; null leaves them
     * @param seconds from now to its end; null leaves the end
     */
    record ChangeHold(
            String locationId,
            String holdId,
            @Nullable String heldBy,
            Channel channel,
            @Nullable List<SkuQuantity> lines,
            @Nullable Long seconds)
            implements InventoryCommand {}

    /**
     * Releases a hold.
     *
     * @param heldBy the shopper who releases it: a hold of anybody else stays; null if the retailer releases it
     */
    record ReleaseHold(
            String locationId, String holdId, @Nullable String heldBy) implements InventoryCommand {}

    /** Ends a hold that has reached its end time. */
    record ExpireHold(String locationId, String holdId) implements InventoryCommand {}

    /** A command about the goods of a fulfilment. */
    sealed interface OfFulfilment extends InventoryCommand {
        Fulfilment fulfilment();

        @Override
        default String locationId() {
            return fulfilment().locationId();
        }

        default String fulfilmentId() {
            return fulfilment().fulfilmentId();
        }
    }

    /**
     * Reserves the goods of a fulfilment, all of them or none.
     *
     * @param holdId the cart hold that the reservation replaces, or null
     * @param expiresAt when the reservation expires unless the order is confirmed
     * @param latestReadyAt when the goods must be ready; null if any time will do. It is heeded where the location
     *     limits the fulfilments of the method.
     */
    record ReserveStock(
            Fulfilment fulfilment,
            FulfilmentMethod method,
            Channel channel,
            List<SkuQuantity> lines,
            @Nullable String holdId,
            Instant expiresAt,
            @Nullable Instant latestReadyAt)
            implements OfFulfilment {}

    /**
     * The order is confirmed, so the reservation no longer expires. An expired reservation is made again with its
     * remaining lines; an unknown one is made with these lines.
     */
    record ConfirmReservation(Fulfilment fulfilment, Channel channel, List<SkuQuantity> lines)
            implements OfFulfilment {}

    /** The goods of a reservation are staged. */
    record MarkPicked(Fulfilment fulfilment) implements OfFulfilment {}

    /** Releases a whole reservation. */
    record ReleaseReservation(Fulfilment fulfilment, InventoryEvent.ReleaseReason reason) implements OfFulfilment {}

    /** Releases a part of a reservation. If it expired, that part is not reserved again. */
    record ReleasePart(Fulfilment fulfilment, InventoryEvent.ReleaseReason reason, List<SkuQuantity> lines)
            implements OfFulfilment {}

    /** Ends a reservation if its order was not confirmed in time. */
    record ExpireReservation(Fulfilment fulfilment) implements OfFulfilment {}

    /**
     * A picker did not find all reserved goods.
     *
     * @param adjustmentId id of the adjustment that follows; it books once
     * @param damaged true when the units are there but unfit for sale
     */
    record ReportShortPick(
            Fulfilment fulfilment, String adjustmentId, Instant movedAt, String sku, long missing, boolean damaged)
            implements OfFulfilment {}

    /** Reserved goods left the location. The rest of the reservation is released. */
    record CommitReservation(Fulfilment fulfilment, Instant movedAt, List<SkuQuantity> handedOver)
            implements OfFulfilment {}

    /** Goods left the location without a reservation. A fulfilment id books once. */
    record RecordSale(Fulfilment fulfilment, Instant soldAt, List<SkuQuantity> lines) implements OfFulfilment {}

    /** Returned goods came back to the location. A return id books once. */
    record TakeBack(
            String locationId,
            String returnId,
            String orderId,
            Instant movedAt,
            List<SkuQuantity> restocked,
            List<SkuQuantity> damaged,
            List<SkuQuantity> toVendor)
            implements InventoryCommand {}

    /** Stops new bookings for some time. A pause id books once. */
    record PauseCapacity(String locationId, Pause pause) implements InventoryCommand {}

    /** Removes the bookings of a slot that ended a day ago. */
    record CloseSlot(String locationId, FulfilmentMethod method, Instant startsAt) implements InventoryCommand {}
}
