package dev.mortar.pickup;

import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The goods of one pickup, from the request to the end: for whom, what has become of each line, and where the shopper
 * is.
 *
 * @param promisedAt when the shopper was told the goods would be ready, or null
 * @param visit the shopper's way to the location, or null as long as nothing was heard
 * @param cancellations ids of the requests for cancellation that were answered
 */
record Goods(
        Fulfilment fulfilment,
        Channel channel,
        @Nullable Instant promisedAt,
        Instant requestedAt,
        List<Line> lines,
        @Nullable Visit visit,
        List<String> cancellations) {

    /** A line as it was requested, and how much of it was missing or cancelled since. */
    record Line(PickupLine requested, long missing, long cancelled) {
        long left() {
            return requested.quantity() - missing - cancelled;
        }
    }

    /**
     * The shopper's way to the location.
     *
     * @param expectedAt when the shopper expects to arrive, or null
     * @param arrivedAt when the shopper arrived, or null while on the way
     * @param bay code of the parking bay, or null
     */
    record Visit(
            @Nullable Instant expectedAt,
            @Nullable Instant arrivedAt,
            @Nullable String bay) {}

    Goods {
        lines = List.copyOf(lines);
        cancellations = List.copyOf(cancellations);
    }

    /** What is still to be picked or handed over. */
    List<PickupLine> left() {
        return lines.stream()
                .filter(line -> line.left() > 0)
                .map(line -> line.requested().withQuantity(line.left()))
                .toList();
    }

    /** What could not be picked. */
    List<PickupLine> missing() {
        return lines.stream()
                .filter(line -> line.missing() > 0)
                .map(line -> line.requested().withQuantity(line.missing()))
                .toList();
    }

    /** The line, or null when the pickup never had it. */
    @Nullable
    Line line(String lineId) {
        return lines.stream()
                .filter(line -> line.requested().lineId().equals(lineId))
                .findFirst()
                .orElse(null);
    }

    Goods missing(String lineId, long quantity) {
        return with(lines.stream()
                .map(line -> line.requested().lineId().equals(lineId)
                        ? new Line(line.requested(), line.missing() + quantity, line.cancelled())
                        : line)
                .toList());
    }

    Goods cancelled(List<PickupLine> cancelled) {
        List<Line> after = new ArrayList<>(lines);
        for (PickupLine part : cancelled) {
            after.replaceAll(line -> line.requested().lineId().equals(part.lineId())
                    ? new Line(line.requested(), line.missing(), line.cancelled() + part.quantity())
                    : line);
        }
        return with(after);
    }

    Goods with(Visit newVisit) {
        return new Goods(fulfilment, channel, promisedAt, requestedAt, lines, newVisit, cancellations);
    }

    Goods answered(@Nullable String cancellationId) {
        if (cancellationId == null) {
            return this;
        }
        List<String> answered = new ArrayList<>(cancellations);
        answered.add(cancellationId);
        return new Goods(fulfilment, channel, promisedAt, requestedAt, lines, visit, answered);
    }

    private Goods with(List<Line> newLines) {
        return new Goods(fulfilment, channel, promisedAt, requestedAt, newLines, visit, cancellations);
    }
}
