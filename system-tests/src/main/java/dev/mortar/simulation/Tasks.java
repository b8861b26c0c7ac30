package dev.mortar.simulation;

import static dev.mortar.simulation.Drafts.command;
import static dev.mortar.simulation.Drafts.pick;

import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupAccepted;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupDeadlineExtended;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupRequested;
import dev.mortar.schemas.pickup.PickupTaskRejected;
import dev.mortar.simulation.Clients.Request;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The requests about pickups, by the pickups that the log shows so far. */
final class Tasks {
    private static final int SENSIBLE_IN_TEN = 8;

    private final Plan plan;
    private final Drafts drafts;
    private final Map<String, Pickup> pickups = new LinkedHashMap<>();
    final Parcels parcels;

    Tasks(Plan plan, Drafts drafts) {
        this.plan = plan;
        this.drafts = drafts;
        parcels = new Parcels(drafts);
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        parcels.see(event);
        switch (event) {
            case PickupRequested e -> pickups.put(e.getFulfilmentId(), new Pickup(e));
            case PickupAccepted e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.REQUESTED;
            case PickupTaskRejected e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.REJECTED;
            case PickingStarted e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.PICKING;
            case PickupReady e -> {
                pickup(e.getFulfilmentId()).stage = Pickup.Stage.READY;
                pickup(e.getFulfilmentId()).codeKeyId = e.getCodeKeyId();
                pickup(e.getFulfilmentId()).deadline = e.getPickupDeadline();
            }
            case PickupDeadlineExtended e -> pickup(e.getFulfilmentId()).deadline = e.getPickupDeadline();
            case PickupCodeReissued e -> {
                pickup(e.getFulfilmentId()).codeIssue = e.getCodeIssue();
                pickup(e.getFulfilmentId()).codeKeyId = e.getCodeKeyId();
            }
            case PickupHandedOver e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
            case PickupExpired e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
            case PickupCancelled e when e.getWhole() -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
            default -> {
                // Clients look no closer.
            }
        }
    }

    private Pickup pickup(String fulfilmentId) {
        Pickup known = pickups.get(fulfilmentId);
        if (known == null) {
            throw new Part.Stopped("an event of pickup " + fulfilmentId + " before its request", null);
        }
        return known;
    }

    /**
     * The next step of each pickup that somebody has to work on, so that all pickups end; timers end those that are
     * forgotten.
     */
    List<Request> duties() {
        return pickups.values().stream()
                .filter(pickup -> !pickup.isForgotten())
                .flatMap(pickup -> switch (pickup.stage) {
                    case REQUESTED -> Stream.of(onPickup("associate picks", "StartPicking", pickup));
                    case PICKING -> Stream.of(ready(pickup));
                    case READY -> pickup.delivery ? Stream.of(giveToCourier(pickup)) : Stream.of();
                    // Its order has it cancelled.
                    case REJECTED, OVER -> Stream.of();
                })
                .toList();
    }

    /** Somebody works on a pickup; null if there is none. */
    @Nullable
    Request work(RandomGenerator random) {
        List<Pickup> open = pickups.values().stream()
                .filter(pickup -> pickup.stage != Pickup.Stage.OVER)
                .toList();
        boolean sensible = random.nextInt(10) < SENSIBLE_IN_TEN && !open.isEmpty();
        List<Pickup> known = sensible ? open : List.copyOf(pickups.values());
        if (known.isEmpty()) {
            return null;
        }
        Pickup pickup = pick(known, random);
        Request packs = random.nextBoolean() ? parcels.pack(pickup.fulfilmentId, random) : null;
        return packs == null ? step(sensible ? sensible(pickup, random) : random.nextInt(12), pickup, random) : packs;
    }

    /** Somebody works on this pickup; null if it is not known. */
    @Nullable
    Request work(@Nullable String fulfilmentId, RandomGenerator random) {
        Pickup pickup = fulfilmentId == null ? null : pickups.get(fulfilmentId);
        return pickup == null ? null : step(sensible(pickup, random), pickup, random);
    }

    private Request step(int step, Pickup pickup, RandomGenerator random) {
        return switch (step) {
            case 0 -> onPickup("associate picks", "StartPicking", pickup);
            case 1 ->
                onPickup("picker misses units of", "ReportShort", pickup)
                        .with("lineId", pick(pickup.lineIds, random), "missing", random.nextInt(1, 3))
                        .with("reason", random.nextBoolean() ? "NOT_FOUND" : "DAMAGED");
            case 2 -> ready(pickup);
            case 3 ->
                onPickup("shopper sets out for", "NoteOnTheWay", pickup, pickup.shopper(random))
                        .with("expectedAt", drafts.now().plusSeconds(600));
            case 4 -> onPickup("shopper arrives for", "NoteArrival", pickup, pickup.shopper(random));
            case 5 -> handOver(pickup, random);
            case 6 -> {
                Party party = random.nextBoolean() ? Party.associate(pickup.locationId) : pickup.shopper(random);
                yield onPickup("new code for", "ReissueCode", pickup, party).with("codeKeyId", "k2");
            }
            case 7 -> onPickup("store cancels", "CancelPickup", pickup).with("reason", "CANCELLED_BY_RETAILER");
            case 8 -> handOver("with a wrong code", pickup, command("WrongCode"));
            case 9 -> onPickup("store accepts", "AcceptTask", pickup);
            case 10 -> onPickup("store rejects", "RejectTask", pickup).with("reason", "TOO_BUSY");
            default -> extend(pickup, random);
        };
    }

    /** A step that fits the stage, by its number in {@link #step}. */
    private static int sensible(Pickup pickup, RandomGenerator random) {
        int die = random.nextInt(14);
        return switch (pickup.stage) {
            case REQUESTED -> die < 9 ? 0 : die < 11 ? 9 : die < 12 ? 10 : 7;
            case PICKING -> die < 7 ? 2 : die < 12 ? 1 : die < 13 ? 10 : 7;
            case REJECTED -> die < 7 ? 9 : 7;
            case READY -> die < 6 ? 5 : die < 8 ? 8 : die < 9 ? 6 : die < 10 ? 3 : die < 11 ? 4 : die < 13 ? 11 : 7;
            case OVER -> 5;
        };
    }

    private Request extend(Pickup pickup, RandomGenerator random) {
        boolean byStore = random.nextBoolean();
        Party party = byStore ? Party.associate(pickup.locationId) : pickup.shopper(random);
        Instant from = pickup.deadline == null || random.nextInt(6) == 0 ? drafts.now() : pickup.deadline;
        return onPickup(party.role() + " extends", "ExtendDeadline", pickup, party)
                .with("until", from.plusSeconds(random.nextInt(-60, 200_000)), "byShopper", !byStore);
    }

    private Request onPickup(String what, String type, Pickup pickup) {
        return onPickup(what, type, pickup, Party.associate(pickup.locationId));
    }

    private Request onPickup(String what, String type, Pickup pickup, Party party) {
        return drafts.request(what + " " + pickup.fulfilmentId, "pickup", type, party)
                .with("fulfilmentId", pickup.fulfilmentId);
    }

    private Request ready(Pickup pickup) {
        return onPickup("associate stages", "MarkReady", pickup)
                .with("stagingPlace", "shelf-1", "pickupWithin", plan.pickupWithin(), "codeKeyId", "k1");
    }

    private Request handOver(Pickup pickup, RandomGenerator random) {
        if (pickup.delivery) {
            return giveToCourier(pickup);
        }
        if (random.nextInt(8) == 0) {
            ObjectNode override = command("NamedOverride").put("associateId", Party.ASSOCIATE);
            return onPickup("lead hands over by override", "HandOver", pickup, Party.lead(pickup.locationId))
                    .with("proof", override.put("reason", "CODE_NOT_AT_HAND"));
        }
        ObjectNode code = command("Code").put("keyId", pickup.codeKeyId).put("issue", pickup.codeIssue);
        Request request = handOver("with the code", pickup, code);
        if (random.nextInt(5) > 0) {
            return request;
        }
        return random.nextInt(3) == 0
                ? request.with("taken", List.of(), "notTakenReason", "CHANGED_MIND")
                : request.with("taken", List.of(Map.of("lineId", pick(pickup.lineIds, random), "quantity", 1)));
    }

    private Request giveToCourier(Pickup pickup) {
        return handOver("to the courier", pickup, command("Courier").put("courierId", "courier-1"));
    }

    private Request handOver(String how, Pickup pickup, ObjectNode proof) {
        return onPickup("associate hands over " + how, "HandOver", pickup).with("proof", proof);
    }
}
