package dev.mortar.simulation;

import static dev.mortar.simulation.Drafts.CUSTOMERS;
import static dev.mortar.simulation.Drafts.LOCATIONS;
import static dev.mortar.simulation.Drafts.SKUS;
import static dev.mortar.simulation.Drafts.lineIds;
import static dev.mortar.simulation.Drafts.lines;
import static dev.mortar.simulation.Drafts.pick;
import static dev.mortar.simulation.Drafts.shopper;
import static dev.mortar.simulation.Drafts.units;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.schemas.order.FulfilmentAdded;
import dev.mortar.schemas.order.SourcingRequested;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.simulation.Clients.Request;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The requests of shoppers, associates and tills: mostly sensible ones by the log so far, sometimes any. Commands are
 * the JSON that goes over the wire.
 */
final class Trade {
    private static final String UNKNOWN_LOCATION = "nowhere";
    static final List<String> METHODS = List.of("PICKUP", "PICKUP", "CURBSIDE", "DELIVERY");

    private static final int THIEVES_ONE_IN = 10;
    private static final int MEANWHILE_ONE_IN = 3;

    /** @param stores that work on it */
    private record Ordered(String orderId, @Nullable String customer, List<String> stores, List<String> lineIds) {}

    private record Purchase(String orderId, @Nullable String customer, String lineId, long quantity) {}

    private final Plan plan;
    private final Drafts drafts;
    private final Thieves thieves;
    private final List<Ordered> orders = new ArrayList<>();
    private final Stockroom stockroom;
    private final Tasks tasks;
    private final List<Purchase> purchases = new ArrayList<>();
    private @Nullable Request last;
    private @Nullable SourcingRequested newestRun;
    private int receipts;

    Trade(Plan plan, Drafts drafts, Thieves thieves) {
        this.plan = plan;
        this.drafts = drafts;
        this.thieves = thieves;
        stockroom = new Stockroom(drafts);
        tasks = new Tasks(plan, drafts);
    }

    /** Learns from a committed event. */
    void see(SpecificRecord event) {
        switch (event) {
            case SourcingRequested e -> newestRun = e;
            case FulfilmentAdded e ->
                order(e.getOrderId())
                        .forEach(order -> order.stores().add(e.getFulfilment().getLocationId()));
            case PurchaseRecorded e ->
                e.getLines()
                        .forEach(line -> purchases.add(new Purchase(
                                e.getOrderId(),
                                e.getCustomerId(),
                                line.getLine().getLineId(),
                                line.getLine().getQuantity())));
            default -> {
                tasks.see(event);
                stockroom.see(event);
            }
        }
    }

    private Stream<Ordered> order(String orderId) {
        return orders.stream().filter(order -> order.orderId().equals(orderId));
    }

    List<Request> opening(RandomGenerator random) {
        List<Request> opening = new ArrayList<>();
        for (String location : LOCATIONS) {
            opening.add(drafts.request("registers " + location, "inventory", "RegisterLocation", Party.backOffice())
                    .with("location", Json.mapper().readTree("""
                            {"type": "Location", "locationId": "%1$s", "name": "%1$s", "kind": "STORE",
                             "latitude": 52.5, "longitude": 13.4, "timeZone": "Europe/Berlin",
                             "openingHours": %2$s, "exceptions": [],
                             "offer": {"methods": ["PICKUP", "CURBSIDE", "DELIVERY"], "onlineEnabled": true,
                                       "priority": 100, "leadMinutes": 60, "closingBufferMinutes": 0,
                                       "dispatchTimes": ["09:00", "16:30"], "acceptWithinMinutes": 15,
                                       "capacity": %3$s}}
                            """.formatted(
                                    location, openingHours(location), capacity(location)))));
            List<Map<String, ?>> lines = new ArrayList<>();
            SKUS.forEach(sku -> lines.add(Map.of("sku", sku, "quantity", random.nextInt(3, 30), "unit", "EACH")));
            opening.add(
                    drafts.request("first stock of " + location, "inventory", "ReceiveStock", Party.associate(location))
                            .with("locationId", location, "receiptId", "first-" + location, "lines", lines));
        }
        return opening;
    }

    /** One location knows no hours, one never closes, and one is open by day. */
    private static String openingHours(String location) {
        String closes = location.equals(LOCATIONS.get(1)) ? "24:00" : "20:00";
        String opens = location.equals(LOCATIONS.get(1)) ? "00:00" : "08:00";
        return location.equals(LOCATIONS.getFirst())
                ? "[]"
                : Stream.of(DayOfWeek.values())
                        .map(day -> "{\"day\": \"%s\", \"opens\": \"%s\", \"closes\": \"%s\"}"
                                .formatted(day, opens, closes))
                        .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Two of the locations limit pickups and deliveries to two an hour. */
    private static String capacity(String location) {
        return location.equals(LOCATIONS.getFirst())
                ? "[]"
                : Stream.of("PICKUP", "DELIVERY")
                        .flatMap(method -> Stream.of(DayOfWeek.values()).map(day -> """
                                        {"method": "%s", "day": "%s", "from": "00:00", "to": "24:00", "ordersPerSlot": 2}
                                        """.formatted(method, day)))
                        .collect(Collectors.joining(", ", "[", "]"));
    }

    Request next(RandomGenerator random) {
        Request control = thieves.control();
        if (control != null) {
            return control;
        }
        Request honest = honest(random);
        Request stolen = random.nextInt(THIEVES_ONE_IN) == 0 ? thieves.steal(honest, random) : null;
        if (stolen != null) {
            return stolen;
        }
        last = honest;
        return honest;
    }

    private Request honest(RandomGenerator random) {
        if (newestRun != null && random.nextInt(MEANWHILE_ONE_IN) == 0) {
            Request meanwhile = meanwhile(newestRun, random);
            newestRun = null;
            if (meanwhile != null) {
                return meanwhile;
            }
        }
        Request early = stockroom.transfers.receiveEarly(random);
        if (early != null) {
            return early;
        }
        int what = random.nextInt(100);
        if (what < 22) {
            return placeOrder(random);
        } else if (what < 30) {
            return sell(random);
        } else if (what < 64) {
            Request work = tasks.work(random);
            return work == null ? placeOrder(random) : work;
        } else if (what < 67) {
            return move(random);
        } else if (what < 74) {
            return cancelOrder(random);
        } else if (what < 80) {
            return bringBack(random);
        } else if (what < 94) {
            return stockroom.change(random);
        } else if (what < 97) {
            Request work = tasks.parcels.work(random);
            return work == null ? placeOrder(random) : work;
        }
        return otherStock(what > 97, random);
    }

    /** Somebody works on the old fulfilment of a run, or cancels its order; null if that is not known. */
    private @Nullable Request meanwhile(SourcingRequested run, RandomGenerator random) {
        return random.nextBoolean()
                ? tasks.work(run.getReplaces(), random)
                : order(run.getOrderId())
                        .findFirst()
                        .map(order -> cancel(order, random))
                        .orElse(null);
    }

    private Request otherStock(boolean again, RandomGenerator random) {
        Request other = again ? last : null;
        if (other == null || !other.service.equals("inventory")) {
            String location = pick(LOCATIONS, random);
            return drafts.request("safety stock of " + location, "inventory", "SetSafetyStock", Party.lead(location))
                    .with("locationId", location, "lines", units(random, 0, 3));
        }
        String location = other.text("locationId");
        Caller lead = Party.lead(location).sends("SetSafetyStock");
        CommandRequest head = Drafts.head(other.head.commandId(), lead, null, null);
        return new Request("a key is used again for another request", "inventory", "SetSafetyStock", head)
                .with("locationId", location, "lines", units(random, 3, 5));
    }

    /** The next step of each pickup, parcel and transfer that somebody has to work on. */
    List<Request> duties(RandomGenerator random) {
        return Stream.of(tasks.duties(), tasks.parcels.duties(random), stockroom.transfers.duties(random))
                .flatMap(List::stream)
                .toList();
    }

    private Request placeOrder(RandomGenerator random) {
        boolean inStore = random.nextInt(5) == 0;
        boolean whole = random.nextBoolean();
        String customer = random.nextInt(6) == 0 ? null : pick(CUSTOMERS, random);
        String takenAt = inStore ? pick(LOCATIONS, random) : null;
        Party party = takenAt != null
                ? Party.associate(takenAt)
                : random.nextInt(8) == 0
                        ? Party.backOffice()
                        : customer == null ? Party.shop() : Party.shopFor(customer);
        CommandRequest head = drafts.head("PlaceOrder", party, null, null);
        String orderId = head.derivedId("order");
        List<Map<String, ?>> lines = new ArrayList<>();
        List<Map<String, Object>> fulfilments = new ArrayList<>();
        List<List<Map<String, ?>>> linesOf = new ArrayList<>();
        int groups = random.nextInt(4) == 0 ? 2 : 1;
        for (int group = 1; group <= groups; group++) {
            List<Map<String, ?>> ofGroup = lines(group, random);
            lines.addAll(ofGroup);
            linesOf.add(ofGroup);
            fulfilments.add(fulfilment(ofGroup, inStore && !whole && random.nextInt(3) == 0, random));
        }
        if (groups == 2 && random.nextBoolean()) {
            Drafts.share(lines, fulfilments.getFirst(), fulfilments.getLast());
        }
        List<Map<String, Object>> located = new ArrayList<>();
        List<Map<String, @Nullable Object>> unsourced = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            Map<String, Object> fulfilment = fulfilments.get(i);
            if (random.nextInt(3) == 0 && !"CARRY_OUT".equals(fulfilment.get("method"))) {
                unsourced.add(drafts.withoutLocation(fulfilment, linesOf.get(i), random));
                fulfilment.remove("locationId");
            } else {
                located.add(fulfilment);
                fulfilment.put("fulfilmentId", orderId + "-" + located.size());
            }
        }
        Map<String, @Nullable Object> order = new LinkedHashMap<>();
        order.put("channel", inStore ? "STORE" : "ONLINE");
        order.put("customerId", customer);
        order.put("acceptance", whole ? "WHOLE" : "PER_FULFILMENT");
        order.put("paymentReference", "pay-" + drafts.requests());
        order.put("locationId", takenAt);
        order.put("lines", lines);
        order.put("fulfilments", located);
        order.put("unsourced", unsourced);
        List<String> stores = Stream.concat(
                        Stream.ofNullable(takenAt),
                        located.stream().map(each -> String.valueOf(each.get("locationId"))))
                .collect(Collectors.toCollection(ArrayList::new));
        orders.add(new Ordered(orderId, customer, stores, lineIds(lines)));
        String who = customer == null ? "a guest" : customer;
        return new Request(who + " orders " + orderId + " " + summary(lines, fulfilments), "order", "PlaceOrder", head)
                .with("orderId", orderId, "decideWithin", plan.decideWithin(), "order", order);
    }

    private Map<String, Object> fulfilment(List<Map<String, ?>> lines, boolean carried, RandomGenerator random) {
        String location = random.nextInt(40) == 0 ? UNKNOWN_LOCATION : pick(LOCATIONS, random);
        Stockroom.Hold held = random.nextInt(3) > 0 ? null : stockroom.hold(random);
        String method = carried ? "CARRY_OUT" : pick(METHODS, random);
        Map<String, Object> fulfilment = new LinkedHashMap<>();
        fulfilment.put("method", method);
        fulfilment.put("locationId", held == null ? location : held.locationId());
        fulfilment.put("lineIds", lineIds(lines));
        fulfilment.put("parts", List.of());
        fulfilment.put("mayMove", random.nextBoolean());
        if (random.nextInt(3) == 0) {
            fulfilment.put("promisedAt", drafts.now().plusSeconds(random.nextInt(-60, 30_000)));
        }
        if (random.nextInt(3) == 0) {
            fulfilment.put("acceptBy", drafts.now().plusSeconds(random.nextInt(0, 600)));
        }
        if (held != null && !carried) {
            fulfilment.put("holdId", held.holdId());
        }
        if (method.equals("DELIVERY") && random.nextBoolean()) {
            fulfilment.put("destinationId", "home");
        }
        return fulfilment;
    }

    private static String summary(List<Map<String, ?>> lines, List<Map<String, Object>> fulfilments) {
        return Stream.concat(
                        lines.stream().map(line -> line.get("quantity") + " " + line.get("sku")),
                        fulfilments.stream()
                                .map(each -> each.get("method") + " in " + each.getOrDefault("locationId", "any")))
                .collect(Collectors.joining(" "));
    }

    private Request sell(RandomGenerator random) {
        String location = pick(LOCATIONS, random);
        boolean again = receipts > 0 && random.nextInt(8) == 0;
        String receipt = "receipt-" + (again ? random.nextInt(1, receipts + 1) : ++receipts);
        String orderId =
                NameBasedId.of(new UUID(plan.seed(), 0), "till|" + receipt).toString();
        // An offline till uploads late: a sale before a count is not subtracted twice.
        Instant soldAt = drafts.now().minusSeconds(random.nextInt(3) == 0 ? random.nextInt(3_600) : 0);
        List<Map<String, ?>> lines = lines(1, random);
        if (!again) {
            orders.add(new Ordered(orderId, null, List.of(location), lineIds(lines)));
        }
        String what = "till in " + location + " reports " + receipt + " " + orderId + " " + summary(lines, List.of());
        CommandRequest head = drafts.head("RecordSale", Party.till(location), soldAt, null);
        Map<String, ?> sale = Map.of(
                "locationId", location,
                "tillId", Party.TILL,
                "receiptNumber", receipt,
                "soldAt", soldAt,
                "paymentReference", "till-pay",
                "lines", lines);
        return new Request(what, "order", "RecordSale", head).with("orderId", orderId, "sale", sale);
    }

    private Request cancelOrder(RandomGenerator random) {
        if (orders.isEmpty()) {
            return placeOrder(random);
        }
        return cancel(random.nextBoolean() ? orders.getLast() : pick(orders, random), random);
    }

    private Request cancel(Ordered order, RandomGenerator random) {
        Long expected = random.nextInt(6) == 0 ? (long) random.nextInt(1, 4) : null;
        Party party = switch (random.nextInt(4)) {
            case 0 -> order.stores().isEmpty() ? Party.backOffice() : Party.associate(pick(order.stores(), random));
            case 1 -> Party.backOffice();
            default -> shopper(order.customer(), order.orderId(), random);
        };
        boolean byRetailer = party.role() == Role.ASSOCIATE || party.role() == Role.BACK_OFFICE;
        CommandRequest head = drafts.head("CancelOrder", party, null, expected);
        boolean some = random.nextBoolean();
        String what = party.role() + " cancels " + (some ? "some of " : "") + order.orderId();
        List<?> lines = some ? List.of(Map.of("lineId", pick(order.lineIds(), random), "quantity", 1)) : List.of();
        return new Request(what, "order", "CancelOrder", head)
                .with("orderId", order.orderId(), "cancellationId", head.derivedId("cancellation"))
                .with("reason", byRetailer ? "CANCELLED_BY_RETAILER" : "CANCELLED_BY_SHOPPER", "lines", lines);
    }

    private Request move(RandomGenerator random) {
        if (orders.isEmpty()) {
            return placeOrder(random);
        }
        Ordered order = pick(orders, random);
        String location = pick(LOCATIONS, random);
        Party party = shopper(order.customer(), order.orderId(), random);
        CommandRequest head = drafts.head("MoveFulfilment", party, null, null);
        String what = party.role() + " moves goods of " + order.orderId() + " to " + location;
        return new Request(what, "order", "MoveFulfilment", head)
                .with("orderId", order.orderId(), "moveId", head.derivedId("move"))
                .with("fulfilmentId", order.orderId() + "-" + random.nextInt(1, 3))
                .with("locationId", location, "decideWithin", "PT30M");
    }

    private Request bringBack(RandomGenerator random) {
        if (purchases.isEmpty() && orders.isEmpty()) {
            return placeOrder(random);
        }
        Purchase purchase = purchases.isEmpty()
                ? new Purchase(orders.getLast().orderId(), null, "1-1", 1)
                : pick(purchases, random);
        String location = pick(LOCATIONS, random);
        String what = "shopper brings back " + purchase.lineId() + " of " + purchase.orderId() + " to " + location;
        boolean overridden = random.nextInt(4) == 0;
        String customer = random.nextInt(5) == 0 ? purchase.customer() : null;
        Party party = overridden
                ? Party.lead(location)
                : customer == null ? Party.associate(location) : Party.shopFor(customer);
        Request back = drafts.request(what, "returns", "AcceptReturn", party);
        Map<String, ?> line = Map.of(
                "lineId", purchase.lineId(),
                "quantity", random.nextLong(1, purchase.quantity() + 1),
                "reason", "CHANGED_MIND",
                "condition", "OPENED",
                "disposition", pick(List.of("RESTOCK", "RESTOCK", "DAMAGED", "RETURN_TO_VENDOR"), random));
        back.with("orderId", purchase.orderId(), "returnId", back.head.derivedId("return"))
                .with("locationId", location, "lines", List.of(line));
        Map<String, ?> override = Map.of("reason", "goodwill", "actor", party.actor());
        return overridden ? back.with("override", override) : back;
    }
}
