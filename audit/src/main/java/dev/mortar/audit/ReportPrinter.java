package dev.mortar.audit;

import dev.mortar.schemas.inventory.StockChange;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a report for people, or as JSON for machines. */
final class ReportPrinter {
    static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int SHOWN_OF_EACH = 5;
    private static final String EXPLAINED = "%-28s %-27s %-24s %-10s %9s %9s %9s %9s %9s %9s%n";

    private final PrintStream out;
    private final AuditReport report;
    private final Instant at;

    ReportPrinter(PrintStream out, AuditReport report, Instant at) {
        this.out = out;
        this.report = report;
        this.at = at;
    }

    void print(double seconds) {
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
            long broken = report.broken(invariant);
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
        out.printf(
                Locale.ROOT,
                EXPLAINED,
                "record",
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
            if (event.field("changes") instanceof Collection<?> changes) {
                for (var changed : changes) {
                    if (changed instanceof StockChange change && change.getSku().equals(sku)) {
                        print(event, change);
                    }
                }
            }
        }
        out.println();
    }

    private void print(LoggedEvent event, StockChange change) {
        var by = change.getChange();
        var after = change.getAfter();
        out.printf(
                Locale.ROOT,
                EXPLAINED,
                event.recordId(),
                event.recordedAt(),
                event.type(),
                change.getUnit(),
                cell(by.getOnHand(), after.getOnHand()),
                cell(by.getCommitted(), after.getCommitted()),
                cell(by.getHeld(), after.getHeld()),
                cell(by.getSafetyStock(), after.getSafetyStock()),
                cell(by.getDamaged(), after.getDamaged()),
                cell(by.getToVendor(), after.getToVendor()));
    }

    private static String cell(long change, long after) {
        return change == 0 ? Long.toString(after) : String.format(Locale.ROOT, "%+d=%d", change, after);
    }

    /** @param state the state at an earlier time, or null */
    String json(@Nullable AuditState state) {
        var all = new LinkedHashMap<String, Object>();
        all.put("asOf", at.toString());
        all.put("events", report.events());
        all.put("holds", report.holds());
        var invariants = new LinkedHashMap<String, Object>();
        for (var invariant : Invariant.values()) {
            invariants.put(
                    invariant.name(), Map.of("facts", report.facts(invariant), "violations", report.broken(invariant)));
        }
        all.put("invariants", invariants);
        all.put("owed", report.owed());
        all.put(
                "violations",
                report.violations().stream().map(ReportPrinter::json).toList());
        if (state != null) {
            all.put("state", state);
        }
        return JSON.writeValueAsString(all);
    }

    private static Map<String, Object> json(Violation violation) {
        return Map.of(
                "invariant", violation.invariant().name(),
                "explanation", violation.explanation(),
                "evidence",
                        violation.evidence().stream().map(ReportPrinter::json).toList());
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
