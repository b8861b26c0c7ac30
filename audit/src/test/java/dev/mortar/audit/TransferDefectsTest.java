package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.PlantedDefectsTest.defect;
import static dev.mortar.audit.SyntheticLog.units;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.PlantedDefectsTest.Defect;
import dev.mortar.schemas.inventory.StockHoldChanged;
import dev.mortar.schemas.inventory.TransferEndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Defects of goods between locations, and of holds. */
class TransferDefectsTest {

    static Stream<Defect> defects() {
        return Stream.of(
                // The sums.
                defect("a unit is neither there nor missing", TRANSIT_ADDS_UP)
                        .change("TransferClosed", "transfer-s", "missing", List.of()),
                defect("more is missing than was sent", TRANSIT_ADDS_UP)
                        .change("TransferClosed", "transfer-s", "missing.0.quantity", 2L),
                defect("too many arrived and nobody says so", TRANSIT_ADDS_UP)
                        .change("TransferClosed", "transfer-o", "over", List.of()),
                defect("a unit that came back is still missing", TRANSIT_ADDS_UP)
                        .change("TransferClosed", "transfer-r", "missing", List.of(units("T", 1))),
                defect("a position has more in transit than was sent", TRANSIT_ADDS_UP)
                        .change("TransferExpected", "transfer-s", "sent.0.quantity", 4L),
                defect("a closed transfer stays in transit", TRANSIT_ADDS_UP).by(t -> {
                    t.change("TransferClosed", "transfer-s", "changes.0.change.inTransit", 0L);
                    t.change("TransferClosed", "transfer-s", "changes.0.after.inTransit", 1L);
                }),
                // The changes.
                defect("what is sent stays in transit nowhere", STOCK_CHANGE_FITS)
                        .change("TransferExpected", "transfer-s", "changes", List.of()),
                defect("a damaged unit is put on sale", STOCK_CHANGE_FITS).by(t -> {
                    t.change("StockTransferredIn", "transfer-s", "changes.0.change.onHand", 3L);
                    t.change("StockTransferredIn", "transfer-s", "changes.0.change.damaged", 0L);
                }),
                defect("a receipt leaves its units in transit", STOCK_CHANGE_FITS)
                        .change("StockTransferredIn", "transfer-s", "changes.0.change.inTransit", 0L),
                defect("goods that came back are in transit to their sender", STOCK_CHANGE_FITS)
                        .change("StockTransferredIn", "receipt-back", "changes.0.change.inTransit", 1L),
                // The steps.
                defect("a target never hears of a transfer", NOTHING_OWED)
                        .by(t -> TransferStories.sent(
                                t.log,
                                "transfer-n",
                                List.of(units("T", 1)),
                                t.log.now,
                                List.of(),
                                t.log.changed("T", -1, 0))),
                defect("a transfer ends before its target knows of it", TRANSFER_ARRIVES)
                        .remove("TransferExpected", "transfer-s"),
                defect("a transfer is expected twice", TRANSFER_ARRIVES).again("TransferExpected", "transfer-s"),
                defect("other units are expected than were sent", TRANSFER_ARRIVES)
                        .change("TransferExpected", "transfer-s", "sent.0.quantity", 4L),
                defect("a transfer is expected at another time", REPEATS_CAUSE)
                        .change("TransferExpected", "transfer-s", "expectedBy", Instant.EPOCH),
                defect("a transfer has no expected time", TRANSFER_ARRIVES)
                        .change("StockTransferredOut", "transfer-s", "expectedBy", null),
                defect("a receipt is booked twice", TRANSFER_ARRIVES).by(t -> {
                    var first = t.event("StockTransferredIn", "transfer-s").field("receiptId");
                    int second = t.log.events().indexOf(t.event("StockTransferredIn", "transfer-s")) + 1;
                    var receipt = String.valueOf(t.log.events().get(second).field("receiptId"));
                    t.change("StockTransferredIn", receipt, "receiptId", first);
                }),
                defect("a receipt has no id", TRANSFER_ARRIVES)
                        .change("StockTransferredIn", "transfer-s", "receiptId", null),
                defect("a receipt follows the end", TRANSFER_ARRIVES)
                        .by(t -> TransferStories.received(
                                t.log, "transfer-s", t.log.now, List.of(units("T", 1)), List.of(), List.of())),
                defect("a transfer ends twice", TRANSFER_ARRIVES).again("TransferClosed", "transfer-s"),
                defect("a transfer ends and units are missing, complete", TRANSFER_ARRIVES)
                        .change("TransferClosed", "transfer-s", "reason", TransferEndReason.COMPLETE),
                defect("a transfer is given up before its time", TRANSFER_ARRIVES)
                        .change("TransferClosed", "transfer-s", "reason", TransferEndReason.NO_NEWS),
                defect("a transfer never ends", TRANSFER_ARRIVES).by(t -> {
                    t.remove("TransferClosed", "transfer-s");
                    t.log.now = t.log.now.plus(Duration.ofDays(33));
                }),
                defect("goods come back that never left", TRANSFER_ARRIVES)
                        .change("StockTransferredIn", "receipt-back", "transferId", "transfer-9"),
                defect("goods come back twice", TRANSFER_ARRIVES).again("StockTransferredIn", "receipt-back"),
                defect("goods that came back stay in transit", NOTHING_OWED).remove("TransferClosed", "transfer-r"),
                // Holds.
                defect("a hold is made for more than an hour", HOLD_LIFE).by(t -> {
                    t.change("StockHeld", "h1", "expiresAt", t.log.now.plus(Duration.ofDays(1)));
                }),
                defect("a hold is extended to more than an hour", HOLD_LIFE)
                        .by(t -> t.change(
                                "StockHoldChanged",
                                "h1",
                                "expiresAt",
                                t.metaOf("StockHeld", "h1").getRecordedAt().plusSeconds(3_601))),
                defect("a hold expires before its time", HOLD_LIFE)
                        .by(t -> t.change(
                                "StockHeld",
                                "h2",
                                "expiresAt",
                                t.metaOf("StockHeld", "h2").getRecordedAt().plusSeconds(3_000))),
                defect("a hold is changed after its end", HOLD_LIFE).by(t -> t.last("StockHoldChanged", "h1")),
                defect("a changed hold takes what is not available", STOCK_NO_OVERSELL)
                        .by(t -> {
                            t.log.hold("h7", 1);
                            var changes = List.of(t.log.change(Stories.OSLO, "B", 0, 0, 499, 0, 0));
                            var until = t.log.now.plusSeconds(60);
                            var held = List.of(units("B", 500));
                            t.log.write(null, new StockHoldChanged(null, Stories.OSLO, "h7", held, until, changes));
                        }),
                defect("a changed hold changes held by all its units", STOCK_CHANGE_FITS)
                        .change("StockHoldChanged", "h1", "changes.0.change.held", 3L),
                defect("a shopper changes the hold of another", RIGHTS_OWN_ORDER)
                        .by(t -> t.meta(
                                "StockHoldChanged",
                                "h1",
                                "actor",
                                t.metaOf("StockHeld", "h2").getActor())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isCaught(Defect defect) {
        defect.isCaught();
    }

    @Test
    void aTransferThatATimerEndsAtItsTimeIsNoDefect() {
        var day = TransferStories.forgotten();
        assertThat(AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER)).violations())
                .isEmpty();
    }

    @Test
    void aReceiptOfATransferThatNobodySentEndsByItself() {
        var day = Stories.day();
        TransferStories.received(day, "transfer-x", day.now, List.of(units("T", 1)), List.of(), List.of());
        assertThat(AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER)).violations())
                .isEmpty();
        assertThat(AuditTest.audit(day.events(), day.now.plus(Duration.ofDays(31)))
                        .violations())
                .anyMatch(violation -> violation.explanation().startsWith("Transfer oslo-1|transfer-x is still open"));
    }

    @Test
    void aTransferThatATimerEndsTooEarlyIsADefect() {
        var day = TransferStories.forgotten();
        var closedAt = day.now.minus(Duration.ofDays(2));
        new Tampering(day).meta("TransferClosed", 0, "recordedAt", closedAt);
        assertThat(AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER)).violated())
                .containsKey(TRANSFER_ARRIVES);
    }
}
