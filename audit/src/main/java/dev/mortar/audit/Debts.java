package dev.mortar.audit;

import static dev.mortar.audit.Invariant.NOTHING_OWED;
import static dev.mortar.audit.Invariant.REPEATS_CAUSE;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open work between services: because of an event one of them owes a step, with what that step has to say. Nothing
 * is kept of a debt that was paid.
 */
final class Debts {
    private static final UUID NO_CAUSE = new UUID(0, 0);

    /** What most events say in their own place and some repeat of their cause, under the same name. */
    private static final List<String> PASSED_ON = List.of(
            "orderId",
            "customerId",
            "fulfilmentId",
            "locationId",
            "channel",
            "method",
            "handedOverAt",
            "paymentReference",
            "cancellationId",
            "returnId",
            "refund",
            "pickupDeadline",
            "codeIssue",
            "codeKeyId");

    /** The till an order was placed at, where a transfer began, by what one is told, which code was shown. */
    private static final Map<String, Set<String>> NOT_PASSED_ON = Map.of(
            "OrderPlaced", Set.of("locationId"),
            "StockTransferredOut", Set.of("locationId"),
            "NotificationRequested", Set.of("channel"),
            "PickupHandedOver", Set.of("codeIssue"));

    private final AuditRules rules;
    private final Findings findings;
    private final Repeats repeats;
    private final Map<Owed, Debt> debts = new HashMap<>();

    Debts(AuditRules rules, Findings findings) {
        this.rules = rules;
        this.findings = findings;
        repeats = new Repeats(findings, REPEATS_CAUSE, PASSED_ON, NOT_PASSED_ON);
    }

    /** What is owed because of which event, about what. */
    private record Owed(UUID cause, String step, String about) {}

    /**
     * A step that a service owes.
     *
     * @param due when it is overdue
     * @param since the event it is owed because of
     * @param content what the step has to say: quantities by line or goods
     * @param excuse whether the step became needless, judged at the end
     */
    record Debt(String service, Instant due, LoggedEvent since, Map<String, Long> content, BooleanSupplier excuse) {}

    /** A service owes a step that names this event as its cause. */
    void owe(LoggedEvent since, String service, String step, String about, Map<String, Long> content) {
        owe(since, service, step, about, content, () -> false);
    }

    void owe(
            LoggedEvent since,
            String service,
            String step,
            String about,
            Map<String, Long> content,
            BooleanSupplier excuse) {
        debts.put(
                new Owed(EventType.meta(since).getEventId(), step, about),
                new Debt(service, since.appendedAt().plus(rules.patience()), since, content, excuse));
    }

    /** A service owes a step that will name no cause, from some time on. */
    void oweAlone(
            LoggedEvent since, String service, String step, String about, Map<String, Long> content, Instant from) {
        oweAlone(since, service, step, about, content, from, () -> false);
    }

    void oweAlone(
            LoggedEvent since,
            String service,
            String step,
            String about,
            Map<String, Long> content,
            Instant from,
            BooleanSupplier excuse) {
        debts.put(
                new Owed(NO_CAUSE, step, about),
                new Debt(service, from.plus(rules.patience()), since, content, excuse));
    }

    /** What is owed because of an event's cause, or null. */
    @Nullable
    Debt find(LoggedEvent logged, String step, String about) {
        return debts.get(owed(logged, step, about));
    }

    /** Ends what is owed because of an event's cause, whatever the event says; null when nothing is. */
    @Nullable
    Debt take(LoggedEvent logged, String step, String about) {
        return debts.remove(owed(logged, step, about));
    }

    /** As {@link #take}, and the event has to repeat of its cause what both say. */
    @Nullable
    Debt settle(LoggedEvent logged, String step, String about) {
        var debt = take(logged, step, about);
        if (debt != null) {
            repeats.check(debt.since, logged);
        }
        return debt;
    }

    /** Ends what is owed without naming a cause; null when nothing is. */
    @Nullable
    Debt settleAlone(String step, String about) {
        return debts.remove(new Owed(NO_CAUSE, step, about));
    }

    /** Counts what {@link #settleAlone} ends as a fact. */
    void payAlone(String step, String about) {
        if (settleAlone(step, about) != null) {
            findings.holds(NOTHING_OWED);
        }
    }

    /**
     * An event that may only be because it is owed, once.
     *
     * @param content what the step says; null when it has nothing to compare
     */
    @Nullable
    Debt pay(Invariant invariant, LoggedEvent logged, String step, String about, @Nullable Map<String, Long> content) {
        var debt = settle(logged, step, about);
        if (debt != null) {
            findings.holds(NOTHING_OWED);
        }
        findings.check(
                invariant,
                debt != null && (content == null || debt.content.isEmpty() || debt.content.equals(content)),
                () -> debt == null
                        ? logged.type() + (about.isEmpty() ? "" : " of " + about)
                                + " is not what its cause asks for, or was done before"
                        : logged.type() + " says " + content + ", " + debt.since.type() + " says " + debt.content,
                debt == null ? null : debt.since,
                logged);
        return debt;
    }

    private static Owed owed(LoggedEvent logged, String step, String about) {
        var cause = EventType.meta(logged).getCausationId();
        return new Owed(cause == null ? NO_CAUSE : cause, step, about);
    }

    /** Reports what is overdue and counts what is owed and may yet be done in time, by service. */
    Map<String, Long> finish(Instant asOf) {
        var owed = new TreeMap<String, Long>();
        debts.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Owed, Debt> entry) -> entry.getValue().due)
                        .thenComparing(entry -> entry.getKey().toString()))
                .forEach(entry -> {
                    var debt = entry.getValue();
                    if (debt.excuse.getAsBoolean()) {
                        findings.holds(NOTHING_OWED);
                    } else if (debt.due.isAfter(asOf)) {
                        owed.merge(debt.service, 1L, Long::sum);
                    } else {
                        findings.broken(
                                NOTHING_OWED,
                                debt.service + " owes a step since " + debt.since.appendedAt() + ": "
                                        + entry.getKey().step + " " + entry.getKey().about + " after "
                                        + debt.since.type() + " of " + debt.since.key(),
                                debt.since);
                    }
                });
        return owed;
    }
}
