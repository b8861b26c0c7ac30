package dev.mortar.benchmarks;

import dev.mortar.eventsourcing.kafka.Folding;
import dev.mortar.eventsourcing.kafka.Folding.Took;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Inventory's fold in a process of its own, with the virtual machine of a service. */
final class FoldProcess implements Subject, AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private final int events;
    private final Duration warmUp;

    private FoldProcess(Process process, Duration warmUp) throws IOException {
        this.process = process;
        this.warmUp = warmUp;
        answers = process.inputReader();
        questions = process.outputWriter();
        events = Integer.parseInt(line());
    }

    /**
     * Starts it and waits until it has written the log that it folds.
     *
     * @param warmUp bound of the time until compilers are quiet
     */
    static FoldProcess start(Path folder, int events, long seed, Duration warmUp) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Machine.serviceOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Folding.class.getName()));
        command.addAll(List.of(folder.toString(), Integer.toString(events), Long.toString(seed)));
        Process process = new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.to(folder.resolve("error.txt").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        return new FoldProcess(process, warmUp);
    }

    @Override
    public String name() {
        return "fold";
    }

    @Override
    public void warmUp() throws IOException {
        long endNs = System.nanoTime() + warmUp.toNanos();
        Took took = fold();
        while (took.compileMs() * 1e6 > Machine.QUIET_SHARE * took.foldNs() && System.nanoTime() < endNs) {
            took = fold();
        }
    }

    @Override
    public Round measure(int number) throws IOException {
        Machine.Sample before = Machine.sample(Map.of("fold", process.pid()));
        Took took = fold();
        Machine.Use use = before.until(Machine.sample(Map.of("fold", process.pid())));
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("events/s", took.events() / (took.foldNs() / 1e9));
        figures.put("decoding, %", 100.0 * took.decodeNs() / took.foldNs());
        figures.put("reading rows, %", 100.0 * took.readNs() / took.foldNs());
        figures.put("writing rows, %", 100.0 * took.writeNs() / took.foldNs());
        figures.put(
                "folding and all else, %",
                100.0 * (took.foldNs() - took.decodeNs() - took.readNs() - took.writeNs()) / took.foldNs());
        figures.put("compiling, % of a processor", 100.0 * took.compileMs() * 1e6 / took.foldNs());
        figures.put("processor time, ms per 1,000 events", took.cpuNs() / 1e3 / took.events());
        List<String> wrong =
                took.events() == events ? List.of() : List.of(took.events() + " of " + events + " events were folded");
        return new Round(name(), number, "event", took.events(), figures, Map.of(), null, use, wrong);
    }

    private Took fold() throws IOException {
        questions.write("\n");
        questions.flush();
        return Took.parse(line());
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The process that folds has ended; its folder has its error.txt");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
