package dev.mortar.benchmarks;

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
import java.util.stream.IntStream;

/** A stack of its own, with a retailer on it, that is measured and then audited. */
final class Rig implements AutoCloseable {
    static final List<String> NOUNS = List.of("order", "inventory", "pickup", "returns", "notification");
    static final int SKUS = 2_000;

    private static final int STORES = 8;
    private static final int CUSTOMERS = 500;
    /** So many that nobody is refused. */
    private static final long UNITS_OF_EACH = 1_000_000_000L;

    private static final Duration SEEDED_WITHIN = Duration.ofMinutes(10);

    private final Path folder;
    private final Stack stack;
    private final List<String> services;
    private final EventWatch watch;
    private final BufferedWriter journal;
    private final Api api;

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
        Files.createDirectories(folder);
        StackOptions options =
                StackOptions.forTests(folder.resolve("stack")).withServices(services.toArray(String[]::new));
        return new Rig(folder, Stack.start(options), services);
    }

    /** Opens the stores everybody buys in, with stock that lasts, and introduces the customers. */
    void stock() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (int rank = 0; rank < SKUS; rank++) {
            all.put(OrderShape.Demand.sku(rank), UNITS_OF_EACH);
        }
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        stores().forEach(store -> stock.put(store, all));
        List<Shops.Location> locations = stores().stream()
                .map(store -> new Shops.Location(store, store, false, 50, 10, "Europe/Riga"))
                .toList();
        List<Shops.Shopper> shoppers = customers().stream()
                .map(customer -> new Shops.Shopper(customer, "A. Shopper", "en-GB"))
                .toList();
        seed("retailer", new Shops(locations, List.of(), shoppers), stock);
    }

    /** Registers locations and shoppers, and gives the locations stock. */
    void seed(String name, Shops shops, Map<String, Map<String, Long>> stock) {
        new Seeding(api, name).of(shops, stock);
    }

    static List<String> stores() {
        return IntStream.rangeClosed(1, STORES).mapToObj(i -> "store-" + i).toList();
    }

    static List<String> customers() {
        return IntStream.rangeClosed(1, CUSTOMERS)
                .mapToObj(i -> "customer-" + i)
                .toList();
    }

    Stack stack() {
        return stack;
    }

    EventWatch watch() {
        return watch;
    }

    /** What is measured, with the generator itself, by name. */
    Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("broker", stack.broker().pid());
        services.forEach(name -> pids.put(name, stack.service(name).pid()));
        pids.put("registry", stack.registry().pid());
        pids.put("mail", stack.mailServer().pid());
        pids.put("generator", ProcessHandle.current().pid());
        return pids;
    }

    /** Writes down that an order was acknowledged, for the audit. */
    void acknowledged(String key, String orderId) {
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
        watch.close();
        journal.close();
        stack.close();
    }
}
