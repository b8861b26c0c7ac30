package dev.mortar.pickup;

import dev.mortar.values.Channel;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of a pickup. */
sealed interface PickupCommand {

    /** Id of the fulfilment, which is the id of its pickup. */
    String fulfilmentId();

    /**
     * Goods of a confirmed order are to be picked.
     *
     * @param promisedAt when the shopper was told the goods would be ready, or null
     */
    record RequestPickup(
            Fulfilment fulfilment,
            Channel channel,
            List<PickupLine> lines,
            @Nullable Instant promisedAt) implements PickupCommand {
        @Override
        public String fulfilmentId() {
            return fulfilment.fulfilmentId();
        }
    }

    /** An associate begins to pick. */
    record StartPicking(String fulfilmentId) implements PickupCommand {}

    /**
     * Some units of a line cannot be found or sold.
     *
     * @param missing units, greater than 0
     */
    record ReportShort(String fulfilmentId, String lineId, long missing, ShortReason reason) implements PickupCommand {}

    /**
     * The goods lie staged.
     *
     * @param stagingPlace code of the place where they lie, or null
     * @param pickupWithin time to fetch them, counted from now and on to when the location is open; means nothing for
     *     DELIVERY
     * @param codeKeyId key that the pickup code is derived with
     * @param hours when the location is open, or null when that is not known
     */
    record MarkReady(
            String fulfilmentId,
            @Nullable String stagingPlace,
            Duration pickupWithin,
            String codeKeyId,
            @Nullable OpeningHours hours)
            implements PickupCommand {}

    /**
     * The shopper sets out.
     *
     * @param expectedAt when the shopper expects to arrive, or null
     */
    record NoteOnTheWay(String fulfilmentId, @Nullable Instant expectedAt) implements PickupCommand {}

    /**
     * The shopper is at the location.
     *
     * @param bay code of the parking bay, or null at the counter
     */
    record NoteArrival(String fulfilmentId, @Nullable String bay) implements PickupCommand {}

    /**
     * The goods are to be given away.
     *
     * @param taken what is taken, or null for all of it; nothing when the shopper refuses everything
     * @param notTakenReason why the shopper leaves goods, or null when nobody says
     * @param handedOverAt when, by the clock of whoever sees it, or null for now
     */
    record HandOver(
            String fulfilmentId,
            Proof proof,
            @Nullable List<LineQuantity> taken,
            @Nullable NotTakenReason notTakenReason,
            @Nullable Instant handedOverAt)
            implements PickupCommand {}

    /**
     * The shopper needs a new pickup code; the earlier one becomes void.
     *
     * @param codeKeyId key that the new code is derived with
     */
    record ReissueCode(String fulfilmentId, String codeKeyId) implements PickupCommand {}

    /** The store ends the pickup; what is left goes back on the shelf. */
    record CancelPickup(String fulfilmentId, EndReason reason) implements PickupCommand {}

    /** The order asks for lines to be cancelled; answered in every state. */
    record AnswerCancellation(String fulfilmentId, String cancellationId, EndReason reason, List<LineQuantity> lines)
            implements PickupCommand {}

    /** A reminder or the pickup deadline may be due. */
    record CheckDeadline(String fulfilmentId) implements PickupCommand {}
}
