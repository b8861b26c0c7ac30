package dev.mortar.audit;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.SaleRecorded;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parties whose order, hold, pickup, return or stock an event changes.
 *
 * @param customerId the shopper; null if there is none
 * @param orderId the order; null if the object belongs to none
 * @param stores the locations that work on it
 */
record Owner(@Nullable String customerId, @Nullable String orderId, Set<String> stores) {
    /** Of an order before it is placed: no store but the one that takes it may place it. */
    static Owner ofPlacing(OrderPlaced event) {
        var takenAt = event.getChannel() == Channel.ONLINE ? null : event.getLocationId();
        return new Owner(event.getCustomerId(), event.getOrderId(), takenAt == null ? Set.of() : Set.of(takenAt));
    }

    /** Of a placed order: the stores from which its goods leave work on it, too. */
    static Owner of(OrderPlaced event) {
        var placing = ofPlacing(event);
        var stores = new HashSet<>(placing.stores);
        event.getFulfilments().stream().map(Fulfilment::getLocationId).forEach(stores::add);
        return new Owner(placing.customerId, placing.orderId, Set.copyOf(stores));
    }

    /** The same, and one more store works on it. */
    Owner with(String store) {
        var more = new HashSet<>(stores);
        more.add(store);
        return new Owner(customerId, orderId, Set.copyOf(more));
    }

    static Owner of(SaleRecorded event) {
        return new Owner(event.getCustomerId(), event.getOrderId(), Set.of(event.getLocationId()));
    }

    static Owner ofLocation(String locationId) {
        return new Owner(null, null, Set.of(locationId));
    }

    /** Whether it belongs to a shopper, or to the order of the link that the shopper holds. */
    boolean isOf(String shopper) {
        return shopper.equals(customerId) || orderId != null && shopper.equals("link:" + orderId);
    }
}
