package dev.mortar.audit;

import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.registry.RegistryException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The audit as a command: reads a system's logs, judges them and says what it found.
 *
 * <p>Exit code 0 when all invariants hold, 1 when one is broken, 2 when the audit could not be done.
 */
public final class AuditCli {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int SHOWN_OF_EACH = 5;
    private static final int BAR_CHARS = 30;

    private final AuditOptions options;
    private final PrintStream out;

    private AuditCli(AuditOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Runs the command; {@code --help} tells the options. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** The command itself: prints and gives its exit code. */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (List.of(arguments).contains("--help")) {
            out.print(AuditOptions.USAGE);
            return 0;
        }
        AuditOptions options;
        try {
            options = AuditOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("audit: " + e.getMessage());
            err.print(AuditOptions.USAGE);
            return 2;
        }
        try {
            return new AuditCli(options, out).run();
        } catch (LogReader.Unreadable e) {
            err.println("audit: " + e.getMessage());
        } catch (RegistryException e) {
            err.println("audit: the schema registry is of no help: " + e.getMessage());
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            err.println("audit: no broker answers at " + options.bootstrap() + " (" + e.getMessage() + ")");
        } catch (KafkaException e) {
            err.println("audit: the log cannot be read from " + options.bootstrap() + ": " + e.getMessage());
        } catch (UncheckedIOException e) {
            err.println("audit: " + e.getMessage() + ": " + e.getCause());
        }
        return 2;
    }

    private int run() {
        if (options.measure() > 0) {
            Measurement.run(options.measure(), out);
            return 0;
        }
        var journal = options.journal() == null ? List.<ClientRequest>of() : journal(options.journal());
        var reader = new LogReader(options.bootstrap(), options.registry(), options.prefix());
        // A running system goes on while its log is read: what it owes is judged as of when the reading's end was set.
        var begunAt = Instant.now();
        int partitions = reader.open();
        var audit = new Audit(options.rules(partitions));
        audit.clients(journal);
        reader.contacts(audit);
        var explained = new ArrayList<LoggedEvent>();
        var newest = new Instant[] {Instant.EPOCH};
        long begun = System.nanoTime();
        var bar = new Bar();
        reader.read(
                new LogReader.Reader() {
                    @Override
                    public void committed(LoggedEvent event) {
                        if (options.isAfter(event.place(), event.appendedAt())) {
                            return;
                        }
                        audit.accept(event);
                        if (event.key().equals(options.explainLocation())) {
                            explained.add(event);
                        }
                        if (event.appendedAt().isAfter(newest[0])) {
                            newest[0] = event.appendedAt();
                        }
                    }

                    @Override
                    public void foreign(LogReader.ForeignRecord foreign) {
                        if (!options.isAfter(foreign.place(), foreign.appendedAt())) {
                            audit.foreign(foreign.place(), foreign.why());
                        }
                    }

                    @Override
                    public void aborted(LoggedEvent event) {
                        audit.aborted(event);
                    }
                },
                audit::waiting,
                bar::show);
        bar.clear();
        var at = options.asOf() != null ? options.asOf() : options.until().isEmpty() ? begunAt : newest[0];
        if (options.asOf() == null && options.until().isEmpty()) {
            var published = audit.published(begunAt);
            reader.published(published);
            published.finish();
        }
        Views views = null;
        if (!options.services().isEmpty()) {
            views = new Views(options.services());
            views.compare(audit.state(), audit);
        }
        var report = audit.finish(at);
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (options.explainLocation() != null && options.explainSku() != null) {
            explain(explained, options.explainSku());
        } else if (options.asOf() != null || !options.until().isEmpty()) {
            out.println(JSON.writeValueAsString(audit.state()));
        }
        print(report, at, seconds);
        if (views != null) {
            views.missed().forEach(out::println);
        }
        if (audit.uncheckedRequests() > 0) {
            out.printf(
                    "%d requests of the journal name no aggregate or a route without a known effect: not checked%n",
                    audit.uncheckedRequests());
        }
        if (options.json() != null) {
            write(options.json(), report, at, audit);
        }
        if (!report.holds()) {
            return 1;
        }
        return views == null || views.missed().isEmpty() ? 0 : 2;
    }

    private void print(AuditReport report, Instant at, double seconds) {
        out.printf(
                Locale.ROOT,
                "%d events judged in %.1f s (%.0f/s), as of %s%n%n",
                report.events(),
                seconds,
                report.events() / Math.max(seconds, 1e-9),
                at);
        Invariant.Group group = null;
        for (var invariant : Invariant.values()) {
            if (group != invariant.group()) {
                group = invariant.group();
                out.println(group);
            }
            long facts = report.facts(invariant);
            long broken = report.violated().getOrDefault(invariant, 0L);
            out.printf(
                    Locale.ROOT,
                    "  %-31s %11s %s  %s%n",
                    invariant,
                    facts == 0 ? "no facts" : Long.toString(facts),
                    broken == 0 ? "           " : String.format(Locale.ROOT, "%4d BROKEN", broken),
                    invariant.promise());
        }
        out.println();
        if (!report.owed().isEmpty()) {
            out.println("Owed and still in time: " + report.owed());
        }
        var shown = new LinkedHashMap<Invariant, Integer>();
        for (var violation : report.violations()) {
            if (shown.merge(violation.invariant(), 1, Integer::sum) <= SHOWN_OF_EACH) {
                out.println(violation.invariant() + ": " + violation.explanation());
                for (var event : violation.evidence()) {
                    out.println("    " + event.place() + "  " + event.appendedAt() + "  " + event.type() + "  "
                            + event.key());
                }
            }
        }
        shown.forEach((invariant, ignored) -> {
            long broken = report.violated().getOrDefault(invariant, 0L);
            if (broken > SHOWN_OF_EACH) {
                out.println(invariant + ": " + broken + " in all, the first " + SHOWN_OF_EACH + " are shown");
            }
        });
        out.println(report.holds() ? "All invariants with facts hold." : "Invariants are broken.");
    }

    /** The events that touch a SKU, oldest first, with what the book said after each. */
    private void explain(Collection<LoggedEvent> events, String sku) {
        out.println("Stock of " + sku + " at " + options.explainLocation() + ":");
        out.printf(
                Locale.ROOT,
                "%-28s %-27s %-24s %-10s %9s %9s %9s %9s %9s %9s%n",
                "place",
                "recorded at",
                "event",
                "unit",
                "on hand",
                "committed",
                "held",
                "safety",
                "damaged",
                "to vendor");
        for (var event : events) {
            var field = event.event().getSchema().getField("changes");
            if (field == null || !(event.event().get(field.pos()) instanceof Collection<?> changes)) {
                continue;
            }
            for (var changed : changes) {
                if (changed instanceof StockChange change && change.getSku().equals(sku)) {
                    var by = change.getChange();
                    var after = change.getAfter();
                    out.printf(
                            Locale.ROOT,
                            "%-28s %-27s %-24s %-10s %9s %9s %9s %9s %9s %9s%n",
                            event.place(),
                            EventType.meta(event).getRecordedAt(),
                            event.type(),
                            change.getUnit(),
                            cell(by.getOnHand(), after.getOnHand()),
                            cell(by.getCommitted(), after.getCommitted()),
                            cell(by.getHeld(), after.getHeld()),
                            cell(by.getSafetyStock(), after.getSafetyStock()),
                            cell(by.getDamaged(), after.getDamaged()),
                            cell(by.getToVendor(), after.getToVendor()));
                }
            }
        }
        out.println();
    }

    private static String cell(long change, long after) {
        return change == 0 ? Long.toString(after) : String.format(Locale.ROOT, "%+d=%d", change, after);
    }

    private void write(Path file, AuditReport report, Instant at, Audit audit) {
        var violations = report.violations().stream()
                .map(violation -> Map.of(
                        "invariant", violation.invariant().name(),
                        "explanation", violation.explanation(),
                        "evidence",
                                violation.evidence().stream()
                                        .map(event -> Map.of(
                                                "topic", event.place().topic(),
                                                "partition", event.place().partition(),
                                                "offset", event.place().offset(),
                                                "at", event.appendedAt().toString(),
                                                "type", event.type(),
                                                "key", event.key()))
                                        .toList()))
                .toList();
        var invariants = new LinkedHashMap<String, Object>();
        for (var invariant : Invariant.values()) {
            invariants.put(
                    invariant.name(),
                    Map.of(
                            "facts", report.facts(invariant),
                            "violations", report.violated().getOrDefault(invariant, 0L)));
        }
        var all = new LinkedHashMap<String, Object>();
        all.put("asOf", at.toString());
        all.put("events", report.events());
        all.put("holds", report.holds());
        all.put("invariants", invariants);
        all.put("owed", report.owed());
        all.put("violations", violations);
        if (options.asOf() != null || !options.until().isEmpty()) {
            all.put("state", audit.state());
        }
        try {
            Files.writeString(file, JSON.writeValueAsString(all) + System.lineSeparator());
        } catch (IOException e) {
            throw new UncheckedIOException("The report cannot be written to " + file, e);
        }
    }

    static List<ClientRequest> journal(Path file) {
        var requests = new ArrayList<ClientRequest>();
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            lines.filter(line -> !line.isBlank()).forEach(line -> {
                try {
                    requests.add(request(JSON.readTree(line)));
                } catch (RuntimeException e) {
                    throw new LogReader.Unreadable(
                            "Line " + (requests.size() + 1) + " of " + file + " is no request: " + e.getMessage());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be read", e);
        }
        return requests;
    }

    private static ClientRequest request(JsonNode line) {
        var aggregateId = line.path("aggregateId");
        return new ClientRequest(
                line.required("key").asString(),
                line.required("route").asString(),
                aggregateId.isString() ? aggregateId.asString() : null,
                ClientRequest.Outcome.valueOf(
                        line.required("outcome").asString().toUpperCase(Locale.ROOT)),
                Instant.parse(line.required("at").asString()),
                line.path("goods").isArray() ? goods(line.path("goods")) : null);
    }

    private static Map<String, Long> goods(JsonNode lines) {
        var goods = new HashMap<String, Long>();
        for (var line : lines) {
            var unit = line.path("unit").isString()
                    ? Unit.valueOf(line.path("unit").asString())
                    : Unit.EACH;
            var quantity = line.required("quantity").asLong();
            Sums.add(goods, Goods.key(line.required("sku").asString(), unit), quantity);
        }
        return goods;
    }

    /** How far the reading is, redrawn in place on a terminal and silent elsewhere. */
    private static final class Bar {
        private final boolean isTerminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        private long drawnAt;

        void show(long read, long total) {
            long now = System.nanoTime();
            if (!isTerminal || now - drawnAt < 200_000_000L) {
                return;
            }
            drawnAt = now;
            int full = total == 0 ? BAR_CHARS : (int) (BAR_CHARS * read / total);
            System.err.printf(
                    Locale.ROOT,
                    "\r[%s%s] %3d %%  %d of %d offsets",
                    "#".repeat(full),
                    ".".repeat(BAR_CHARS - full),
                    total == 0 ? 100 : 100 * read / total,
                    read,
                    total);
        }

        void clear() {
            if (isTerminal) {
                System.err.print("\r" + " ".repeat(BAR_CHARS + 50) + "\r");
            }
        }
    }
}
