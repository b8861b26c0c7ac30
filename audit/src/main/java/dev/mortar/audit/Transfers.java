package dev.mortar.audit;

import static dev.mortar.audit.Invariant.TRANSFER_ARRIVES;
import static dev.mortar.audit.Invariant.TRANSIT_ADDS_UP;

import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.TransferClosed;
import dev.mortar.schemas.inventory.TransferEndReason;
import dev.mortar.schemas.inventory.TransferExpected;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The transfers of one location: those that come to it, and those that left it and may come back. */
final class Transfers {
    /** Time after the expected one at which an open transfer ends by itself. */
    private static final Duration NO_NEWS_AFTER = Duration.ofDays(30);
    /** Stands for each transfer that has ended. */
    private static final Transfer CLOSED = new Transfer();

    private final Findings findings;
    private final StockBook book;
    /** Transfers to this location, by sender and id. */
    private final Map<String, Transfer> coming = new HashMap<>();
    /** Transfers that left and have not come back, by id and target. */
    private final Set<String> gone = new HashSet<>();

    Transfers(Findings findings, StockBook book) {
        this.findings = findings;
        this.book = book;
    }

    private static final class Transfer {
        /** The last event of it; null if there is none. */
        private @Nullable LoggedEvent last;
        /** Units that were sent; null until the location knows of them. */
        private @Nullable Map<String, Long> sent;

        /** When it ends by itself: counted from its expected time, or from its first receipt while that is unknown. */
        private Instant endsAt = Instant.MAX;

        private Map<String, Long> arrived = Map.of();
        private final Set<String> receipts = new HashSet<>(2);

        /** Units that were sent and have not arrived; none while the location does not know of them. */
        Map<String, Long> open() {
            return sent == null ? Map.of() : positive(Sums.minus(sent, arrived));
        }
    }

    private static Map<String, Long> positive(Map<String, Long> quantities) {
        return Sums.sum(quantities.entrySet(), Map.Entry::getKey, each -> Math.max(0, each.getValue()));
    }

    private static String key(String sender, String id) {
        return sender + '|' + id;
    }

    void left(StockTransferredOut event) {
        gone.add(key(event.getTransferId(), event.getToLocationId()));
        boolean isKnown = event.getExpectedBy() != null;
        findings.check(TRANSFER_ARRIVES, isKnown, "Transfer %s has no expected time", event.getTransferId());
    }

    /** An open transfer; an empty one, which is not kept, if it has ended. */
    private Transfer open(String key) {
        var transfer = coming.computeIfAbsent(key, _ -> new Transfer());
        findings.context(transfer.last);
        return transfer == CLOSED ? new Transfer() : transfer;
    }

    void expected(TransferExpected event, Map<String, Long> sent) {
        var id = event.getTransferId();
        var key = key(event.getFromLocationId(), id);
        var transfer = open(key);
        boolean isFirst = coming.get(key) == transfer && transfer.sent == null;
        findings.once(TRANSFER_ARRIVES, isFirst, "Transfer " + id, "expected");
        var before = transfer.open();
        transfer.sent = sent;
        transfer.endsAt = event.getExpectedBy().plus(NO_NEWS_AFTER);
        transfer.last = findings.event();
        book.transferred(event.getChanges(), Map.of(), Map.of(), Sums.minus(transfer.open(), before), null);
    }

    /** @param onHand the accepted units that no count has included already */
    void received(
            StockTransferredIn event,
            Map<String, Long> onHand,
            Map<String, Long> accepted,
            Map<String, Long> damaged,
            Instant movedAt) {
        var id = event.getTransferId();
        var from = event.getFromLocationId();
        if (from.equals(event.getLocationId())) {
            boolean isBack = event.getReceiptId() != null && gone.remove(key(id, event.getReturnedFrom() + ""));
            var sentence = "Transfer %s comes back from %s; it did not leave for there, or is back already";
            findings.check(TRANSFER_ARRIVES, isBack, sentence, id, event.getReturnedFrom());
            book.transferred(event.getChanges(), onHand, damaged, Map.of(), movedAt);
            return;
        }
        var key = key(from, id);
        var transfer = open(key);
        var receipt = event.getReceiptId();
        boolean isNew = coming.get(key) == transfer && receipt != null && transfer.receipts.add(receipt);
        var sentence = "Receipt %s of transfer %s has no id, is booked a second time, or follows the end";
        findings.check(TRANSFER_ARRIVES, isNew, sentence, receipt, id);
        if (transfer.last == null) {
            transfer.endsAt = movedAt.plus(NO_NEWS_AFTER);
        }
        var before = transfer.open();
        transfer.arrived = Sums.plus(transfer.arrived, Sums.plus(accepted, damaged));
        transfer.last = findings.event();
        book.transferred(event.getChanges(), onHand, damaged, Sums.minus(transfer.open(), before), movedAt);
    }

    void closed(TransferClosed event) {
        var id = event.getTransferId();
        var transfer = coming.put(key(event.getFromLocationId(), id), CLOSED);
        findings.context(transfer == null ? null : transfer.last);
        boolean isOpen = transfer != null && transfer != CLOSED;
        findings.check(TRANSFER_ARRIVES, isOpen, "Transfer %s ends and is not open", id);
        if (transfer == null || transfer == CLOSED) {
            book.transferred(event.getChanges(), Map.of(), Map.of(), Map.of(), null);
            return;
        }
        // A receipt may name a transfer that nobody sent.
        Map<String, Long> sent = transfer.sent == null ? Map.of() : transfer.sent;
        var missing = Sums.byGoods(event.getMissing());
        var over = Sums.byGoods(event.getOver());
        var returned = Sums.byGoods(event.getReturned());
        var rest = Sums.minus(Sums.minus(sent, transfer.arrived), returned);
        boolean addsUp = missing.equals(positive(rest)) && over.equals(positive(Sums.negative(rest)));
        var sentence = "Sent were %s, arrived %s, returned %s, missing %s, too many %s";
        findings.check(TRANSIT_ADDS_UP, addsUp, sentence, sent, transfer.arrived, returned, missing, over);
        var at = findings.event().recordedAt();
        var expected = reason(returned, missing, over);
        boolean isTime = !at.isBefore(transfer.endsAt);
        boolean isNoNews =
                isTime && event.getReason() == TransferEndReason.NO_NEWS && expected == TransferEndReason.SHORT;
        boolean isKnown = isTime || transfer.sent != null || expected == TransferEndReason.RETURNED;
        boolean isRight = isNoNews || (isKnown && event.getReason() == expected);
        var text = "Transfer %s ends at %s because of %s; it has to be %s, or NO_NEWS if units are missing at %s,"
                + " and the target has to know of it before";
        findings.check(TRANSFER_ARRIVES, isRight, text, id, at, event.getReason(), expected, transfer.endsAt);
        var open = Sums.negative(transfer.open());
        book.transferred(event.getChanges(), Map.of(), Map.of(), open, null);
    }

    private static TransferEndReason reason(
            Map<String, Long> returned, Map<String, Long> missing, Map<String, Long> over) {
        if (!returned.isEmpty()) {
            return TransferEndReason.RETURNED;
        }
        if (!missing.isEmpty()) {
            return TransferEndReason.SHORT;
        }
        return over.isEmpty() ? TransferEndReason.COMPLETE : TransferEndReason.OVER;
    }

    boolean isClosed(String sender, String id) {
        return coming.get(key(sender, id)) == CLOSED;
    }

    /** Transfers that are open although they end by themselves. */
    void finish(Instant asOf) {
        var due = asOf.minus(findings.rules.slack());
        coming.forEach((key, transfer) -> {
            if (transfer != CLOSED) {
                findings.context(transfer.last);
                boolean isInTime = transfer.endsAt.isAfter(due);
                findings.check(
                        TRANSFER_ARRIVES, isInTime, "Transfer %s is still open; it ends at %s", key, transfer.endsAt);
            }
        });
    }
}
