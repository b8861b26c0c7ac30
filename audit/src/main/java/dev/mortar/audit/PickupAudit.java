package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CANCELLATION_ANSWERED;
import static dev.mortar.audit.Invariant.PICKUP_CODE;
import static dev.mortar.audit.Invariant.PICKUP_CODE_LOCK;
import static dev.mortar.audit.Invariant.PICKUP_DEADLINE;
import static dev.mortar.audit.Invariant.PICKUP_ENDS_ONCE;
import static dev.mortar.audit.Invariant.PICKUP_LAST_CODE;
import static dev.mortar.audit.Invariant.PICKUP_LINES_ADD_UP;
import static dev.mortar.audit.Invariant.PICKUP_READY_IF_RESERVED;
import static dev.mortar.audit.Invariant.PICKUP_TRANSITIONS;
import static dev.mortar.audit.Invariant.QUANTITIES_POSITIVE;
import static dev.mortar.audit.Invariant.REPEATS_FIRST;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.CustomerArrived;
import dev.mortar.schemas.pickup.CustomerOnTheWay;
import dev.mortar.schemas.pickup.PickingStarted;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupCodeRejected;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.schemas.pickup.PickupRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pickups: legal steps, every unit accounted for, nothing given without a code or a name, one end. */
final class PickupAudit {
    private static final int WRONG_ATTEMPTS_MAX = 5;

    private final AuditRules rules;
    private final Findings findings;
    private final StoryAudit stories;
    private final Repeats repeats;
    private final Streams<Pickup> pickups = new Streams<>();
    private final Names names = new Names();

    PickupAudit(AuditRules rules, Findings findings, StoryAudit stories) {
        this.rules = rules;
        this.findings = findings;
        this.stories = stories;
        repeats = new Repeats(
                findings, REPEATS_FIRST, List.of("orderId", "locationId", "customerId", "method"), Map.of());
    }

    private enum Phase {
        REQUESTED,
        PICKING,
        READY,
        HANDED_OVER,
        EXPIRED,
        CANCELLED;

        boolean isEnd() {
            return switch (this) {
                case REQUESTED, PICKING, READY -> false;
                case HANDED_OVER, EXPIRED, CANCELLED -> true;
            };
        }
    }

    private static final class Pickup {
        final String locationId;

        @Nullable
        Object @Nullable [] about;

        Phase phase = Phase.REQUESTED;
        Map<String, Long> left;
        /** What could not be picked, by line. */
        Map<String, Long> missing = Map.of();

        @Nullable
        LoggedEvent requested;

        @Nullable
        LoggedEvent last;

        @Nullable
        Place endedAt;

        @Nullable
        Instant readyAt;

        @Nullable
        Instant deadline;

        int codeIssue;
        String codeKeyId = "";
        int wrongAttempts;
        boolean reminded;

        Pickup(String locationId, @Nullable Object[] about, Map<String, Long> left, LoggedEvent requested) {
            this.locationId = locationId;
            this.about = about;
            this.left = left;
            this.requested = requested;
        }

        void end(Phase phase) {
            this.phase = phase;
            about = null;
            requested = null;
            left = Map.of();
            readyAt = null;
            deadline = null;
            codeKeyId = "";
        }
    }

    void accept(LoggedEvent logged) {
        switch (logged.event()) {
            case PickupRequested event -> {
                var id = event.getFulfilmentId();
                var earlier = pickups.get(id);
                if (findings.check(
                        PICKUP_TRANSITIONS,
                        earlier == null,
                        () -> id + " is requested a second time",
                        earlier == null ? null : earlier.last,
                        logged)) {
                    pickups.put(
                            id,
                            new Pickup(
                                    names.shared(event.getLocationId()),
                                    repeats.of(event),
                                    positive(event.getLines(), logged),
                                    logged));
                }
            }
            case PickingStarted event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.REQUESTED);
                if (pickup != null) {
                    pickup.phase = Phase.PICKING;
                }
            }
            case PickupLineShort event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.PICKING);
                if (pickup != null) {
                    take(pickup, Map.of(event.getLineId(), event.getMissing()), "misses", logged);
                    var missing = new HashMap<>(pickup.missing);
                    Sums.add(missing, event.getLineId(), event.getMissing());
                    pickup.missing = Map.copyOf(missing);
                    findings.check(
                            PICKUP_LINES_ADD_UP,
                            requested(pickup).stream()
                                    .anyMatch(line -> line.getLineId().equals(event.getLineId())
                                            && line.getSku().equals(event.getSku())),
                            () -> "Line " + event.getLineId() + " was not requested as " + event.getSku(),
                            pickup.requested,
                            logged);
                }
            }
            case PickupReady event -> ready(logged, event);
            case PickupReminderDue event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.READY);
                if (pickup != null) {
                    var at = EventType.meta(logged).getRecordedAt();
                    findings.check(
                            PICKUP_DEADLINE,
                            !pickup.reminded
                                    && event.getPickupDeadline().equals(pickup.deadline)
                                    && event.getCodeIssue() == pickup.codeIssue
                                    && event.getCodeKeyId().equals(pickup.codeKeyId)
                                    && isNear(pickup, event.getPickupDeadline(), at),
                            () -> (pickup.reminded ? "A second reminder" : "A reminder") + " at " + at + " of deadline "
                                    + event.getPickupDeadline() + " and code " + event.getCodeIssue()
                                    + ", where they are " + pickup.deadline + " and " + pickup.codeIssue
                                    + "; it was ready at " + pickup.readyAt,
                            pickup.last,
                            logged);
                    all(pickup, Sums.pickedById(event.getLines()), "reminds of", logged);
                    pickup.reminded = true;
                }
            }
            case PickupCodeReissued event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.READY);
                if (pickup != null) {
                    findings.check(
                            PICKUP_CODE_LOCK,
                            event.getCodeIssue() == pickup.codeIssue + 1,
                            () -> "Issue " + event.getCodeIssue() + " of the code follows issue " + pickup.codeIssue,
                            pickup.last,
                            logged);
                    findings.check(
                            PICKUP_DEADLINE,
                            event.getPickupDeadline() != null
                                    && event.getPickupDeadline().equals(pickup.deadline),
                            () -> "The new code is for " + event.getPickupDeadline() + ", the deadline is "
                                    + pickup.deadline,
                            pickup.last,
                            logged);
                    all(pickup, Sums.pickedById(event.getLines()), "has a new code for", logged);
                    pickup.codeIssue = event.getCodeIssue();
                    pickup.codeKeyId = event.getCodeKeyId();
                    pickup.wrongAttempts = 0;
                }
            }
            case CustomerOnTheWay event ->
                step(logged, event.getFulfilmentId(), Phase.REQUESTED, Phase.PICKING, Phase.READY);
            case CustomerArrived event ->
                step(logged, event.getFulfilmentId(), Phase.REQUESTED, Phase.PICKING, Phase.READY);
            case PickupCodeRejected event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.READY);
                if (pickup != null) {
                    int expected = pickup.wrongAttempts + 1;
                    findings.check(
                            PICKUP_CODE_LOCK,
                            event.getWrongAttempts() == expected
                                    && expected <= WRONG_ATTEMPTS_MAX
                                    && event.getLocked() == (expected == WRONG_ATTEMPTS_MAX),
                            () -> "Wrong attempt " + event.getWrongAttempts() + ", locked: " + event.getLocked()
                                    + ", after " + pickup.wrongAttempts,
                            pickup.last,
                            logged);
                    pickup.wrongAttempts = expected;
                }
            }
            case PickupHandedOver event -> handedOver(logged, event);
            case PickupExpired event -> {
                var pickup = end(logged, event.getFulfilmentId(), Phase.READY);
                if (pickup != null) {
                    var at = EventType.meta(logged).getRecordedAt();
                    findings.check(
                            PICKUP_DEADLINE,
                            event.getPickupDeadline().equals(pickup.deadline)
                                    && !at.isBefore(event.getPickupDeadline()),
                            () -> "Expired at " + at + " for deadline " + event.getPickupDeadline()
                                    + "; the shopper was told " + pickup.deadline,
                            pickup.last,
                            logged);
                    all(pickup, Sums.pickedById(event.getLines()), "expires with", logged);
                    lastCode(pickup, event.getLastCodeIssue(), logged);
                    pickup.end(Phase.EXPIRED);
                }
            }
            case PickupCancelled event -> {
                var pickup = end(logged, event.getFulfilmentId(), Phase.REQUESTED, Phase.PICKING, Phase.READY);
                if (pickup != null) {
                    var cancelled = positive(event.getLines(), logged);
                    take(pickup, cancelled, "cancels", logged);
                    var asked = stories.askedToCancel(logged, event.getFulfilmentId());
                    findings.check(
                            CANCELLATION_ANSWERED,
                            asked.entrySet().stream()
                                    .allMatch(line -> line.getValue().equals(cancelled.getOrDefault(line.getKey(), 0L))
                                            || !pickup.left.containsKey(line.getKey())),
                            () -> "Asked to cancel " + asked + ", it cancels " + cancelled + " and keeps "
                                    + pickup.left,
                            pickup.last,
                            logged);
                    lastCode(pickup, event.getLastCodeIssue(), logged);
                    findings.check(
                            PICKUP_LINES_ADD_UP,
                            event.getWhole() == pickup.left.isEmpty(),
                            () -> "Cancelled as a whole: " + event.getWhole() + ", with " + pickup.left + " left",
                            pickup.requested,
                            logged);
                    if (event.getWhole()) {
                        pickup.end(Phase.CANCELLED);
                    }
                }
            }
            case PickupCancellationRefused event -> {
                var pickup = step(logged, event.getFulfilmentId(), Phase.values());
                if (pickup != null) {
                    boolean justified = switch (event.getReason()) {
                        case HANDED_OVER -> pickup.phase == Phase.HANDED_OVER;
                        case EXPIRED -> pickup.phase == Phase.EXPIRED;
                        case CANCELLED -> pickup.phase == Phase.CANCELLED;
                        case UNKNOWN_LINES -> !pickup.phase.isEnd() && !canCancel(pickup, event, logged);
                        case UNKNOWN -> false;
                    };
                    findings.check(
                            PICKUP_ENDS_ONCE,
                            justified,
                            () -> "Refused to cancel because " + event.getReason() + ", it is " + pickup.phase,
                            pickup.last,
                            logged);
                }
            }
            default -> {}
        }
        var pickup = pickups.get(logged.key());
        if (pickup != null) {
            boolean over = pickup.phase.isEnd();
            pickup.last = over ? null : logged;
            if (over && pickup.endedAt == null) {
                pickup.endedAt = logged.place();
            }
        }
    }

    private void ready(LoggedEvent logged, PickupReady event) {
        var pickup = step(logged, event.getFulfilmentId(), Phase.PICKING);
        var known = pickups.get(event.getFulfilmentId());
        if (known == null || !known.phase.isEnd()) {
            findings.check(
                    PICKUP_READY_IF_RESERVED,
                    stories.wasReservedAndConfirmed(event.getFulfilmentId()),
                    () -> event.getFulfilmentId() + " is ready and was not both reserved and confirmed",
                    pickup == null ? null : pickup.requested,
                    logged);
        }
        if (pickup == null) {
            return;
        }
        all(pickup, Sums.pickedById(event.getLines()), "stages", logged);
        findings.check(
                PICKUP_LINES_ADD_UP,
                Sums.pickedById(event.getMissing()).equals(pickup.missing),
                () -> "It is ready without " + event.getMissing() + ", missing are " + pickup.missing,
                pickup.requested,
                logged);
        boolean delivery = event.getMethod() == FulfilmentMethod.DELIVERY;
        var at = EventType.meta(logged).getRecordedAt();
        var deadline = event.getPickupDeadline();
        findings.check(
                PICKUP_DEADLINE,
                deadline == null ? delivery : !delivery && deadline.isAfter(at),
                () -> event.getMethod() + " ready at " + at + " with pickup deadline " + deadline,
                logged);
        findings.check(
                PICKUP_CODE_LOCK,
                event.getCodeIssue() == 1,
                () -> "The first code is issue " + event.getCodeIssue(),
                logged);
        pickup.phase = Phase.READY;
        pickup.readyAt = at;
        pickup.deadline = deadline;
        pickup.codeIssue = event.getCodeIssue();
        pickup.codeKeyId = event.getCodeKeyId();
        pickup.wrongAttempts = 0;
    }

    private void handedOver(LoggedEvent logged, PickupHandedOver event) {
        var pickup = end(logged, event.getFulfilmentId(), Phase.READY);
        if (pickup == null) {
            return;
        }
        var issue = event.getCodeIssue();
        var by = event.getOverriddenBy();
        boolean byCode = issue != null;
        boolean byName = by != null && !by.getId().isBlank() && event.getOverrideReason() != null;
        boolean byCourier = event.getCourierId() != null && event.getMethod() == FulfilmentMethod.DELIVERY;
        findings.check(
                PICKUP_CODE,
                (byCode ? issue == pickup.codeIssue && by == null : byName || byCourier),
                () -> "Given for issue " + issue + " of the code, where " + pickup.codeIssue
                        + " is valid, overridden by " + by + ", to courier " + event.getCourierId(),
                pickup.last,
                logged);
        findings.check(
                PICKUP_CODE_LOCK,
                !byCode || pickup.wrongAttempts < WRONG_ATTEMPTS_MAX,
                () -> "Given for a code after " + pickup.wrongAttempts + " wrong ones",
                pickup.last,
                logged);
        var at = EventType.meta(logged).getRecordedAt();
        findings.check(
                PICKUP_DEADLINE,
                pickup.deadline == null || !at.isAfter(pickup.deadline),
                () -> "Given at " + at + ", after the deadline " + pickup.deadline,
                pickup.last,
                logged);
        lastCode(pickup, event.getLastCodeIssue(), logged);
        var given = positive(event.getHandedOver(), logged);
        var all = new HashMap<>(given);
        Sums.addAll(all, positive(event.getNotTaken(), logged), 1);
        all(pickup, all, "hands over or keeps", logged);
        findings.check(
                PICKUP_LINES_ADD_UP,
                !given.isEmpty() || event.getNotTakenReason() != null,
                () -> "Handed over nothing, and nobody says why",
                pickup.last,
                logged);
        pickup.end(Phase.HANDED_OVER);
    }

    /** A reminder comes in the last quarter of the time that there is to fetch the goods. */
    private static boolean isNear(Pickup pickup, Instant deadline, Instant at) {
        return pickup.readyAt != null
                && at.isBefore(deadline)
                && Duration.between(at, deadline).multipliedBy(4).compareTo(Duration.between(pickup.readyAt, deadline))
                        <= 0;
    }

    private boolean canCancel(Pickup pickup, PickupCancellationRefused event, LoggedEvent logged) {
        var asked = stories.askedToCancel(logged, event.getFulfilmentId()).keySet();
        var known = Sums.pickedById(requested(pickup)).keySet();
        return known.containsAll(asked) && asked.stream().anyMatch(pickup.left::containsKey);
    }

    private static List<PickupLine> requested(Pickup pickup) {
        return pickup.requested != null && pickup.requested.event() instanceof PickupRequested event
                ? event.getLines()
                : List.of();
    }

    /** An event that names none may be from before the last code was told. */
    private void lastCode(Pickup pickup, @Nullable Integer told, LoggedEvent logged) {
        findings.check(
                PICKUP_LAST_CODE,
                told == null || (told > 0 && told == pickup.codeIssue),
                () -> "It names issue " + told + " of the code as the last, which is " + pickup.codeIssue,
                pickup.last,
                logged);
    }

    private Map<String, Long> positive(List<PickupLine> lines, LoggedEvent logged) {
        for (var line : lines) {
            findings.check(
                    QUANTITIES_POSITIVE,
                    line.getQuantity() > 0,
                    () -> "Line " + line.getLineId() + " with " + line.getQuantity(),
                    logged);
        }
        return Sums.pickedById(lines);
    }

    private void take(Pickup pickup, Map<String, Long> lines, String verb, LoggedEvent logged) {
        var left = new HashMap<>(pickup.left);
        findings.check(
                PICKUP_LINES_ADD_UP,
                Sums.within(lines, left),
                () -> "It " + verb + ' ' + lines + " of " + left,
                pickup.requested,
                pickup.last,
                logged);
        Sums.addAll(left, lines, -1);
        pickup.left = left;
    }

    private void all(Pickup pickup, Map<String, Long> lines, String verb, LoggedEvent logged) {
        findings.check(
                PICKUP_LINES_ADD_UP,
                lines.equals(pickup.left),
                () -> "It " + verb + ' ' + lines + ", left are " + pickup.left,
                pickup.requested,
                pickup.last,
                logged);
    }

    private @Nullable Pickup end(LoggedEvent logged, String id, Phase... from) {
        var pickup = pickups.get(id);
        if (pickup == null || !pickup.phase.isEnd()) {
            var legal = step(logged, id, from);
            if (legal != null) {
                findings.holds(PICKUP_ENDS_ONCE);
            }
            return legal;
        }
        findings.broken(
                PICKUP_ENDS_ONCE,
                logged.type() + " of " + id + ", which is " + pickup.phase + " since " + pickup.endedAt,
                logged);
        return null;
    }

    private @Nullable Pickup step(LoggedEvent logged, String id, Phase... from) {
        var pickup = pickups.get(id);
        boolean legal = false;
        for (var phase : from) {
            legal |= pickup != null && pickup.phase == phase;
        }
        findings.check(
                PICKUP_TRANSITIONS,
                legal,
                () -> logged.type() + " of " + id + ", which "
                        + (pickup == null ? "was never requested" : "is " + pickup.phase),
                pickup == null ? null : pickup.last,
                logged);
        if (pickup != null && pickup.about != null) {
            repeats.check(pickup.about, logged);
        }
        return legal ? pickup : null;
    }

    /** Pickups that still wait though the time to fetch them is over. */
    void finish(Instant asOf) {
        pickups.each((id, pickup) -> {
            var deadline = pickup.deadline;
            if (pickup.phase == Phase.READY && deadline != null) {
                findings.check(
                        PICKUP_DEADLINE,
                        deadline.plus(rules.slack()).isAfter(asOf),
                        () -> "pickup-service has not ended " + id + ", which had to be fetched by " + deadline,
                        pickup.last);
            }
        });
    }

    /** What is kept of every pickup. */
    Streams<?> streams() {
        return pickups;
    }

    Map<String, AuditState.PickupState> state() {
        var state = new TreeMap<String, AuditState.PickupState>();
        pickups.each((id, pickup) -> state.put(
                id, new AuditState.PickupState(pickup.phase.name(), pickup.locationId, new TreeMap<>(pickup.left))));
        return state;
    }
}
