package dev.mortar.benchmarks;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.JsonLines;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import dev.mortar.localstack.Tokens;
import dev.mortar.localstack.demo.Seeding;
import dev.mortar.localstack.demo.Shops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A stack of its own, with a retailer on it, that is measured and then audited. */
final class Rig implements AutoCloseable {
    private static final String COMPILED = "jvm_compilation_time_ms_total";

    private final Path folder;
    final Stack stack;
    private final List<String> services;
    final EventWatch watch;
    final LogMeter meter;
    private final JsonLines journal;
    private final Api api;

    private Rig(Path folder, Stack stack, List<String> services) throws IOException, InterruptedException {
        this.folder = folder;
        this.stack = stack;
        this.services = services;
        watch = EventWatch.start(stack.client(), List.of("order.events", "inventory.events"));
        meter = new LogMeter(stack.client());
        journal = new JsonLines(folder.resolve("journal.jsonl"));
        api = new Api(
                name -> services.contains(name) ? stack.url(name) : null,
                stack.tokens(),
                Api.Patience.OF_SEEDING,
                (_, _) -> {});
    }

    /** Starts these services in an empty folder; nothing is on the shelves yet. */
    static Rig start(Path folder, List<String> services) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        StackOptions options =
                StackOptions.forTests(folder.resolve("stack")).withServices(services.toArray(String[]::new));
        return new Rig(folder, Stack.start(options), services);
    }

    /** Opens the stores with stock that lasts, and introduces the customers if anybody keeps contacts. */
    Rig stock(int skus) {
        Map<String, Long> all =
                Retailer.skus(skus).stream().collect(Collectors.toMap(sku -> sku, _ -> Retailer.UNITS_OF_EACH));
        Map<String, Map<String, Long>> stock =
                Retailer.stores().stream().collect(Collectors.toMap(store -> store, _ -> all));
        List<String> customers = services.contains("notification") ? Retailer.customers() : List.of();
        seed("retailer", customers, stock);
        return this;
    }

    /** Registers locations and shoppers, and gives the locations stock. */
    void seed(String name, List<String> customers, Map<String, Map<String, Long>> stock) {
        List<Shops.Location> locations = stock.keySet().stream()
                .map(store -> new Shops.Location(store, store, false, 50, 10, "Europe/Riga"))
                .toList();
        List<Shops.Shopper> shoppers = customers.stream()
                .map(customer -> new Shops.Shopper(customer, "A. Shopper", "en-GB"))
                .toList();
        new Seeding(api, name).of(new Shops(locations, List.of(), shoppers), stock);
    }

    List<Part> parts() {
        return services.stream().map(stack::service).toList();
    }

    Target target() {
        return new Target(
                stack.url("order"), this::caller, watch, true, this::pids, this::compiledMs, meter, this::acknowledged);
    }

    /** The headers of a service that may do whatever is measured. They are signed once. */
    String[] caller() {
        return headers("SYSTEM benchmark");
    }

    private String[] headers(String actor) {
        return stack.tokens().headers(actor).toArray(String[]::new);
    }

    /** Its processes and the generator's, by name. */
    Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("broker", stack.broker().pid());
        parts().stream().filter(Part::isRunning).forEach(part -> pids.put(part.name(), part.pid()));
        pids.put("registry", stack.registry().pid());
        pids.put("mail", stack.mailServer().pid());
        pids.put("issuer", stack.issuer().pid());
        pids.put(Machine.GENERATOR, ProcessHandle.current().pid());
        return pids;
    }

    /** Milliseconds that the compilers of its services have worked up to now. */
    double compiledMs() {
        return services.stream()
                .map(service -> Posts.get(
                                stack.managementUrl(service) + "/actuator/prometheus", headers(Tokens.OPERATOR))
                        .join())
                .flatMap(answer -> answer.body().lines())
                .filter(line -> line.startsWith(COMPILED))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private void acknowledged(String key, String orderId) {
        Map<String, String> line = new HashMap<>(Map.of("key", key, "aggregateId", orderId));
        line.putAll(Map.of(
                "route", "POST /v1/orders", "outcome", "ok", "at", Instant.now().toString()));
        journal.write(line);
    }

    /** Lets the audit judge everything that happened on this stack: violations in sentences. */
    List<String> audit() throws IOException, InterruptedException {
        // Without an order-service, the decisions that it owes are not late.
        String patience = services.contains("order") ? "PT2M" : "P7D";
        Path report = folder.resolve("audit.txt");
        List<String> options =
                List.of("--journal", folder.resolve("journal.jsonl").toString(), "--patience", patience);
        int exit = stack.audit(report, "3g", options);
        return exit == 0 ? List.of() : List.of("The audit failed, see " + report);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        watch.close();
        meter.close();
        journal.close();
        stack.close();
    }
}
