package dev.mortar.pickup;

import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.http.Fields.Id;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** Units of a line in the body of a request. */
record LineRequest(
        @NotNull @Id String lineId,
        @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity) {

    /** A request has at most this number of them. */
    static final int MAX_LINES = 1_000;

    LineQuantity units() {
        return new LineQuantity(lineId, quantity);
    }
}
