package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code ./mortar bench}: measures what is asked for and writes the report. Ends with status 0 when every figure
 * counts, 1 when one is void, 2 when it could not be measured.
 */
final class Bench {
    /** Orders placed to learn how many records an order writes and how large they are. */
    private static final int WEIGHED_ORDERS = 200;

    private static final int MOST_INSTANCES = 3;
    private static final int FEW_ENTRIES = 10_000;
    private static final int MANY_ENTRIES = 1_000_000;
    /** Times what one round of reservations writes. */
    private static final int LONGER_HISTORY = 10;

    private final BenchOptions options;
    private final Path folder;
    private final Report report;

    private Bench(BenchOptions options, Path folder, Report report) {
        this.options = options;
        this.folder = folder;
        this.report = report;
    }

    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.print(BenchOptions.USAGE);
            return;
        }
        Path folder = Path.of(System.getProperty("mortar.root", ""), ".stack", "bench")
                .toAbsolutePath();
        BenchOptions options;
        try {
            options = BenchOptions.parse(folder, arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("mortar: " + e.getMessage());
            System.err.print(BenchOptions.USAGE);
            System.exit(2);
            return;
        }
        String command = "./mortar bench " + String.join(" ", arguments);
        var report = new Report(options.out(), command.strip(), options.described());
        try {
            new Bench(options, folder, report).run();
            System.out.println("The report is " + options.out().resolve("report.md"));
            System.exit(report.holds() ? 0 : 1);
        } catch (StackFailure | Api.Unexpected | IOException e) {
            System.err.println("mortar: " + e.getMessage());
        } catch (Exception e) {
            e.printStackTrace();
        }
        System.exit(2);
    }

    private void run() throws Exception {
        forget(folder.resolve("rigs"));
        if (wanted(
                Scenario.CHECKOUT,
                Scenario.FLOOR,
                Scenario.CHECKOUT_MAX,
                Scenario.FLASH,
                Scenario.BASELINE,
                Scenario.READ)) {
            try (Rig rig = rig("retailer", Rig.NOUNS);
                    var meter = new LogMeter(rig.stack().bootstrapServers())) {
                rig.stock();
                trade(rig, meter);
            }
        }
        if (wanted(Scenario.RESERVE)) {
            reserve();
        }
        if (wanted(Scenario.START)) {
            Path cache = folder.resolveSibling("cache").resolve("aot");
            Path rigs = folder.resolve("rigs");
            alternate(List.of(
                    new Start(rigs.resolve("start-cold"), cache, false),
                    new Start(rigs.resolve("start-warm"), cache, true)));
        }
        if (wanted(Scenario.FOLD)) {
            try (var fold = FoldProcess.start(
                    folder.resolve("rigs").resolve("fold"), options.events(), options.seed(), options.warmUp())) {
                alternate(List.of(fold));
            }
        }
        if (wanted(Scenario.SCALE_OUT)) {
            scaleOut();
        }
        if (wanted(Scenario.GROWTH)) {
            grow();
        }
    }

    private void reserve() throws Exception {
        try (Rig rig = rig("reserve", List.of("inventory"));
                var meter = new LogMeter(rig.stack().bootstrapServers())) {
            rig.stockWithoutCustomers();
            List<Subject> subjects = List.of(drain("reserve", rig, meter, OrderShape.Demand.of(Retailer.SKUS)));
            alternate(subjects);
            audit(rig, subjects);
        }
    }

    /** Several stacks at once, of which only one has work at a time. */
    private void scaleOut() throws Exception {
        List<Rig> rigs = new ArrayList<>();
        List<LogMeter> meters = new ArrayList<>();
        List<Subject> subjects = new ArrayList<>();
        try {
            for (int instances = 1; instances <= MOST_INSTANCES; instances++) {
                List<String> names = IntStream.rangeClosed(1, instances)
                        .mapToObj(number -> number == 1 ? "inventory" : "inventory-" + number)
                        .toList();
                Rig rig = rig("scale-out-" + instances, names);
                rigs.add(rig);
                var meter = new LogMeter(rig.stack().bootstrapServers());
                meters.add(meter);
                rig.stockWithoutCustomers();
                subjects.add(
                        drain("reserve, instances: " + instances, rig, meter, OrderShape.Demand.of(Retailer.SKUS)));
            }
            alternate(subjects);
            auditAll(rigs, subjects);
        } finally {
            closeAll(rigs, meters);
        }
    }

    /** The same load on stores of several sizes, and on logs of several lengths. */
    private void grow() throws Exception {
        List<Rig> rigs = new ArrayList<>();
        List<LogMeter> meters = new ArrayList<>();
        List<Subject> subjects = new ArrayList<>();
        try {
            for (int entries : upTo(options.entries(), FEW_ENTRIES, MANY_ENTRIES)) {
                subjects.add(grown("reserve, entries: %,d".formatted(entries), entries, 0, rigs, meters));
            }
            for (int history : upTo(options.history(), LONGER_HISTORY)) {
                subjects.add(grown("reserve, history: x %,d".formatted(history), FEW_ENTRIES, history, rigs, meters));
            }
            alternate(subjects);
            auditAll(rigs, subjects);
        } finally {
            closeAll(rigs, meters);
        }
    }

    private Reserve grown(String name, int entries, int history, List<Rig> rigs, List<LogMeter> meters)
            throws Exception {
        Rig rig = rig("growth-" + rigs.size(), List.of("inventory"));
        rigs.add(rig);
        var meter = new LogMeter(rig.stack().bootstrapServers());
        meters.add(meter);
        int skus = entries / Retailer.STORES;
        rig.stockWithoutCustomers(skus);
        Reserve reserve = drain(name, rig, meter, OrderShape.Demand.even(skus));
        for (int drained = 0; drained < history; drained++) {
            say("%s: %d of %d".formatted(name, drained, history));
            reserve.measure(-drained);
        }
        return reserve;
    }

    /** The sizes below the largest, and the largest. */
    private static List<Integer> upTo(int largest, Integer... sizes) {
        return Stream.concat(Stream.of(sizes).filter(size -> size < largest), Stream.of(largest))
                .toList();
    }

    private Reserve drain(String name, Rig rig, LogMeter meter, OrderShape.Demand demand) {
        List<Part> instances = rig.services().stream()
                .map(service -> rig.stack().service(service))
                .toList();
        return new Reserve(name, rig, meter, instances, demand, options.seed());
    }

    private void auditAll(List<Rig> rigs, List<Subject> subjects) throws IOException, InterruptedException {
        for (int i = 0; i < rigs.size(); i++) {
            audit(rigs.get(i), List.of(subjects.get(i)));
        }
    }

    private static void closeAll(List<Rig> rigs, List<LogMeter> meters) throws IOException, InterruptedException {
        meters.forEach(LogMeter::close);
        for (Rig rig : rigs) {
            rig.close();
        }
    }

    /** Whatever is measured on a whole retailer, in alternation. */
    private void trade(Rig rig, LogMeter meter) throws Exception {
        List<Subject> subjects = new ArrayList<>();
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            tradeSubjects(rig, meter, subjects, opened);
            alternate(subjects);
            audit(rig, subjects);
        } finally {
            for (AutoCloseable each : opened) {
                each.close();
            }
        }
    }

    private void tradeSubjects(Rig rig, LogMeter meter, List<Subject> subjects, List<AutoCloseable> opened)
            throws Exception {
        Path rigs = folder.resolve("rigs");
        Duration length = options.length();
        var plan = new Checkout.Plan(
                options.rate(), options.fixed(), options.shape(), options.seed(), length, options.warmUp());
        List<String> bodies = Checkout.bodies(plan);
        var checkout = new Checkout(
                options.shape() == OrderShape.THREE ? "checkout" : "checkout, December's shape", rig, meter, plan);
        if (wanted(Scenario.CHECKOUT)) {
            subjects.add(checkout);
        }
        if (wanted(Scenario.FLOOR)) {
            int recordBytes = checkout.written(WEIGHED_ORDERS).meanBytes();
            var floor = new Floor(rig, rigs, options.rate(), length, options.warmUp(), recordBytes);
            opened.add(floor);
            subjects.add(floor);
        }
        if (wanted(Scenario.CHECKOUT_MAX)) {
            subjects.add(new MaxRate("checkout, highest rate", rig, meter::settle, bodies, length, options.seed()));
        }
        if (wanted(Scenario.BASELINE)) {
            subjects.add(hot("checkout, one SKU, highest rate", rig, meter));
            for (boolean fsync : new boolean[] {true, false}) {
                String name = "baseline, fsync " + (fsync ? "on" : "off");
                var baseline = BaselineTarget.start(rig, rigs.resolve(fsync ? "fsync" : "no-fsync"), fsync);
                opened.add(baseline);
                subjects.add(new Checkout(name, baseline, meter, plan));
                subjects.add(
                        new MaxRate(name + ", highest rate", baseline, meter::settle, bodies, length, options.seed()));
                subjects.add(hot(name + ", one SKU, highest rate", baseline, meter));
            }
        }
        if (wanted(Scenario.READ)) {
            subjects.add(new Reads(rig, meter, plan));
        }
        if (wanted(Scenario.FLASH)) {
            subjects.add(new Flash(rig, meter, options.seed()));
        }
    }

    /** The highest rate of orders that are all for one unit of one SKU in one store. */
    private MaxRate hot(String name, Target target, LogMeter meter) {
        List<String> bodies = Retailer.customers().stream()
                .map(customer ->
                        OrderShape.body(customer, Retailer.stores().getFirst(), List.of(OrderShape.Demand.sku(0))))
                .toList();
        return new MaxRate(name, target, meter::settle, bodies, options.length(), options.seed());
    }

    private void alternate(List<Subject> subjects) throws Exception {
        for (Subject subject : subjects) {
            say("warming up " + subject.name());
            subject.warmUp();
        }
        for (int number = 1; number <= options.rounds(); number++) {
            for (Subject subject : subjects) {
                say("round %d of %d: %s".formatted(number, options.rounds(), subject.name()));
                Round round = subject.measure(number);
                report.add(round);
                round.latencies()
                        .forEach((name, times) -> System.out.printf(
                                "         %s: p50 %s, p99 %s, max %s ms%n",
                                name,
                                Report.number(times.p50()),
                                Report.number(times.p99()),
                                Report.number(times.max())));
                round.figures()
                        .forEach((name, figure) -> System.out.printf("         %s: %s%n", name, Report.number(figure)));
                Stream.concat(round.noise().stream(), round.wrong().stream())
                        .forEach(each -> System.out.println("         " + each));
            }
        }
    }

    private void audit(Rig rig, List<Subject> subjects) throws IOException, InterruptedException {
        say("audit");
        List<String> found = rig.audit();
        report.violations(subjects.stream().map(Subject::name).toList(), found);
        System.out.println("         " + (found.isEmpty() ? "every promise holds" : String.join("; ", found)));
    }

    private Rig rig(String name, List<String> services) throws IOException, InterruptedException {
        say("starting a stack with " + String.join(", ", services));
        return Rig.start(folder.resolve("rigs").resolve(name), services);
    }

    private boolean wanted(Scenario... any) {
        return Stream.of(any).anyMatch(options.scenarios()::contains);
    }

    private static void say(String what) {
        System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + what);
    }

    /** Deletes a folder with all that is in it; does nothing when it is not there. */
    static void forget(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
