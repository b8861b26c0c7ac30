package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.inventory.Stores.HERE;
import static dev.mortar.inventory.Stores.mugs;
import static dev.mortar.inventory.Stores.registered;
import static dev.mortar.inventory.Stores.withMugs;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Goods that travel between locations. */
class TransferRulesTest {

    private static final String OTHER = "thane-1";
    private static final Instant EXPECTED_BY = NOON.plusSeconds(86_400);
    private static final ExpectTransfer EXPECT = new ExpectTransfer(HERE, "T1", OTHER, mugs(10), EXPECTED_BY);

    /** Another location has sent 10 mugs here. */
    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> expecting() {
        return registered().givenCommands(EXPECT);
    }

    private static Quantities q(long onHand, long damaged, long inTransit) {
        return new Quantities(onHand, 0, 0, 0, damaged, 0, inTransit);
    }

    private static StockChange change(Quantities change, Quantities after) {
        return new StockChange("mug", Unit.EACH, change, after);
    }

    private static BookTransferReceipt receipt(String id, long accepted, boolean last) {
        return new BookTransferReceipt(HERE, "T1", OTHER, id, null, mugs(accepted), List.of(), last);
    }

    private static StockTransferredIn arrived(String id, long accepted, boolean last, StockChange change) {
        return new StockTransferredIn(
                HERE, "T1", OTHER, NOON, List.of(), List.of(change), id, mugs(accepted), List.of(), null, last);
    }

    private static TransferClosed closed(
            TransferEndReason reason, List<SkuQuantity> missing, List<SkuQuantity> over, StockChange... changes) {
        return new TransferClosed(HERE, "T1", OTHER, reason, missing, over, List.of(), List.of(changes));
    }

    private static TransferExpected expected(StockChange change) {
        return new TransferExpected(HERE, "T1", OTHER, mugs(10), EXPECTED_BY, List.of(change));
    }

    @Nested
    class Sending {
        private final TransferStock send = send(OTHER, 4, null);

        private static TransferStock send(String to, long mugs, @Nullable Instant expectedBy) {
            return new TransferStock(HERE, "T1", to, null, mugs(mugs), expectedBy);
        }

        @Test
        void isBookedOnce() {
            withMugs()
                    .when(send)
                    .then(new StockTransferredOut(
                            HERE,
                            "T1",
                            OTHER,
                            mugs(4),
                            NOON,
                            List.of(),
                            List.of(change(q(-4, 0, 0), q(6, 0, 0))),
                            NOON.plus(TransferRules.TRAVEL)))
                    .when(send)
                    .thenNothing()
                    .when(send(OTHER, 5, null))
                    .thenRejected(new InventoryRejection.DocumentUsed(
                            "transferId",
                            "T1",
                            new Document(Document.of(mugs(4)).lines(), null, null, OTHER, null)));
        }

        @Test
        void isRefusedIfItWouldBeLateAtOnce() {
            withMugs().when(send(OTHER, 4, NOON)).thenRejected(new InventoryRejection.TransferDue(NOON, NOON));
        }

        @Test
        void takesOnlyAvailableUnits() {
            withMugs()
                    .when(send(OTHER, 11, null))
                    .thenRejected(new InventoryRejection.InsufficientStock(List.of(new Shortage("mug", 11, 10))));
        }

        @Test
        void isRefusedToTheSameLocationAndFromAnUnknownOne() {
            withMugs().when(send(HERE, 4, null)).thenRejected(new InventoryRejection.TransferToItself(HERE));
            scenario(new InventoryDecider()).when(send).thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void doesNotMixUpItsIdWithOthers() {
            withMugs()
                    .givenCommands(send)
                    .when(new ReceiveStock(HERE, "T1", null, mugs(1)))
                    .then(new StockReceived(HERE, "T1", NOON, List.of(), List.of(change(q(1, 0, 0), q(7, 0, 0)))));
        }
    }

    @Nested
    class Arriving {

        @Test
        void isExpectedOnceEvenAtAnUnknownLocation() {
            scenario(new InventoryDecider())
                    .when(EXPECT)
                    .then(expected(change(q(0, 0, 10), q(0, 0, 10))))
                    .when(EXPECT)
                    .thenNothing();
        }

        @Test
        void endsWithTheLastOfTwoReceipts() {
            var second = new BookTransferReceipt(HERE, "T1", OTHER, "r2", null, mugs(5), mugs(1), true);
            expecting()
                    .when(receipt("r1", 4, false))
                    .then(arrived("r1", 4, false, change(q(4, 0, -4), q(4, 0, 6))))
                    .when(second)
                    .then(
                            new StockTransferredIn(
                                    HERE,
                                    "T1",
                                    OTHER,
                                    NOON,
                                    List.of(),
                                    List.of(change(q(5, 1, -6), q(9, 1, 0))),
                                    "r2",
                                    mugs(5),
                                    mugs(1),
                                    null,
                                    true),
                            closed(TransferEndReason.COMPLETE, List.of(), List.of()))
                    .when(second)
                    .thenNothing()
                    .when(receipt("r3", 1, false))
                    .thenRejected(new InventoryRejection.TransferEnded("T1"))
                    .when(EXPECT)
                    .thenNothing();
        }

        @Test
        void mayBeShort() {
            expecting()
                    .when(receipt("r1", 7, true))
                    .then(
                            arrived("r1", 7, true, change(q(7, 0, -7), q(7, 0, 3))),
                            closed(TransferEndReason.SHORT, mugs(3), List.of(), change(q(0, 0, -3), q(7, 0, 0))));
        }

        @Test
        void mayBeMoreThanWasSent() {
            expecting()
                    .when(receipt("r1", 12, true))
                    .then(
                            arrived("r1", 12, true, change(q(12, 0, -10), q(12, 0, 0))),
                            closed(TransferEndReason.OVER, List.of(), mugs(2)));
        }

        @Test
        void isBookedOnceForEachReceipt() {
            expecting()
                    .givenCommands(receipt("r1", 4, false))
                    .when(receipt("r1", 4, false))
                    .thenNothing()
                    .when(receipt("r1", 5, false))
                    .thenRejected(new InventoryRejection.DocumentUsed("receiptId", "r1", Document.of(mugs(4))));
        }

        @Test
        void mayComeBeforeTheNewsOfIt() {
            registered()
                    .when(receipt("r1", 4, false))
                    .then(arrived("r1", 4, false, change(q(4, 0, 0), q(4, 0, 0))))
                    .when(EXPECT)
                    .then(expected(change(q(0, 0, 6), q(4, 0, 6))));
        }

        @Test
        void endsWithTheNewsIfTheLastReceiptCameBefore() {
            registered()
                    .givenCommands(receipt("r1", 4, true))
                    .when(receipt("r2", 1, false))
                    .thenRejected(new InventoryRejection.TransferEnded("T1"))
                    .when(EXPECT)
                    .then(
                            expected(change(q(0, 0, 6), q(4, 0, 6))),
                            closed(TransferEndReason.SHORT, mugs(6), List.of(), change(q(0, 0, -6), q(4, 0, 0))));
        }

        @Test
        void isRefusedAtAnUnknownLocation() {
            scenario(new InventoryDecider())
                    .when(receipt("r1", 4, false))
                    .thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void withTheSameNumbersIsBookedForEachSender() {
            expecting()
                    .givenCommands(receipt("r1", 10, true))
                    .when(new BookTransferReceipt(HERE, "T1", "delhi-1", "r1", null, mugs(2), List.of(), false))
                    .then(new StockTransferredIn(
                            HERE,
                            "T1",
                            "delhi-1",
                            NOON,
                            List.of(),
                            List.of(change(q(2, 0, 0), q(12, 0, 0))),
                            "r1",
                            mugs(2),
                            List.of(),
                            null,
                            false));
        }

        @Test
        void leavesTransitEvenIfACountHasSeenTheGoods() {
            Instant before = NOON.minusSeconds(60);
            expecting()
                    .givenCommands(new CountStock(HERE, "C1", NOON, mugs(4)))
                    .when(new BookTransferReceipt(HERE, "T1", OTHER, "r1", before, mugs(4), List.of(), false))
                    .then(new StockTransferredIn(
                            HERE,
                            "T1",
                            OTHER,
                            before,
                            mugs(4),
                            List.of(change(q(0, 0, -4), q(4, 0, 6))),
                            "r1",
                            mugs(4),
                            List.of(),
                            null,
                            false));
        }
    }

    @Nested
    class ComingBack {

        private static BookTransferReceipt back(String transferId, String receiptId, long mugs) {
            return new BookTransferReceipt(HERE, transferId, HERE, receiptId, null, mugs(mugs), List.of(), false);
        }

        private DeciderScenario<InventoryCommand, Stock, InventoryEvent> sent() {
            return withMugs().givenCommands(new TransferStock(HERE, "T1", OTHER, null, mugs(4), null));
        }

        @Test
        void isBookedOnce() {
            sent().when(back("T1", "b1", 3))
                    .then(new StockTransferredIn(
                            HERE,
                            "T1",
                            HERE,
                            NOON,
                            List.of(),
                            List.of(change(q(3, 0, 0), q(9, 0, 0))),
                            "b1",
                            mugs(3),
                            List.of(),
                            OTHER,
                            true))
                    .when(back("T1", "b1", 3))
                    .thenNothing()
                    .when(back("T1", "b1", 2))
                    .thenRejected(new InventoryRejection.DocumentUsed("receiptId", "b1", Document.of(mugs(3))))
                    .when(back("T1", "b2", 1))
                    .thenRejected(new InventoryRejection.TransferEnded("T1"));
        }

        @Test
        void isRefusedIfNothingWasSent() {
            sent().when(back("T9", "b1", 3)).thenRejected(new InventoryRejection.TransferUnknown(HERE, "T9"));
        }

        @Test
        void endsTheTransferWhereItWasExpected() {
            var end = new EndReturnedTransfer(HERE, "T1", OTHER, mugs(9));
            expecting()
                    .when(end)
                    .then(new TransferClosed(
                            HERE,
                            "T1",
                            OTHER,
                            TransferEndReason.RETURNED,
                            mugs(1),
                            List.of(),
                            mugs(9),
                            List.of(change(q(0, 0, -10), Quantities.NONE))))
                    .when(end)
                    .thenNothing()
                    .when(receipt("r1", 1, false))
                    .thenRejected(new InventoryRejection.TransferEnded("T1"));
        }

        @Test
        void isShortIfNothingIsThereAndNothingComes() {
            expecting()
                    .when(new EndReturnedTransfer(HERE, "T1", OTHER, List.of()))
                    .then(new TransferClosed(
                            HERE,
                            "T1",
                            OTHER,
                            TransferEndReason.SHORT,
                            mugs(10),
                            List.of(),
                            List.of(),
                            List.of(change(q(0, 0, -10), Quantities.NONE))));
        }
    }

    @Nested
    class WithoutNews {
        private final CloseTransfer close = new CloseTransfer(HERE, "T1", OTHER);

        @Test
        void endsThirtyDaysAfterItShouldHaveArrived() {
            Instant endsAt = EXPECTED_BY.plus(TransferBook.NO_NEWS_AFTER);
            expecting().at(endsAt.minusSeconds(1)).when(close).thenNothing();
            expecting()
                    .at(endsAt)
                    .when(close)
                    .then(closed(TransferEndReason.NO_NEWS, mugs(10), List.of(), change(q(0, 0, -10), Quantities.NONE)))
                    .when(close)
                    .thenNothing();
        }

        @Test
        void ofItsShipmentEndsThirtyDaysAfterItArrived() {
            registered()
                    .givenCommands(receipt("r1", 4, false))
                    .at(NOON.plus(TransferBook.NO_NEWS_AFTER))
                    .when(close)
                    .then(closed(TransferEndReason.OVER, List.of(), mugs(4)))
                    .when(EXPECT)
                    .thenNothing();
        }
    }
}
