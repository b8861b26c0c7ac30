package dev.mortar.order;

import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A request to cancel lines of a confirmed order. Pickup-service answers it for each fulfilment.
 *
 * @param asked the requested units of each fulfilment
 * @param wholeLines lines of which the request named every unit that could be cancelled then
 * @param everything true if the request named every unit that could be cancelled then
 * @param answered fulfilments for which pickup-service has answered
 * @param refused answered fulfilments that pickup-service refused to cancel
 */
record Cancellation(
        String cancellationId,
        EndReason reason,
        List<Part> asked,
        List<String> wholeLines,
        boolean everything,
        List<String> answered,
        List<String> refused) {

    /** The requested units of one fulfilment. */
    record Part(String fulfilmentId, List<LineQuantity> lines) {}

    /** @param before the order before the request */
    static Cancellation requested(OrderEvent.OrderCancellationRequested request, OrderContents before) {
        Map<String, Long> cancellable =
                units(before.cancellable().values().stream().flatMap(List::stream));
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

    boolean isRepeatedBy(OrderCommand.CancelOrder command) {
        if (command.reason() != reason) {
            return false;
        }
        if (command.lines().isEmpty()) {
            return everything;
        }
        Map<String, Long> units = units(asked);
        return command.lines().size() == units.size()
                && command.lines().stream()
                        .allMatch(line -> line.quantity() == null
                                ? wholeLines.contains(line.lineId())
                                : line.quantity().equals(units.get(line.lineId())));
    }

    /** Parts that pickup-service has not answered. */
    List<Part> unanswered() {
        return asked.stream()
                .filter(part -> !answered.contains(part.fulfilmentId()))
                .toList();
    }

    boolean isAnswered() {
        return unanswered().isEmpty();
    }

    boolean awaits(String fulfilmentId) {
        return unanswered().stream().anyMatch(part -> part.fulfilmentId().equals(fulfilmentId));
    }

    Cancellation answered(String fulfilmentId) {
        return awaits(fulfilmentId) ? with(plus(answered, fulfilmentId), refused) : this;
    }

    Cancellation refused(String fulfilmentId) {
        Cancellation after = answered(fulfilmentId);
        return after.with(after.answered, plus(refused, fulfilmentId));
    }

    /** The order has ended: every part counts as answered. */
    Cancellation closed() {
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
        return units(parts.stream().flatMap(part -> part.lines().stream()));
    }

    private static Map<String, Long> units(Stream<LineQuantity> lines) {
        Map<String, Long> units = new LinkedHashMap<>();
        lines.forEach(line -> units.merge(line.lineId(), line.quantity(), Long::sum));
        return units;
    }
}
