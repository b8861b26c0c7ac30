package dev.mortar.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The machine, and the processor time of processes. */
final class Machine {
    /** The generator's own process; not a part of the system. */
    static final String GENERATOR = "generator";

    private Machine() {}

    /** Processor time up to now, by name of the process. */
    record Sample(long atNs, Map<String, Double> cpuSeconds) {

        double seconds() {
            return (System.nanoTime() - atNs) / 1e9;
        }

        /** Adds the processor time since this sample to a round, for each of so many things done. */
        void addTo(Round round, Map<String, Long> pids, String unit, double done) {
            Map<String, Double> used = new LinkedHashMap<>();
            sample(pids).cpuSeconds.forEach((name, at) -> used.put(name, at - cpuSeconds.getOrDefault(name, 0.0)));
            double all = used.values().stream().mapToDouble(Double::doubleValue).sum();
            double system = all - used.getOrDefault(GENERATOR, 0.0);
            round.with("processor time of the system, ms per " + unit, system * 1e3 / done);
            used.forEach((name, each) -> round.with("– " + name, each * 1e3 / done));
        }
    }

    /** The processor time of these processes, with all their descendants, up to now. */
    static Sample sample(Map<String, Long> pids) {
        Map<String, Double> used = new LinkedHashMap<>();
        pids.forEach((name, pid) -> ProcessHandle.of(pid).ifPresent(process -> used.put(name, cpuSeconds(process))));
        return new Sample(System.nanoTime(), used);
    }

    private static double cpuSeconds(ProcessHandle process) {
        boolean self = process.pid() == ProcessHandle.current().pid();
        return Stream.concat(Stream.of(process), self ? Stream.of() : process.descendants())
                .mapToDouble(each ->
                        each.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    static Map<String, String> description() throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        Path processors = Path.of("/proc/cpuinfo");
        List<String> lines = Files.exists(processors) ? Files.readAllLines(processors) : List.of();
        String model = lines.stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        machine.put("processor", model.replaceFirst(".*:\\s*", ""));
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
                        .filter(word -> word.matches("-Xm[sxn].*|-XX:.*(Use|Tiered|Compil).*"))
                        .collect(Collectors.toMap(
                                word -> word.replaceFirst("(=|(?<=-Xm.)).*", ""),
                                word -> word,
                                (_, last) -> last,
                                LinkedHashMap::new))
                        .values());
    }
}
