package dev.mortar.order;

import java.util.ArrayList;
import java.util.List;

/**
 * A request for cancellation of a confirmed order. Pickup-service, which hands over, answers it for each fulfilment.
 *
 * @param waiting parts that are not answered yet
 * @param refused fulfilments that pickup-service refused to cancel
 */
record Cancellation(String cancellationId, EndReason reason, List<Part> waiting, List<String> refused) {

    /** What is asked of one fulfilment. */
    record Part(String fulfilmentId, List<LineQuantity> lines) {
        Part {
            lines = List.copyOf(lines);
        }
    }

    Cancellation {
        waiting = List.copyOf(waiting);
        refused = List.copyOf(refused);
    }

    boolean waitsFor(String fulfilmentId) {
        return waiting.stream().anyMatch(part -> part.fulfilmentId().equals(fulfilmentId));
    }

    Cancellation answered(String fulfilmentId) {
        List<Part> left = waiting.stream()
                .filter(part -> !part.fulfilmentId().equals(fulfilmentId))
                .toList();
        return new Cancellation(cancellationId, reason, left, refused);
    }

    Cancellation refused(String fulfilmentId) {
        List<String> more = new ArrayList<>(refused);
        more.add(fulfilmentId);
        return new Cancellation(cancellationId, reason, answered(fulfilmentId).waiting(), more);
    }
}
