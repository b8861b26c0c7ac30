package dev.mortar.chaos;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.Tokens;
import dev.mortar.localstack.demo.Books;
import dev.mortar.localstack.demo.Demand;
import dev.mortar.localstack.demo.Mailbox;
import dev.mortar.localstack.demo.Seeding;
import dev.mortar.localstack.demo.Shops;
import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Trade;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code ./mortar chaos} breaks a stack of its own under trade and lets the audit judge. It ends with status 0 if
 * everything holds, 1 if not, and 2 if the run could not be made.
 */
final class Chaos {
    private static final String USAGE = """
            ./mortar chaos [--minutes N] [--seed N] [--rate N] [--stock-entries N]
                trade under faults, N minutes long (3); the same seed makes the same trade and the same faults (random),
                and three runs of ten minutes with consecutive seeds see every kind of fault;
                orders that arrive in a second (4); SKUs at locations that lie in the store before the first fault (2000)
            Everything is written to .stack/chaos.""";

    private static final Set<String> OPTIONS = Set.of("--minutes", "--seed", "--rate", "--stock-entries");
    /** How long the services remember requests here: short, so that repeats come after it. */
    private static final Duration MEMORY = Duration.ofMinutes(2);
    /** Repeats of a request end while the services still know it; a frozen instance is given up after the first. */
    private static final Api.Patience PATIENCE = new Api.Patience(Duration.ofSeconds(12), Duration.ofSeconds(95), 60);

    private static final int INSTANCES = 2;
    private static final int LOCATIONS = 8;
    private static final int BULK_LOCATIONS = 8;
    /** So many that an arrival never waits for those before it. */
    private static final int STORIES_AT_ONCE = 5_000;

    private static final double JOBS_PER_ORDER = 0.4;
    private static final Duration PLANNED_FAULTS_WITHIN = Duration.ofMinutes(15);

    private final Settings settings;
    private final PrintStream out;
    private final String run;

    /**
     * The settings of a run.
     *
     * @param folder for everything that is written; emptied first
     * @param trade how long people trade; longer when not every planned fault has happened by then
     * @param ordersPerSecond arrivals, whether the system keeps up or not
     * @param stockEntries SKUs at locations that exist before the first fault, besides those that are sold
     */
    record Settings(Path folder, long seed, Duration trade, double ordersPerSecond, int stockEntries) {}

    Chaos(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
        run = "c" + Long.toString(settings.seed(), 36).replace("-", "n");
    }

    public static void main(String[] typed) {
        Arguments.main(
                typed,
                USAGE,
                2,
                each -> new Chaos(settings(each), System.out).run().holds());
    }

    private static Settings settings(List<String> typed) {
        var arguments = new Arguments(typed, OPTIONS).withoutWords();
        long any = ThreadLocalRandom.current().nextLong(1_000_000);
        long seed = (long) arguments.number("--seed", any, Long.MIN_VALUE, Long.MAX_VALUE);
        Path folder = Path.of(System.getProperty("mortar.root", ""), ".stack", "chaos", Long.toString(seed));
        return new Settings(
                folder.toAbsolutePath(),
                seed,
                Duration.ofSeconds((long) (60 * arguments.number("--minutes", 3, 0, 100_000))),
                arguments.number("--rate", 4, 0.001, 10_000),
                (int) arguments.number("--stock-entries", 2_000, 0, Integer.MAX_VALUE));
    }

    Verdict run() throws IOException, InterruptedException {
        Path folder = settings.folder();
        Stack.delete(folder);
        Files.createDirectories(folder);
        out.printf("Seed %d; everything is written to %s%n", settings.seed(), folder);
        try (var journal = new Journal(folder.resolve("journal.jsonl"));
                var log = new FaultLog(folder.resolve("faults.jsonl"), out);
                Cluster cluster = Cluster.start(
                        folder.resolve("stack"), INSTANCES, Map.of("MORTAR_REMEMBERCOMMANDS", MEMORY.toString()))) {
            Verdict verdict = run(cluster, journal, log);
            verdict.print(out);
            return verdict;
        }
    }

    private Verdict run(Cluster cluster, Journal journal, FaultLog log) throws IOException, InterruptedException {
        Instant begun = Instant.now();
        Tokens tokens = cluster.stack().tokens().tolerating(Duration.ofHours(Faults.CLOCK_HOURS_MAX));
        var api = new Api(cluster::url, tokens, PATIENCE, journal);
        var malformed = new Malformed(cluster.stack()::client);
        var faults = new Faults(cluster, api, journal, log, malformed, settings.seed(), MEMORY, settings.trade());
        List<String> failures;
        var seeding = new Seeding(new Api(cluster::url, tokens, Api.Patience.OF_SEEDING, journal), run);
        Shops shops = Shops.generated(settings.seed(), LOCATIONS);
        var demand = new Demand(shops, settings.seed(), begun.truncatedTo(ChronoUnit.MILLIS));
        var thief = new Thief(cluster, tokens, shops.locationIds(), journal, settings.seed());
        int expected = (int) (settings.trade().toSeconds() * settings.ordersPerSecond() * 1.5) + 1;
        if (settings.stockEntries() > 0) {
            seeding.of(bulk(), bulkStock(settings.stockEntries()));
        }
        Books books = seeding.of(shops, demand.stock(expected));
        try (var mailbox = new Mailbox(api, seeding.mailDomain())) {
            var trade = new Trade(api, books, run, mailbox, STORIES_AT_ONCE);
            List<Thread> breaking = faults.start();
            Thread stealing = thief.start();
            trade(trade, demand, new Backroom(api, shops, settings.seed(), run), faults);
            faults.stop();
            out.println("Trade has stopped; the last faults end.");
            for (Thread thread : breaking) {
                thread.join();
            }
            thief.stop();
            stealing.join();
            cluster.endFaults();
            Cluster.awaitReady(cluster.parts(), Duration.ofMinutes(5));
            out.println("Waiting for the last stories: " + trade.running());
            trade.finish();
            failures = trade.stories().stream()
                    .flatMap(story -> Stream.ofNullable(story.failure()))
                    .toList();
        }
        Set<String> notEnded = new Ending(cluster, api, out).await();
        int auditExit = audit(cluster);
        var lasted = Duration.between(begun, Instant.now());
        var parked = malformed.parked();
        return new Verdict(
                settings.seed(), lasted, faults.planned(), log, journal, thief, notEnded, failures, parked, auditExit);
    }

    /** People come when they come: the next one never waits for the one before. */
    private void trade(Trade trade, Demand demand, Backroom backroom, Faults faults) throws InterruptedException {
        var random = new Random(settings.seed() * 31 + 3);
        long startNs = System.nanoTime();
        long endNs = startNs + settings.trade().toNanos();
        long latestNs = endNs + PLANNED_FAULTS_WITHIN.toNanos();
        long dueNs = startNs;
        int begun = 0;
        while (System.nanoTime() < endNs || (!faults.areThrough() && System.nanoTime() < latestNs)) {
            dueNs += (long) (-Math.log(1 - random.nextDouble()) / settings.ordersPerSecond() * 1e9);
            long aheadNs = dueNs - System.nanoTime();
            if (aheadNs > 0) {
                Thread.sleep(Duration.ofNanos(aheadNs));
            }
            trade.begin(demand.next());
            begun++;
            if (random.nextDouble() < JOBS_PER_ORDER) {
                backroom.begin();
            }
        }
        out.printf("%d purchases were begun.%n", begun);
    }

    /** Asks the audit, as a person would: its exit status, and its report in a file. */
    private int audit(Cluster cluster) throws IOException, InterruptedException {
        Path folder = settings.folder();
        Path said = folder.resolve("audit.txt");
        String services = Service.ALL.stream()
                .filter(noun -> !noun.equals("notification"))
                .map(noun -> noun + "=" + cluster.stack().url(noun))
                .collect(Collectors.joining(","));
        List<String> options = new ArrayList<>(List.of("--service-urls", services));
        options.addAll(List.of("--journal", folder.resolve("journal.jsonl").toString()));
        options.addAll(List.of("--json", folder.resolve("audit.json").toString()));
        options.addAll(List.of("--slack", "PT3M", "--patience", "PT20S", "--contact-lag", "PT1M"));
        int exit = cluster.stack().audit(said, "1g", options);
        out.print(Files.readString(said));
        return exit;
    }

    private static Shops bulk() {
        List<Location> locations = IntStream.rangeClosed(1, BULK_LOCATIONS)
                .mapToObj(i -> new Location("depot-" + i, "Depot " + i, true, 50 + i, 10, "Europe/Riga"))
                .toList();
        return new Shops(locations, List.of(), List.of());
    }

    private static Map<String, Map<String, Long>> bulkStock(int entries) {
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        for (int entry = 0; entry < entries; entry++) {
            stock.computeIfAbsent("depot-" + (1 + entry % BULK_LOCATIONS), _ -> new HashMap<>())
                    .put("bulk article %08d".formatted(entry), 10L);
        }
        return stock;
    }
}
