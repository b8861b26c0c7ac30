package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.ANSWER_CANCELLATION;
import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.PickupAudit.Phase.*;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The promises about pickups: legal steps, every unit accounted for, goods only for a code or a name, and one end. */
final class PickupAudit extends Auditor {
    private static final int WRONG_ATTEMPTS_MAX = 5;
    private static final Duration SHOPPER_EXTENSION_MAX = Duration.ofDays(2);
    private static final Duration KEPT_MAX = Duration.ofDays(30);
    private static final Phase[] OPEN = {REQUESTED, ACCEPTED, PICKING, REJECTED, READY};

    private final Fulfilments fulfilments;
    private final ExpectedSteps steps;
    private final RepeatedFields repeated;
    final Aggregates<Pickup> pickups = new Aggregates<>();

    PickupAudit(Findings findings, Fulfilments fulfilments, ExpectedSteps steps) {
        super(findings);
        this.fulfilments = fulfilments;
        this.steps = steps;
        String[] fields = {"orderId", "locationId", "customerId", "method"};
        repeated = new RepeatedFields(findings, REPEATS_FIRST, Map.of(), fields);
        on(PickupRequested.class, this::requested);
        step(PickupAccepted.class, (pickup, _) -> pickup.phase = ACCEPTED, REQUESTED, REJECTED);
        step(PickupTaskRejected.class, (pickup, _) -> pickup.phase = REJECTED, REQUESTED, ACCEPTED, PICKING);
        step(PickupOverdue.class, (_, _) -> {}, REQUESTED, ACCEPTED, PICKING, REJECTED, READY, HANDED_OVER);
        step(PickupDeadlineExtended.class, this::deadlineExtended, READY);
        step(PickingStarted.class, (pickup, _) -> pickup.phase = PICKING, REQUESTED, ACCEPTED);
        step(PickupLineShort.class, this::lineShort, PICKING);
        on(PickupReady.class, this::ready);
        step(PickupReminderDue.class, this::reminderDue, READY);
        step(PickupCodeReissued.class, this::codeReissued, READY);
        step(CustomerOnTheWay.class, (_, _) -> {}, OPEN);
        step(CustomerArrived.class, (_, _) -> {}, OPEN);
        step(PickupCodeRejected.class, this::codeRejected, READY);
        end(PickupHandedOver.class, this::handedOver, READY);
        end(PickupExpired.class, this::expired, READY);
        end(PickupCancelled.class, this::cancelled, OPEN);
        step(PickupCancellationRefused.class, this::cancellationRefused, Phase.values());
        // ParcelAudit judges the contents of these.
        step(ParcelPacked.class, (_, _) -> {}, READY);
        step(DeliveryAttemptFailed.class, (_, _) -> {}, HANDED_OVER);
        step(ParcelDelivered.class, (_, _) -> {}, HANDED_OVER);
        step(ParcelReturned.class, (_, _) -> {}, HANDED_OVER);
        step(ParcelLost.class, (_, _) -> {}, HANDED_OVER);
        step(ParcelFound.class, (_, _) -> {}, HANDED_OVER);
        requireCompleteness("pickup-service", "");
    }

    enum Phase {
        REQUESTED,
        ACCEPTED,
        PICKING,
        REJECTED,
        READY,
        HANDED_OVER,
        EXPIRED,
        CANCELLED;

        boolean isEnd() {
            return compareTo(READY) > 0;
        }
    }

    static final class Pickup {
        private final String locationId;
        private Phase phase = REQUESTED;
        /** Quantities by line, as the next one. */
        private Map<String, Long> left;

        private Map<String, Long> missing = Map.of();
        private List<PickupLine> lines;
        private @Nullable LoggedEvent requested;
        private @Nullable LoggedEvent last;
        private @Nullable RecordId endedAt;
        private @Nullable Instant readyAt;
        private @Nullable Instant deadline;
        private int codeIssue;
        private String codeKeyId = "";
        private int wrongAttempts;
        private boolean reminded;
        private int extensions;
        private boolean isExtendedByShopper;

        Pickup(PickupRequested event, Map<String, Long> left, LoggedEvent requested) {
            locationId = event.getLocationId().intern();
            lines = event.getLines();
            this.left = left;
            this.requested = requested;
        }

        void newCode(int issue, String keyId) {
            codeIssue = issue;
            codeKeyId = keyId;
            wrongAttempts = 0;
        }

        void end(Phase phase) {
            this.phase = phase;
            lines = List.of();
            requested = null;
            left = Map.of();
            readyAt = null;
            deadline = null;
            codeKeyId = "";
        }
    }

    /** Registers the handler of an event type that a pickup may have only in these phases. */
    private <E extends SpecificRecord> void step(Class<E> type, BiConsumer<Pickup, E> handler, Phase... from) {
        var phases = Set.of(from);
        on(type, event -> take(event, handler, phases));
    }

    /** As {@link #step}, for an event type that ends a pickup or a part of it. */
    private <E extends SpecificRecord> void end(Class<E> type, BiConsumer<Pickup, E> handler, Phase... from) {
        var phases = Set.of(from);
        on(type, event -> {
            var pickup = pickups.get((String) event.get(1));
            if (pickup != null && pickup.phase.isEnd()) {
                check(PICKUP_ENDS_ONCE, false, "The pickup is %s since %s", pickup.phase, pickup.endedAt);
            } else if (take(event, handler, phases)) {
                findings.holds(PICKUP_ENDS_ONCE);
            }
        });
    }

    private <E extends SpecificRecord> boolean take(E event, BiConsumer<Pickup, E> handler, Set<Phase> phases) {
        var id = (String) event.get(1);
        var pickup = pickups.get(id);
        if (pickup == null) {
            return check(PICKUP_TRANSITIONS, false, "Pickup %s was never requested", id);
        }
        context(pickup.requested, pickup.last);
        boolean isLegal = phases.contains(pickup.phase);
        check(PICKUP_TRANSITIONS, isLegal, "%s of pickup %s, which is %s", logged().type(), id, pickup.phase);
        repeated.check(pickup.requested == null ? null : pickup.requested.event());
        if (isLegal) {
            handler.accept(pickup, event);
        }
        return isLegal;
    }

    @Override
    void afterEach(LoggedEvent logged) {
        var pickup = pickups.get(logged.key());
        if (pickup != null) {
            boolean isOver = pickup.phase.isEnd();
            pickup.last = isOver ? null : logged;
            if (isOver && pickup.endedAt == null) {
                pickup.endedAt = logged.recordId();
            }
        }
    }

    private void requested(PickupRequested event) {
        var id = event.getFulfilmentId();
        var earlier = pickups.get(id);
        context(earlier == null ? null : earlier.last);
        if (once(PICKUP_TRANSITIONS, earlier == null, id, "requested")) {
            pickups.put(id, new Pickup(event, Sums.byLine(positive(event.getLines())), logged()));
        }
    }

    private void lineShort(Pickup pickup, PickupLineShort event) {
        var missing = Map.of(event.getLineId(), event.getMissing());
        takeFromLeft(pickup, missing);
        pickup.missing = Map.copyOf(Sums.plus(pickup.missing, missing));
        var id = event.getLineId();
        var sku = event.getSku();
        var lines = pickup.lines.stream();
        boolean isRequested = lines.anyMatch(
                line -> line.getLineId().equals(id) && line.getSku().equals(sku));
        check(PICKUP_LINES_ADD_UP, isRequested, "Line %s was not requested as %s", id, sku);
    }

    private void ready(PickupReady event) {
        var id = event.getFulfilmentId();
        var pickup = pickups.get(id);
        if (pickup == null || !pickup.phase.isEnd()) {
            boolean isReserved = fulfilments.reserved.contains(id) && fulfilments.confirmed.contains(id);
            context(pickup == null ? null : pickup.requested);
            check(PICKUP_READY_IF_RESERVED, isReserved, "%s is ready; it was not both reserved and confirmed", id);
        }
        take(event, this::ready, Set.of(PICKING));
    }

    private void ready(Pickup pickup, PickupReady event) {
        isAllThatIsLeft(pickup, event.getLines());
        same(PICKUP_LINES_ADD_UP, "The missing quantity", Sums.byLine(event.getMissing()), pickup.missing);
        var method = event.getMethod();
        var at = logged().recordedAt();
        var deadline = event.getPickupDeadline();
        boolean isDelivery = method == FulfilmentMethod.DELIVERY;
        boolean isRight = deadline == null ? isDelivery : !isDelivery && deadline.isAfter(at);
        check(PICKUP_DEADLINE, isRight, "%s is ready at %s with pickup deadline %s", method, at, deadline);
        same(PICKUP_CODE_LOCK, "The issue of the first code", event.getCodeIssue(), 1);
        pickup.phase = READY;
        pickup.readyAt = at;
        pickup.deadline = deadline;
        pickup.newCode(event.getCodeIssue(), event.getCodeKeyId());
    }

    private void reminderDue(Pickup pickup, PickupReminderDue event) {
        var at = logged().recordedAt();
        var deadline = event.getPickupDeadline();
        var issue = event.getCodeIssue();
        boolean isRight = !pickup.reminded
                && deadline.equals(pickup.deadline)
                && issue == pickup.codeIssue
                && event.getCodeKeyId().equals(pickup.codeKeyId)
                && isLastQuarter(pickup.readyAt, at, deadline);
        var sentence = "Reminder of deadline %s and code %s at %s; they are %s and %s since %s; reminded before: %s";
        Object[] values = {deadline, issue, at, pickup.deadline, pickup.codeIssue, pickup.readyAt, pickup.reminded};
        check(PICKUP_DEADLINE, isRight, sentence, values);
        isAllThatIsLeft(pickup, event.getLines());
        countsExtensions(pickup, event.getExtensions());
        pickup.reminded = true;
    }

    /** A reminder is due in the last quarter of the time between ready and the deadline. */
    private static boolean isLastQuarter(@Nullable Instant readyAt, Instant at, Instant deadline) {
        return readyAt != null
                && at.isBefore(deadline)
                && Duration.between(at, deadline).multipliedBy(4).compareTo(Duration.between(readyAt, deadline)) <= 0;
    }

    private void deadlineExtended(Pickup pickup, PickupDeadlineExtended event) {
        var at = logged().recordedAt();
        var previous = event.getPrevious();
        var deadline = event.getPickupDeadline();
        boolean isMore = previous.equals(pickup.deadline) && deadline.isAfter(previous) && deadline.isAfter(at);
        var limit = event.getByShopper()
                ? previous.plus(SHOPPER_EXTENSION_MAX)
                : pickup.readyAt == null ? at : pickup.readyAt.plus(KEPT_MAX);
        boolean isAllowed = !deadline.isAfter(limit) && !(event.getByShopper() && pickup.isExtendedByShopper);
        var sentence = "Deadline %s becomes %s at %s, at most %s; it is %s, extended by the shopper before: %s";
        Object[] values = {previous, deadline, at, limit, pickup.deadline, pickup.isExtendedByShopper};
        check(PICKUP_DEADLINE, isMore && isAllowed, sentence, values);
        same(PICKUP_DEADLINE, "The number of extensions", event.getExtensions(), pickup.extensions + 1);
        pickup.extensions = event.getExtensions();
        pickup.isExtendedByShopper |= event.getByShopper();
        pickup.deadline = deadline;
        pickup.reminded = false;
    }

    private void countsExtensions(Pickup pickup, int extensions) {
        same(PICKUP_DEADLINE, "The number of extensions", extensions, pickup.extensions);
    }

    private void codeReissued(Pickup pickup, PickupCodeReissued event) {
        var deadline = event.getPickupDeadline();
        same(PICKUP_CODE_LOCK, "The issue of the new code", event.getCodeIssue(), pickup.codeIssue + 1);
        boolean isRight = deadline != null && deadline.equals(pickup.deadline);
        check(PICKUP_DEADLINE, isRight, "The new code has deadline %s; the pickup has %s", deadline, pickup.deadline);
        isAllThatIsLeft(pickup, event.getLines());
        countsExtensions(pickup, event.getExtensions());
        pickup.newCode(event.getCodeIssue(), event.getCodeKeyId());
    }

    private void codeRejected(Pickup pickup, PickupCodeRejected event) {
        int expected = pickup.wrongAttempts + 1;
        int named = event.getWrongAttempts();
        boolean isRight = named == expected
                && expected <= WRONG_ATTEMPTS_MAX
                && event.getLocked() == (expected == WRONG_ATTEMPTS_MAX);
        var sentence = "The event names wrong attempt %s, locked: %s; it is wrong attempt %s";
        check(PICKUP_CODE_LOCK, isRight, sentence, named, event.getLocked(), expected);
        pickup.wrongAttempts = expected;
    }

    private void handedOver(Pickup pickup, PickupHandedOver event) {
        var issue = event.getCodeIssue();
        var by = event.getOverriddenBy();
        boolean isNamed = by != null && !by.getId().isBlank() && event.getOverrideReason() != null;
        boolean isCourier = event.getCourierId() != null && event.getMethod() == FulfilmentMethod.DELIVERY;
        boolean isAllowed = issue != null ? issue == pickup.codeIssue && by == null : isNamed || isCourier;
        var sentence = "Handed over for code %s, by %s, to courier %s; code %s is valid";
        check(PICKUP_CODE, isAllowed, sentence, issue, by, event.getCourierId(), pickup.codeIssue);
        boolean isOpen = issue == null || pickup.wrongAttempts < WRONG_ATTEMPTS_MAX;
        check(PICKUP_CODE_LOCK, isOpen, "Handed over for a code after %s wrong ones", pickup.wrongAttempts);
        var at = logged().recordedAt();
        boolean isInTime = pickup.deadline == null || !at.isAfter(pickup.deadline);
        check(PICKUP_DEADLINE, isInTime, "Handed over at %s, after the deadline %s", at, pickup.deadline);
        namesLastCode(pickup, event.getLastCodeIssue());
        countsExtensions(pickup, event.getExtensions());
        var given = Sums.byLine(positive(event.getHandedOver()));
        same(
                PICKUP_LINES_ADD_UP,
                "The quantity by line",
                Sums.plus(given, Sums.byLine(positive(event.getNotTaken()))),
                pickup.left);
        boolean hasReason = !given.isEmpty() || event.getNotTakenReason() != null;
        check(PICKUP_LINES_ADD_UP, hasReason, "Nothing is handed over, and the event names no reason");
        pickup.end(HANDED_OVER);
    }

    private void expired(Pickup pickup, PickupExpired event) {
        var at = logged().recordedAt();
        var deadline = event.getPickupDeadline();
        boolean isRight = deadline.equals(pickup.deadline) && !at.isBefore(deadline);
        var sentence = "The pickup expired at %s for deadline %s; the shopper's deadline is %s";
        check(PICKUP_DEADLINE, isRight, sentence, at, deadline, pickup.deadline);
        isAllThatIsLeft(pickup, event.getLines());
        namesLastCode(pickup, event.getLastCodeIssue());
        countsExtensions(pickup, event.getExtensions());
        pickup.end(EXPIRED);
    }

    private void cancelled(Pickup pickup, PickupCancelled event) {
        var cancelled = Sums.byLine(positive(event.getLines()));
        takeFromLeft(pickup, cancelled);
        var requested = requestedCancellation(event.getFulfilmentId());
        boolean isAnswer = requested.entrySet().stream()
                .allMatch(line -> line.getValue().equals(cancelled.getOrDefault(line.getKey(), 0L))
                        || !pickup.left.containsKey(line.getKey()));
        var sentence = "The order asks to cancel %s; the pickup cancels %s and keeps %s";
        check(CANCELLATION_ANSWERED, isAnswer, sentence, requested, cancelled, pickup.left);
        boolean isKept = pickup.phase == READY && isAskedUnlessReady(event.getFulfilmentId());
        check(CANCELLATION_ANSWERED, !isKept, "The goods are ready, and the order asks to keep them then");
        namesLastCode(pickup, event.getLastCodeIssue());
        countsExtensions(pickup, event.getExtensions());
        same(PICKUP_LINES_ADD_UP, "The field whole", event.getWhole(), pickup.left.isEmpty());
        if (event.getWhole()) {
            pickup.end(CANCELLED);
        }
    }

    private void cancellationRefused(Pickup pickup, PickupCancellationRefused event) {
        var reason = event.getReason();
        var requested = requestedCancellation(event.getFulfilmentId()).keySet();
        boolean canCancel = Sums.byLine(pickup.lines).keySet().containsAll(requested)
                && requested.stream().anyMatch(pickup.left::containsKey);
        boolean isJustified = switch (reason) {
            case HANDED_OVER -> pickup.phase == HANDED_OVER;
            case EXPIRED -> pickup.phase == EXPIRED;
            case CANCELLED -> pickup.phase == CANCELLED;
            case READY -> pickup.phase == READY && isAskedUnlessReady(event.getFulfilmentId());
            case UNKNOWN_LINES -> !pickup.phase.isEnd() && !canCancel;
            case UNKNOWN -> false;
        };
        var sentence = "The cancellation is refused because of %s; the pickup is %s";
        check(PICKUP_ENDS_ONCE, isJustified, sentence, reason, pickup.phase);
    }

    /** The lines that the order asks to cancel; none if the judged event answers no order. */
    private Map<String, Long> requestedCancellation(String fulfilmentId) {
        var step = steps.find(ANSWER_CANCELLATION, fulfilmentId);
        return step == null ? Map.of() : step.content();
    }

    /** Whether the order leaves the goods where they are if they are ready. */
    private boolean isAskedUnlessReady(String fulfilmentId) {
        var step = steps.find(ANSWER_CANCELLATION, fulfilmentId);
        return step != null
                && step.since().event() instanceof OrderCancellationRequested request
                && request.getUnlessReady();
    }

    /** An event that names no code may have been written before events named the last code. */
    private void namesLastCode(Pickup pickup, @Nullable Integer issue) {
        boolean isLast = issue == null || (issue > 0 && issue == pickup.codeIssue);
        check(PICKUP_LAST_CODE, isLast, "Code %s is named as the last; the last is %s", issue, pickup.codeIssue);
    }

    private void takeFromLeft(Pickup pickup, Map<String, Long> lines) {
        boolean isLeft = Sums.within(lines, pickup.left);
        check(PICKUP_LINES_ADD_UP, isLeft, "%s names %s; left are %s", logged().type(), lines, pickup.left);
        pickup.left = Sums.minus(pickup.left, lines);
    }

    private void isAllThatIsLeft(Pickup pickup, List<PickupLine> lines) {
        same(PICKUP_LINES_ADD_UP, "The quantity by line", Sums.byLine(lines), pickup.left);
    }

    /** Pickups that are still ready although their deadline is over. */
    @Override
    void finish(Instant asOf) {
        pickups.each((id, pickup) -> {
            if (pickup.phase == READY && pickup.deadline != null) {
                context(pickup.last);
                boolean isInTime = pickup.deadline.plus(rules.slack()).isAfter(asOf);
                check(PICKUP_DEADLINE, isInTime, "pickup-service has not ended %s by %s", id, pickup.deadline);
            }
        });
    }

    boolean isEnded(String fulfilmentId) {
        var pickup = pickups.get(fulfilmentId);
        return pickup != null && pickup.phase.isEnd();
    }

    /** The state of every pickup, by fulfilment id. */
    Map<String, AuditState.PickupState> state() {
        return pickups.view(pickup ->
                new AuditState.PickupState(pickup.phase.name(), pickup.locationId, new TreeMap<>(pickup.left)));
    }
}
