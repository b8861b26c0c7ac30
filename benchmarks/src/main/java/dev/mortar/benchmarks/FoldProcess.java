package dev.mortar.benchmarks;

import dev.mortar.inventory.StockLog;
import dev.mortar.localstack.Service;
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

/** Inventory's fold in a process with the options of a service; it folds the log once for each line it reads. */
final class FoldProcess extends Subject implements AutoCloseable {
    private static final long SEED = 1;
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
        StockLog.write(folder, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (int round = 0; in.readLine() != null; round++) {
            StockLog.fold(folder, folder.resolve("store-" + round))
                    .forEach((name, figure) -> System.out.println(name + "=" + figure));
            System.out.println();
        }
    }

    static FoldProcess start(Path folder, BenchOptions options) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Service.jvmOptions());
        command.addAll(List.of(FoldProcess.class.getName(), folder.toString()));
        command.addAll(List.of(options.events() + "", SEED + ""));
        var builder = new ProcessBuilder(command)
                .redirectError(folder.resolve("error.txt").toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        return new FoldProcess(process, new AtomicLong());
    }

    long pid() {
        return process.pid();
    }

    @Override
    void exercise() throws IOException {
        measure(0);
    }

    @Override
    Round measure(int number) throws IOException {
        questions.write("\n");
        questions.flush();
        Round round = Round.empty();
        for (String line = answers.readLine(); !"".equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IOException("The process that folds has ended; error.txt in its folder says why");
            }
            int split = line.indexOf('=');
            // The virtual machine may warn on the same stream.
            if (split > 0) {
                round.with(line.substring(0, split), Double.parseDouble(line.substring(split + 1)));
            }
        }
        worked.addAndGet(Math.round(round.figures().getOrDefault("compilers, ms", 0.0)));
        return round;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
