package dev.mortar.chaos;

import dev.mortar.chaos.FaultLog.Entry;
import dev.mortar.chaos.Journal.Outcome;
import dev.mortar.chaos.Malformed.Parked;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a run came to.
 *
 * @param planned kinds of faults that had to happen
 * @param faults those that happened
 * @param skipped kinds that cannot happen here, with the reason
 * @param notEnded orders that did not come to their end
 * @param failures stories that did not go as the APIs promise
 * @param auditExit 0 when all invariants hold
 */
record Verdict(
        long seed,
        Duration lasted,
        Set<FaultKind> planned,
        List<Entry> faults,
        Map<FaultKind, String> skipped,
        Journal journal,
        Set<String> notEnded,
        List<String> failures,
        Parked parked,
        int auditExit) {

    private static final double UNKNOWN_SHARE_MAX = 0.02;
    private static final int SHOWN_MAX = 20;

    /** What is wrong, in sentences; empty when nothing is. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        if (auditExit != 0) {
            wrong.add(auditExit == 1 ? "The audit found violations." : "The audit could not be done.");
        }
        if (requests() == 0) {
            wrong.add("No request was made.");
        }
        if (unknownShare() > UNKNOWN_SHARE_MAX) {
            wrong.add("The outcome of too many requests is unknown.");
        }
        Map<FaultKind, Integer> happened = happened();
        for (FaultKind kind : planned) {
            if (!happened.containsKey(kind) && !skipped.containsKey(kind)) {
                wrong.add(kind + " never happened.");
            }
        }
        if (faults.stream().anyMatch(fault -> !fault.recovered())) {
            wrong.add("Something did not get ready by itself after a fault was over.");
        }
        if (!notEnded.isEmpty()) {
            wrong.add(notEnded.size() + " orders have not ended: "
                    + notEnded.stream().limit(SHOWN_MAX).toList());
        }
        if (!parked.asExpected()) {
            wrong.add("Dead letters are not as expected.");
        }
        if (!journal.strange().isEmpty()) {
            wrong.add("Requests were answered as no API may.");
        }
        return wrong;
    }

    boolean holds() {
        return wrong().isEmpty();
    }

    void print(PrintStream out) {
        out.printf(Locale.ROOT, "%nRequests by outcome%n");
        journal.byRoute().forEach((route, outcomes) -> out.printf("  %-32s %s%n", route, outcomes));
        out.printf(
                Locale.ROOT,
                "  in all %,d; %,d acknowledged, %,d refused, %,d unknown (%.2f %%, 2 %% at most); by status %s%n",
                requests(),
                journal.count(Outcome.OK),
                journal.count(Outcome.REFUSED),
                journal.count(Outcome.UNKNOWN),
                unknownShare() * 100,
                journal.statuses());
        out.printf("%nFaults by kind%n");
        Map<FaultKind, Integer> happened = happened();
        for (FaultKind kind : FaultKind.values()) {
            List<Long> ready = faults.stream()
                    .filter(fault -> fault.kind() == kind)
                    .map(fault -> fault.readyAfter().toMillis())
                    .sorted()
                    .toList();
            String times = ready.isEmpty()
                    ? ""
                    : "ready after %.1f s in the median, %.1f s at most"
                            .formatted(ready.get(ready.size() / 2) / 1e3, ready.getLast() / 1e3);
            out.printf(
                    "  %-13s %4d  %s  (%s)%n",
                    kind,
                    happened.getOrDefault(kind, 0),
                    skipped.containsKey(kind) ? "SKIPPED: " + skipped.get(kind) : times,
                    kind.sentence());
        }
        out.printf(
                "  kill -9 of %d service processes and of %d brokers%n",
                happened.getOrDefault(FaultKind.KILL, 0) + 2 * happened.getOrDefault(FaultKind.KILL_BOTH, 0),
                happened.getOrDefault(FaultKind.BROKER_KILL, 0));
        out.printf(
                "%nDead letters: %d malformed records written, %d of them not parked, %d parked twice; %d others%n",
                parked.written(),
                parked.missing().size(),
                parked.twice().size(),
                parked.others().size());
        list(out, parked.missing());
        list(out, parked.twice());
        list(out, parked.others());
        if (!failures.isEmpty()) {
            out.printf("%n%d stories did not come to their end by themselves, for example:%n", failures.size());
            list(out, failures);
        }
        if (!journal.strange().isEmpty()) {
            out.printf("%nAnswers that no API may give:%n");
            list(out, journal.strange());
        }
        out.printf(Locale.ROOT, "%nSeed %d, %d minutes: ", seed, lasted.toMinutes());
        if (holds()) {
            out.println("everything holds.");
        } else {
            out.println("WRONG.");
            wrong().forEach(each -> out.println("  " + each));
        }
    }

    private static void list(PrintStream out, List<String> lines) {
        lines.stream().limit(SHOWN_MAX).forEach(line -> out.println("  " + line));
    }

    private int requests() {
        int sum = 0;
        for (Outcome outcome : Outcome.values()) {
            sum += journal.count(outcome);
        }
        return sum;
    }

    private double unknownShare() {
        return journal.count(Outcome.UNKNOWN) / (double) Math.max(1, requests());
    }

    private Map<FaultKind, Integer> happened() {
        Map<FaultKind, Integer> happened = new EnumMap<>(FaultKind.class);
        faults.forEach(fault -> happened.merge(fault.kind(), 1, Integer::sum));
        return happened;
    }
}
