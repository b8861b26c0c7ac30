package dev.mortar.chaos;

import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Api;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code ./mortar chaos}: breaks a stack of its own under trade and lets the audit judge; or measures how long recovery
 * takes. Ends with status 0 when everything holds, 1 when not, 2 when it could not be done.
 */
final class Chaos {
    private static final String USAGE = """
            ./mortar chaos [--minutes N] [--seed N] [--rate N] [--stock-entries N]
                trade under faults, N minutes long (3); the same seed makes the same trade and the same faults (random),
                and three runs of ten minutes with consecutive seeds see every kind of fault;
                orders that arrive in a second (4); SKUs at locations that lie in the store before the first fault (2000)
            ./mortar chaos --recovery [--rounds N] [--stock-entries N]
                how long a killed service takes to serve again, with and without a second instance, with 1,000 and N stock
                entries (1000000), and for how long a dead writer holds up those who read committed data; N rounds each (5)
            Everything is written to .stack/chaos.""";

    private Chaos() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        boolean recovery = arguments.length > 0 && arguments[0].equals("--recovery");
        Map<String, Double> given = new HashMap<>();
        try {
            for (int i = recovery ? 1 : 0; i < arguments.length; i += 2) {
                boolean known = switch (arguments[i]) {
                    case "--minutes", "--seed", "--rate" -> !recovery;
                    case "--rounds" -> recovery;
                    case "--stock-entries" -> true;
                    default -> false;
                };
                if (!known || i + 1 == arguments.length) {
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
            boolean well = recovery ? recovery(folder, given) : chaos(folder, given);
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

    private static boolean recovery(Path folder, Map<String, Double> given) throws IOException, InterruptedException {
        return new Recovery(
                        folder,
                        given.getOrDefault("--rounds", 5.0).intValue(),
                        given.getOrDefault("--stock-entries", 1_000_000.0).intValue(),
                        System.out)
                .measure();
    }
}
