package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Shops.Shopper;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/** What there is before anybody buys: locations, stock, people. */
public final class Seeding {
    private static final int RECEIPT_LINES = 1_000;
    private static final int REQUESTS_AT_ONCE = 16;

    private final Api api;
    private final String run;

    /**
     * The seeding of one run.
     *
     * @param run unique id of the run
     */
    public Seeding(Api api, String run) {
        this.api = api;
        this.run = run;
    }

    /** What the addresses of all shoppers end in. */
    public String mailDomain() {
        return run + ".mortar.example";
    }

    /** Registers the locations, gives them stock, and the shoppers their contacts. */
    public Books of(Shops shops, Map<String, Map<String, Long>> stock) {
        System.out.printf(
                "Seeding %d locations with %,d units of %,d SKUs, and %,d shoppers.%n",
                shops.locations().size(),
                stock.values().stream()
                        .flatMap(here -> here.values().stream())
                        .mapToLong(units -> units)
                        .sum(),
                stock.values().stream()
                        .flatMap(here -> here.keySet().stream())
                        .distinct()
                        .count(),
                shops.shoppers().size());
        List<Callable<Void>> registrations = new ArrayList<>();
        for (Location location : shops.locations()) {
            registrations.add(() -> {
                register(location);
                return null;
            });
        }
        for (Shopper shopper : shops.shoppers()) {
            registrations.add(() -> {
                introduce(shopper);
                return null;
            });
        }
        allOf(registrations);
        Books books = new Books(api, shops.locationIds());
        List<Callable<Void>> receipts = new ArrayList<>();
        stock.forEach((locationId, here) -> receipts.add(() -> {
            receive(books, locationId, here);
            return null;
        }));
        allOf(receipts);
        return books;
    }

    private void register(Location location) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", location.name());
        body.put("type", location.warehouse() ? "WAREHOUSE" : "STORE");
        body.put("latitude", location.latitude());
        body.put("longitude", location.longitude());
        body.put("timeZone", location.timeZone());
        // Never closed: a pickup deadline waits until a location has been open again, and the demo has no time to wait.
        body.put(
                "openingHours",
                Stream.of(DayOfWeek.values())
                        .map(day -> Map.of("day", day.name(), "opens", "00:00", "closes", "24:00"))
                        .toList());
        api.put("inventory", "/v1/locations/" + Api.segment(location.id()), "SYSTEM demo", body)
                .required();
    }

    private void introduce(Shopper shopper) {
        Map<String, Object> body = Map.of(
                "name",
                shopper.name(),
                "email",
                shopper.customerId() + "@" + mailDomain(),
                "locale",
                shopper.locale(),
                "emailConsent",
                true);
        api.put("notification", "/v1/customers/" + Api.segment(shopper.customerId()) + "/contact", "SYSTEM demo", body)
                .required();
    }

    private void receive(Books books, String locationId, Map<String, Long> stock) {
        List<Map.Entry<String, Long>> all = List.copyOf(stock.entrySet());
        for (int from = 0; from < all.size(); from += RECEIPT_LINES) {
            List<Map.Entry<String, Long>> some = all.subList(from, Math.min(all.size(), from + RECEIPT_LINES));
            api.post(
                            "inventory",
                            "/v1/locations/" + Api.segment(locationId) + "/receipts",
                            "SYSTEM demo",
                            run + "-receipt-" + from,
                            0,
                            Map.of(
                                    "lines",
                                    some.stream()
                                            .map(line -> Map.of("sku", line.getKey(), "quantity", line.getValue()))
                                            .toList()))
                    .required();
            some.forEach(line -> books.enter(locationId, line.getKey(), Books.Entry.RECEIVED, line.getValue()));
        }
    }

    /** Does all of it, some at a time; the first failure is thrown. */
    private static void allOf(List<Callable<Void>> work) {
        Semaphore slots = new Semaphore(REQUESTS_AT_ONCE);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> results = new ArrayList<>();
            for (Callable<Void> each : work) {
                results.add(executor.submit(() -> {
                    slots.acquire();
                    try {
                        return each.call();
                    } finally {
                        slots.release();
                    }
                }));
            }
            for (Future<Void> result : results) {
                result.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Api.Unexpected("interrupted", e);
        } catch (ExecutionException e) {
            throw new Api.Unexpected(String.valueOf(e.getMessage()), e);
        }
    }
}
