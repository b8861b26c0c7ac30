package dev.mortar.simulation;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.PickupRequested;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A pickup as the log shows it. */
final class Pickup {
    private static final int FORGOTTEN_ONE_IN = 5;

    final String fulfilmentId;
    private final String orderId;
    private final @Nullable String customer;
    final String locationId;
    final boolean delivery;
    final List<String> lineIds = new ArrayList<>();
    Stage stage = Stage.REQUESTED;
    String codeKeyId = "k1";
    int codeIssue = 1;

    @Nullable
    Instant deadline;

    /** How far its store is. */
    enum Stage {
        REQUESTED,
        PICKING,
        REJECTED,
        READY,
        OVER
    }

    Pickup(PickupRequested requested) {
        fulfilmentId = requested.getFulfilmentId();
        orderId = requested.getOrderId();
        customer = requested.getCustomerId();
        locationId = requested.getLocationId();
        delivery = requested.getMethod() == FulfilmentMethod.DELIVERY;
        requested.getLines().forEach(line -> lineIds.add(line.getLineId()));
    }

    /** Whether nobody works on it in the end. */
    boolean isForgotten() {
        return fulfilmentId.hashCode() % FORGOTTEN_ONE_IN == 0;
    }

    /** Its shopper, or somebody who speaks for a guest. */
    Party shopper(RandomGenerator random) {
        return Drafts.shopper(customer, orderId, random);
    }
}
