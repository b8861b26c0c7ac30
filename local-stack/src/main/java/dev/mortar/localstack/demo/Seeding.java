package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Shops.Shopper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Seeds locations, stock and people, before anybody buys; the id of the run is unique. */
public record Seeding(Api api, String run) {
    private static final int RECEIPT_LINES = 1_000;
    private static final int REQUESTS_AT_ONCE = 16;

    /** The domain of the addresses of all shoppers. */
    public String mailDomain() {
        return run + ".mortar.example";
    }

    /** Registers the locations, gives them stock, and the shoppers their contacts. */
    public Books of(Shops shops, Map<String, Map<String, Long>> stock) {
        System.out.printf(
                "Seeding %d locations with %,d units of %,d SKUs, and %,d shoppers.%n",
                shops.locations().size(),
                all(stock).mapToLong(Map.Entry::getValue).sum(),
                all(stock).map(Map.Entry::getKey).distinct().count(),
                shops.shoppers().size());
        List<Runnable> registrations = new ArrayList<>();
        shops.locations().forEach(location -> registrations.add(() -> register(location)));
        shops.shoppers().forEach(shopper -> registrations.add(() -> introduce(shopper)));
        allOf(registrations);
        Books books = new Books(api, shops.locationIds());
        List<Runnable> receipts = new ArrayList<>();
        stock.forEach((locationId, here) -> receipts.add(() -> receive(books, locationId, here)));
        allOf(receipts);
        return books;
    }

    private static Stream<Map.Entry<String, Long>> all(Map<String, Map<String, Long>> stock) {
        return stock.values().stream().flatMap(here -> here.entrySet().stream());
    }

    private void register(Location location) {
        String path = "/v1/locations/" + Api.segment(location.id());
        api.put("inventory", path, "SYSTEM demo", Requests.location(location)).required();
    }

    private void introduce(Shopper shopper) {
        String email = shopper.customerId() + "@" + mailDomain();
        Map<String, ?> body =
                Map.of("name", shopper.name(), "email", email, "locale", shopper.locale(), "emailConsent", true);
        String path = "/v1/customers/" + Api.segment(shopper.customerId()) + "/contact";
        api.put("notification", path, "SYSTEM demo", body).required();
    }

    private void receive(Books books, String locationId, Map<String, Long> stock) {
        List<Map.Entry<String, Long>> all = List.copyOf(stock.entrySet());
        for (int from = 0; from < all.size(); from += RECEIPT_LINES) {
            List<Map.Entry<String, Long>> some = all.subList(from, Math.min(all.size(), from + RECEIPT_LINES));
            List<?> lines = some.stream()
                    .map(line -> Requests.units(line.getKey(), line.getValue()))
                    .toList();
            String key = run + "-receipt-" + from;
            api.post(Requests.stock(locationId, "receipts", "SYSTEM demo", key, Map.of("lines", lines)))
                    .required();
            some.forEach(line -> books.enter(locationId, line.getKey(), Books.Entry.RECEIVED, line.getValue()));
        }
    }

    /** Does all of it, some at a time; the first failure is thrown. */
    private static void allOf(List<Runnable> work) {
        try (var threads = Executors.newFixedThreadPool(REQUESTS_AT_ONCE)) {
            for (Future<?> done :
                    threads.invokeAll(work.stream().map(Executors::callable).toList())) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackFailure("Interrupted while seeding", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StackFailure failure ? failure : new StackFailure(String.valueOf(e), e);
        }
    }
}
