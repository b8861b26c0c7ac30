package dev.mortar.chaos;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.demo.Api;
import dev.mortar.localstack.demo.Api.Request;
import dev.mortar.localstack.demo.Seeding;
import dev.mortar.localstack.demo.Shops;
import dev.mortar.localstack.demo.Shops.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Utils;

/**
 * How long recovery takes: from kill -9 of an inventory-service until requests through all its partitions are answered
 * well, and until those who read only what is committed go on after its death. Writes tables in Markdown.
 */
final class Recovery {
    private static final String NOUN = "inventory";
    private static final int PARTITIONS = 2;
    private static final int FEW_ENTRIES = 1_000;
    private static final int WRITERS = 12;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int HELD_UP_ATTEMPTS_PER_ROUND = 4;

    private final Path folder;
    private final int rounds;
    private final int manyEntries;
    private final PrintStream out;
    private final AtomicLong keys = new AtomicLong();

    /**
     * Measurements.
     *
     * @param folder the report goes to {@code recovery.md} in it
     * @param manyEntries SKUs at locations in the larger store
     */
    Recovery(Path folder, int rounds, int manyEntries, PrintStream out) {
        this.folder = folder;
        this.rounds = rounds;
        this.manyEntries = manyEntries;
        this.out = out;
    }

    /** Who goes on after the kill. */
    private enum Successor {
        ITSELF("the same instance, started at once"),
        OTHER("a second instance, which was running"),
        NOBODY("nobody: the transaction has to time out");

        private final String words;

        Successor(String words) {
            this.words = words;
        }
    }

    /** Measures all; false when a measurement could not be made. */
    boolean measure() throws IOException, InterruptedException {
        var report = new StringBuilder("""
                ## From kill -9 until served again

                Inventory-service, a request to each of %d partitions, all answered well; seconds.

                | stock entries | served by | rounds | min | median | max |
                |---:|---|---:|---:|---:|---:|
                """.formatted(PARTITIONS));
        var heldUp = new StringBuilder("""

                ## Readers of committed data, held up by a dead writer

                From kill -9 under load until the last stable offset of inventory.events moves again; seconds.

                | then goes on | rounds | min | median | max |
                |---|---:|---:|---:|---:|
                """);
        boolean complete = true;
        for (int instances = 1; instances <= 2; instances++) {
            Successor successor = instances == 1 ? Successor.ITSELF : Successor.OTHER;
            for (int entries : new int[] {FEW_ENTRIES, manyEntries}) {
                Path stack = folder.resolve("recovery-" + instances + "-" + entries);
                ChaosRun.forget(stack);
                try (Cluster cluster = Cluster.start(stack, List.of(NOUN), instances, Map.of())) {
                    Map<Integer, String> locations = seed(cluster, entries);
                    List<Long> served = new ArrayList<>();
                    for (int round = 0; round < rounds; round++) {
                        served.add(served(cluster, locations, successor));
                    }
                    report.append("| %,d | %s %s%n".formatted(entries, successor.words, figures(served)));
                    out.print(report.substring(report.lastIndexOf("| %,d".formatted(entries))));
                    if (entries == FEW_ENTRIES) {
                        for (Successor next : instances == 1
                                ? List.of(Successor.ITSELF, Successor.NOBODY)
                                : List.of(Successor.OTHER)) {
                            List<Long> held = new ArrayList<>();
                            int attempts = rounds * HELD_UP_ATTEMPTS_PER_ROUND;
                            while (held.size() < rounds && attempts-- > 0) {
                                long millis = heldUp(cluster, locations, next);
                                if (millis >= 0) {
                                    held.add(millis);
                                }
                            }
                            complete &= held.size() == rounds;
                            String line = "| %s %s%n".formatted(next.words, figures(held));
                            heldUp.append(line);
                            out.print(line);
                        }
                    }
                }
                ChaosRun.forget(stack);
            }
        }
        Files.createDirectories(folder);
        Path file = folder.resolve("recovery.md");
        Files.writeString(file, report.append(heldUp).toString());
        out.println("Written to " + file);
        return complete;
    }

    /** A location for each partition, all of them with their share of the entries. */
    private Map<Integer, String> seed(Cluster cluster, int entries) {
        Map<Integer, String> locations = new LinkedHashMap<>();
        for (int i = 0; locations.size() < PARTITIONS; i++) {
            String id = "depot-" + i;
            locations.putIfAbsent(
                    Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % PARTITIONS, id);
        }
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        for (int i = 0; i < entries; i++) {
            stock.computeIfAbsent(locations.getOrDefault(i % PARTITIONS, ""), _ -> new HashMap<>())
                    .put("article %08d".formatted(i), 10L);
        }
        var api = new Api(cluster::url, new Api.Patience(Duration.ofSeconds(60), PATIENCE, 1_000), (_, _) -> {});
        new Seeding(api, "r" + entries)
                .of(
                        new Shops(
                                locations.values().stream()
                                        .map(id -> new Location(id, id, true, 50, 10, "Europe/Riga"))
                                        .toList(),
                                List.of(),
                                List.of()),
                        stock);
        return locations;
    }

    /** Kills an instance; milliseconds until all partitions serve again. */
    private long served(Cluster cluster, Map<Integer, String> locations, Successor successor)
            throws InterruptedException {
        Part victim = victim(cluster);
        String next = successor == Successor.ITSELF
                ? victim.name()
                : cluster.instances(NOUN).stream()
                        .filter(name -> !name.equals(victim.name()))
                        .findFirst()
                        .orElseThrow();
        long startNs = System.nanoTime();
        victim.kill9();
        if (successor == Successor.ITSELF) {
            victim.start();
        }
        awaitServed(cluster, locations, next);
        long tookMs = (System.nanoTime() - startNs) / 1_000_000;
        restore(cluster, victim, locations);
        return tookMs;
    }

    private void awaitServed(Cluster cluster, Map<Integer, String> locations, String instance)
            throws InterruptedException {
        var api = new Api(
                _ -> cluster.stack().url(instance),
                new Api.Patience(Duration.ofSeconds(15), Duration.ZERO, 1),
                (_, _) -> {});
        List<Thread> threads = locations.values().stream()
                .map(location -> Thread.startVirtualThread(() -> insist(api, location)))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Makes one request until it is answered well. */
    private void insist(Api api, String location) {
        Request request = adjustment(location);
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < endNs) {
            try {
                if (api.post(request).well()) {
                    return;
                }
            } catch (Api.Unexpected e) {
                // Not yet.
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        throw new IllegalStateException(location + " is not served within " + PATIENCE);
    }

    /** Kills an instance that is busy; milliseconds until its readers go on, or -1 when it had nothing open. */
    private long heldUp(Cluster cluster, Map<Integer, String> locations, Successor successor)
            throws InterruptedException {
        Part victim = victim(cluster);
        var busy = new Api(
                _ -> cluster.stack().url(victim.name()),
                new Api.Patience(Duration.ofSeconds(5), Duration.ZERO, 1),
                (_, _) -> {});
        List<Thread> writers = new ArrayList<>();
        List<String> all = List.copyOf(locations.values());
        for (int i = 0; i < WRITERS; i++) {
            String location = all.get(i % all.size());
            writers.add(Thread.startVirtualThread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    try {
                        busy.post(adjustment(location));
                    } catch (Api.Unexpected e) {
                        // It is dead, which is what the writer ends with.
                        return;
                    }
                }
            }));
        }
        // Enough load that a transaction is open nearly always.
        Thread.sleep(Duration.ofSeconds(2));
        long tookMs;
        try (var ends = new StableEnds(cluster.stack().bootstrapServers())) {
            long startNs = System.nanoTime();
            victim.kill9();
            Map<Integer, Long> held = ends.held();
            if (successor == Successor.ITSELF) {
                victim.start();
            }
            while (!ends.haveMoved(held)) {
                Thread.sleep(PAUSE);
            }
            tookMs = held.isEmpty() ? -1 : (System.nanoTime() - startNs) / 1_000_000;
        }
        for (Thread writer : writers) {
            writer.interrupt();
            writer.join();
        }
        restore(cluster, victim, locations);
        return tookMs;
    }

    private void restore(Cluster cluster, Part victim, Map<Integer, String> locations) throws InterruptedException {
        victim.start();
        for (String instance : cluster.instances(NOUN)) {
            cluster.stack().service(instance).awaitReady();
            awaitServed(cluster, locations, instance);
        }
    }

    /** The instance that decides most lanes. */
    private static Part victim(Cluster cluster) throws InterruptedException {
        try {
            String id = Groups.busiest(cluster.stack().bootstrapServers(), NOUN + "-decider");
            return cluster.instances(NOUN).stream()
                    .filter(instance -> Stack.instanceId(instance).equals(id))
                    .map(cluster.stack()::service)
                    .findFirst()
                    .orElseThrow();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The group cannot be described", e);
        }
    }

    private Request adjustment(String location) {
        return new Request(
                NOUN,
                "/v1/locations/" + location + "/adjustments",
                "SYSTEM recovery",
                "recovery-" + keys.incrementAndGet(),
                Map.of("reason", "FOUND", "lines", List.of(Map.of("sku", "probe", "quantity", 1))));
    }

    private static String figures(List<Long> millis) {
        if (millis.isEmpty()) {
            return "| 0 | | | |";
        }
        List<Long> sorted = millis.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "| %d | %.1f | %.1f | %.1f |",
                sorted.size(),
                sorted.getFirst() / 1e3,
                sorted.get(sorted.size() / 2) / 1e3,
                sorted.getLast() / 1e3);
    }
}
