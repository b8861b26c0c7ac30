package dev.mortar.benchmarks;

import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.demo.Popularity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * {@code ./mortar bench}: measures the scenarios that were asked for and writes the report. Ends with status 0 when
 * every figure counts, 1 when one is void, 2 when it could not be measured.
 */
final class Bench {
    private static final long SEED = 1;
    private static final int BODIES = 5_000;
    private static final int FEW_ENTRIES = 10_000;
    private static final double SOURCING_RATE = 20;
    /** Compilers are quiet when they take less than this share of a core while the load runs, waits for it included. */
    private static final double QUIET_SHARE = 0.1;

    private final BenchOptions options;
    private final Path rigs;
    private final Report report;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Rig> audited = new ArrayList<>();
    /** A process with the options of a service. */
    private LongSupplier service = () -> 0;

    private Bench(BenchOptions options, Path rigs, Report report) {
        this.options = options;
        this.rigs = rigs;
        this.report = report;
    }

    public static void main(String[] typed) {
        Arguments.main(typed, BenchOptions.USAGE, 2, Bench::run);
    }

    private static boolean run(List<String> typed) throws Exception {
        Path folder = Path.of(System.getProperty("mortar.root", ""), ".stack", "bench")
                .toAbsolutePath();
        BenchOptions options = BenchOptions.parse(typed.toArray(String[]::new));
        Map<String, String> about = Machine.description();
        about.put("rounds", options.rounds() + ", in alternation");
        about.put("seconds of a round's load", options.length().toMillis() / 1e3 + "");
        var report = new Report(folder, "./mortar bench " + String.join(" ", typed), about);
        var bench = new Bench(options, folder.resolve("rigs"), report);
        for (Scenario scenario : options.scenarios()) {
            bench.measure(scenario);
        }
        System.out.println("The report is " + folder.resolve("report.md"));
        return report.holds();
    }

    private void measure(Scenario scenario) throws Exception {
        Stack.delete(rigs);
        say("starting " + scenario.typed());
        try {
            List<Subject> subjects = subjects(scenario);
            report.note(scenario, "Services: `" + Machine.flags(service.getAsLong()) + "`.");
            for (Subject subject : subjects) {
                report.note(scenario, warmUp(subject));
            }
            for (int number = 1; number <= options.rounds(); number++) {
                for (Subject subject : subjects) {
                    say("round %d of %d %s".formatted(number, options.rounds(), subject.name));
                    Round round = subject.measure(number);
                    report.add(scenario, subject.name, number, round);
                    round.figures().forEach((name, figure) -> say("  " + name + ": " + Report.number(figure)));
                    Stream.concat(round.noise().stream(), round.wrong().stream())
                            .forEach(each -> say("  " + each));
                }
                compare(scenario, subjects);
            }
            for (Rig rig : audited) {
                say("audit");
                for (String violation : rig.audit()) {
                    say(violation);
                    report.violation(scenario, violation);
                }
            }
        } finally {
            for (AutoCloseable each : opened.reversed()) {
                each.close();
            }
            opened.clear();
            audited.clear();
        }
    }

    private List<Subject> subjects(Scenario scenario) throws Exception {
        return switch (scenario) {
            case CHECKOUT -> {
                Rig rig = retailer();
                List<Double> rates = options.rates().isEmpty() ? List.of(40.0, 100.0) : options.rates();
                yield rates.stream()
                        .<Subject>map(rate -> new Checkout(rig, rate, bodies(), options.length()))
                        .toList();
            }
            case SOURCING -> {
                Rig rig = retailer();
                double rate = options.rates().isEmpty()
                        ? SOURCING_RATE
                        : options.rates().getFirst();
                List<String> unsourced = options.shape().unsourced(BODIES, new Random(SEED), Retailer.DEMAND);
                yield List.of(
                        new Checkout("without a location", rig, rate, unsourced, options.length()),
                        new Checkout("with a location", rig, rate, bodies(), options.length()),
                        DryRun.over(rig));
            }
            case HIGHEST_RATE -> List.of(new MaxRate("", retailer().target(), bodies(), options.length()));
            case HOT_SKU -> {
                Rig rig = retailer();
                var baseline = open(new BaselineTarget(rig, rigs.resolve("baseline")));
                List<String> bodies = Retailer.customers().stream()
                        .map(customer ->
                                OrderShape.body(customer, Retailer.stores().getFirst(), List.of(Retailer.sku(0))))
                        .toList();
                yield List.of(
                        new MaxRate("Mortar", rig.target(), bodies, options.length()),
                        new MaxRate("PostgreSQL", baseline.target(), bodies, options.length()));
            }
            case FLASH -> List.of(new Flash(rig("retailer", Service.ALL)));
            case RESERVE -> List.of(reserve("", Retailer.DEMAND));
            case OVERLOAD -> {
                double highest = options.rates().isEmpty() ? 0 : options.rates().getFirst();
                yield List.of(new Overload(retailer().target(), highest, bodies(), options.length()));
            }
            case RECOVERY ->
                List.of(
                        new Restart("empty log", rig("empty", List.of("inventory"))),
                        new Restart("full log", inventory("full", options.entries())),
                        new Takeover(inventory("two", Retailer.SKUS)));
            case GROWTH -> List.of(grown(FEW_ENTRIES), grown(options.entries()));
            case IDLE -> List.of(new Idle(retailer(), options.length()));
            case FOLD -> {
                var fold = open(FoldProcess.start(rigs.resolve("fold"), options));
                service = fold::pid;
                yield List.of(fold);
            }
        };
    }

    private void compare(Scenario scenario, List<Subject> subjects) throws IOException {
        String figure = switch (scenario) {
            case HOT_SKU -> MaxRate.FIGURE;
            case GROWTH -> Reserve.FIGURE;
            case RECOVERY -> Restart.FIGURE;
            case SOURCING -> Checkout.FIGURE;
            default -> null;
        };
        if (figure != null) {
            String one = subjects.get(0).name;
            String other = subjects.get(1).name;
            report.ratio(scenario, one + " by " + other, one + ": " + figure, other + ": " + figure);
        }
    }

    /** Runs the load until compilers are quiet, and says how that went. */
    private String warmUp(Subject subject) throws Exception {
        say("warming up " + subject.name);
        long beganNs = System.nanoTime();
        while (true) {
            double compiledMs = subject.compiledMs.getAsDouble();
            long fromNs = System.nanoTime();
            subject.exercise();
            double share = (subject.compiledMs.getAsDouble() - compiledMs) * 1e6 / (System.nanoTime() - fromNs);
            double seconds = (System.nanoTime() - beganNs) / 1e9;
            boolean late = seconds > options.warmUp().toMillis() / 1e3;
            if (share < QUIET_SHARE || late) {
                String said = "%s after %.0f s of warm-up compilers took %.1f %% of a core%s."
                        .formatted(subject.name, seconds, share * 100, late ? " and were never quiet" : "");
                return said.strip();
            }
        }
    }

    private Reserve grown(int entries) throws Exception {
        // All SKUs are wanted alike, so that no cache helps.
        return reserve("%,d entries".formatted(entries), new Popularity(entries / Retailer.STORES, 0));
    }

    private Reserve reserve(String name, Popularity demand) throws Exception {
        Rig rig = inventory("inventory-" + audited.size(), demand.ranks() * Retailer.STORES);
        return open(new Reserve(name, rig, demand));
    }

    private Rig retailer() throws Exception {
        return rig("retailer", Service.ALL).stock(Retailer.SKUS);
    }

    private Rig inventory(String name, int entries) throws Exception {
        return rig(name, List.of("inventory")).stock(entries / Retailer.STORES);
    }

    private List<String> bodies() {
        return options.shape().bodies(BODIES, new Random(SEED), Retailer.DEMAND);
    }

    private Rig rig(String name, List<String> services) throws Exception {
        say("starting a stack with " + String.join(", ", services));
        Rig rig = open(Rig.start(rigs.resolve(name), services));
        audited.add(rig);
        service = rig.parts().getFirst()::pid;
        return rig;
    }

    private <T extends AutoCloseable> T open(T opening) {
        opened.add(opening);
        return opening;
    }

    private static void say(String sentence) {
        System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + sentence);
    }
}
