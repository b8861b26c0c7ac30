package dev.mortar.order;

import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;

/** How far a fulfilment has come. */
sealed interface FulfilmentProgress {

    /** Its reservation is not answered. */
    record Waiting() implements FulfilmentProgress {}

    /** Its goods are reserved, or the shopper carries them out and they need no reservation. */
    record Reserved() implements FulfilmentProgress {}

    /** The order goes on without it, or was rejected as a whole. */
    record Rejected(EndReason reason, List<Shortage> shortages) implements FulfilmentProgress {
        public Rejected {
            shortages = List.copyOf(shortages);
        }
    }

    /**
     * Its goods left, except those that were not taken.
     *
     * @param at by the clock of the person or till that saw it
     */
    record HandedOver(Instant at) implements FulfilmentProgress {}

    /** It ended and nothing of it left. */
    record Cancelled() implements FulfilmentProgress {}
}
