package dev.mortar.benchmarks;

import dev.mortar.eventsourcing.kafka.Folding.Took;
import dev.mortar.inventory.StockLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Inventory's fold in a process of its own, with the options of a service; it folds the log once for each line it reads. */
final class FoldProcess extends Subject implements AutoCloseable {
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    /** As the local stack starts services, before the options that {@code ./mortar bench} adds. */
    private static final List<String> OPTIONS =
            List.of("-Xms32m", "-Xmx192m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");

    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private final AtomicLong worked;

    private FoldProcess(Process process, AtomicLong compiledMs) {
        super("", compiledMs::get);
        worked = compiledMs;
        this.process = process;
        answers = process.inputReader();
        questions = process.outputWriter();
    }

    /** Arguments: an empty folder, how many events at least, and the seed of the log. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path log = folder.resolve("log");
        StockLog.write(log, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (int round = 0; in.readLine() != null; round++) {
            System.out.println(StockLog.fold(log, folder.resolve("store-" + round)));
        }
    }

    static FoldProcess start(Path folder, BenchOptions options) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(
                List.of(System.getenv("MORTAR_SERVICE_JVM_OPTIONS").trim().split("\\s+", -1)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FoldProcess.class.getName()));
        command.addAll(List.of(folder.toString(), options.events() + "", options.seed() + ""));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("error.txt").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        return new FoldProcess(process, new AtomicLong());
    }

    long pid() {
        return process.pid();
    }

    @Override
    void exercise() throws IOException {
        fold();
    }

    @Override
    Round measure(int number) throws IOException {
        Took took = fold();
        double share = 100.0 / took.foldNs();
        double own = took.foldNs() - took.decodeNs() - took.readNs() - took.writeNs();
        return Round.empty()
                .with("events/s", took.events() / (took.foldNs() / 1e9))
                .with("decoding Avro, %", took.decodeNs() * share)
                .with("reading rows from the store, %", took.readNs() * share)
                .with("writing rows to the store, %", took.writeNs() * share)
                .with("folding and all else, %", own * share)
                .with("compilers, % of a core", took.compileMs() * 1e6 * share)
                .with("processor time, ms per 1,000 events", took.cpuNs() / 1e3 / took.events());
    }

    private Took fold() throws IOException {
        questions.write("\n");
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The process that folds has ended; error.txt in its folder says why");
        }
        long[] n = NUMBER.matcher(line)
                .results()
                .map(MatchResult::group)
                .mapToLong(Long::parseLong)
                .toArray();
        worked.addAndGet(n[6]);
        return new Took(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
