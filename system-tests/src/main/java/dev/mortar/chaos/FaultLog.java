package dev.mortar.chaos;

import dev.mortar.localstack.JsonLines;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The faults: when, for how long, and how long it took until all was ready again. Thread-safe. */
final class FaultLog implements AutoCloseable {
    private final JsonLines file;
    private final PrintStream out;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<FaultKind, String> skipped = new EnumMap<>(FaultKind.class);

    /** A fault, how long it lasted, and how long after its end everything concerned was ready, by itself or not. */
    record Entry(
            FaultKind kind,
            Instant at,
            String target,
            Duration lasted,
            Duration readyAfter,
            String note,
            boolean recovered) {}

    FaultLog(Path file, PrintStream out) throws IOException {
        this.file = new JsonLines(file);
        this.out = out;
    }

    void announce(FaultKind kind, String target, String how) {
        say("%-13s %-22s %s".formatted(kind, target, how));
    }

    synchronized void over(Entry entry) {
        entries.add(entry);
        say("%-13s %-22s over after %.1f s, %s %.1f s later%s"
                .formatted(
                        entry.kind(),
                        entry.target(),
                        entry.lasted().toMillis() / 1e3,
                        entry.recovered() ? "ready" : "NOT READY BY ITSELF",
                        entry.readyAfter().toMillis() / 1e3,
                        entry.note().isEmpty() ? "" : "; " + entry.note()));
        var line = new LinkedHashMap<String, Object>();
        line.put("at", entry.at().toString());
        line.put("kind", entry.kind().name());
        line.put("target", entry.target());
        line.put("lastedMs", entry.lasted().toMillis());
        line.put("readyAfterMs", entry.readyAfter().toMillis());
        line.put("recovered", entry.recovered());
        line.put("note", entry.note());
        file.write(line);
    }

    synchronized void skip(FaultKind kind, String reason) {
        if (skipped.put(kind, reason) == null) {
            say("%-13s %-22s SKIPPED: %s".formatted(kind, "", reason));
            file.write(Map.of("at", Instant.now().toString(), "kind", kind.name(), "skipped", reason));
        }
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Kinds that cannot happen here, with the reason. */
    synchronized Map<FaultKind, String> skipped() {
        return Map.copyOf(skipped);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private void say(String text) {
        out.printf(Locale.ROOT, "%s  %s%n", Instant.now().truncatedTo(ChronoUnit.SECONDS), text);
    }
}
