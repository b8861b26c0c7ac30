package dev.mortar.order;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One of a shopper's orders, in two rows. {@link Listed} is its entry in the shopper's list; it is sorted by time and
 * never changes. {@link Standing} is its current state. It is found by order id, because later events lack the time.
 */
sealed interface CustomerOrder {

    /**
     * An order in the list.
     *
     * @param orderedAt by the caller's clock
     */
    record Listed(String orderId, Channel channel, @Nullable String locationId, Instant orderedAt)
            implements CustomerOrder {}

    /**
     * The current state of an order.
     *
     * @param total what the shopper pays
     */
    record Standing(String state, Money total) implements CustomerOrder {}

    /** Prefix of the row names of the list. The other rows sort after them. */
    String LISTED = "l";

    private static String listedRow(Instant orderedAt, String orderId) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, orderedAt);
        return LISTED + String.format(Locale.ROOT, "%019d", Long.MAX_VALUE - micros) + orderId;
    }

    /** The name of the row with the current state of an order. */
    static String standingRow(String orderId) {
        return "s" + orderId;
    }

    /** Rows that an event changes; none if the order is a guest's. */
    static List<RowKey> rows(Recorded<OrderEvent> recorded) {
        String customerId = customerId(recorded.event());
        if (customerId == null) {
            return List.of();
        }
        RowKey standing = new RowKey(customerId, standingRow(recorded.aggregateId()));
        return recorded.sequence() == 1
                ? List.of(new RowKey(customerId, listedRow(recorded.occurredAt(), recorded.aggregateId())), standing)
                : List.of(standing);
    }

    private static @Nullable String customerId(OrderEvent event) {
        return switch (event) {
            case OrderPlaced e -> e.order().customerId();
            case SaleRecorded e -> e.sale().customerId();
            case OrderConfirmed e -> e.customerId();
            case OrderRejected e -> e.customerId();
            case OrderLinesCancelled e -> e.customerId();
            case OrderCancelled e -> e.customerId();
            case OrderCompleted e -> e.customerId();
            // These change neither state nor total.
            case FulfilmentReserved _, FulfilmentRejected _, FulfilmentHandedOver _ -> null;
            case FulfilmentDelivered _, FulfilmentUndelivered _, FulfilmentLost _ -> null;
            case SourcingRequested _, SourcingDecided _ -> null;
            case FulfilmentAdded _, FulfilmentConfirmed _, FulfilmentWithdrawn _ -> null;
            case OrderCancellationRequested _, OrderCancellationRefused _, OrderReturned _ -> null;
        };
    }

    /** The row after the event. */
    static @Nullable CustomerOrder fold(@Nullable CustomerOrder row, RowKey key, Recorded<OrderEvent> recorded) {
        return switch (recorded.event()) {
            case OrderPlaced e ->
                key.row().startsWith(LISTED)
                        ? new Listed(e.orderId(), e.order().channel(), e.order().locationId(), recorded.occurredAt())
                        : new Standing("PLACED", e.total());
            case SaleRecorded e ->
                key.row().startsWith(LISTED)
                        ? new Listed(e.orderId(), Channel.POS, e.sale().locationId(), recorded.occurredAt())
                        : new Standing("CONFIRMED", e.total());
            case OrderConfirmed e -> new Standing("CONFIRMED", e.total());
            case OrderRejected _ -> ended(row, "REJECTED");
            case OrderCancelled _ -> ended(row, "CANCELLED");
            case OrderLinesCancelled e ->
                row instanceof Standing(String state, Money total) ? new Standing(state, total.minus(e.amount())) : row;
            case OrderCompleted _ -> row instanceof Standing now ? new Standing("COMPLETED", now.total()) : row;
            case FulfilmentReserved _, FulfilmentRejected _, FulfilmentHandedOver _ -> row;
            case FulfilmentDelivered _, FulfilmentUndelivered _, FulfilmentLost _ -> row;
            case SourcingRequested _, SourcingDecided _ -> row;
            case FulfilmentAdded _, FulfilmentConfirmed _, FulfilmentWithdrawn _ -> row;
            case OrderCancellationRequested _, OrderCancellationRefused _, OrderReturned _ -> row;
        };
    }

    private static @Nullable CustomerOrder ended(@Nullable CustomerOrder row, String state) {
        return row instanceof Standing standing
                ? new Standing(state, Money.zero(standing.total().currency()))
                : row;
    }
}
