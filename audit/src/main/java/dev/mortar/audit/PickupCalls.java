package dev.mortar.audit;

import static dev.mortar.audit.Invariant.NOTIFICATION_NOT_LATE;

import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.pickup.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The promise that no shopper is called to pick up goods that are gone, or with an old pickup code. A call may follow
 * the end of its pickup by the slack, because notification-service may not know of the end yet.
 */
final class PickupCalls extends Auditor {
    private final AuditRules rules;
    private final Map<String, Calls> byFulfilment = new HashMap<>();

    PickupCalls(AuditRules rules, Findings findings) {
        super(findings);
        this.rules = rules;
        on(PickupCodeReissued.class, this::codeReissued);
        on(PickupHandedOver.class, event -> ended(event.getFulfilmentId()));
        on(PickupExpired.class, event -> ended(event.getFulfilmentId()));
        on(PickupCancelled.class, this::cancelled);
        requireCompleteness("pickup-service", """
                PickupRequested PickingStarted PickupLineShort PickupReady PickupReminderDue
                CustomerOnTheWay CustomerArrived PickupCodeRejected PickupCancellationRefused""");
    }

    /** A new pickup code; the earlier ones are void from then on. */
    private record Reissue(int codeIssue, Instant at) {}

    /** A call that notification-service claimed to send, and the issue of its code. */
    private record Call(LoggedEvent claim, int codeIssue) {}

    private static final class Calls {
        /** The calls before the end came; the order of the partitions must not change what is checked. */
        private List<Call> open = List.of();

        private List<Reissue> reissues = List.of();
        private @Nullable Instant endedAt;
    }

    static boolean isCall(Template template) {
        return switch (template) {
            case PICKUP_READY, PICKUP_REMINDER, PICKUP_CODE_REISSUED -> true;
            case UNKNOWN,
                    ORDER_CONFIRMED,
                    ORDER_REJECTED,
                    ORDER_CANCELLED,
                    PICKUP_HANDED_OVER,
                    PICKUP_EXPIRED,
                    RETURN_ACCEPTED,
                    ORDER_LINES_CANCELLED -> false;
        };
    }

    /** The judged event claims to send a call. */
    void claimed(String fulfilmentId, int codeIssue) {
        var calls = calls(fulfilmentId);
        calls.open = with(calls.open, new Call(logged(), codeIssue));
        checkOpen(calls);
    }

    /** Whether a call must not be made any more. */
    boolean isOutOfDate(String fulfilmentId, int codeIssue) {
        var calls = byFulfilment.get(fulfilmentId);
        return calls != null
                && (calls.endedAt != null
                        || calls.reissues.stream().anyMatch(reissue -> reissue.codeIssue > codeIssue));
    }

    /** The time at which a pickup ended, or null. */
    @Nullable
    Instant endedAt(@Nullable String fulfilmentId) {
        var calls = byFulfilment.get(fulfilmentId);
        return calls == null ? null : calls.endedAt;
    }

    private Calls calls(String fulfilmentId) {
        return byFulfilment.computeIfAbsent(fulfilmentId, _ -> new Calls());
    }

    private void codeReissued(PickupCodeReissued event) {
        var calls = calls(event.getFulfilmentId());
        calls.reissues = with(calls.reissues, new Reissue(event.getCodeIssue(), logged().recordedAt()));
        checkOpen(calls);
    }

    private void cancelled(PickupCancelled event) {
        if (event.getWhole()) {
            ended(event.getFulfilmentId());
        }
    }

    private void ended(String fulfilmentId) {
        var calls = calls(fulfilmentId);
        if (calls.endedAt == null) {
            calls.endedAt = logged().recordedAt();
            checkOpen(calls);
        }
    }

    /** Checks the calls that are void or whose pickup has ended, whichever of the two events came last. */
    private void checkOpen(Calls calls) {
        var endedAt = calls.endedAt;
        var open = new ArrayList<Call>(0);
        for (var call : calls.open) {
            var at = call.claim.recordedAt();
            boolean isVoid = calls.reissues.stream()
                    .anyMatch(reissue -> reissue.codeIssue > call.codeIssue && isLate(at, reissue.at));
            if (endedAt == null && !isVoid) {
                open.add(call);
                continue;
            }
            // Either event may come last, so the judged one is no evidence.
            var judged = logged();
            findings.judging(null);
            context(call.claim);
            boolean isInTime = !isVoid && (endedAt == null || !isLate(at, endedAt));
            var sentence = "Called to pick up goods at %s with code %s; new codes: %s";
            check(NOTIFICATION_NOT_LATE, isInTime, sentence, at, call.codeIssue, calls.reissues);
            findings.judging(judged);
        }
        calls.open = open.isEmpty() ? List.of() : open;
    }

    private boolean isLate(Instant at, Instant since) {
        return at.isAfter(since.plus(rules.slack()));
    }

    private static <T> List<T> with(List<T> some, T more) {
        var all = new ArrayList<>(some);
        all.add(more);
        return all;
    }
}
