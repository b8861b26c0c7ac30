package dev.mortar.order;

import dev.mortar.values.LineQuantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request for cancellation of a confirmed order. Pickup-service, which hands over, answers it for each fulfilment.
 *
 * @param asked what was asked of each fulfilment
 * @param wholeLines lines of which all was asked for that could be cancelled then
 * @param everything true when all was asked for that could be cancelled then
 * @param answered fulfilments that pickup-service has answered for
 * @param refused those of them that pickup-service refused to cancel
 */
record Cancellation(
        String cancellationId,
        EndReason reason,
        List<Part> asked,
        List<String> wholeLines,
        boolean everything,
        List<String> answered,
        List<String> refused) {

    /** What is asked of one fulfilment. */
    record Part(String fulfilmentId, List<LineQuantity> lines) {
        Part {
            lines = List.copyOf(lines);
        }
    }

    Cancellation {
        asked = List.copyOf(asked);
        wholeLines = List.copyOf(wholeLines);
        answered = List.copyOf(answered);
        refused = List.copyOf(refused);
    }

    /** @param before the order when it was requested */
    static Cancellation requested(OrderEvent.OrderCancellationRequested request, Contents before) {
        Map<String, Long> cancellable = new LinkedHashMap<>();
        before.placed().lines().forEach(line -> cancellable.put(line.lineId(), before.cancellable(line)));
        cancellable.values().removeIf(units -> units == 0);
        Map<String, Long> units = units(request.parts());
        List<String> wholeLines = cancellable.entrySet().stream()
                .filter(line -> line.getValue().equals(units.get(line.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        return new Cancellation(
                request.cancellationId(),
                request.reason(),
                request.parts(),
                wholeLines,
                wholeLines.size() == cancellable.size(),
                List.of(),
                List.of());
    }

    /** Whether it asks for the same: a repeat of the request that made it. */
    boolean isOf(OrderCommand.CancelOrder command) {
        if (command.reason() != reason) {
            return false;
        }
        if (command.lines().isEmpty()) {
            return everything;
        }
        Map<String, Long> units = units(asked);
        return command.lines().size() == units.size()
                && command.lines().stream()
                        .allMatch(wanted -> wanted.quantity() == null
                                ? wholeLines.contains(wanted.lineId())
                                : wanted.quantity().equals(units.get(wanted.lineId())));
    }

    /** Parts that are not answered yet. */
    List<Part> waiting() {
        return asked.stream()
                .filter(part -> !answered.contains(part.fulfilmentId()))
                .toList();
    }

    boolean waitsFor(String fulfilmentId) {
        return waiting().stream().anyMatch(part -> part.fulfilmentId().equals(fulfilmentId));
    }

    Cancellation answered(String fulfilmentId) {
        return waitsFor(fulfilmentId) ? with(plus(answered, fulfilmentId), refused) : this;
    }

    Cancellation refused(String fulfilmentId) {
        Cancellation after = answered(fulfilmentId);
        return after.with(after.answered, plus(refused, fulfilmentId));
    }

    /** The order has ended: no answer is waited for any more. */
    Cancellation over() {
        return with(asked.stream().map(Part::fulfilmentId).toList(), refused);
    }

    private Cancellation with(List<String> nowAnswered, List<String> nowRefused) {
        return new Cancellation(cancellationId, reason, asked, wholeLines, everything, nowAnswered, nowRefused);
    }

    private static List<String> plus(List<String> fulfilmentIds, String another) {
        List<String> more = new ArrayList<>(fulfilmentIds);
        more.add(another);
        return more;
    }

    private static Map<String, Long> units(List<Part> parts) {
        Map<String, Long> units = new HashMap<>();
        parts.forEach(part -> part.lines().forEach(line -> units.merge(line.lineId(), line.quantity(), Long::sum)));
        return units;
    }
}
