package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The steps that services still have to take. An event makes a service owe a {@link Step}; the event that takes the
 * step removes it from here. A step that is overdue at the end breaks {@link Invariant#NOTHING_OWED}.
 */
final class ExpectedSteps {
    /** The fields that many events repeat of their cause under the same name. */
    private static final String REPEATED = """
            orderId customerId fulfilmentId locationId channel method handedOverAt paymentReference cancellationId
            returnId refund pickupDeadline codeIssue codeKeyId expectedBy parcelId deliveredAt returnedTo""";

    /** The till of a sale, the other end of a transfer, the channel of a message, and the code that was shown. */
    private static final Map<String, String> NOT_REPEATED = Map.of(
            "OrderPlaced", "locationId",
            "StockTransferredOut", "locationId",
            "StockTransferredIn", "locationId",
            "NotificationRequested", "channel",
            "PickupHandedOver", "codeIssue");

    private final AuditRules rules;
    private final Findings findings;
    private final RepeatedFields repeated;
    private final Map<Key, Expected> open = new HashMap<>();

    ExpectedSteps(Findings findings) {
        rules = findings.rules;
        this.findings = findings;
        repeated = new RepeatedFields(findings, REPEATS_CAUSE, NOT_REPEATED, REPEATED.split("\\s+"));
    }

    /** A step of one service because of an event of another, and the promise that it is taken once. */
    enum Step {
        ANSWER_FULFILMENT("inventory-service", RESERVATION_ANSWERS_ORDER, "reserve or refuse fulfilment"),
        CONFIRM_RESERVATION("inventory-service", RESERVATION_FOLLOWS_ORDER, "confirm reservation"),
        MARK_PICKED("inventory-service", RESERVATION_FOLLOWS_ORDER, "mark as picked reservation"),
        RELEASE_RESERVATION("inventory-service", RESERVATION_FOLLOWS_ORDER, "release reservation"),
        ADJUST_SHORT_PICK("inventory-service", RESERVATION_FOLLOWS_ORDER, "adjust the stock"),
        BOOK_HANDOVER("inventory-service", HANDOVER_BOOKED, "book the handover of"),
        BOOK_SALE("inventory-service", SALE_BOOKED, "book the sale of"),
        RESTOCK("inventory-service", RETURN_RESTOCKED, "put on sale again return"),
        BOOK_DAMAGED("inventory-service", RETURN_RESTOCKED, "book as damaged return"),
        KEEP_FOR_VENDOR("inventory-service", RETURN_RESTOCKED, "keep for the vendor return"),
        EXPECT_TRANSFER("inventory-service", TRANSFER_ARRIVES, "expect transfer"),
        CLOSE_RETURNED("inventory-service", TRANSFER_ARRIVES, "end the returned transfer"),
        DECIDE_ORDER("order-service", ORDER_TRANSITIONS, "decide order"),
        CARRY_OUT("order-service", HANDOVER_REPORTED, "carry out fulfilment"),
        REPORT_HANDOVER("order-service", HANDOVER_REPORTED, "report the handover of"),
        CANCEL_LINES("order-service", ENDS_REPORTED, "cancel the lines"),
        CANCEL_REJECTED("order-service", TASK_ENDS, "ask to cancel the rejected task of"),
        REPORT_REFUSAL("order-service", CANCELLATION_ANSWERED, "report the refused cancellation of"),
        REPORT_DELIVERED("order-service", PARCEL_REPORTED, "report the delivery of parcel"),
        REPORT_UNDELIVERED("order-service", PARCEL_REPORTED, "report the return of parcel"),
        REPORT_LOST("order-service", PARCEL_REPORTED, "report the loss of parcel"),
        REPORT_RETURN("order-service", RETURN_REPORTED, "report return"),
        REQUEST_PICKUP("pickup-service", PICKUP_FOLLOWS_ORDER, "request the pickup of"),
        ANSWER_CANCELLATION("pickup-service", CANCELLATION_ANSWERED, "answer the cancellation of"),
        RECORD_PURCHASE("returns-service", PURCHASE_RECORDED, "record the purchase of"),
        MOVE_WINDOW("returns-service", PARCEL_REPORTED, "move the return window of"),
        RETURN_UNDELIVERABLE("returns-service", PARCEL_REPORTED, "accept the return of the undelivered parcel"),
        RECORD_LOSS("returns-service", PARCEL_REPORTED, "record the loss of parcel"),
        REQUEST_NOTIFICATION("notification-service", NOTIFICATION_FITS_TRIGGER, "request a notification for"),
        SEND_NOTIFICATION("notification-service", NOTHING_OWED, "send notification");

        /** The steps that a service takes by itself; events of all others name the event that made the step owed. */
        private static final Set<Step> WITHOUT_CAUSE = Set.of(CARRY_OUT, SEND_NOTIFICATION);

        private final String service;
        private final Invariant promise;
        private final String words;

        Step(String service, Invariant promise, String words) {
            this.service = service;
            this.promise = promise;
            this.words = words;
        }
    }

    /** @param about the id of the aggregate that the step concerns, with what else tells it from similar steps */
    private record Key(@Nullable UUID cause, Step step, String about) {
        static Key of(@Nullable UUID cause, Step step, String about) {
            return new Key(Step.WITHOUT_CAUSE.contains(step) ? null : cause, step, about);
        }
    }

    /**
     * A step that is owed since an event, and overdue from a time on. It has to repeat the content, which are
     * quantities by line or goods, unless that is empty.
     */
    record Expected(LoggedEvent since, Instant due, Map<String, Long> content, BooleanSupplier isNeedless) {}

    /** Expects a step because of the judged event. */
    void expect(Step step, String about, Map<String, Long> content) {
        expect(step, about, content, () -> false);
    }

    void expect(Step step, String about, Map<String, Long> content, BooleanSupplier isNeedless) {
        expect(step, about, content, findings.event().appendedAt(), isNeedless);
    }

    /** @param from the time from which on the service has to react */
    void expect(Step step, String about, Map<String, Long> content, Instant from, BooleanSupplier isNeedless) {
        var event = findings.event();
        var due = from.plus(rules.patience());
        open.put(Key.of(event.meta().getEventId(), step, about), new Expected(event, due, content, isNeedless));
    }

    /** The step that the judged event takes, or null if no such step was expected. */
    @Nullable
    Expected find(Step step, String about) {
        return open.get(key(step, about));
    }

    /** The subject of the expected steps of a kind. */
    Stream<String> about(Step step) {
        return open.keySet().stream().filter(key -> key.step == step).map(Key::about);
    }

    /** As {@link #find}; removes the step. */
    @Nullable
    Expected remove(Step step, String about) {
        var expected = open.remove(key(step, about));
        findings.context(expected == null ? null : expected.since);
        return expected;
    }

    private Key key(Step step, String about) {
        return Key.of(findings.event().meta().getCausationId(), step, about);
    }

    /**
     * Checks that the judged event takes an expected step once, with the details of its cause and the expected content;
     * null is not compared.
     */
    @Nullable
    Expected take(Step step, String about, @Nullable Map<String, Long> content) {
        var expected = remove(step, about);
        var type = findings.event().type();
        if (expected == null) {
            findings.broken(step.promise, "%s does not follow from its cause, or is the second: %s", type, about);
        } else {
            repeated.check(expected.since.event());
            findings.holds(NOTHING_OWED);
            boolean isSame = content == null || expected.content.isEmpty() || expected.content.equals(content);
            findings.check(step.promise, isSame, "%s names %s; it has to be %s", type, content, expected.content);
        }
        return expected;
    }

    /** Checks the time of a movement: the time its cause names, or the recording time if that is earlier. */
    void movedWhenItHappened(Instant happenedAt, @Nullable Instant movedAt) {
        var recordedAt = findings.event().recordedAt();
        boolean isRight = movedAt == null || movedAt.equals(happenedAt.isAfter(recordedAt) ? recordedAt : happenedAt);
        var sentence = "The movement is booked as of %s; it happened at %s";
        findings.check(MOVEMENT_TIME, isRight, sentence, movedAt, happenedAt);
    }

    /** Reports the steps that are overdue, and counts by service the steps that may still be taken in time. */
    Map<String, Long> finish(Instant asOf) {
        var owed = new TreeMap<String, Long>();
        var inOrder = Comparator.comparing((Map.Entry<Key, Expected> entry) -> entry.getValue().due)
                .thenComparing(entry -> entry.getKey().toString());
        open.entrySet().stream().sorted(inOrder).forEach(entry -> {
            var step = entry.getKey().step;
            var since = entry.getValue().since;
            if (entry.getValue().isNeedless.getAsBoolean()) {
                findings.holds(NOTHING_OWED);
            } else if (entry.getValue().due.isAfter(asOf)) {
                owed.merge(step.service, 1L, Long::sum);
            } else {
                findings.context(since);
                var sentence = "%s owes a step since %s: %s, because of %s of %s";
                var words = (step.words + ' ' + entry.getKey().about).strip();
                findings.broken(
                        NOTHING_OWED, sentence, step.service, since.appendedAt(), words, since.type(), since.key());
            }
        });
        return owed;
    }
}
