package dev.mortar.order;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.order.SourcingRules.Figure;
import dev.mortar.order.SourcingRules.Rating;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Rules by which orders choose their locations.
 *
 * @param distanceMaxMetres locations farther away are left out
 * @param silentMaxMinutes locations whose stock has not changed for this long are left out
 * @param ratings a figure that is missing has no weight
 */
record SourcingRulesRequest(
        @NotNull @Min(0) @Max(DISTANCE_MAX_METRES) Long distanceMaxMetres,
        @NotNull @Min(1) @Max(SILENT_MAX_MINUTES) Long silentMaxMinutes,
        @NotNull @Size(max = 20) List<@NotNull @Valid RatingRequest> ratings) {

    /** No two places are farther apart. */
    private static final long DISTANCE_MAX_METRES = 20_040_000;

    /** A year. */
    private static final long SILENT_MAX_MINUTES = 366L * 24 * 60;

    private static final long FIGURE_MAX = 1_000_000_000;
    private static final int WEIGHT_MAX = 1_000_000;

    /**
     * How a figure becomes a penalty.
     *
     * @param best the figure with penalty 0
     * @param worst the figure with the whole penalty; may be below {@code best}
     * @param weight the whole penalty
     */
    record RatingRequest(
            @NotNull Figure figure,
            @NotNull @Min(-FIGURE_MAX) @Max(FIGURE_MAX) Long best,
            @NotNull @Min(-FIGURE_MAX) @Max(FIGURE_MAX) Long worst,
            @NotNull @Min(0) @Max(WEIGHT_MAX) Integer weight) {}

    SourcingRules rules(String rulesId, int revision) {
        Set<Figure> seen = EnumSet.noneOf(Figure.class);
        for (int i = 0; i < ratings.size(); i++) {
            RatingRequest rating = ratings.get(i);
            if (!seen.add(rating.figure())) {
                throw new BadRequest("ratings[" + i + "].figure", "is listed twice");
            }
            if (rating.best().equals(rating.worst())) {
                throw new BadRequest("ratings[" + i + "].worst", "must differ from best");
            }
        }
        return new SourcingRules(
                rulesId,
                revision,
                distanceMaxMetres,
                silentMaxMinutes,
                ratings.stream()
                        .map(each -> new Rating(each.figure(), each.best(), each.worst(), each.weight()))
                        .toList());
    }
}
