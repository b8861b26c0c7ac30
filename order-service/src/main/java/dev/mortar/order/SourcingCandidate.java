package dev.mortar.order;

import dev.mortar.order.Sourcing.Candidate;
import dev.mortar.order.Sourcing.Place;
import dev.mortar.order.Sourcing.Plan;
import dev.mortar.order.Sourcing.Verdict;
import dev.mortar.order.SourcingRules.Fence;
import dev.mortar.order.SourcingRules.Figure;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A location that a run looked at, with the figures that it saw.
 *
 * @param distanceMetres from the shopper's place
 * @param stock its stock of the wanted SKUs; a SKU without an entry is not in stock
 * @param readyAt end of its first slot with a place left; null if it promises no time or has no such slot
 * @param seenAt time of its newest event
 * @param failed the first fence that it did not pass; null if it passed all
 * @param penalties empty if it did not pass a fence
 * @param score sum of the penalties
 */
record SourcingCandidate(
        String locationId,
        long distanceMetres,
        List<Stock> stock,
        @Nullable Instant readyAt,
        Instant seenAt,
        @Nullable Fence failed,
        List<Penalty> penalties,
        long score,
        Verdict verdict) {

    /**
     * Units of a SKU that can be sold at a location.
     *
     * @param sequence of the location's event after which it had them
     */
    record Stock(String sku, long available, long sequence) {}

    /** The penalty of a rated figure. */
    record Penalty(Figure figure, long penalty) {}

    /** Number of locations that did not pass a fence. */
    record LeftOut(Fence fence, long locations) {

        static List<LeftOut> of(Plan plan) {
            return plan.leftOut().entrySet().stream()
                    .map(each -> new LeftOut(each.getKey(), each.getValue()))
                    .toList();
        }
    }

    static List<SourcingCandidate> of(Plan plan) {
        return plan.candidates().stream().map(SourcingCandidate::of).toList();
    }

    private static SourcingCandidate of(Candidate candidate) {
        Place place = candidate.place();
        return new SourcingCandidate(
                place.locationId(),
                place.distanceMetres(),
                place.available().entrySet().stream()
                        .map(units -> new Stock(
                                units.getKey(),
                                units.getValue(),
                                place.sequences().getOrDefault(units.getKey(), 0L)))
                        .sorted(Comparator.comparing(Stock::sku))
                        .toList(),
                place.readyAt(),
                place.seenAt(),
                candidate.failed(),
                candidate.penalties().entrySet().stream()
                        .map(each -> new Penalty(each.getKey(), each.getValue()))
                        .toList(),
                candidate.score(),
                candidate.verdict());
    }
}
