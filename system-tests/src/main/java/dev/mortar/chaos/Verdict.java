package dev.mortar.chaos;

import dev.mortar.chaos.FaultLog.Entry;
import dev.mortar.chaos.Journal.Outcome;
import dev.mortar.chaos.Malformed.Parked;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The outcome of a run.
 *
 * @param planned kinds of faults that had to happen
 * @param failures stories that did not go as the APIs promise
 * @param auditExit 0 when all invariants hold
 */
record Verdict(
        long seed,
        Duration lasted,
        Set<FaultKind> planned,
        FaultLog log,
        Journal journal,
        Thief thief,
        Set<String> notEnded,
        List<String> failures,
        Parked parked,
        int auditExit) {

    private static final double UNKNOWN_SHARE_MAX = 0.02;
    private static final int SHOWN_MAX = 20;

    /** Everything that is wrong, in sentences; empty when nothing is. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        add(wrong, auditExit == 1, "The audit found violations.");
        add(wrong, auditExit > 1 || auditExit < 0, "The audit could not be done.");
        add(wrong, requests() == 0, "No request was made.");
        add(wrong, unknownShare() > UNKNOWN_SHARE_MAX, "The outcome of too many requests is unknown.");
        for (FaultKind kind : planned) {
            add(wrong, of(kind).isEmpty() && !log.skipped().containsKey(kind), kind + " never happened.");
        }
        boolean recovered = log.entries().stream().allMatch(Entry::recovered);
        add(wrong, !recovered, "Something did not get ready by itself after a fault was over.");
        List<String> some = notEnded.stream().limit(SHOWN_MAX).toList();
        add(wrong, !notEnded.isEmpty(), notEnded.size() + " orders have not ended: " + some);
        add(wrong, !parked.asExpected(), "Dead letters are not as expected.");
        add(wrong, !journal.strange().isEmpty(), "Requests were answered as no API may.");
        add(wrong, thief.refused() == 0, "No thief was refused, so none tried.");
        add(wrong, !thief.strange().isEmpty(), "A thief was answered with more than a refusal.");
        return wrong;
    }

    private static void add(List<String> wrong, boolean is, String sentence) {
        if (is) {
            wrong.add(sentence);
        }
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
        out.printf("%nRequests of thieves: %s%n", thief);
        list(out, "", thief.strange());
        out.printf("%nFaults by kind%n");
        for (FaultKind kind : FaultKind.values()) {
            String skipped = log.skipped().get(kind);
            String said = skipped == null ? times(of(kind)) : "SKIPPED: " + skipped;
            out.printf("  %-13s %4d  %s  (%s)%n", kind, of(kind).size(), said, kind.sentence);
        }
        int killed = of(FaultKind.KILL).size() + 2 * of(FaultKind.KILL_BOTH).size();
        int brokers = of(FaultKind.BROKER_KILL).size();
        out.printf("  kill -9 of %d service processes and of %d brokers%n", killed, brokers);
        out.printf(
                "%nDead letters: %d malformed records written, %d of them not parked, %d parked twice; %d others%n",
                parked.written(),
                parked.missing().size(),
                parked.twice().size(),
                parked.others().size());
        list(out, "", parked.missing());
        list(out, "", parked.twice());
        list(out, "", parked.others());
        list(out, "%n%d stories did not come to their end by themselves, for example:%n", failures);
        list(out, "%nAnswers that no API may give:%n", journal.strange());
        out.printf(Locale.ROOT, "%nSeed %d, %d minutes: ", seed, lasted.toMinutes());
        out.println(holds() ? "everything holds." : "WRONG.");
        wrong().forEach(each -> out.println("  " + each));
    }

    private static String times(List<Entry> entries) {
        long[] ready = entries.stream()
                .mapToLong(fault -> fault.readyAfter().toMillis())
                .sorted()
                .toArray();
        return ready.length == 0
                ? ""
                : "ready after %.1f s in the median, %.1f s at most"
                        .formatted(ready[ready.length / 2] / 1e3, ready[ready.length - 1] / 1e3);
    }

    private static void list(PrintStream out, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.printf(title, lines.size());
            lines.stream().limit(SHOWN_MAX).forEach(line -> out.println("  " + line));
        }
    }

    private int requests() {
        return Stream.of(Outcome.values()).mapToInt(journal::count).sum();
    }

    private double unknownShare() {
        return journal.count(Outcome.UNKNOWN) / (double) Math.max(1, requests());
    }

    private List<Entry> of(FaultKind kind) {
        return log.entries().stream().filter(fault -> fault.kind() == kind).toList();
    }
}
