package dev.mortar.order;

import dev.mortar.order.SourcingRun.Outcome;
import dev.mortar.order.SourcingRun.Withdrawal;
import dev.mortar.values.EndReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The time limits of runs, and of the answers of the locations that they chose. */
final class RunLimits {

    private RunLimits() {}

    /** When the first run of a confirmed order, or the first answer to it, is overdue; null if there is none. */
    static @Nullable Instant dueAt(OrderContents contents) {
        return contents.runs().stream()
                .filter(run -> run.isOpen() || !RunRules.waiting(contents, run).isEmpty())
                .map(run -> run.request().decideBy())
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** Ends the runs of a confirmed order that took too long. */
    static Draft checkDue(Draft draft, Instant now) {
        Draft checked = draft;
        for (SourcingRun run : draft.contents().runs()) {
            if (now.isBefore(run.request().decideBy())) {
                continue;
            }
            if (run.isOpen()) {
                checked = RunRules.withoutSource(RunRules.end(checked, run, Outcome.NOT_ANSWERED_IN_TIME), run);
            }
            for (Fulfilment each : RunRules.waiting(draft.contents(), run)) {
                checked = RunRules.withdraw(checked, run, each, Withdrawal.NOT_ANSWERED_IN_TIME);
                checked = run.request().held()
                        ? RunRules.withoutSource(checked, run)
                        : FulfilmentRules.cancelOpen(checked, each, EndReason.NOT_ANSWERED_IN_TIME);
            }
        }
        return checked;
    }

    /** Ends the runs of an unconfirmed order that have no outcome in time. */
    static Draft endOpen(Draft draft) {
        Draft ended = draft;
        for (SourcingRun run : draft.contents().runs()) {
            ended = run.isOpen() ? RunRules.end(ended, run, Outcome.NOT_ANSWERED_IN_TIME) : ended;
        }
        return ended;
    }
}
