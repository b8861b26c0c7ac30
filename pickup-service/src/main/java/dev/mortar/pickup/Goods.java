package dev.mortar.pickup;

import dev.mortar.pickup.PickupEvent.OverdueKind;
import dev.mortar.pickup.PickupEvent.PickupRequested;
import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The goods of one pickup: the fulfilment, the progress of each line, and the shopper's visit.
 *
 * @param destinationId opaque id of the shopper's destination, or null if the order named none
 * @param visit the shopper's visit, or null until the shopper is on the way
 * @param cancellations ids of the answered requests for cancellation
 * @param overdue what did not happen in time
 * @param parcels the parcels of a delivery, from the packing on
 */
record Goods(
        Fulfilment fulfilment,
        Channel channel,
        TaskTimes times,
        @Nullable String destinationId,
        Instant requestedAt,
        List<Line> lines,
        @Nullable Visit visit,
        List<String> cancellations,
        List<OverdueKind> overdue,
        List<TrackedParcel> parcels) {

    /** The goods of a new pickup. */
    static Goods requested(PickupRequested event) {
        return new Goods(
                event.fulfilment(),
                event.channel(),
                event.times(),
                event.destinationId(),
                event.requestedAt(),
                event.lines().stream().map(line -> new Line(line, 0, 0)).toList(),
                null,
                List.of(),
                List.of(),
                List.of());
    }

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
        return with(
                lines.stream()
                        .map(line -> line.requested().lineId().equals(lineId)
                                ? new Line(line.requested(), line.missing() + quantity, line.cancelled())
                                : line)
                        .toList(),
                parcels);
    }

    /** The goods without the cancelled units. Their parcels are void, so the rest has to be packed again. */
    Goods cancelled(List<PickupLine> cancelled) {
        List<Line> after = new ArrayList<>(lines);
        for (PickupLine part : cancelled) {
            after.replaceAll(line -> line.requested().lineId().equals(part.lineId())
                    ? new Line(line.requested(), line.missing(), line.cancelled() + part.quantity())
                    : line);
        }
        return with(after, List.of());
    }

    /** The parcel; null if there is none with this id. */
    @Nullable
    TrackedParcel parcel(String parcelId) {
        return parcels.stream()
                .filter(each -> each.parcel().parcelId().equals(parcelId))
                .findFirst()
                .orElse(null);
    }

    /** The units of a line that remain and are in no parcel. */
    long unpacked(Line line) {
        return line.remaining()
                - parcels.stream()
                        .mapToLong(each -> each.parcel().units(line.requested().lineId()))
                        .sum();
    }

    /** The goods with one more parcel. */
    Goods packed(Parcel parcel) {
        List<TrackedParcel> after = new ArrayList<>(parcels);
        after.add(TrackedParcel.packed(parcel));
        return with(lines, after);
    }

    /** The goods that a courier took in these parcels. */
    Goods shipped(List<Parcel> taken) {
        return with(lines, taken.stream().map(TrackedParcel::shipped).toList());
    }

    /** The goods with news of a parcel. */
    Goods with(String parcelId, UnaryOperator<TrackedParcel> news) {
        List<TrackedParcel> after = new ArrayList<>(parcels);
        after.replaceAll(each -> each.parcel().parcelId().equals(parcelId) ? news.apply(each) : each);
        return with(lines, after);
    }

    Goods with(Visit newVisit) {
        return with(lines, newVisit, cancellations, overdue, parcels);
    }

    Goods answered(@Nullable String cancellationId) {
        if (cancellationId == null) {
            return this;
        }
        List<String> answered = new ArrayList<>(cancellations);
        answered.add(cancellationId);
        return with(lines, visit, answered, overdue, parcels);
    }

    Goods overdue(OverdueKind kind) {
        List<OverdueKind> kinds = new ArrayList<>(overdue);
        kinds.add(kind);
        return with(lines, visit, cancellations, kinds, parcels);
    }

    private Goods with(List<Line> newLines, List<TrackedParcel> newParcels) {
        return with(newLines, visit, cancellations, overdue, newParcels);
    }

    private Goods with(
            List<Line> newLines,
            @Nullable Visit newVisit,
            List<String> answered,
            List<OverdueKind> kinds,
            List<TrackedParcel> newParcels) {
        return new Goods(
                fulfilment,
                channel,
                times,
                destinationId,
                requestedAt,
                newLines,
                newVisit,
                answered,
                kinds,
                newParcels);
    }
}
