package dev.mortar.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Processor time of processes and of the whole machine, from {@code /proc}. */
final class Machine {
    /** The generator's own process; not a part of the system. */
    static final String GENERATOR = "generator";

    /** Columns of the first line of {@code /proc/stat}, after its name; later ones are parts of earlier ones. */
    private static final int COLUMNS = 8;

    private static final int STEAL = 7;
    private static final double STOLEN_MAX = 0.02;
    private static final double FOREIGN_MAX = 0.05;
    /** User, nice and system. */
    private static final int BUSY = 3;

    private Machine() {}

    /**
     * Processor time up to now.
     *
     * @param cpuSeconds by name of the process
     * @param ticks of all processors by column of {@code /proc/stat}; empty where there is none
     */
    record Sample(long atNs, Map<String, Double> cpuSeconds, List<Long> ticks) {

        /** Seconds up to now. */
        double seconds() {
            return (System.nanoTime() - atNs) / 1e9;
        }

        /** Adds the processor time since this sample to a round, for each of so many things done. */
        void addTo(Round round, Map<String, Long> pids, String unit, double done) {
            Sample now = sample(pids);
            double seconds = (now.atNs - atNs) / 1e9;
            Map<String, Double> used = new LinkedHashMap<>();
            now.cpuSeconds.forEach((name, at) -> used.put(name, at - cpuSeconds.getOrDefault(name, 0.0)));
            double all = used.values().stream().mapToDouble(Double::doubleValue).sum();
            double system = all - used.getOrDefault(GENERATOR, 0.0);
            round.with("processor time of the system, ms per " + unit, system * 1e3 / done);
            used.forEach((name, each) -> round.with("– " + name, each * 1e3 / done));
            double ticked = change(now, 0, COLUMNS);
            if (ticked > 0) {
                double stolen = change(now, STEAL, COLUMNS) / ticked;
                double foreign = change(now, 0, BUSY) / ticked
                        - all / seconds / Runtime.getRuntime().availableProcessors();
                if (stolen > STOLEN_MAX) {
                    round.noise().add("the host kept %.0f %% of the processors".formatted(stolen * 100));
                }
                if (foreign > FOREIGN_MAX) {
                    round.noise().add("other processes used %.0f %% of the processors".formatted(foreign * 100));
                }
            }
        }

        private double change(Sample later, int from, int to) {
            double sum = 0;
            for (int column = from; column < Math.min(to, ticks.size()); column++) {
                sum += later.ticks.get(column) - ticks.get(column);
            }
            return sum;
        }
    }

    /** The processor time of these processes, with all their descendants, up to now. */
    static Sample sample(Map<String, Long> pids) {
        Map<String, Double> used = new LinkedHashMap<>();
        pids.forEach((name, pid) -> ProcessHandle.of(pid).ifPresent(process -> used.put(name, cpuSeconds(process))));
        List<Long> ticks = Stream.of(first("/proc/stat", "cpu ").trim().split("\\s+", -1))
                .limit(COLUMNS)
                .filter(word -> word.matches("\\d+"))
                .map(Long::valueOf)
                .toList();
        return new Sample(System.nanoTime(), used, ticks);
    }

    private static double cpuSeconds(ProcessHandle process) {
        boolean self = process.pid() == ProcessHandle.current().pid();
        return Stream.concat(Stream.of(process), self ? Stream.of() : process.descendants())
                .mapToDouble(each ->
                        each.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    /** The machine, by name of a property. */
    static Map<String, String> description() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processor", first("/proc/cpuinfo", "model name").replaceFirst(".*:\\s*", ""));
        machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        return machine;
    }

    /** Options of a virtual machine that set heap, collector and compilers; of repeated ones the last counts. */
    static String flags(long pid) {
        String[] arguments =
                ProcessHandle.of(pid).flatMap(each -> each.info().arguments()).orElse(new String[0]);
        return String.join(
                " ",
                Stream.of(arguments)
                        .filter(word -> word.matches("-Xm[sx].*|-XX:.*(Use|Tiered|Compil).*"))
                        .collect(Collectors.toMap(
                                word -> word.replaceFirst("(=|(?<=-Xm.)).*", ""),
                                word -> word,
                                (_, last) -> last,
                                LinkedHashMap::new))
                        .values());
    }

    private static String first(String file, String prefix) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()))
                    .findFirst()
                    .orElse("not known");
        } catch (IOException | UncheckedIOException e) {
            return "not known";
        }
    }
}
