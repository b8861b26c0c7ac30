package dev.mortar.order;

import dev.mortar.values.EndReason;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The progress of a fulfilment. */
sealed interface FulfilmentProgress {

    /** Inventory-service has not answered its reservation. */
    record Waiting() implements FulfilmentProgress {}

    /** Its goods are reserved, or need no reservation because the shopper carries them out. */
    record Reserved() implements FulfilmentProgress {}

    /** It was rejected, alone or with the whole order. */
    record Rejected(EndReason reason, List<Shortage> shortages) implements FulfilmentProgress {}

    /**
     * Its goods were handed over, except units that the shopper did not take.
     *
     * @param at by the clock of the store or the till
     * @param sent the units of a delivery; empty for any other method
     * @param ended the parcels that have ended
     */
    record HandedOver(Instant at, List<LinePart> sent, List<ParcelEnd> ended) implements FulfilmentProgress {

        boolean hasEnded(String parcelId) {
            return ended.stream().anyMatch(parcel -> parcel.parcelId().equals(parcelId));
        }

        /** Lost units of a line. */
        long lost(String lineId) {
            return ended.stream()
                    .flatMap(parcel -> parcel.lost().stream())
                    .filter(units -> units.lineId().equals(lineId))
                    .mapToLong(LineQuantity::quantity)
                    .sum();
        }

        HandedOver and(ParcelEnd parcel) {
            List<ParcelEnd> more = new ArrayList<>(ended);
            more.add(parcel);
            return new HandedOver(at, sent, more);
        }
    }

    /** It ended before anything was handed over. */
    record Cancelled() implements FulfilmentProgress {}

    /** Its goods are reserved, and the fulfilment that it replaces still has the units. */
    record SetAside() implements FulfilmentProgress {}

    /** It has no units any more. They leave with another fulfilment, or the order looks for one. */
    record Moved() implements FulfilmentProgress {}

    /** It was added and is not used. */
    record Withdrawn(SourcingRun.Withdrawal reason) implements FulfilmentProgress {}
}
