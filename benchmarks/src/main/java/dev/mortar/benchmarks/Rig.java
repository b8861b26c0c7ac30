package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import dev.mortar.localstack.demo.Api;
import dev.mortar.localstack.demo.Seeding;
import dev.mortar.localstack.demo.Shops;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stack of its own, with a retailer on it, that is measured and then audited. */
final class Rig implements Target, AutoCloseable {
    static final List<String> NOUNS = List.of("order", "inventory", "pickup", "returns", "notification");
    private static final Duration SEEDED_WITHIN = Duration.ofMinutes(10);

    private final Path folder;
    private final Stack stack;
    private final List<String> services;
    private final EventWatch watch;
    private final BufferedWriter journal;
    private final Api api;
    private @Nullable PlacedOrders orders;

    private Rig(Path folder, Stack stack, List<String> services) throws IOException, InterruptedException {
        this.folder = folder;
        this.stack = stack;
        this.services = services;
        watch = EventWatch.start(stack.bootstrapServers(), List.of("order.events", "inventory.events"));
        journal = Files.newBufferedWriter(folder.resolve("journal.jsonl"));
        api = new Api(
                name -> services.contains(name) ? stack.url(name) : null,
                new Api.Patience(Duration.ofSeconds(60), SEEDED_WITHIN, 10_000),
                (_, _) -> {});
    }

    /** Starts these services in an empty folder; nothing is on the shelves yet. */
    static Rig start(Path folder, List<String> services) throws IOException, InterruptedException {
        return start(
                folder,
                services,
                StackOptions.forTests(folder.resolve("stack")).withServices(services.toArray(String[]::new)));
    }

    /**
     * The same where it was started before: as the same members of Kafka's groups, for which the ports have to stay.
     */
    static Rig start(Path folder, List<String> services, StackOptions options)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return new Rig(folder, Stack.start(options), services);
    }

    /** Opens the stores everybody buys in, with stock that lasts, and introduces the customers. */
    void stock() {
        stock(Retailer.SKUS, Retailer.customers());
    }

    /** The same where nobody keeps contacts. */
    void stockWithoutCustomers() {
        stockWithoutCustomers(Retailer.SKUS);
    }

    /** The same with another number of SKUs in each store. */
    void stockWithoutCustomers(int skus) {
        stock(skus, List.of());
    }

    private void stock(int skus, List<String> customers) {
        Map<String, Long> all = new LinkedHashMap<>();
        Retailer.skus(skus).forEach(sku -> all.put(sku, Retailer.UNITS_OF_EACH));
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        Retailer.stores().forEach(store -> stock.put(store, all));
        List<Shops.Location> locations = Retailer.stores().stream()
                .map(store -> new Shops.Location(store, store, false, 50, 10, "Europe/Riga"))
                .toList();
        List<Shops.Shopper> shoppers = customers.stream()
                .map(customer -> new Shops.Shopper(customer, "A. Shopper", "en-GB"))
                .toList();
        seed("retailer", new Shops(locations, List.of(), shoppers), stock);
    }

    /** Registers locations and shoppers, and gives the locations stock. */
    void seed(String name, Shops shops, Map<String, Map<String, Long>> stock) {
        new Seeding(api, name).of(shops, stock);
    }

    Stack stack() {
        return stack;
    }

    /** Orders that lie on the log without an order-service. */
    PlacedOrders orders() {
        if (orders == null) {
            orders = new PlacedOrders(stack);
        }
        return orders;
    }

    /** Names of the instances that run. */
    List<String> services() {
        return services;
    }

    @Override
    public String orderUrl() {
        return stack.url("order");
    }

    @Override
    public EventWatch watch() {
        return watch;
    }

    @Override
    public boolean announcesReservations() {
        return true;
    }

    @Override
    public Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("broker", stack.broker().pid());
        services.stream()
                .map(stack::service)
                .filter(Part::isRunning)
                .forEach(service -> pids.put(service.name(), service.pid()));
        pids.put("registry", stack.registry().pid());
        pids.put("mail", stack.mailServer().pid());
        pids.put("generator", ProcessHandle.current().pid());
        return pids;
    }

    /** Writes it down for the audit. */
    @Override
    public void acknowledged(String key, String orderId) {
        String line = """
                {"key":"%s","route":"POST /v1/orders","aggregateId":"%s","outcome":"ok","at":"%s"}
                """.formatted(key, orderId, Instant.now());
        try {
            synchronized (journal) {
                journal.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Lets the audit judge all that happened on this stack.
     *
     * @return what is wrong, in sentences; empty when every promise holds
     */
    List<String> audit() throws IOException, InterruptedException {
        synchronized (journal) {
            journal.flush();
        }
        // Where no order-service runs, the decisions it owes are not late.
        String patience = services.contains("order") ? "PT2M" : "P7D";
        File said = folder.resolve("audit.txt").toFile();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx3g",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.mortar.audit.AuditCli"));
        command.addAll(List.of("--bootstrap", stack.bootstrapServers()));
        command.addAll(List.of("--registry", stack.schemaRegistryUrl()));
        command.addAll(List.of("--journal", folder.resolve("journal.jsonl").toString()));
        command.addAll(List.of("--patience", patience));
        command.addAll(List.of("--json", folder.resolve("audit.json").toString()));
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start()
                .waitFor();
        return switch (exit) {
            case 0 -> List.of();
            case 1 -> List.of("The audit found violations: " + said);
            default -> List.of("The audit could not be done: " + said);
        };
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (orders != null) {
            orders.close();
        }
        watch.close();
        journal.close();
        stack.close();
    }
}
