package dev.mortar.order;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which an order chooses the locations that its goods leave from. They are data, so that a retailer can
 * change them; each change is a new revision.
 *
 * @param distanceMaxMetres locations farther away are left out
 * @param silentMaxMinutes locations without any event for this long are left out
 * @param ratings each name at most once; a name that is missing has no weight
 */
record SourcingRules(
        String rulesId, int revision, long distanceMaxMetres, long silentMaxMinutes, List<Rating> ratings) {

    /** A condition that a location must pass. */
    enum Fence {
        /** The location offers the method. */
        METHOD,
        /** The location takes online orders. */
        ENABLED,
        /** No earlier part of the order was there. */
        EXCLUDED,
        DISTANCE,
        SILENT,
        /** It has at least one of the units. */
        STOCK,
        /** It has a place left in a slot. */
        CAPACITY,
        /** Its first slot ends by the last instant that the shopper accepts. */
        HOURS
    }

    /** A figure of a location that the rules rate. */
    enum Figure {
        /** Metres to the shopper. */
        DISTANCE,
        /** Minutes until the goods are ready. */
        READY_AT,
        /** The least number of units of a SKU that is left after the order. */
        STOCK_LEFT,
        /** Locations beyond the first one. */
        SPLIT
    }

    /**
     * Turns a figure into a penalty from 0 to {@code weight}.
     *
     * @param best the figure with penalty 0
     * @param worst the figure with the whole penalty; may be below {@code best}
     */
    record Rating(Figure figure, long best, long worst, int weight) {

        private static final int PERCENT = 100;

        /** @throws IllegalArgumentException if best equals worst or the weight is below 0 */
        Rating {
            if (best == worst || weight < 0) {
                throw new IllegalArgumentException("best must differ from worst, and weight must be 0 or more");
            }
        }

        /** In whole numbers, so that another program gets the same result. */
        long penalty(long observed) {
            long percent = Math.clamp(PERCENT * (observed - best) / (worst - best), 0, PERCENT);
            return percent * weight / PERCENT;
        }
    }

    /** The rules if the retailer has set none: near and soon, few parts, and no location is emptied. */
    static final SourcingRules DEFAULT = new SourcingRules(
            "default",
            0,
            100_000,
            48 * 60,
            List.of(
                    new Rating(Figure.DISTANCE, 0, 50_000, 100),
                    new Rating(Figure.READY_AT, 0, 48 * 60, 50),
                    new Rating(Figure.STOCK_LEFT, 10, 0, 30),
                    new Rating(Figure.SPLIT, 0, 3, 300)));

    /** The penalty of a figure; 0 if the rules do not rate it. */
    long penalty(Figure figure, long observed) {
        return ratings.stream()
                .filter(rating -> rating.figure() == figure)
                .mapToLong(rating -> rating.penalty(observed))
                .sum();
    }

    /** The highest known revision of the rules of a channel, otherwise of the default rules. */
    static SourcingRules inForce(Collection<SourcingRules> known, @Nullable String channelId) {
        return newest(known, channelId)
                .or(() -> newest(known, DEFAULT.rulesId()))
                .orElse(DEFAULT);
    }

    static Optional<SourcingRules> newest(Collection<SourcingRules> known, @Nullable String rulesId) {
        return known.stream()
                .filter(rules -> rules.rulesId().equals(rulesId))
                .max(Comparator.comparingInt(SourcingRules::revision));
    }
}
