package dev.mortar.simulation;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupRequested;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.simulation.Clients.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What shoppers, associates and tills do: mostly what makes sense by what the log has shown so far, sometimes anything.
 * Commands are the JSON that goes over the wire.
 */
final class Trade {

    static final List<String> LOCATIONS = List.of("berlin", "leith", "riga");
    static final List<String> SKUS = List.of("AXE", "BOLT", "CUP", "DRILL");

    private static final String UNKNOWN_LOCATION = "nowhere";
    private static final List<String> CUSTOMERS = List.of("ada", "bo", "cy", "di");
    private static final String NAMESPACE_OF_TILLS = "till";
    private static final int SENSIBLE_IN_TEN = 8;

    private record Ordered(String orderId, List<String> lineIds, List<String> fulfilmentIds) {}

    private enum Stage {
        REQUESTED,
        PICKING,
        READY,
        OVER
    }

    private static final class Pickup {
        final String fulfilmentId;
        final String locationId;
        final boolean delivery;
        final List<String> lineIds = new ArrayList<>();
        Stage stage = Stage.REQUESTED;
        String codeKeyId = "k1";
        int codeIssue = 1;

        Pickup(PickupRequested requested) {
            fulfilmentId = requested.getFulfilmentId();
            locationId = requested.getLocationId();
            delivery = requested.getMethod() == FulfilmentMethod.DELIVERY;
            requested.getLines().forEach(line -> lineIds.add(line.getLineId()));
        }
    }

    private record Purchase(String orderId, String lineId, long quantity) {}

    private record Hold(String locationId, String holdId) {}

    private final Plan plan;
    private final LongSupplier clockMs;
    private final List<Ordered> orders = new ArrayList<>();
    private final Map<String, Pickup> pickups = new LinkedHashMap<>();
    private final List<Purchase> purchases = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private @Nullable Request last;
    private int requests;
    private int receipts;

    Trade(Plan plan, LongSupplier clockMs) {
        this.plan = plan;
        this.clockMs = clockMs;
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        switch (event) {
            case PickupRequested e -> pickups.put(e.getFulfilmentId(), new Pickup(e));
            case PickingStarted e -> pickup(e.getFulfilmentId()).stage = Stage.PICKING;
            case PickupReady e -> {
                Pickup ready = pickup(e.getFulfilmentId());
                ready.stage = Stage.READY;
                ready.codeKeyId = e.getCodeKeyId();
            }
            case PickupCodeReissued e -> {
                Pickup ready = pickup(e.getFulfilmentId());
                ready.codeIssue = e.getCodeIssue();
                ready.codeKeyId = e.getCodeKeyId();
            }
            case PickupHandedOver e -> pickup(e.getFulfilmentId()).stage = Stage.OVER;
            case PickupExpired e -> pickup(e.getFulfilmentId()).stage = Stage.OVER;
            case PickupCancelled e -> {
                if (e.getWhole()) {
                    pickup(e.getFulfilmentId()).stage = Stage.OVER;
                }
            }
            case PurchaseRecorded e ->
                e.getLines()
                        .forEach(line -> purchases.add(new Purchase(
                                e.getOrderId(),
                                line.getLine().getLineId(),
                                line.getLine().getQuantity())));
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

    /** Locations with a first stock, before the run begins. */
    List<Request> opening(RandomGenerator random) {
        List<Request> opening = new ArrayList<>();
        for (String location : LOCATIONS) {
            ObjectNode registered = command("RegisterLocation").put("locationId", location);
            registered.put("name", location).put("kind", "STORE").put("timeZone", "Europe/Berlin");
            registered.put("latitude", 52.5).put("longitude", 13.4);
            registered.putArray("openingHours");
            registered.putArray("exceptions");
            opening.add(request("registers " + location, "inventory", registered, associate(location)));
            ObjectNode received = command("ReceiveStock").put("locationId", location);
            received.put("receiptId", "first-" + location);
            ArrayNode lines = received.putArray("lines");
            SKUS.forEach(sku -> lines.addObject()
                    .put("sku", sku)
                    .put("quantity", random.nextInt(3, 30))
                    .put("unit", "EACH"));
            opening.add(request("first stock of " + location, "inventory", received, associate(location)));
        }
        return opening;
    }

    /** What some client does now. */
    Request next(RandomGenerator random) {
        int what = random.nextInt(100);
        Request request;
        if (what < 22) {
            request = placeOrder(random);
        } else if (what < 30) {
            request = sell(random);
        } else if (what < 64) {
            request = workOnPickup(random);
        } else if (what < 74) {
            request = cancelOrder(random);
        } else if (what < 82) {
            request = bringBack(random);
        } else if (what < 85) {
            request = receive(random);
        } else if (what < 88) {
            request = adjust(random);
        } else if (what < 91) {
            request = count(random);
        } else if (what < 93) {
            request = transfer(random);
        } else if (what < 96) {
            request = hold(random);
        } else if (what < 97) {
            request = releaseHold(random);
        } else if (what < 98) {
            request = setSafetyStock(random);
        } else {
            request = reuseKey(random);
        }
        last = request;
        return request;
    }

    /** The next step of whoever has to do something so that all pickups end; empty when nobody has. */
    List<Request> duties() {
        List<Request> duties = new ArrayList<>();
        for (Pickup pickup : pickups.values()) {
            switch (pickup.stage) {
                case REQUESTED -> duties.add(startPicking(pickup));
                case PICKING -> duties.add(ready(pickup));
                case READY -> {
                    if (pickup.delivery) {
                        duties.add(handOver(pickup, proof("Courier").put("courierId", "courier-1"), "to the courier"));
                    }
                }
                case OVER -> {}
            }
        }
        return duties;
    }

    private Request placeOrder(RandomGenerator random) {
        boolean inStore = random.nextInt(5) == 0;
        CommandRequest head = head(shopper(random));
        String orderId = head.derivedId("order");
        ObjectNode command = command("PlaceOrder").put("orderId", orderId);
        command.put("decideWithin", plan.decideWithin().toString());
        ObjectNode order = command.putObject("order");
        String customer = random.nextInt(6) == 0 ? null : pick(CUSTOMERS, random);
        order.put("channel", inStore ? "STORE" : "ONLINE").put("customerId", customer);
        boolean whole = random.nextBoolean();
        order.put("acceptance", whole ? "WHOLE" : "PER_FULFILMENT");
        order.put("paymentReference", "pay-" + requests);
        if (inStore) {
            order.put("locationId", pick(LOCATIONS, random));
        }
        int groups = random.nextInt(4) == 0 ? 2 : 1;
        ArrayNode lines = order.putArray("lines");
        ArrayNode fulfilments = order.putArray("fulfilments");
        List<String> lineIds = new ArrayList<>();
        List<String> fulfilmentIds = new ArrayList<>();
        for (int group = 1; group <= groups; group++) {
            ObjectNode fulfilment = fulfilments.addObject();
            String fulfilmentId = orderId + "-" + group;
            fulfilmentIds.add(fulfilmentId);
            boolean carried = inStore && !whole && random.nextInt(3) == 0;
            String method = carried ? "CARRY_OUT" : pick(List.of("PICKUP", "PICKUP", "CURBSIDE", "DELIVERY"), random);
            String location = random.nextInt(40) == 0 ? UNKNOWN_LOCATION : pick(LOCATIONS, random);
            Hold held = holds.isEmpty() || random.nextInt(3) > 0 ? null : pick(holds, random);
            fulfilment.put("fulfilmentId", fulfilmentId).put("method", method);
            fulfilment.put("locationId", held == null ? location : held.locationId());
            if (held != null && !carried) {
                fulfilment.put("holdId", held.holdId());
            }
            ArrayNode ofGroup = fulfilment.putArray("lineIds");
            int count = random.nextInt(1, 3);
            for (int i = 1; i <= count; i++) {
                String lineId = group + "-" + i;
                lineIds.add(lineId);
                ofGroup.add(lineId);
                line(lines.addObject(), lineId, random);
            }
        }
        orders.add(new Ordered(orderId, lineIds, fulfilmentIds));
        return new Request(
                who(customer) + " orders " + orderId + " " + summary(lines, fulfilments), "order", command, head);
    }

    private static String summary(ArrayNode lines, ArrayNode fulfilments) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.get("quantity").asLong())
                .append(' ')
                .append(line.get("sku").asString())
                .append(' '));
        fulfilments.forEach(fulfilment -> text.append(fulfilment.get("method").asString())
                .append(" in ")
                .append(fulfilment.get("locationId").asString())
                .append(' '));
        return text.toString().strip();
    }

    private Request sell(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        boolean again = receipts > 0 && random.nextInt(8) == 0;
        String receipt = "receipt-" + (again ? random.nextInt(1, receipts + 1) : ++receipts);
        String orderId = NameBasedId.of(new UUID(plan.seed(), 0), NAMESPACE_OF_TILLS + "|" + receipt)
                .toString();
        // An offline till uploads late: what was sold before a count is not subtracted twice.
        Instant soldAt = now().minusSeconds(random.nextInt(3) == 0 ? random.nextInt(3_600) : 0);
        ObjectNode command = command("RecordSale").put("orderId", orderId);
        ObjectNode sale = command.putObject("sale");
        sale.put("locationId", location).put("tillId", "till-1").put("receiptNumber", receipt);
        sale.put("soldAt", soldAt.toString()).put("paymentReference", "till-pay");
        ArrayNode lines = sale.putArray("lines");
        int count = random.nextInt(1, 3);
        List<String> lineIds = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            lineIds.add("1-" + i);
            line(lines.addObject(), "1-" + i, random);
        }
        if (!again) {
            orders.add(new Ordered(orderId, lineIds, List.of(orderId + "-1")));
        }
        Actor till = new Actor(Actor.Type.TILL, "till-1", location);
        CommandRequest plain = head(till);
        CommandRequest head =
                new CommandRequest(plain.commandId(), till, plain.correlationId(), soldAt, null, Duration.ZERO, null);
        return new Request(
                "till in " + location + " reports " + receipt + " " + orderId + " "
                        + summary(lines, Json.mapper().createArrayNode()),
                "order",
                command,
                head);
    }

    private Request workOnPickup(RandomGenerator random) {
        List<Pickup> open = pickups.values().stream()
                .filter(pickup -> pickup.stage != Stage.OVER)
                .toList();
        boolean sensible = random.nextInt(10) < SENSIBLE_IN_TEN && !open.isEmpty();
        List<Pickup> known = sensible ? open : List.copyOf(pickups.values());
        if (known.isEmpty()) {
            return placeOrder(random);
        }
        Pickup pickup = pick(known, random);
        int what = sensible ? sensible(pickup, random) : random.nextInt(9);
        return switch (what) {
            case 0 -> startPicking(pickup);
            case 1 -> {
                ObjectNode missing = command("ReportShort").put("fulfilmentId", pickup.fulfilmentId);
                missing.put("lineId", pick(pickup.lineIds, random)).put("missing", random.nextInt(1, 3));
                missing.put("reason", random.nextBoolean() ? "NOT_FOUND" : "DAMAGED");
                yield request("picker misses units of " + pickup.fulfilmentId, "pickup", missing, associate(pickup));
            }
            case 2 -> ready(pickup);
            case 3 -> {
                ObjectNode onTheWay = command("NoteOnTheWay").put("fulfilmentId", pickup.fulfilmentId);
                onTheWay.put("expectedAt", now().plusSeconds(600).toString());
                yield request("shopper sets out for " + pickup.fulfilmentId, "pickup", onTheWay, shopper(random));
            }
            case 4 -> {
                ObjectNode arrived = command("NoteArrival").put("fulfilmentId", pickup.fulfilmentId);
                yield request("shopper arrives for " + pickup.fulfilmentId, "pickup", arrived, shopper(random));
            }
            case 5 -> handOver(pickup, random);
            case 6 -> {
                ObjectNode reissue = command("ReissueCode").put("fulfilmentId", pickup.fulfilmentId);
                reissue.put("codeKeyId", "k2");
                yield request("new code for " + pickup.fulfilmentId, "pickup", reissue, associate(pickup));
            }
            case 7 -> {
                ObjectNode cancel = command("CancelPickup").put("fulfilmentId", pickup.fulfilmentId);
                cancel.put("reason", "CANCELLED_BY_RETAILER");
                yield request("store cancels " + pickup.fulfilmentId, "pickup", cancel, associate(pickup));
            }
            default -> handOver(pickup, proof("WrongCode"), "with a wrong code");
        };
    }

    /** What fits the stage; in the order in which {@link #workOnPickup} counts. */
    private static int sensible(Pickup pickup, RandomGenerator random) {
        int die = random.nextInt(12);
        return switch (pickup.stage) {
            case REQUESTED -> die < 10 ? 0 : 7;
            case PICKING -> die < 6 ? 2 : die < 11 ? 1 : 7;
            case READY -> die < 6 ? 5 : die < 8 ? 8 : die < 9 ? 6 : die < 10 ? 3 : die < 11 ? 4 : 7;
            case OVER -> 5;
        };
    }

    private Request startPicking(Pickup pickup) {
        return request(
                "associate picks " + pickup.fulfilmentId,
                "pickup",
                command("StartPicking").put("fulfilmentId", pickup.fulfilmentId),
                associate(pickup));
    }

    private Request ready(Pickup pickup) {
        ObjectNode ready = command("MarkReady").put("fulfilmentId", pickup.fulfilmentId);
        ready.put("stagingPlace", "shelf-1")
                .put("pickupWithin", plan.pickupWithin().toString());
        return request(
                "associate stages " + pickup.fulfilmentId, "pickup", ready.put("codeKeyId", "k1"), associate(pickup));
    }

    private Request handOver(Pickup pickup, RandomGenerator random) {
        if (pickup.delivery) {
            return handOver(pickup, proof("Courier").put("courierId", "courier-1"), "to the courier");
        }
        if (random.nextInt(8) == 0) {
            ObjectNode override = proof("NamedOverride").put("associateId", "assoc-1");
            return handOver(pickup, override.put("reason", "CODE_NOT_AT_HAND"), "by override");
        }
        ObjectNode code = proof("Code").put("keyId", pickup.codeKeyId).put("issue", pickup.codeIssue);
        Request request = handOver(pickup, code, "with the code");
        if (random.nextInt(5) == 0) {
            ObjectNode handOver = (ObjectNode) request.command;
            ArrayNode taken = handOver.putArray("taken");
            if (random.nextInt(3) == 0) {
                handOver.put("notTakenReason", "CHANGED_MIND");
            } else {
                taken.addObject().put("lineId", pick(pickup.lineIds, random)).put("quantity", 1);
            }
        }
        return request;
    }

    private Request handOver(Pickup pickup, ObjectNode proof, String how) {
        ObjectNode handOver = command("HandOver").put("fulfilmentId", pickup.fulfilmentId);
        handOver.set("proof", proof);
        return request(
                "associate hands over " + pickup.fulfilmentId + " " + how, "pickup", handOver, associate(pickup));
    }

    private static ObjectNode proof(String type) {
        return command(type);
    }

    private Request cancelOrder(RandomGenerator random) {
        if (orders.isEmpty()) {
            return placeOrder(random);
        }
        Ordered order = random.nextBoolean() ? orders.getLast() : pick(orders, random);
        CommandRequest plain = head(shopper(random));
        Long expected = random.nextInt(6) == 0 ? (long) random.nextInt(1, 4) : null;
        CommandRequest head = new CommandRequest(
                plain.commandId(), plain.actor(), plain.correlationId(), null, expected, Duration.ZERO, null);
        ObjectNode cancel = command("CancelOrder").put("orderId", order.orderId());
        cancel.put("cancellationId", head.derivedId("cancellation")).put("reason", "CANCELLED_BY_SHOPPER");
        ArrayNode lines = cancel.putArray("lines");
        if (random.nextBoolean()) {
            lines.addObject().put("lineId", pick(order.lineIds(), random)).put("quantity", 1);
        }
        return new Request(
                "shopper cancels " + (lines.isEmpty() ? "" : "some of ") + order.orderId(), "order", cancel, head);
    }

    private Request bringBack(RandomGenerator random) {
        if (purchases.isEmpty()) {
            return orders.isEmpty()
                    ? placeOrder(random)
                    : bringBack(new Purchase(orders.getLast().orderId(), "1-1", 1), random);
        }
        return bringBack(pick(purchases, random), random);
    }

    private Request bringBack(Purchase purchase, RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        CommandRequest head = head(associate(location));
        ObjectNode back = command("AcceptReturn").put("orderId", purchase.orderId());
        back.put("returnId", head.derivedId("return")).put("locationId", location);
        ObjectNode line = back.putArray("lines").addObject().put("lineId", purchase.lineId());
        line.put("quantity", random.nextLong(1, purchase.quantity() + 1)).put("reason", "CHANGED_MIND");
        line.put("condition", "OPENED");
        line.put("disposition", pick(List.of("RESTOCK", "RESTOCK", "DAMAGED", "RETURN_TO_VENDOR"), random));
        if (random.nextInt(4) == 0) {
            ObjectNode override = back.putObject("override").put("reason", "goodwill");
            override.putObject("actor").put("type", "ASSOCIATE").put("id", "assoc-1");
        }
        return new Request(
                "shopper brings back " + purchase.lineId() + " of " + purchase.orderId() + " to " + location,
                "returns",
                back,
                head);
    }

    private Request receive(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        CommandRequest head = head(associate(location));
        ObjectNode receive = command("ReceiveStock").put("locationId", location);
        receive.put("receiptId", head.derivedId("receipt")).put("movedAt", movedAt(random));
        units(receive.putArray("lines").addObject(), random, random.nextInt(1, 5));
        return new Request("goods arrive in " + location, "inventory", receive, head);
    }

    private Request adjust(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        CommandRequest head = head(associate(location));
        ObjectNode adjust = command("AdjustStock").put("locationId", location);
        adjust.put("adjustmentId", head.derivedId("adjustment"))
                .put("reason", "LOST")
                .put("movedAt", movedAt(random));
        ObjectNode line = adjust.putArray("lines").addObject().put("sku", pick(SKUS, random));
        line.put("onHand", random.nextInt(-3, 3))
                .put("damaged", random.nextInt(-1, 2))
                .put("toVendor", random.nextInt(-1, 1))
                .put("unit", unit(random));
        return new Request("stock of " + location + " is corrected", "inventory", adjust, head);
    }

    private Request count(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        CommandRequest head = head(associate(location));
        ObjectNode count = command("CountStock").put("locationId", location);
        count.put("countId", head.derivedId("count"));
        count.put("countedAt", now().minusSeconds(random.nextInt(-400, 1_200)).toString());
        units(count.putArray("lines").addObject(), random, random.nextInt(0, 7));
        return new Request("stock of " + location + " is counted", "inventory", count, head);
    }

    private Request transfer(RandomGenerator random) {
        String from = pick(LOCATIONS, random);
        CommandRequest head = head(associate(from));
        ObjectNode transfer = command("TransferStock").put("locationId", from);
        transfer.put("transferId", head.derivedId("transfer")).put("toLocationId", pick(LOCATIONS, random));
        transfer.put("movedAt", movedAt(random));
        units(transfer.putArray("lines").addObject(), random, random.nextInt(1, 3));
        return new Request("goods leave " + from + " for another store", "inventory", transfer, head);
    }

    private Request hold(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        CommandRequest head = head(shopper(random));
        String holdId = head.derivedId("hold");
        ObjectNode hold = command("HoldStock").put("locationId", location).put("holdId", holdId);
        hold.put("channel", "ONLINE").put("seconds", random.nextInt(30, 1_200));
        units(hold.putArray("lines").addObject(), random, random.nextInt(1, 3));
        holds.add(new Hold(location, holdId));
        return new Request("cart holds " + holdId + " in " + location, "inventory", hold, head);
    }

    private Request releaseHold(RandomGenerator random) {
        if (holds.isEmpty()) {
            return hold(random);
        }
        Hold hold = pick(holds, random);
        ObjectNode release =
                command("ReleaseHold").put("locationId", hold.locationId()).put("holdId", hold.holdId());
        return request("cart gives back " + hold.holdId(), "inventory", release, shopper(random));
    }

    private Request setSafetyStock(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        ObjectNode safety = command("SetSafetyStock").put("locationId", location);
        units(safety.putArray("lines").addObject(), random, random.nextInt(0, 3));
        return request("safety stock of " + location + " is set", "inventory", safety, associate(location));
    }

    /** Another request under the key of the last one. */
    private Request reuseKey(RandomGenerator random) {
        Request other = last;
        if (other == null || !other.service.equals("inventory")) {
            return setSafetyStock(random);
        }
        ObjectNode safety = command("SetSafetyStock");
        safety.put("locationId", ((ObjectNode) other.command).get("locationId").asString());
        units(safety.putArray("lines").addObject(), random, random.nextInt(3, 5));
        return new Request("a key is used again for another request", "inventory", safety, other.head);
    }

    private Request request(String what, String service, ObjectNode command, Actor actor) {
        return new Request(what, service, command, head(actor));
    }

    private CommandRequest head(Actor actor) {
        UUID id = new UUID(plan.seed() * 31 + 1, ++requests);
        return new CommandRequest(id, actor, id.toString(), null, null, Duration.ZERO, null);
    }

    private Instant now() {
        return Instant.ofEpochMilli(clockMs.getAsLong());
    }

    private static ObjectNode command(String type) {
        return Json.mapper().createObjectNode().put("type", type);
    }

    private static void line(ObjectNode line, String lineId, RandomGenerator random) {
        line.put("lineId", lineId).put("sku", pick(SKUS, random)).put("quantity", random.nextInt(1, 5));
        line.put("unit", unit(random)).put("taxIncluded", random.nextBoolean());
        line.putObject("unitPrice").put("amount", random.nextInt(100, 1_000)).put("currency", "EUR");
        line.putObject("discount").put("amount", random.nextInt(0, 100)).put("currency", "EUR");
        line.putObject("tax").put("amount", random.nextInt(0, 200)).put("currency", "EUR");
        line.putArray("serials");
        line.putArray("lots");
    }

    private static void units(ObjectNode line, RandomGenerator random, long quantity) {
        line.put("sku", pick(SKUS, random)).put("quantity", quantity).put("unit", unit(random));
    }

    /** Now and then somebody weighs what others count. */
    private static String unit(RandomGenerator random) {
        return random.nextInt(20) == 0 ? "GRAM" : "EACH";
    }

    /** When goods moved: often now, sometimes told late, sometimes by a clock that runs ahead. */
    private @Nullable String movedAt(RandomGenerator random) {
        return random.nextInt(2) == 0
                ? null
                : now().minusSeconds(random.nextInt(-300, 1_200)).toString();
    }

    private static Actor shopper(RandomGenerator random) {
        return new Actor(Actor.Type.SHOPPER, pick(CUSTOMERS, random), null);
    }

    private static Actor associate(String location) {
        return new Actor(Actor.Type.ASSOCIATE, "assoc-1", location);
    }

    private static Actor associate(Pickup pickup) {
        return associate(pickup.locationId);
    }

    private static String who(@Nullable String customer) {
        return customer == null ? "a guest" : customer;
    }

    static List<String> customers() {
        return CUSTOMERS;
    }

    private static <T> T pick(List<T> some, RandomGenerator random) {
        return some.get(random.nextInt(some.size()));
    }
}
