package dev.mortar.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast inventory's store is rebuilt from its events, and how fast the audit judges them. */
final class Replay implements Subject {
    private static final Pattern FOLDED = Pattern.compile("([0-9,]+) events folded, ([0-9,]+) events/s");

    private final Rig rig;
    private final long events;
    private final AtomicInteger generation = new AtomicInteger();

    /**
     * Replays.
     *
     * @param rig whose inventory-service is stopped
     * @param events that lie in its topic
     */
    Replay(Rig rig, long events) {
        this.rig = rig;
        this.events = events;
    }

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public void warmUp() throws IOException, InterruptedException {
        measure(0);
    }

    @Override
    public Round measure(int number) throws IOException, InterruptedException {
        Map<String, Long> processes = Map.of("broker", rig.stack().broker().pid());
        Machine.Sample before = Machine.sample(processes);
        long beganNs = System.nanoTime();
        List<String> said = new ArrayList<>();
        rig.stack().stores().rebuild("inventory", generation.incrementAndGet(), said::add);
        double rebuildSeconds = (System.nanoTime() - beganNs) / 1e9;
        double stolen = before.until(Machine.sample(processes)).stolen();
        beganNs = System.nanoTime();
        List<String> found = rig.audit();
        double auditSeconds = (System.nanoTime() - beganNs) / 1e9;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("events", (double) events);
        figures.put("rebuild, events/s, start of its process included", events / rebuildSeconds);
        figures.put("fold alone, events/s", foldedPerSecond(said));
        figures.put("audit, events/s, start of its process included", events / auditSeconds);
        return new Round(
                name(),
                number,
                "event",
                events,
                figures,
                Map.of(),
                null,
                new Machine.Use(rebuildSeconds, Map.of(), stolen, 0),
                found);
    }

    /** What the rebuild says of its partitions, together. */
    private static double foldedPerSecond(List<String> said) {
        double folded = 0;
        double seconds = 0;
        for (String line : said) {
            Matcher partition = FOLDED.matcher(line);
            if (partition.find()) {
                double here = Double.parseDouble(partition.group(1).replace(",", ""));
                folded += here;
                seconds += here == 0
                        ? 0
                        : here / Double.parseDouble(partition.group(2).replace(",", ""));
            }
        }
        return seconds == 0 ? 0 : folded / seconds;
    }
}
