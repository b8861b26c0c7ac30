package dev.mortar.chaos;

import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Api;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        Map<String, Double> given = new HashMap<>();
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                if (!OPTIONS.contains(arguments[i]) || i + 1 == arguments.length) {
                    throw new IllegalArgumentException(arguments[i]);
                }
                given.put(arguments[i], Double.valueOf(arguments[i + 1]));
            }
        } catch (IllegalArgumentException e) {
            System.err.println(USAGE);
            System.exit(2);
        }
        Path folder = Path.of(System.getProperty("mortar.root", ""), ".stack", "chaos")
                .toAbsolutePath();
        try {
            boolean well = chaos(folder, given);
            System.out.flush();
            System.exit(well ? 0 : 1);
        } catch (StackFailure | Api.Unexpected | IOException e) {
            System.out.flush();
            System.err.println("mortar: " + e.getMessage());
            System.exit(2);
        }
    }

    private static boolean chaos(Path folder, Map<String, Double> given) throws IOException, InterruptedException {
        long seed = given.containsKey("--seed")
                ? given.getOrDefault("--seed", 0.0).longValue()
                : ThreadLocalRandom.current().nextLong(1_000_000);
        var settings = new ChaosRun.Settings(
                folder.resolve(Long.toString(seed)),
                seed,
                Duration.ofSeconds((long) (60 * given.getOrDefault("--minutes", 3.0))),
                given.getOrDefault("--rate", 4.0),
                given.getOrDefault("--stock-entries", 2_000.0).intValue());
        return new ChaosRun(settings, System.out).run().holds();
    }
}
