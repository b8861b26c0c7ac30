package dev.mortar.audit;

import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.order.OrderPlaced;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fulfilments that inventory has to reserve, and the ends of their reservations, of all locations. */
final class Fulfilments {
    private final Map<String, Request> requests = new HashMap<>();
    private final Map<String, End> ended = new HashMap<>();

    /** The end of a reservation, or the reason why it was never made. */
    enum End {
        RELEASED,
        COMMITTED,
        BROKEN,
        /** Broken, and then handed over by a store that did not know it yet. */
        TAKEN,
        VOIDED,
        REFUSED
    }

    /** The request of an order for one fulfilment. */
    record Request(
            String locationId,
            Map<String, Long> quantities,
            boolean online,
            @Nullable String holdId,
            LoggedEvent placed) {}

    void placed(OrderPlaced event, LoggedEvent logged) {
        for (var fulfilment : event.getFulfilments()) {
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                var lines = event.getLines().stream()
                        .filter(line -> fulfilment.getLineIds().contains(line.getLineId()))
                        .toList();
                requests.put(
                        fulfilment.getFulfilmentId(),
                        new Request(
                                fulfilment.getLocationId(),
                                Sums.byGoods(lines),
                                event.getChannel() == Channel.ONLINE,
                                fulfilment.getHoldId(),
                                logged));
            }
        }
    }

    /** The request that inventory answers now; null if there is none or it was answered before. */
    @Nullable
    Request answered(String fulfilmentId) {
        return requests.remove(fulfilmentId);
    }

    void ended(String reservationId, End end) {
        ended.put(reservationId, end);
    }

    void refused(String reservationId) {
        ended.putIfAbsent(reservationId, End.REFUSED);
    }

    /** The end of a reservation, or null. */
    @Nullable
    End end(String reservationId) {
        return ended.get(reservationId);
    }

    /** Whether a reservation ended for good; one that expired may be made again. */
    boolean isOver(String reservationId) {
        return ended.containsKey(reservationId);
    }

    /** Whether the goods of a reservation left and it was not broken. */
    boolean isCommitted(String reservationId) {
        return ended.get(reservationId) == End.COMMITTED;
    }
}
