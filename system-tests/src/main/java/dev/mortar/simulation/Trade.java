package dev.mortar.simulation;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.kafka.Json;
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
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The requests of shoppers, associates and tills: mostly sensible ones by the log so far, sometimes any. Commands are
 * the JSON that goes over the wire.
 */
final class Trade {
    private static final List<String> LOCATIONS = List.of("berlin", "leith", "riga");
    private static final List<String> SKUS = List.of("AXE", "BOLT", "CUP", "DRILL");

    private static final String UNKNOWN_LOCATION = "nowhere";
    static final List<String> CUSTOMERS = List.of("ada", "bo", "cy", "di");
    private static final List<String> METHODS = List.of("PICKUP", "PICKUP", "CURBSIDE", "DELIVERY");
    private static final int SENSIBLE_IN_TEN = 8;

    private record Ordered(String orderId, List<String> lineIds) {}

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
            case PickingStarted e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.PICKING;
            case PickupReady e -> {
                pickup(e.getFulfilmentId()).stage = Pickup.Stage.READY;
                pickup(e.getFulfilmentId()).codeKeyId = e.getCodeKeyId();
            }
            case PickupCodeReissued e -> {
                pickup(e.getFulfilmentId()).codeIssue = e.getCodeIssue();
                pickup(e.getFulfilmentId()).codeKeyId = e.getCodeKeyId();
            }
            case PickupHandedOver e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
            case PickupExpired e -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
            case PickupCancelled e when e.getWhole() -> pickup(e.getFulfilmentId()).stage = Pickup.Stage.OVER;
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

    List<Request> opening(RandomGenerator random) {
        List<Request> opening = new ArrayList<>();
        for (String location : LOCATIONS) {
            opening.add(request("registers " + location, "inventory", "RegisterLocation", associate(location))
                    .with("location", Json.mapper().readTree("""
                            {"type": "Location", "locationId": "%1$s", "name": "%1$s", "kind": "STORE",
                             "latitude": 52.5, "longitude": 13.4, "timeZone": "Europe/Berlin",
                             "openingHours": [], "exceptions": []}
                            """.formatted(location))));
            List<Map<String, ?>> lines = new ArrayList<>();
            SKUS.forEach(sku -> lines.add(Map.of("sku", sku, "quantity", random.nextInt(3, 30), "unit", "EACH")));
            opening.add(request("first stock of " + location, "inventory", "ReceiveStock", associate(location))
                    .with("locationId", location, "receiptId", "first-" + location, "lines", lines));
        }
        return opening;
    }

    Request next(RandomGenerator random) {
        int what = random.nextInt(100);
        if (what < 22) {
            last = placeOrder(random);
        } else if (what < 30) {
            last = sell(random);
        } else if (what < 64) {
            last = workOnPickup(random);
        } else if (what < 74) {
            last = cancelOrder(random);
        } else if (what < 82) {
            last = bringBack(random);
        } else {
            last = changeStock(what, random);
        }
        return last;
    }

    private Request changeStock(int what, RandomGenerator random) {
        if (what < 85) {
            return stock("goods arrive in", "ReceiveStock", "receipt", random)
                    .with("movedAt", movedAt(random), "lines", units(random, 1, 5));
        } else if (what < 88) {
            Map<String, ?> corrected = Map.of(
                    "sku", pick(SKUS, random),
                    "onHand", random.nextInt(-3, 3),
                    "damaged", random.nextInt(-1, 2),
                    "toVendor", random.nextInt(-1, 1),
                    "unit", unit(random));
            return stock("somebody corrects the stock of", "AdjustStock", "adjustment", random)
                    .with("reason", "LOST", "movedAt", movedAt(random), "lines", List.of(corrected));
        } else if (what < 91) {
            return stock("somebody counts the stock of", "CountStock", "count", random)
                    .with("countedAt", now().minusSeconds(random.nextInt(-400, 1_200)), "lines", units(random, 0, 7));
        } else if (what < 93) {
            return stock("goods for another store leave", "TransferStock", "transfer", random)
                    .with("toLocationId", pick(LOCATIONS, random), "movedAt", movedAt(random))
                    .with("lines", units(random, 1, 3));
        } else if (what < 96 || (what < 97 && holds.isEmpty())) {
            Request hold = stock("a cart holds stock of", "HoldStock", "hold", random)
                    .with("channel", "ONLINE", "seconds", random.nextInt(30, 1_200), "lines", units(random, 1, 3));
            holds.add(new Hold(hold.text("locationId"), hold.text("holdId")));
            return hold;
        } else if (what < 97) {
            Hold hold = pick(holds, random);
            return request("a cart gives back " + hold.holdId(), "inventory", "ReleaseHold", shopper(random))
                    .with("locationId", hold.locationId(), "holdId", hold.holdId());
        }
        Request other = what < 98 ? null : last;
        if (other == null || !other.service.equals("inventory")) {
            String location = pick(LOCATIONS, random);
            return request("safety stock of " + location, "inventory", "SetSafetyStock", associate(location))
                    .with("locationId", location, "lines", units(random, 0, 3));
        }
        return new Request("a key is used again for another request", "inventory", "SetSafetyStock", other.head)
                .with("locationId", other.text("locationId"), "lines", units(random, 3, 5));
    }

    /** A command about the stock of some location that gives what it does an id. */
    private Request stock(String what, String type, String noun, RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        Request request = request(what + " " + location, "inventory", type, associate(location));
        return request.with("locationId", location, noun + "Id", request.head.derivedId(noun));
    }

    /** The next step of each pickup that somebody has to work on, so that all pickups end. */
    List<Request> duties() {
        return pickups.values().stream()
                .flatMap(pickup -> switch (pickup.stage) {
                    case REQUESTED -> Stream.of(onPickup("associate picks", "StartPicking", pickup));
                    case PICKING -> Stream.of(ready(pickup));
                    case READY -> pickup.delivery ? Stream.of(giveToCourier(pickup)) : Stream.of();
                    case OVER -> Stream.of();
                })
                .toList();
    }

    private Request placeOrder(RandomGenerator random) {
        boolean inStore = random.nextInt(5) == 0;
        boolean whole = random.nextBoolean();
        CommandRequest head = head(shopper(random), null, null);
        String orderId = head.derivedId("order");
        List<Map<String, ?>> lines = new ArrayList<>();
        List<Map<String, ?>> fulfilments = new ArrayList<>();
        int groups = random.nextInt(4) == 0 ? 2 : 1;
        for (int group = 1; group <= groups; group++) {
            boolean carried = inStore && !whole && random.nextInt(3) == 0;
            String location = random.nextInt(40) == 0 ? UNKNOWN_LOCATION : pick(LOCATIONS, random);
            Hold held = holds.isEmpty() || random.nextInt(3) > 0 ? null : pick(holds, random);
            List<Map<String, ?>> ofGroup = lines(group, random);
            lines.addAll(ofGroup);
            Map<String, Object> fulfilment = new LinkedHashMap<>();
            fulfilment.put("fulfilmentId", orderId + "-" + group);
            fulfilment.put("method", carried ? "CARRY_OUT" : pick(METHODS, random));
            fulfilment.put("locationId", held == null ? location : held.locationId());
            fulfilment.put("lineIds", lineIds(ofGroup));
            if (held != null && !carried) {
                fulfilment.put("holdId", held.holdId());
            }
            fulfilments.add(fulfilment);
        }
        String customer = random.nextInt(6) == 0 ? null : pick(CUSTOMERS, random);
        Map<String, @Nullable Object> order = new LinkedHashMap<>();
        order.put("channel", inStore ? "STORE" : "ONLINE");
        order.put("customerId", customer);
        order.put("acceptance", whole ? "WHOLE" : "PER_FULFILMENT");
        order.put("paymentReference", "pay-" + requests);
        order.put("locationId", inStore ? pick(LOCATIONS, random) : null);
        order.put("lines", lines);
        order.put("fulfilments", fulfilments);
        orders.add(new Ordered(orderId, lineIds(lines)));
        String who = customer == null ? "a guest" : customer;
        return new Request(who + " orders " + orderId + " " + summary(lines, fulfilments), "order", "PlaceOrder", head)
                .with("orderId", orderId, "decideWithin", plan.decideWithin(), "order", order);
    }

    private static String summary(List<Map<String, ?>> lines, List<Map<String, ?>> fulfilments) {
        return Stream.concat(
                        lines.stream().map(line -> line.get("quantity") + " " + line.get("sku")),
                        fulfilments.stream().map(each -> each.get("method") + " in " + each.get("locationId")))
                .collect(Collectors.joining(" "));
    }

    private Request sell(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        boolean again = receipts > 0 && random.nextInt(8) == 0;
        String receipt = "receipt-" + (again ? random.nextInt(1, receipts + 1) : ++receipts);
        String orderId =
                NameBasedId.of(new UUID(plan.seed(), 0), "till|" + receipt).toString();
        // An offline till uploads late: a sale before a count is not subtracted twice.
        Instant soldAt = now().minusSeconds(random.nextInt(3) == 0 ? random.nextInt(3_600) : 0);
        List<Map<String, ?>> lines = lines(1, random);
        if (!again) {
            orders.add(new Ordered(orderId, lineIds(lines)));
        }
        String what = "till in " + location + " reports " + receipt + " " + orderId + " " + summary(lines, List.of());
        CommandRequest head = head(new Actor(Actor.Type.TILL, "till-1", location), soldAt, null);
        Map<String, ?> sale = Map.of(
                "locationId", location,
                "tillId", "till-1",
                "receiptNumber", receipt,
                "soldAt", soldAt,
                "paymentReference", "till-pay",
                "lines", lines);
        return new Request(what, "order", "RecordSale", head).with("orderId", orderId, "sale", sale);
    }

    private Request workOnPickup(RandomGenerator random) {
        List<Pickup> open = pickups.values().stream()
                .filter(pickup -> pickup.stage != Pickup.Stage.OVER)
                .toList();
        boolean sensible = random.nextInt(10) < SENSIBLE_IN_TEN && !open.isEmpty();
        List<Pickup> known = sensible ? open : List.copyOf(pickups.values());
        if (known.isEmpty()) {
            return placeOrder(random);
        }
        Pickup pickup = pick(known, random);
        return switch (sensible ? sensible(pickup, random) : random.nextInt(9)) {
            case 0 -> onPickup("associate picks", "StartPicking", pickup);
            case 1 ->
                onPickup("picker misses units of", "ReportShort", pickup)
                        .with("lineId", pick(pickup.lineIds, random), "missing", random.nextInt(1, 3))
                        .with("reason", random.nextBoolean() ? "NOT_FOUND" : "DAMAGED");
            case 2 -> ready(pickup);
            case 3 ->
                onPickup("shopper sets out for", "NoteOnTheWay", pickup, shopper(random))
                        .with("expectedAt", now().plusSeconds(600));
            case 4 -> onPickup("shopper arrives for", "NoteArrival", pickup, shopper(random));
            case 5 -> handOver(pickup, random);
            case 6 -> onPickup("new code for", "ReissueCode", pickup).with("codeKeyId", "k2");
            case 7 -> onPickup("store cancels", "CancelPickup", pickup).with("reason", "CANCELLED_BY_RETAILER");
            default -> handOver("with a wrong code", pickup, command("WrongCode"));
        };
    }

    /** A step that fits the stage, by its number in the order in which {@link #workOnPickup} counts. */
    private static int sensible(Pickup pickup, RandomGenerator random) {
        int die = random.nextInt(12);
        return switch (pickup.stage) {
            case REQUESTED -> die < 10 ? 0 : 7;
            case PICKING -> die < 6 ? 2 : die < 11 ? 1 : 7;
            case READY -> die < 6 ? 5 : die < 8 ? 8 : die < 9 ? 6 : die < 10 ? 3 : die < 11 ? 4 : 7;
            case OVER -> 5;
        };
    }

    private Request onPickup(String what, String type, Pickup pickup) {
        return onPickup(what, type, pickup, associate(pickup.locationId));
    }

    private Request onPickup(String what, String type, Pickup pickup, Actor actor) {
        return request(what + " " + pickup.fulfilmentId, "pickup", type, actor)
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
            ObjectNode override = command("NamedOverride").put("associateId", "assoc-1");
            return handOver("by override", pickup, override.put("reason", "CODE_NOT_AT_HAND"));
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

    private Request cancelOrder(RandomGenerator random) {
        if (orders.isEmpty()) {
            return placeOrder(random);
        }
        Ordered order = random.nextBoolean() ? orders.getLast() : pick(orders, random);
        Long expected = random.nextInt(6) == 0 ? (long) random.nextInt(1, 4) : null;
        CommandRequest head = head(shopper(random), null, expected);
        boolean some = random.nextBoolean();
        String what = "shopper cancels " + (some ? "some of " : "") + order.orderId();
        List<?> lines = some ? List.of(Map.of("lineId", pick(order.lineIds(), random), "quantity", 1)) : List.of();
        return new Request(what, "order", "CancelOrder", head)
                .with("orderId", order.orderId(), "cancellationId", head.derivedId("cancellation"))
                .with("reason", "CANCELLED_BY_SHOPPER", "lines", lines);
    }

    private Request bringBack(RandomGenerator random) {
        if (purchases.isEmpty() && orders.isEmpty()) {
            return placeOrder(random);
        }
        Purchase purchase =
                purchases.isEmpty() ? new Purchase(orders.getLast().orderId(), "1-1", 1) : pick(purchases, random);
        String location = pick(LOCATIONS, random);
        String what = "shopper brings back " + purchase.lineId() + " of " + purchase.orderId() + " to " + location;
        Request back = request(what, "returns", "AcceptReturn", associate(location));
        Map<String, ?> line = Map.of(
                "lineId", purchase.lineId(),
                "quantity", random.nextLong(1, purchase.quantity() + 1),
                "reason", "CHANGED_MIND",
                "condition", "OPENED",
                "disposition", pick(List.of("RESTOCK", "RESTOCK", "DAMAGED", "RETURN_TO_VENDOR"), random));
        back.with("orderId", purchase.orderId(), "returnId", back.head.derivedId("return"))
                .with("locationId", location, "lines", List.of(line));
        Map<String, ?> associate = Map.of("type", "ASSOCIATE", "id", "assoc-1");
        return random.nextInt(4) == 0 ? back.with("override", Map.of("reason", "goodwill", "actor", associate)) : back;
    }

    private Request request(String what, String service, String type, Actor actor) {
        return new Request(what, service, type, head(actor, null, null));
    }

    private CommandRequest head(Actor actor, @Nullable Instant occurredAt, @Nullable Long expectedSequence) {
        UUID id = new UUID(plan.seed() * 31 + 1, ++requests);
        // Rights have their own tests; here nobody is refused for the lack of one.
        Caller caller = new Caller(actor, Role.BACK_OFFICE, Set.of(Grant.BACK_OFFICE), Instant.MAX);
        return new CommandRequest(id, caller, id.toString(), occurredAt, expectedSequence, Duration.ZERO, null);
    }

    private Instant now() {
        return Instant.ofEpochMilli(clockMs.getAsLong());
    }

    static ObjectNode command(String type) {
        return Json.mapper().createObjectNode().put("type", type);
    }

    /** One line or two, with ids in their group. */
    private static List<Map<String, ?>> lines(int group, RandomGenerator random) {
        return IntStream.rangeClosed(1, random.nextInt(1, 3))
                .<Map<String, ?>>mapToObj(number -> Map.ofEntries(
                        Map.entry("lineId", group + "-" + number),
                        Map.entry("sku", pick(SKUS, random)),
                        Map.entry("quantity", random.nextInt(1, 5)),
                        Map.entry("unit", unit(random)),
                        Map.entry("taxIncluded", random.nextBoolean()),
                        Map.entry("unitPrice", euros(random.nextInt(100, 1_000))),
                        Map.entry("discount", euros(random.nextInt(0, 100))),
                        Map.entry("tax", euros(random.nextInt(0, 200))),
                        Map.entry("serials", List.of()),
                        Map.entry("lots", List.of())))
                .toList();
    }

    private static List<String> lineIds(List<Map<String, ?>> lines) {
        return lines.stream().map(line -> String.valueOf(line.get("lineId"))).toList();
    }

    private static Map<String, ?> euros(int cents) {
        return Map.of("amount", cents, "currency", "EUR");
    }

    private static List<Map<String, ?>> units(RandomGenerator random, int least, int below) {
        return List.of(
                Map.of("sku", pick(SKUS, random), "quantity", random.nextInt(least, below), "unit", unit(random)));
    }

    /** Now and then somebody weighs goods that others count. */
    private static String unit(RandomGenerator random) {
        return random.nextInt(20) == 0 ? "GRAM" : "EACH";
    }

    /** When goods moved: often now, sometimes reported late, sometimes by a clock that runs ahead. */
    private @Nullable Instant movedAt(RandomGenerator random) {
        return random.nextInt(2) == 0 ? null : now().minusSeconds(random.nextInt(-300, 1_200));
    }

    private static Actor shopper(RandomGenerator random) {
        return new Actor(Actor.Type.SHOPPER, pick(CUSTOMERS, random), null);
    }

    private static Actor associate(String location) {
        return new Actor(Actor.Type.ASSOCIATE, "assoc-1", location);
    }

    static <T> T pick(List<T> some, RandomGenerator random) {
        return some.get(random.nextInt(some.size()));
    }
}
