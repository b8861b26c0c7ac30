package dev.mortar.simulation;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.PickupRequested;
import java.util.ArrayList;
import java.util.List;

/** A pickup as the log shows it. */
final class Pickup {
    final String fulfilmentId;
    final String locationId;
    final boolean delivery;
    final List<String> lineIds = new ArrayList<>();
    Stage stage = Stage.REQUESTED;
    String codeKeyId = "k1";
    int codeIssue = 1;

    /** How far its store is. */
    enum Stage {
        REQUESTED,
        PICKING,
        READY,
        OVER
    }

    Pickup(PickupRequested requested) {
        fulfilmentId = requested.getFulfilmentId();
        locationId = requested.getLocationId();
        delivery = requested.getMethod() == FulfilmentMethod.DELIVERY;
        requested.getLines().forEach(line -> lineIds.add(line.getLineId()));
    }
}
