package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import dev.mortar.localstack.demo.Shops.Location;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The requests of shoppers, tills, associates and stores, as the APIs take them. */
public final class Requests {
    private Requests() {}

    /** A location that never closes: a pickup deadline waits for open hours, and the demo has no time to wait. */
    static Map<String, Object> location(Location location) {
        List<?> days = Stream.of(DayOfWeek.values())
                .map(day -> Map.of("day", day.name(), "opens", "00:00", "closes", "24:00"))
                .toList();
        return Map.of(
                "name", location.name(),
                "type", location.warehouse() ? "WAREHOUSE" : "STORE",
                "latitude", location.latitude(),
                "longitude", location.longitude(),
                "timeZone", location.timeZone(),
                "openingHours", days);
    }

    /** A change of the stock at a location: receipts, adjustments, counts, transfers or holds. */
    public static Request stock(String locationId, String change, String actor, String key, Map<String, ?> body) {
        return new Request("inventory", "/v1/locations/" + Api.segment(locationId) + "/" + change, actor, key, body);
    }

    public static Map<String, Object> units(String sku, long quantity) {
        return Map.of("sku", sku, "quantity", quantity);
    }

    static Request order(Purchase purchase, String key) {
        Map<String, Object> body = purchase(purchase);
        body.put("channel", purchase.channel().name());
        if (purchase.channel() == Channel.STORE) {
            body.put("locationId", purchase.takenAt());
        }
        if (purchase.lines().stream().map(Line::carriedOut).distinct().count() > 1) {
            // Goods that the shopper takes along do not come back when the rest is rejected.
            body.put("acceptance", "PER_FULFILMENT");
        }
        List<Object> fulfilments = new ArrayList<>();
        fulfilment(fulfilments, purchase, true, Method.CARRY_OUT, "locationId", purchase.takenAt());
        String place = purchase.sourced() ? "nearLocationId" : "locationId";
        fulfilment(fulfilments, purchase, false, purchase.method(), place, purchase.from());
        body.put("fulfilments", fulfilments);
        String actor =
                purchase.channel() == Channel.STORE ? "ASSOCIATE associate-1 " + purchase.takenAt() : shopper(purchase);
        return new Request("order", "/v1/orders", actor, key, body);
    }

    private static void fulfilment(
            List<Object> fulfilments,
            Purchase purchase,
            boolean carriedOut,
            Method method,
            String place,
            String locationId) {
        List<String> lineIds = IntStream.rangeClosed(1, purchase.lines().size())
                .filter(number -> purchase.line(number).carriedOut() == carriedOut)
                .mapToObj(Integer::toString)
                .toList();
        if (!lineIds.isEmpty()) {
            fulfilments.add(Map.of("method", method.name(), place, locationId, "lineIds", lineIds));
        }
    }

    /** The customer and the lines of an order or a sale. */
    private static Map<String, Object> purchase(Purchase purchase) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (purchase.customerId() != null) {
            body.put("customerId", purchase.customerId());
        }
        List<Object> lines = new ArrayList<>();
        for (Line line : purchase.lines()) {
            Map<String, Object> bought = new LinkedHashMap<>(units(line.sku(), line.quantity()));
            if (!line.title().isBlank()) {
                bought.put("title", line.title());
            }
            bought.put("unitPrice", Map.of("amount", line.unitPrice(), "currency", line.currency()));
            lines.add(bought);
        }
        body.put("lines", lines);
        return body;
    }

    static Request sale(Purchase purchase, String run, String key) {
        String actor = "TILL " + till(purchase) + " " + purchase.takenAt();
        return new Request("order", "/v1/sales", actor, key, saleBody(purchase, run));
    }

    static Request sales(List<Purchase> purchases, String run, String key) {
        List<?> sales =
                purchases.stream().map(purchase -> saleBody(purchase, run)).toList();
        return new Request("order", "/v1/sales/batch", "SYSTEM uploader", key, Map.of("sales", sales));
    }

    private static String till(Purchase purchase) {
        return "till-1-" + purchase.takenAt();
    }

    private static Map<String, Object> saleBody(Purchase purchase, String run) {
        Map<String, Object> body = purchase(purchase);
        body.put("locationId", purchase.takenAt());
        body.put("tillId", till(purchase));
        body.put("receiptNumber", run + "-" + purchase.name());
        body.put("soldAt", purchase.soldAt().toString());
        return body;
    }

    /** The shopper cancels these parts of an order, or all of it if there are none. */
    static Request cancel(Purchase purchase, String orderId, List<Part> parts, String key) {
        Map<String, Long> byLine = new LinkedHashMap<>();
        parts.forEach(part -> byLine.merge(part.lineId(), part.quantity(), Long::sum));
        List<?> lines = byLine.entrySet().stream()
                .map(line -> Map.of("lineId", line.getKey(), "quantity", line.getValue()))
                .toList();
        Map<String, ?> body = lines.isEmpty() ? Map.of() : Map.of("lines", lines);
        return new Request("order", "/v1/orders/" + orderId + "/cancel", shopper(purchase), key, body);
    }

    static Request bringBack(Purchase purchase, Return back, List<Part> parts, String orderId, String key) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("locationId", back.locationId());
        List<Object> lines = new ArrayList<>();
        for (Part part : parts) {
            lines.add(Map.of(
                    "lineId", part.lineId(),
                    "quantity", part.quantity(),
                    "reason", "OTHER",
                    "disposition", back.disposition().name()));
        }
        body.put("lines", lines);
        boolean late = !purchase.channel().ordered();
        if (late) {
            // A till may have sold it long ago by its own clock, so that the return window is over.
            body.put("override", Map.of("reason", "SOLD_LONG_AGO"));
        }
        String actor = (late ? "LEAD lead-1 " : "ASSOCIATE associate-1 ") + back.locationId();
        return new Request("returns", "/v1/orders/" + orderId + "/returns", actor, key, body);
    }

    /** The shopper, for whom the online shop speaks; for a guest it speaks itself. */
    static String shopper(Purchase purchase) {
        return purchase.customerId() == null ? "SYSTEM online-shop" : "SHOPPER " + purchase.customerId();
    }
}
