package dev.mortar.inventory;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;

/** Why inventory refuses a command. */
sealed interface InventoryRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case LocationUnknown r -> "Location %s is not registered.".formatted(r.locationId());
            case InsufficientStock r -> shortage(r.shortages());
            case UnitMismatch r ->
                "Location %s keeps SKU %s in %s, not in %s.".formatted(r.locationId(), r.sku(), r.unit(), r.given());
            case AdjustmentBelowZero r ->
                "SKU %s has %d; a change of %d would make it negative.".formatted(r.sku(), r.present(), r.change());
            case CountSuperseded r ->
                "SKU %s already has a newer count, made at %s.".formatted(r.sku(), r.newestCountedAt());
            case CountInFuture r ->
                "The count time %s is in the future; the time is now %s.".formatted(r.countedAt(), r.now());
            case CountTooOld r ->
                "SKU %s was counted at %s; movements are remembered only since %s. Count it again."
                        .formatted(r.sku(), r.countedAt(), r.rememberedSince());
            case DocumentUsed r ->
                "%s %s is already booked with other content. Use another number.".formatted(r.field(), r.id());
            case TransferToItself r ->
                "Location %s cannot transfer to itself. Name another location.".formatted(r.locationId());
            case TransferDue r ->
                "The goods cannot be expected by %s; the time is now %s.".formatted(r.expectedBy(), r.now());
            case TransferUnknown r -> "Location %s has sent no transfer %s.".formatted(r.locationId(), r.transferId());
            case TransferEnded r -> "Transfer %s has ended. Correct the stock instead.".formatted(r.transferId());
            case HoldEnded r -> "There is no hold %s; it may have ended.".formatted(r.holdId());
            case HoldTooLong r -> "The hold can last until %s at most.".formatted(r.latest());
            case NoSlots r ->
                "Location %s has neither opening hours nor capacity rules for %s, so it has no slots to pause."
                        .formatted(r.locationId(), r.method());
            case PauseOver r -> "The pause ended at %s; the time is now %s.".formatted(r.until(), r.now());
            case TooManyPauses r ->
                "The location already has %d pauses that have not ended. Join some of them.".formatted(r.limit());
        };
    }

    private static String shortage(List<Shortage> shortages) {
        Shortage first = shortages.getFirst();
        String others = shortages.size() == 1 ? "" : " Other SKUs are short too.";
        return "SKU %s has %d available; %d were requested."
                        .formatted(first.sku(), first.available(), first.requested())
                + others;
    }

    record LocationUnknown(String locationId) implements InventoryRejection, NotFound {}

    record InsufficientStock(List<Shortage> shortages) implements InventoryRejection, Conflict {}

    /** A request names a unit that the location does not keep the SKU in. */
    record UnitMismatch(String locationId, String sku, Unit unit, Unit given)
            implements InventoryRejection, Unprocessable {}

    /** An adjustment would take a quantity below 0. */
    record AdjustmentBelowZero(String sku, long present, long change) implements InventoryRejection, Conflict {}

    record CountSuperseded(String sku, Instant countedAt, Instant newestCountedAt)
            implements InventoryRejection, Conflict {}

    record CountInFuture(Instant countedAt, Instant now) implements InventoryRejection, Unprocessable {}

    record CountTooOld(String sku, Instant countedAt, Instant rememberedSince)
            implements InventoryRejection, Unprocessable {}

    /** Another document is already booked under this number. */
    record DocumentUsed(String field, String id, Document booked) implements InventoryRejection, Conflict {}

    record TransferToItself(String locationId) implements InventoryRejection, Unprocessable {}

    /** A transfer would be late before it leaves. */
    record TransferDue(Instant expectedBy, Instant now) implements InventoryRejection, Unprocessable {}

    record TransferUnknown(String locationId, String transferId) implements InventoryRejection, NotFound {}

    /** A receipt came after the last one of its transfer. */
    record TransferEnded(String transferId) implements InventoryRejection, Conflict {}

    record HoldEnded(String holdId) implements InventoryRejection, NotFound {}

    record HoldTooLong(Instant latest) implements InventoryRejection, Unprocessable {}

    /** A pause would have no effect. */
    record NoSlots(String locationId, FulfilmentMethod method) implements InventoryRejection, Conflict {}

    record PauseOver(Instant until, Instant now) implements InventoryRejection, Unprocessable {}

    record TooManyPauses(int limit) implements InventoryRejection, Conflict {}
}
