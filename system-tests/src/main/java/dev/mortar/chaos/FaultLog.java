package dev.mortar.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
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
import tools.jackson.databind.json.JsonMapper;

/** What was broken, when, for how long, and how long it took until all was ready again. Thread-safe. */
final class FaultLog implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Writer file;
    private final PrintStream out;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<FaultKind, String> skipped = new EnumMap<>(FaultKind.class);

    /**
     * One fault.
     *
     * @param target whom it befell
     * @param lasted from the fault until it was mended
     * @param readyAfter from the mending until everything concerned was ready
     * @param note what else there is to say; empty when nothing
     * @param recovered whether it got ready by itself once it was mended
     */
    record Entry(
            FaultKind kind,
            Instant at,
            String target,
            Duration lasted,
            Duration readyAfter,
            String note,
            boolean recovered) {}

    FaultLog(Path file, PrintStream out) throws IOException {
        this.file = Files.newBufferedWriter(file);
        this.out = out;
    }

    /** Says that it is about to happen. */
    void announce(FaultKind kind, String target, String how) {
        say(Instant.now(), "%-13s %-22s %s".formatted(kind, target, how));
    }

    synchronized void over(Entry entry) {
        entries.add(entry);
        say(
                Instant.now(),
                "%-13s %-22s mended after %.1f s, %s %.1f s later%s"
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
        write(line);
    }

    /** Says that this kind cannot be done here, and why. */
    synchronized void skip(FaultKind kind, String reason) {
        if (skipped.put(kind, reason) == null) {
            say(Instant.now(), "%-13s %-22s SKIPPED: %s".formatted(kind, "", reason));
            write(Map.of("at", Instant.now().toString(), "kind", kind.name(), "skipped", reason));
        }
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    synchronized Map<FaultKind, String> skipped() {
        return skipped.isEmpty() ? Map.of() : new EnumMap<>(skipped);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private void say(Instant at, String text) {
        out.printf(Locale.ROOT, "%s  %s%n", at.truncatedTo(ChronoUnit.SECONDS), text);
    }

    private void write(Map<String, Object> line) {
        try {
            file.write(JSON.writeValueAsString(line));
            file.write('\n');
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
