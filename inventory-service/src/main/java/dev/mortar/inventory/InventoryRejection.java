package dev.mortar.inventory;

import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/** Why inventory refuses a command. */
sealed interface InventoryRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case LocationUnknown r -> "Location %s is not registered.".formatted(r.locationId());
            case InsufficientStock _ -> "More was asked than is available.";
            case UnitMismatch r ->
                "Location %s keeps SKU %s in %s, not in %s.".formatted(r.locationId(), r.sku(), r.unit(), r.given());
            case AdjustmentBelowZero r ->
                "SKU %s has %d, so it cannot change by %d.".formatted(r.sku(), r.present(), r.change());
            case CountSuperseded r -> "SKU %s was counted again at %s.".formatted(r.sku(), r.newestCountedAt());
            case CountInFuture r -> "The count is of %s and now is %s.".formatted(r.countedAt(), r.now());
            case CountTooOld r ->
                "SKU %s was counted at %s; movements are remembered since %s. Count it again."
                        .formatted(r.sku(), r.countedAt(), r.rememberedSince());
            case DocumentUsed r ->
                "%s %s was booked with other content. Use another number.".formatted(r.field(), r.id());
            case TransferToItself r -> "Location %s cannot transfer to itself.".formatted(r.locationId());
        };
    }

    /** Nobody registered the location. */
    record LocationUnknown(String locationId) implements InventoryRejection, NotFound {}

    /** More was asked than is available. */
    record InsufficientStock(List<Shortage> shortages) implements InventoryRejection, Conflict {}

    /**
     * A request names a unit that the location does not keep the SKU in.
     *
     * @param unit the unit it keeps it in
     * @param given the unit of the request
     */
    record UnitMismatch(String locationId, String sku, Unit unit, Unit given)
            implements InventoryRejection, Unprocessable {}

    /**
     * An adjustment would take a quantity below 0.
     *
     * @param present what the book has now
     * @param change what was asked
     */
    record AdjustmentBelowZero(String sku, long present, long change) implements InventoryRejection, Conflict {}

    /** A newer count of the SKU is on the book. */
    record CountSuperseded(String sku, Instant countedAt, Instant newestCountedAt)
            implements InventoryRejection, Conflict {}

    /** A count cannot be of a time that has not come. */
    record CountInFuture(Instant countedAt, Instant now) implements InventoryRejection, Unprocessable {}

    /** The movements after so old a count are no longer remembered. */
    record CountTooOld(String sku, Instant countedAt, Instant rememberedSince)
            implements InventoryRejection, Unprocessable {}

    /**
     * The number of a document is used by another one.
     *
     * @param field name of the field that holds the number
     * @param booked what was booked under it
     */
    record DocumentUsed(String field, String id, Document booked) implements InventoryRejection, Conflict {}

    /** Goods cannot be transferred to where they are. */
    record TransferToItself(String locationId) implements InventoryRejection, Unprocessable {}
}
