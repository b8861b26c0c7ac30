package dev.mortar.order;

import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of order-service. A command brings its ids, prices and times with it; the decider makes none. */
sealed interface OrderCommand {

    String orderId();

    /**
     * A shopper places an order, online or in a store.
     *
     * @param decideWithin how long the reservations may stay unanswered
     */
    record PlaceOrder(String orderId, RequestedOrder order, Duration decideWithin) implements OrderCommand {}

    /** A till reports a sale. The goods have left already, even if the recorded stock was too low. */
    record RecordSale(String orderId, TillSale sale) implements OrderCommand {}

    record RecordReservation(
            String orderId,
            String fulfilmentId,
            @Nullable Instant readyAt,
            @Nullable Instant acceptBy) implements OrderCommand {}

    /** Inventory-service could not reserve the goods of a fulfilment. */
    record RecordReservationRejection(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderCommand {}

    /** The reservation of a fulfilment was broken, because its goods are no longer in stock. */
    record RecordBrokenReservation(String orderId, String fulfilmentId, EndReason reason) implements OrderCommand {}

    /**
     * A confirmed reservation lost some of its units, because they are no longer in stock.
     *
     * @param reduction number of this loss among those of the reservation, counted from 1
     */
    record RecordReducedReservation(
            String orderId, String fulfilmentId, int reduction, EndReason reason, List<LostUnits> lost)
            implements OrderCommand {

        /** Lost units of one SKU. */
        record LostUnits(String sku, long quantity) {}
    }

    /** A store rejected the task of a fulfilment. */
    record RecordStoreRejection(String orderId, String fulfilmentId) implements OrderCommand {}

    /** A store did not accept the task of a fulfilment, or did not pick its goods, in time. */
    record RecordOverdue(String orderId, String fulfilmentId) implements OrderCommand {}

    /**
     * The locations for the units of a run.
     *
     * @param rulesRevision 0 for the built-in rules
     * @param copyAsOf the figures are at least as new as this
     * @param shares the chosen locations with their units; empty if no locations have all of them
     * @param candidates the locations that were looked at, the best first
     * @param leftOut numbers of locations that did not pass a fence
     * @param score penalty of the chosen locations together
     */
    record DecideSourcing(
            String orderId,
            String runId,
            String rulesId,
            int rulesRevision,
            Instant copyAsOf,
            List<Share> shares,
            List<SourcingCandidate> candidates,
            List<SourcingCandidate.LeftOut> leftOut,
            long score)
            implements OrderCommand {

        /** Units that leave from one location. */
        record Share(String locationId, List<LinePart> parts) {}
    }

    /**
     * The shopper moves a fulfilment of a confirmed order to another store.
     *
     * @param moveId the id of its run
     * @param method how the goods leave; null for the method that they have
     * @param latestReadyAt last instant at which the goods may be ready, or null
     * @param decideWithin how long the new store may take to answer
     */
    record MoveFulfilment(
            String orderId,
            String fulfilmentId,
            String moveId,
            String locationId,
            @Nullable FulfilmentMethod method,
            @Nullable Instant latestReadyAt,
            Duration decideWithin)
            implements OrderCommand {}

    /** A time limit of the order may have passed. */
    record CheckDue(String orderId) implements OrderCommand {}

    /**
     * The shopper or the retailer cancels the order or some of its lines.
     *
     * @param lines lines to cancel; empty for all remaining units
     */
    record CancelOrder(String orderId, String cancellationId, EndReason reason, List<LineToCancel> lines)
            implements OrderCommand {

        /** A line to cancel. If the quantity is null, all its remaining units are cancelled. */
        record LineToCancel(String lineId, @Nullable Long quantity) {}
    }

    /**
     * Pickup-service cancelled lines of a fulfilment.
     *
     * @param cancellationId the request that this answers; null if the store cancelled
     * @param whole true if no unit of the fulfilment remains
     */
    record RecordCancellation(
            String orderId,
            String fulfilmentId,
            @Nullable String cancellationId,
            EndReason reason,
            List<LineQuantity> lines,
            boolean whole)
            implements OrderCommand {}

    /** Pickup-service refused to cancel a fulfilment: the request came too late. */
    record RecordCancellationRefusal(String orderId, String cancellationId, String fulfilmentId)
            implements OrderCommand {}

    /** The store could not pick some units of a line. */
    record RecordShortPick(String orderId, String fulfilmentId, String lineId, long missing) implements OrderCommand {}

    /**
     * The store handed a fulfilment over to the shopper or the courier. Units not handed over go back on the shelf.
     *
     * @param handedOverAt by the store's clock
     */
    record RecordHandover(String orderId, String fulfilmentId, Instant handedOverAt, List<LineQuantity> handedOver)
            implements OrderCommand {}

    /**
     * A parcel of a fulfilment reached the shopper.
     *
     * @param deliveredAt by the courier's clock
     */
    record RecordDelivery(
            String orderId, String fulfilmentId, String parcelId, Instant deliveredAt, List<LineQuantity> lines)
            implements OrderCommand {}

    /**
     * A parcel of a fulfilment came back undelivered.
     *
     * @param returnedTo the location where it is now
     */
    record RecordUndelivered(
            String orderId, String fulfilmentId, String parcelId, String returnedTo, List<ParcelReturnLine> lines)
            implements OrderCommand {}

    /** A parcel of a fulfilment was lost. */
    record RecordLoss(String orderId, String fulfilmentId, String parcelId, List<LineQuantity> lines)
            implements OrderCommand {}

    /** The pickup deadline of a fulfilment passed and nobody came. */
    record RecordNoShow(String orderId, String fulfilmentId) implements OrderCommand {}

    record RecordReturn(String orderId, String returnId, List<LineQuantity> lines, Money refund)
            implements OrderCommand {}
}
