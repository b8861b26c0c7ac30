package dev.mortar.simulation;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.simulation.Clients.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Drafts of requests: their ids, and the values in them that are drawn. */
final class Drafts {
    static final List<String> LOCATIONS = List.of("berlin", "leith", "riga");
    static final List<String> SKUS = List.of("AXE", "BOLT", "CUP", "DRILL");
    static final List<String> CUSTOMERS = List.of("ada", "bo", "cy", "di");

    private final long seed;
    private final LongSupplier clockMs;
    private int requests;

    Drafts(long seed, LongSupplier clockMs) {
        this.seed = seed;
        this.clockMs = clockMs;
    }

    /** The number of requests so far. */
    int requests() {
        return requests;
    }

    Instant now() {
        return Instant.ofEpochMilli(clockMs.getAsLong());
    }

    Request request(String what, String service, String type, Party party) {
        return new Request(what, service, type, head(type, party, null, null));
    }

    CommandRequest head(String type, Party party, @Nullable Instant occurredAt, @Nullable Long expectedSequence) {
        return head(new UUID(seed * 31 + 1, ++requests), party.sends(type), occurredAt, expectedSequence);
    }

    static CommandRequest head(UUID id, Caller caller, @Nullable Instant occurredAt, @Nullable Long expectedSequence) {
        return new CommandRequest(id, caller, id.toString(), occurredAt, expectedSequence, Duration.ZERO, null);
    }

    static ObjectNode command(String type) {
        return Json.mapper().createObjectNode().put("type", type);
    }

    /** One line or two, with ids in their group. */
    static List<Map<String, ?>> lines(int group, RandomGenerator random) {
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

    static List<String> lineIds(List<Map<String, ?>> lines) {
        return lines.stream().map(line -> String.valueOf(line.get("lineId"))).toList();
    }

    /** Gives the last unit of the first line, which is of the first fulfilment, to the second one too. */
    static void share(List<Map<String, ?>> lines, Map<String, Object> first, Map<String, Object> second) {
        List<Map<String, ?>> ofFirst = new ArrayList<>();
        List<Map<String, ?>> ofSecond = new ArrayList<>();
        for (Map<String, ?> line : lines) {
            int quantity = (Integer) Objects.requireNonNull(line.get("quantity"));
            boolean shared = line == lines.getFirst() && quantity > 1;
            if (((List<?>) Objects.requireNonNull(first.get("lineIds"))).contains(line.get("lineId"))) {
                ofFirst.add(part(line, shared ? quantity - 1 : quantity, 0));
            } else {
                ofSecond.add(part(line, quantity, 0));
            }
            if (shared) {
                ofSecond.add(part(line, 1, quantity - 1));
            }
        }
        first.put("parts", ofFirst);
        second.put("parts", ofSecond);
        second.put("lineIds", lineIds(ofSecond));
    }

    /** All units of lines. */
    static List<Map<String, ?>> parts(List<Map<String, ?>> lines) {
        return lines.stream()
                .<Map<String, ?>>map(line -> part(line, (Integer) Objects.requireNonNull(line.get("quantity")), 0))
                .toList();
    }

    /** Turns a fulfilment into one for which the order chooses the locations, near a location or the place of all. */
    Map<String, @Nullable Object> withoutLocation(
            Map<String, Object> fulfilment, List<Map<String, ?>> lines, RandomGenerator random) {
        boolean nearLocation = random.nextBoolean();
        List<?> parts = (List<?>) Objects.requireNonNull(fulfilment.get("parts"));
        Map<String, @Nullable Object> part = new LinkedHashMap<>();
        part.put("method", fulfilment.get("method"));
        part.put("parts", parts.isEmpty() ? parts(lines) : parts);
        part.put("cell", nearLocation ? null : Map.of("latitude", 5_250, "longitude", 1_340));
        part.put("nearLocationId", nearLocation ? pick(LOCATIONS, random) : null);
        part.put("latestReadyAt", random.nextInt(3) == 0 ? now().plusSeconds(random.nextInt(90_000)) : null);
        part.put("splitMax", random.nextInt(1, 4));
        part.put("mayMove", random.nextInt(4) > 0);
        part.put("destinationId", fulfilment.get("destinationId"));
        return part;
    }

    private static Map<String, ?> part(Map<String, ?> line, int quantity, int firstUnit) {
        return Map.of(
                "lineId",
                Objects.requireNonNull(line.get("lineId")),
                "sku",
                Objects.requireNonNull(line.get("sku")),
                "quantity",
                quantity,
                "firstUnit",
                firstUnit);
    }

    private static Map<String, ?> euros(int cents) {
        return Map.of("amount", cents, "currency", "EUR");
    }

    static List<Map<String, ?>> units(RandomGenerator random, int least, int below) {
        return List.of(
                Map.of("sku", pick(SKUS, random), "quantity", random.nextInt(least, below), "unit", unit(random)));
    }

    /** Now and then somebody weighs goods that others count. */
    static String unit(RandomGenerator random) {
        return random.nextInt(20) == 0 ? "GRAM" : "EACH";
    }

    /** When goods moved: often now, sometimes reported late, sometimes by a clock that runs ahead. */
    @Nullable
    Instant movedAt(RandomGenerator random) {
        return random.nextInt(2) == 0 ? null : now().minusSeconds(random.nextInt(-300, 1_200));
    }

    /** A shopper, who uses the shop or an own token; without one the shop, or the holder of the order's link. */
    static Party shopper(@Nullable String customer, @Nullable String orderId, RandomGenerator random) {
        if (customer != null) {
            return random.nextBoolean() ? Party.shopper(customer) : Party.shopFor(customer);
        }
        return orderId == null || random.nextBoolean() ? Party.shop() : Party.link(orderId);
    }

    static <T> T pick(List<T> some, RandomGenerator random) {
        return some.get(random.nextInt(some.size()));
    }
}
