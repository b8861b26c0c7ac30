package dev.mortar.audit;

import static dev.mortar.audit.Invariant.QUANTITIES_POSITIVE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Checks a group of promises. Its constructor registers a handler for each event type that the promises depend on.
 * {@link #requireCompleteness} names the event types that it ignores, and fails if one is forgotten. So a new event
 * type fails every test of the audit until each auditor handles or ignores it.
 */
abstract class Auditor {
    final AuditRules rules;
    final Findings findings;
    private final Map<String, Consumer<SpecificRecord>> handlers = new HashMap<>();

    Auditor(Findings findings) {
        rules = findings.rules;
        this.findings = findings;
    }

    /** Registers a handler of an event type. Several handlers of one type run in the order of their registration. */
    final <E extends SpecificRecord> void on(Class<E> type, Consumer<E> handler) {
        Consumer<SpecificRecord> judging = event -> {
            findings.context();
            handler.accept(type.cast(event));
        };
        handlers.merge(type.getSimpleName(), judging, Consumer::andThen);
    }

    /**
     * Requires that every covered event type has a handler of one of these auditors, or is ignored by all of them.
     *
     * @param ignored names of event types, separated by white space
     * @throws IllegalStateException naming the event types of which this is not so
     */
    static void requireCompleteness(List<? extends Auditor> auditors, Predicate<EventType> covered, String ignored) {
        var wrong = new ArrayList<String>();
        Set<String> names = ignored.isEmpty() ? Set.of() : Set.of(ignored.split("\\s+"));
        names.forEach(EventType::named);
        for (var type : EventType.all()) {
            boolean isHandled = auditors.stream().anyMatch(each -> ((Auditor) each).handlers.containsKey(type.name()));
            boolean isIgnored = names.contains(type.name());
            if (covered.test(type) ? isHandled == isIgnored : isHandled || isIgnored) {
                wrong.add(type.name());
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(auditors.getFirst().getClass().getSimpleName()
                    + " has to register a handler for these event types, or to ignore them: " + wrong);
        }
    }

    /** As the other one, for this auditor and all event types of a service. */
    final void requireCompleteness(String service, String ignored) {
        requireCompleteness(List.of(this), type -> type.service().equals(service), ignored);
    }

    /** Judges an event, if its type has a handler. */
    final void accept(LoggedEvent logged) {
        var handler = handlers.get(logged.type());
        if (handler != null) {
            handler.accept(logged.event());
            afterEach(logged);
        }
    }

    /** Checks the promises that hold after each event with a handler. */
    void afterEach(LoggedEvent logged) {}

    /** Checks the promises that hold after the last event. */
    void finish(Instant asOf) {}

    /** The event that is being judged. */
    final LoggedEvent logged() {
        return findings.event();
    }

    final void context(@Nullable Evidence... earlier) {
        findings.context(earlier);
    }

    final boolean check(Invariant invariant, boolean holds, String sentence, @Nullable Object... values) {
        return findings.check(invariant, holds, sentence, values);
    }

    final boolean once(Invariant invariant, boolean isFirst, String what, String done) {
        return findings.once(invariant, isFirst, what, done);
    }

    /** Checks that lines or goods have positive quantities, and gives them. */
    final <L extends SpecificRecord> List<L> positive(List<L> lines) {
        for (var line : lines) {
            check(QUANTITIES_POSITIVE, Sums.quantity(line) > 0, "A quantity is too small: %s", line);
        }
        return lines;
    }

    final void same(Invariant invariant, String what, @Nullable Object found, @Nullable Object expected) {
        findings.same(invariant, what, found, expected);
    }
}
