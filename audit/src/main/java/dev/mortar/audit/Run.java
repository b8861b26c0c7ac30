package dev.mortar.audit;

import dev.mortar.schemas.order.SourcingOutcome;
import dev.mortar.schemas.order.SourcingRequested;
import dev.mortar.schemas.order.SourcingTrigger;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A search of an order for the locations of some units, with the fulfilments that it added. */
final class Run {
    final LoggedEvent requested;
    final SourcingRequested request;

    /** The event with its outcome; null until there is one. */
    @Nullable
    LoggedEvent decided;

    @Nullable
    SourcingOutcome outcome;

    /** The chosen locations that no fulfilment was added for yet, with the figures of their stock by SKU. */
    final Map<String, Map<String, Long>> chosen = new HashMap<>(0);

    /** The progress of each added fulfilment. */
    final Map<String, Progress> added = new LinkedHashMap<>(1);

    /** The location of each added fulfilment. */
    final Map<String, String> locations = new HashMap<>(1);

    /** The event by which pickup-service let the units of the old fulfilment go; null if it has not. */
    @Nullable
    LoggedEvent letGo;

    enum Progress {
        WAITING,
        /** Reserved and not confirmed. */
        RESERVED,
        CONFIRMED,
        REJECTED,
        WITHDRAWN;

        boolean isOpen() {
            return this == WAITING || this == RESERVED;
        }
    }

    Run(LoggedEvent requested, SourcingRequested request) {
        this.requested = requested;
        this.request = request;
    }

    boolean isHeld() {
        return request.getHeld();
    }

    /** Whether a shopper chose the location. */
    boolean isMove() {
        return request.getTrigger() == SourcingTrigger.SHOPPER_MOVE;
    }

    /** Whether an old fulfilment keeps the units until this run and its fulfilments have an outcome. */
    boolean holds(@Nullable String fulfilmentId) {
        return isHeld()
                && request.getReplaces() != null
                && request.getReplaces().equals(fulfilmentId)
                && (outcome == null || added.values().stream().anyMatch(Progress::isOpen));
    }

    /** Whether it ended, and no location has the units. */
    boolean isWithoutSource() {
        return outcome == SourcingOutcome.NO_SOURCE || outcome == SourcingOutcome.NOT_ANSWERED_IN_TIME;
    }

    /** Whether the command of an event decided this run. */
    boolean isDecidedBy(LoggedEvent event) {
        return decided != null
                && decided.meta().getCommandId().equals(event.meta().getCommandId());
    }

    /** Id of the request to cancel the old fulfilment once another location has reserved the units. */
    String moveId() {
        return request.getReplaces() + '-' + request.getRunId();
    }

    /** Records the progress of an added fulfilment; false if it has an outcome already. */
    boolean settle(String fulfilmentId, Progress progress) {
        var before = added.put(fulfilmentId, progress);
        return before == Progress.WAITING || (before == Progress.RESERVED && progress != Progress.RESERVED);
    }

    /** The order is confirmed with some fulfilments, and its others are rejected. */
    void confirm(Collection<String> fulfilmentIds) {
        added.replaceAll((id, progress) ->
                fulfilmentIds.contains(id) ? Progress.CONFIRMED : progress.isOpen() ? Progress.REJECTED : progress);
    }

    /**
     * The locations that the next run for its units may not choose.
     *
     * @param moved fulfilments that gave their units to a run of their own
     */
    Set<String> tried(Set<String> moved) {
        var tried = new HashSet<>(request.getExcluded());
        locations.forEach((id, locationId) -> {
            boolean isUnused = added.get(id) == Progress.REJECTED || added.get(id) == Progress.WITHDRAWN;
            if (isUnused && !moved.contains(id)) {
                tried.add(locationId);
            }
        });
        return tried;
    }
}
