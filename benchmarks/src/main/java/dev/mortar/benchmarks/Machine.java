package dev.mortar.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What processes and the whole machine used, from {@code /proc}. */
final class Machine {
    private static final Path STAT = Path.of("/proc/stat");
    private static final long BYTES_PER_KB = 1_024;

    /** Columns of the first line of {@code /proc/stat}, after its name. */
    private static final int USER = 0;

    private static final int NICE = 1;
    private static final int SYSTEM = 2;
    private static final int STEAL = 7;
    /** Later columns are parts of earlier ones. */
    private static final int COLUMNS = 8;

    /** Compilers are quiet when they take less than this share of a processor. */
    static final double QUIET_SHARE = 0.03;

    private Machine() {}

    /** Options of the services' virtual machines, as the local stack gives them. */
    static List<String> serviceOptions() {
        List<String> options = new ArrayList<>(List.of(
                "-Xms32m",
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
        Stream.of(System.getenv()
                        .getOrDefault("MORTAR_SERVICE_JVM_OPTIONS", "")
                        .trim()
                        .split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .forEach(options::add);
        return options;
    }

    /**
     * A process and its descendants.
     *
     * @param cpuSeconds since they started
     * @param residentBytes now
     */
    record Usage(double cpuSeconds, long residentBytes) {}

    /**
     * What was used up to now.
     *
     * @param processes by name
     * @param ticks of all processors by column of {@code /proc/stat}; empty where there is none
     */
    record Sample(long atNs, Map<String, Usage> processes, List<Long> ticks) {

        /** What was used from this sample to a later one. */
        Use until(Sample later) {
            double seconds = (later.atNs - atNs) / 1e9;
            Map<String, Usage> used = new LinkedHashMap<>();
            later.processes.forEach((name, usage) -> {
                Usage before = processes.get(name);
                used.put(
                        name,
                        new Usage(
                                usage.cpuSeconds() - (before == null ? 0 : before.cpuSeconds()),
                                usage.residentBytes()));
            });
            double all = share(later, 0, COLUMNS - 1);
            if (all == 0) {
                return new Use(seconds, used, 0, 0);
            }
            double available = seconds * Runtime.getRuntime().availableProcessors();
            double own = used.values().stream().mapToDouble(Usage::cpuSeconds).sum() / available;
            double busy = (share(later, USER, NICE) + share(later, SYSTEM, SYSTEM)) / all;
            return new Use(seconds, used, share(later, STEAL, STEAL) / all, Math.max(0, busy - own));
        }

        private double share(Sample later, int from, int to) {
            double sum = 0;
            for (int column = from; column <= to && column < ticks.size(); column++) {
                sum += later.ticks.get(column) - ticks.get(column);
            }
            return sum;
        }
    }

    /**
     * What was used in between.
     *
     * @param processes processor time used, and memory at the end, by name
     * @param stolen share of the machine's processor time that its host kept, 0 to 1
     * @param foreign share of it that processes used which are not measured, 0 to 1
     */
    record Use(double seconds, Map<String, Usage> processes, double stolen, double foreign) {}

    /** What these processes, with all their descendants, have used up to now. */
    static Sample sample(Map<String, Long> pids) {
        Map<String, Usage> processes = new LinkedHashMap<>();
        pids.forEach((name, pid) -> ProcessHandle.of(pid).ifPresent(process -> processes.put(name, usage(process))));
        return new Sample(System.nanoTime(), processes, ticks());
    }

    private static Usage usage(ProcessHandle process) {
        boolean self = process.pid() == ProcessHandle.current().pid();
        List<ProcessHandle> family = self
                ? List.of(process)
                : Stream.concat(Stream.of(process), process.descendants()).toList();
        return new Usage(
                family.stream()
                                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                                .mapToLong(Duration::toMillis)
                                .sum()
                        / 1e3,
                family.stream().mapToLong(each -> residentBytes(each.pid())).sum());
    }

    private static long residentBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * BYTES_PER_KB)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // It ended, or this is no Linux.
            return 0;
        }
    }

    private static List<Long> ticks() {
        try (Stream<String> lines = Files.lines(STAT)) {
            String all = lines.findFirst().orElse("");
            return Stream.of(all.trim().split("\\s+", -1))
                    .skip(1)
                    .limit(COLUMNS)
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What was measured on, by name. */
    static Map<String, String> description() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("processor", first("/proc/cpuinfo", "model name"));
        machine.put("memory", first("/proc/meminfo", "MemTotal"));
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put(
                "options of the services",
                System.getenv().getOrDefault("MORTAR_SERVICE_JVM_OPTIONS", "those of the local stack"));
        return machine;
    }

    private static String first(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("not known");
        } catch (IOException | UncheckedIOException e) {
            return "not known";
        }
    }
}
