package dev.mortar.benchmarks;

import dev.mortar.inventory.DecideBenchmark;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Inventory's decider alone, in a virtual machine of its own (JMH). */
final class Decide implements Subject {
    private static final int ITERATIONS = 3;
    private static final int ITERATION_SECONDS = 2;

    @Override
    public String name() {
        return "decider alone";
    }

    /** Each round has a virtual machine, and a warm-up, of its own. */
    @Override
    public void warmUp() {}

    @Override
    public Round measure(int number) throws RunnerException {
        Machine.Sample before = Machine.sample(Map.of());
        RunResult result = new Runner(new OptionsBuilder()
                        .include(DecideBenchmark.class.getName())
                        .forks(1)
                        .warmupIterations(ITERATIONS)
                        .warmupTime(TimeValue.seconds(ITERATION_SECONDS))
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.seconds(ITERATION_SECONDS))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
        double stolen = before.until(Machine.sample(Map.of())).stolen();
        return new Round(
                name(),
                number,
                "decision",
                0,
                Map.of("decisions/s, one thread", result.getPrimaryResult().getScore()),
                Map.of(),
                null,
                new Machine.Use(0, Map.of(), stolen, 0),
                List.of());
    }
}
