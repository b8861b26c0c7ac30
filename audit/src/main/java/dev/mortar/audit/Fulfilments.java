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

    void ended(String fulfilmentId, End end) {
        ended.put(fulfilmentId, end);
    }

    void refused(String fulfilmentId) {
        ended.putIfAbsent(fulfilmentId, End.REFUSED);
    }

    /** The end of a reservation, or null. */
    @Nullable
    End end(String fulfilmentId) {
        return ended.get(fulfilmentId);
    }

    /** Whether a reservation ended for good; one that expired may be made again. */
    boolean isOver(String fulfilmentId) {
        return ended.containsKey(fulfilmentId);
    }

    /** Whether the goods of a reservation left and it was not broken. */
    boolean isCommitted(String fulfilmentId) {
        return ended.get(fulfilmentId) == End.COMMITTED;
    }
}
