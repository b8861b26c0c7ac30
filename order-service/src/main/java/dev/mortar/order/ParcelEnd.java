package dev.mortar.order;

import dev.mortar.values.LineQuantity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a parcel.
 *
 * @param at when it was delivered, by the clock of the courier; null if it was not
 * @param lost the units that the shopper gets the money back for; empty unless it is lost
 */
record ParcelEnd(String parcelId, State state, @Nullable Instant at, List<LineQuantity> lost) {

    /** How a parcel ended. */
    enum State {
        DELIVERED,
        UNDELIVERED,
        LOST
    }

    static ParcelEnd of(OrderEvent.FulfilmentDelivered event) {
        return new ParcelEnd(event.parcelId(), State.DELIVERED, event.deliveredAt(), List.of());
    }

    static ParcelEnd of(OrderEvent.FulfilmentUndelivered event) {
        return new ParcelEnd(event.parcelId(), State.UNDELIVERED, null, List.of());
    }

    static ParcelEnd of(OrderEvent.FulfilmentLost event) {
        return new ParcelEnd(
                event.parcelId(),
                State.LOST,
                null,
                event.lines().stream().map(line -> line.units(line.quantity())).toList());
    }
}
