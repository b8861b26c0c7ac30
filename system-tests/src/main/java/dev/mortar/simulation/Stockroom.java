package dev.mortar.simulation;

import static dev.mortar.simulation.Drafts.CUSTOMERS;
import static dev.mortar.simulation.Drafts.LOCATIONS;
import static dev.mortar.simulation.Drafts.SKUS;
import static dev.mortar.simulation.Drafts.pick;
import static dev.mortar.simulation.Drafts.shopper;
import static dev.mortar.simulation.Drafts.unit;
import static dev.mortar.simulation.Drafts.units;

import dev.mortar.simulation.Clients.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The requests of associates and carts that change the stock of a location. */
final class Stockroom {
    /** The hold of a cart. */
    record Hold(String locationId, String holdId, Party holder) {}

    final Transfers transfers;
    private final Drafts drafts;
    private final List<Hold> holds = new ArrayList<>();

    Stockroom(Drafts drafts) {
        this.drafts = drafts;
        transfers = new Transfers(drafts);
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        transfers.see(event);
    }

    /** Some hold, perhaps an ended one; null if there is none. */
    @Nullable
    Hold hold(RandomGenerator random) {
        return holds.isEmpty() ? null : pick(holds, random);
    }

    Request change(RandomGenerator random) {
        int what = random.nextInt(24);
        if (what < 1) {
            return pause(random);
        } else if (what < 3) {
            return stock("goods arrive in", "ReceiveStock", "receipt", random)
                    .with("movedAt", drafts.movedAt(random), "lines", units(random, 1, 5));
        } else if (what < 6) {
            return correct(random);
        } else if (what < 9) {
            return stock("somebody counts the stock of", "CountStock", "count", random)
                    .with(
                            "countedAt",
                            drafts.now().minusSeconds(random.nextInt(-400, 1_200)),
                            "lines",
                            units(random, 0, 7));
        } else if (what < 12) {
            return transfers.send(stock("goods for another store leave", "TransferStock", "transfer", random), random);
        } else if (what < 17) {
            Request receipt = transfers.receive(random);
            return receipt == null ? makeHold(random) : receipt;
        }
        Hold hold = what < 19 ? null : hold(random);
        return hold == null ? makeHold(random) : what < 20 ? release(hold) : changeHold(hold, random);
    }

    private Request pause(RandomGenerator random) {
        String location = pick(LOCATIONS.subList(1, LOCATIONS.size()), random);
        Request pause =
                drafts.request("a store pauses " + location, "inventory", "PauseCapacity", Party.associate(location));
        Instant from = drafts.now().plusSeconds(random.nextInt(-600, 3_600));
        Map<String, ?> of = Map.of(
                "pauseId", pause.head.derivedId("pause"),
                "methods", List.of(pick(Trade.METHODS, random)),
                "from", from,
                "until", from.plusSeconds(random.nextInt(60, 7_200)),
                "reasonCode", "STAFF_SHORTAGE");
        return pause.with("locationId", location, "pause", of);
    }

    private Request correct(RandomGenerator random) {
        Map<String, ?> corrected = Map.of(
                "sku", pick(SKUS, random),
                "onHand", random.nextInt(-3, 3),
                "damaged", random.nextInt(-1, 2),
                "toVendor", random.nextInt(-1, 1),
                "unit", unit(random));
        String location = pick(LOCATIONS, random);
        // A loss is for a lead.
        return stock("somebody corrects the stock of", "AdjustStock", "adjustment", location, Party.lead(location))
                .with("reason", "LOST", "movedAt", drafts.movedAt(random), "lines", List.of(corrected));
    }

    private Request makeHold(RandomGenerator random) {
        String customer = random.nextInt(4) == 0 ? null : pick(CUSTOMERS, random);
        Party holder = shopper(customer, null, random);
        Request hold = stock("a cart holds stock of", "HoldStock", "hold", pick(LOCATIONS, random), holder)
                .with("heldBy", holder.shopperId(), "channel", "ONLINE", "seconds", random.nextInt(30, 1_200))
                .with("lines", units(random, 1, 3));
        holds.add(new Hold(hold.text("locationId"), hold.text("holdId"), holder));
        return hold;
    }

    private Request changeHold(Hold hold, RandomGenerator random) {
        int what = random.nextInt(4);
        return onHold("a cart changes ", "ChangeHold", hold)
                .with("channel", "ONLINE", "lines", what == 0 ? null : units(random, 1, 6))
                .with("seconds", what == 1 ? null : random.nextInt(30, 3_601));
    }

    private Request release(Hold hold) {
        return onHold("a cart gives back ", "ReleaseHold", hold);
    }

    private Request onHold(String what, String type, Hold hold) {
        return drafts.request(what + hold.holdId(), "inventory", type, hold.holder())
                .with("locationId", hold.locationId(), "holdId", hold.holdId())
                .with("heldBy", hold.holder().shopperId());
    }

    /** A command about the stock of some location that gives its result an id. */
    private Request stock(String what, String type, String noun, RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        return stock(what, type, noun, location, Party.associate(location));
    }

    private Request stock(String what, String type, String noun, String location, Party party) {
        Request request = drafts.request(what + " " + location, "inventory", type, party);
        return request.with("locationId", location, noun + "Id", request.head.derivedId(noun));
    }
}
