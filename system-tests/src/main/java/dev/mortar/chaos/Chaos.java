package dev.mortar.chaos;

import dev.mortar.localstack.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

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

    private Chaos() {}

    public static void main(String[] typed) {
        Arguments.main(typed, USAGE, 2, Chaos::run);
    }

    private static boolean run(List<String> typed) throws IOException, InterruptedException {
        var arguments = new Arguments(typed, OPTIONS).withoutWords();
        long any = ThreadLocalRandom.current().nextLong(1_000_000);
        long seed = (long) arguments.number("--seed", any, Long.MIN_VALUE, Long.MAX_VALUE);
        Path folder = Path.of(System.getProperty("mortar.root", ""), ".stack", "chaos", Long.toString(seed));
        var settings = new ChaosRun.Settings(
                folder.toAbsolutePath(),
                seed,
                Duration.ofSeconds((long) (60 * arguments.number("--minutes", 3, 0, 100_000))),
                arguments.number("--rate", 4, 0.001, 10_000),
                (int) arguments.number("--stock-entries", 2_000, 0, Integer.MAX_VALUE));
        return new ChaosRun(settings, System.out).run().holds();
    }
}
