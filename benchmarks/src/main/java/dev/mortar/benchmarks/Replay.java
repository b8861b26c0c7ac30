package dev.mortar.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast inventory's log is folded afresh and compared with its store, and how fast the audit judges its events. */
final class Replay implements Subject {
    private static final Pattern FOLDED = Pattern.compile(" records folded in .*, ([0-9,]+) records/s");

    private final Rig rig;
    private final long events;

    /**
     * Replays.
     *
     * @param rig whose inventory-service runs
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
        boolean same = rig.stack().stores().replay("inventory", said::add);
        double replaySeconds = (System.nanoTime() - beganNs) / 1e9;
        double stolen = before.until(Machine.sample(processes)).stolen();
        beganNs = System.nanoTime();
        List<String> found = new ArrayList<>(rig.audit());
        if (!same) {
            found.add("The store is not the fold of its log");
        }
        double auditSeconds = (System.nanoTime() - beganNs) / 1e9;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("events", (double) events);
        figures.put("replay, events/s, start of its process included", events / replaySeconds);
        figures.put("fold alone, records/s", foldedPerSecond(said));
        figures.put("audit, events/s, start of its process included", events / auditSeconds);
        return new Round(
                name(),
                number,
                "event",
                events,
                figures,
                Map.of(),
                null,
                new Machine.Use(replaySeconds, Map.of(), stolen, 0),
                found);
    }

    private static double foldedPerSecond(List<String> said) {
        return said.stream()
                .map(FOLDED::matcher)
                .filter(Matcher::find)
                .mapToDouble(found -> Double.parseDouble(found.group(1).replace(",", "")))
                .findAny()
                .orElse(0);
    }
}
