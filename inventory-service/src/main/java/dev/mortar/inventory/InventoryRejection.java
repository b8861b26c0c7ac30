package dev.mortar.inventory;

import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/** Why inventory refuses a command. */
sealed interface InventoryRejection extends Rejection {

    /** Nobody registered the location. */
    record LocationUnknown(String locationId) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "Location %s is not registered.".formatted(locationId);
        }
    }

    /** More was asked than is available. */
    record InsufficientStock(List<Shortage> shortages) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "More was asked than is available.";
        }
    }

    /** The SKU is on the book in another unit. */
    record UnitMismatch(String sku, Unit unit, Unit given) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "SKU %s is kept in %s, not in %s.".formatted(sku, unit, given);
        }
    }

    /**
     * An adjustment would take a quantity below 0.
     *
     * @param present what the book has now
     * @param change what was asked
     */
    record AdjustmentBelowZero(String sku, long present, long change) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "SKU %s has %d, so it cannot change by %d.".formatted(sku, present, change);
        }
    }

    /** A newer count of the SKU is on the book. */
    record CountSuperseded(String sku, Instant countedAt, Instant newestCountedAt) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "SKU %s was counted again at %s.".formatted(sku, newestCountedAt);
        }
    }

    /** A count cannot be of a time that has not come. */
    record CountInFuture(Instant countedAt, Instant now) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The count is of %s and now is %s.".formatted(countedAt, now);
        }
    }

    /** Goods cannot be transferred to where they are. */
    record TransferToItself(String locationId) implements InventoryRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "Location %s cannot transfer to itself.".formatted(locationId);
        }
    }
}
