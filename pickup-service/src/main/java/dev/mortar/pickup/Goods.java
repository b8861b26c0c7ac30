package dev.mortar.pickup;

import dev.mortar.pickup.PickupEvent.OverdueKind;
import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The goods of one pickup: the fulfilment, the progress of each line, and the shopper's visit.
 *
 * @param visit the shopper's visit, or null until the shopper is on the way
 * @param cancellations ids of the answered requests for cancellation
 * @param overdue what did not happen in time
 */
record Goods(
        Fulfilment fulfilment,
        Channel channel,
        TaskTimes times,
        Instant requestedAt,
        List<Line> lines,
        @Nullable Visit visit,
        List<String> cancellations,
        List<OverdueKind> overdue) {

    /** A line as it was requested, with its missing and its cancelled units. */
    record Line(PickupLine requested, long missing, long cancelled) {
        long remaining() {
            return requested.quantity() - missing - cancelled;
        }
    }

    /** The shopper's visit to the location. */
    record Visit(
            @Nullable Instant expectedAt,
            @Nullable Instant arrivedAt,
            @Nullable String bay) {}

    /** The units that remain to be picked or handed over. */
    List<PickupLine> remaining() {
        return lines.stream()
                .filter(line -> line.remaining() > 0)
                .map(line -> line.requested().withQuantity(line.remaining()))
                .toList();
    }

    /** The units that could not be picked. */
    List<PickupLine> missing() {
        return lines.stream()
                .filter(line -> line.missing() > 0)
                .map(line -> line.requested().withQuantity(line.missing()))
                .toList();
    }

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
        return new Goods(fulfilment, channel, times, requestedAt, lines, newVisit, cancellations, overdue);
    }

    Goods answered(@Nullable String cancellationId) {
        if (cancellationId == null) {
            return this;
        }
        List<String> answered = new ArrayList<>(cancellations);
        answered.add(cancellationId);
        return new Goods(fulfilment, channel, times, requestedAt, lines, visit, answered, overdue);
    }

    Goods overdue(OverdueKind kind) {
        List<OverdueKind> kinds = new ArrayList<>(overdue);
        kinds.add(kind);
        return new Goods(fulfilment, channel, times, requestedAt, lines, visit, cancellations, kinds);
    }

    private Goods with(List<Line> newLines) {
        return new Goods(fulfilment, channel, times, requestedAt, newLines, visit, cancellations, overdue);
    }
}
