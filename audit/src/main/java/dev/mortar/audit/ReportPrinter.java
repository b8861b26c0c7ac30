package dev.mortar.audit;

import dev.mortar.audit.AuditReport.Violation;
import dev.mortar.schemas.inventory.StockChange;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a report for people, or as JSON for machines. */
final class ReportPrinter {
    private static final int SHOWN_OF_EACH = 5;
    private static final String EXPLAINED = "%-28s %-27s %-24s %-10s %9s %9s %9s %9s %9s %9s%n";
    private static final Object[] HEADINGS = {
        "record", "recorded at", "event", "unit", "on hand", "committed", "held", "safety", "damaged", "to vendor"
    };

    private final PrintStream out;
    private final AuditReport report;
    private final Instant at;

    ReportPrinter(PrintStream out, AuditReport report, Instant at) {
        this.out = out;
        this.report = report;
        this.at = at;
    }

    void print(double seconds) {
        long events = report.events();
        double perSecond = events / Math.max(seconds, 1e-9);
        var heading = "%d events judged in %.1f s (%.0f/s), as of %s%n%n";
        out.printf(Locale.ROOT, heading, events, seconds, perSecond, at);
        Invariant.Group group = null;
        for (var invariant : Invariant.values()) {
            if (group != invariant.group()) {
                group = invariant.group();
                out.println(group);
            }
            long facts = report.facts(invariant);
            long broken = report.broken(invariant);
            var checked = facts == 0 ? "no facts" : Long.toString(facts);
            var violated = broken == 0 ? "           " : String.format(Locale.ROOT, "%4d BROKEN", broken);
            out.printf(Locale.ROOT, "  %-31s %11s %s  %s%n", invariant, checked, violated, invariant.promise());
        }
        out.println();
        if (!report.owed().isEmpty()) {
            out.println("Owed and still in time: " + report.owed());
        }
        for (var invariant : report.violated().keySet()) {
            report.violations().stream()
                    .filter(violation -> violation.invariant() == invariant)
                    .limit(SHOWN_OF_EACH)
                    .forEach(this::print);
            if (report.broken(invariant) > SHOWN_OF_EACH) {
                out.println(invariant + ": " + report.broken(invariant) + " in all, the first " + SHOWN_OF_EACH
                        + " are shown");
            }
        }
        out.println(report.holds() ? "All invariants with facts hold." : "Invariants are broken.");
    }

    private void print(Violation violation) {
        out.println(violation.invariant() + ": " + violation.explanation());
        for (var event : violation.evidence()) {
            out.println(
                    "    " + event.recordId() + "  " + event.appendedAt() + "  " + event.type() + "  " + event.key());
        }
    }

    /** Prints the events that change a SKU, oldest first, with the quantities after each. */
    void explain(Collection<LoggedEvent> events, String location, String sku) {
        out.println("Stock of " + sku + " at " + location + ":");
        out.printf(Locale.ROOT, EXPLAINED, HEADINGS);
        for (var event : events) {
            for (var changed : event.field("changes") instanceof Collection<?> changes ? changes : List.of()) {
                if (changed instanceof StockChange change && change.getSku().equals(sku)) {
                    print(event, change);
                }
            }
        }
        out.println();
    }

    private void print(LoggedEvent event, StockChange change) {
        var cells =
                new ArrayList<Object>(List.of(event.recordId(), event.recordedAt(), event.type(), change.getUnit()));
        for (var field : change.getChange().getSchema().getFields()) {
            cells.add(cell((Long) change.getChange().get(field.pos()), (Long)
                    change.getAfter().get(field.pos())));
        }
        out.printf(Locale.ROOT, EXPLAINED, cells.toArray());
    }

    private static String cell(long change, long after) {
        return change == 0 ? Long.toString(after) : String.format(Locale.ROOT, "%+d=%d", change, after);
    }

    /** @param state the state at an earlier time, or null */
    String json(@Nullable AuditState state) {
        var invariants = new LinkedHashMap<Invariant, Object>();
        for (var invariant : Invariant.values()) {
            var counts = Map.of("facts", report.facts(invariant), "violations", report.broken(invariant));
            invariants.put(invariant, counts);
        }
        var all = new LinkedHashMap<String, Object>();
        all.put("asOf", at.toString());
        all.put("events", report.events());
        all.put("holds", report.holds());
        all.put("invariants", invariants);
        all.put("owed", report.owed());
        var violations = report.violations().stream().map(ReportPrinter::json);
        all.put("violations", violations.toList());
        if (state != null) {
            all.put("state", state);
        }
        return AuditState.JSON.writeValueAsString(all);
    }

    private static Map<String, Object> json(Violation violation) {
        var evidence = violation.evidence().stream().map(ReportPrinter::json).toList();
        var why = violation.explanation();
        return Map.of("invariant", violation.invariant(), "explanation", why, "evidence", evidence);
    }

    private static Map<String, Object> json(Evidence event) {
        return Map.of(
                "topic", event.recordId().topic(),
                "partition", event.recordId().partition(),
                "offset", event.recordId().offset(),
                "at", event.appendedAt().toString(),
                "type", event.type(),
                "key", event.key());
    }
}
