package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.inventory.SkuQuantity.each;
import static dev.mortar.inventory.Stores.HERE;
import static dev.mortar.inventory.Stores.registered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Positions.Position;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts and the movements around them, goods in other units, and repeated documents. */
class InventoryMovementsTest {

    private static final Instant EXPIRES = NOON.plus(Duration.ofHours(2));

    /** One hour after noon. Ten mugs arrived 37 hours ago. */
    private static final Fulfilment FIRST = new Fulfilment(HERE, "f1", "o1");

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> store() {
        return registered()
                .at(NOON.minus(Duration.ofHours(36)))
                .givenCommands(receipt("R1", null, each("mug", 10)))
                .at(NOON.plus(Duration.ofHours(1)));
    }

    private static ReceiveStock receipt(
            String id, @org.jspecify.annotations.Nullable Instant at, SkuQuantity... lines) {
        return new ReceiveStock(HERE, id, at, List.of(lines));
    }

    private static CountStock count(String id, Instant countedAt, SkuQuantity... lines) {
        return new CountStock(HERE, id, countedAt, List.of(lines));
    }

    private static RecordSale sale(String id, Instant soldAt, SkuQuantity... lines) {
        return new RecordSale(new Fulfilment(HERE, id, "o-" + id), soldAt, List.of(lines));
    }

    private static SkuQuantity grams(String sku, long quantity) {
        return new SkuQuantity(sku, quantity, Unit.GRAM);
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> after(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, InventoryCommand... commands) {
        return scenario.givenCommands(commands);
    }

    private static long onHand(DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, String sku) {
        return scenario.state().level(sku).quantities().onHand();
    }

    @Nested
    class ACount {

        @Test
        void keepsALaterSaleThatWasBookedBefore() {
            var sold = store().givenCommands(sale("s1", NOON.plusSeconds(1), each("mug", 2)));
            var counted = sold.when(count("C1", NOON, each("mug", 10)))
                    .then(new StockCounted(
                            HERE,
                            "C1",
                            NOON,
                            List.of(new CountedSku("mug", Unit.EACH, 10, 8, -2)),
                            List.of(new StockChange("mug", Unit.EACH, Quantities.NONE, Quantities.ofOnHand(8)))));
            assertThat(onHand(counted, "mug")).isEqualTo(8);
        }

        @Test
        void keepsALaterReceipt() {
            var delivered = store().givenCommands(receipt("R2", NOON.plusSeconds(1), each("mug", 5)));
            assertThat(onHand(after(delivered, count("C1", NOON, each("mug", 10))), "mug"))
                    .isEqualTo(15);
        }

        @Test
        void includesAnEarlierHandoverThatIsBookedLater() {
            var counted = store().givenCommands(
                            new ReserveStock(
                                    FIRST,
                                    FulfilmentMethod.PICKUP,
                                    Channel.ONLINE,
                                    List.of(each("mug", 2)),
                                    null,
                                    EXPIRES,
                                    null),
                            count("C1", NOON.minusSeconds(60), each("mug", 8)));
            var handover = new CommitReservation(FIRST, NOON.minusSeconds(300), List.of(each("mug", 2)));
            counted.when(handover)
                    .then(new StockCommitted(
                            FIRST,
                            List.of(each("mug", 2)),
                            List.of(),
                            NOON.minusSeconds(300),
                            List.of(each("mug", 2)),
                            List.of(new StockChange(
                                    "mug", Unit.EACH, Quantities.ofCommitted(-2), Quantities.ofOnHand(8)))));
        }

        @Test
        void treatsASaleInTheFutureAsNow() {
            var sold = store().givenCommands(sale("s1", NOON.plus(Duration.ofHours(5)), each("mug", 2)));
            var later = sold.at(NOON.plus(Duration.ofHours(2)));
            assertThat(onHand(after(later, count("C1", NOON.plus(Duration.ofMinutes(90)), each("mug", 8))), "mug"))
                    .as("the sale was booked before the count")
                    .isEqualTo(8);
        }

        @Test
        void isRefusedWhenItIsOlderThanTheRememberedMovements() {
            Instant now = NOON.plus(Duration.ofHours(1));
            Instant countedAt = now.minus(Duration.ofHours(24)).minusMillis(1);
            store().when(count("C1", countedAt, each("mug", 1)))
                    .thenRejected(
                            new InventoryRejection.CountTooOld("mug", countedAt, now.minus(Duration.ofHours(24))));
            assertThat(onHand(after(store(), count("C1", now.minus(Duration.ofHours(24)), each("mug", 1))), "mug"))
                    .isEqualTo(1);
        }

        @Test
        void isRefusedAfterTooManyMovements() {
            var busy = store();
            for (int i = 0; i < 10_150; i++) {
                busy = busy.given(busy.when(sale("s" + i, NOON.plusMillis(i), each("mug", 1)))
                        .events());
            }
            var scenario = busy;
            assertThat(scenario.when(count("C1", NOON.plusMillis(300), each("mug", 20_000)))
                            .events())
                    .as("the movements since are remembered")
                    .hasSize(1);
            scenario.when(count("C1", NOON.plusMillis(100), each("mug", 20_000)))
                    .thenRejected(
                            new InventoryRejection.CountTooOld("mug", NOON.plusMillis(100), NOON.plusMillis(198)));
        }

        @ParameterizedTest(name = "seed {0}")
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void givesTheSameResultInAnyOrderOfBooking(long seed) {
            Random random = new Random(seed);
            List<InventoryCommand> booked = new ArrayList<>();
            long expected = 40;
            for (int i = 0; i < 12; i++) {
                Instant at = NOON.plusSeconds(random.nextInt(41) - 20);
                boolean after = at.isAfter(NOON);
                long quantity = 1 + random.nextInt(5);
                List<SkuQuantity> lines = List.of(each("mug", quantity));
                String id = "m" + i;
                switch (random.nextInt(7)) {
                    case 0 -> {
                        booked.add(new ReceiveStock(HERE, id, at, lines));
                        expected += after ? quantity : 0;
                    }
                    case 1 -> {
                        booked.add(new RecordSale(new Fulfilment(HERE, id, "o" + i), at, lines));
                        expected -= after ? quantity : 0;
                    }
                    case 2 -> {
                        booked.add(new CommitReservation(new Fulfilment(HERE, id, "o" + i), at, lines));
                        expected -= after ? quantity : 0;
                    }
                    case 3 -> {
                        booked.add(new TransferStock(HERE, id, "pune-2", at, lines, null));
                        expected -= after ? quantity : 0;
                    }
                    case 4 -> {
                        booked.add(new BookTransferReceipt(HERE, id, "pune-2", "r", at, lines, List.of(), true));
                        expected += after ? quantity : 0;
                    }
                    case 5 -> {
                        booked.add(new TakeBack(HERE, id, "o" + i, at, lines, lines, lines));
                        expected += after ? quantity : 0;
                    }
                    default -> {
                        booked.add(new AdjustStock(
                                HERE,
                                id,
                                AdjustmentReason.CORRECTION,
                                at,
                                List.of(new Adjustment("mug", quantity, 1, 0, Unit.EACH))));
                        expected += after ? quantity : 0;
                    }
                }
            }
            booked.add(count("C1", NOON, each("mug", 40)));
            Collections.shuffle(booked, random);
            var stocked = store().givenCommands(receipt("R2", NOON.minusSeconds(90), each("mug", 500)));
            assertThat(onHand(after(stocked, booked.toArray(InventoryCommand[]::new)), "mug"))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    @Nested
    class AnotherUnit {

        /** A location that keeps rice and jam in pieces. */
        private DeciderScenario<InventoryCommand, Stock, InventoryEvent> inPieces() {
            return registered().givenCommands(receipt("R1", null, each("rice", 3), each("jam", 10)));
        }

        private final InventoryRejection mismatch =
                new InventoryRejection.UnitMismatch(HERE, "rice", Unit.EACH, Unit.GRAM);

        @Test
        void isRefusedInARequest() {
            inPieces()
                    .when(new TransferStock(HERE, "T1", "pune-2", null, List.of(grams("rice", 2_000)), null))
                    .thenRejected(mismatch)
                    .when(new HoldStock(HERE, "h1", null, Channel.ONLINE, List.of(grams("rice", 1)), 60))
                    .thenRejected(mismatch)
                    .when(receipt("R2", null, grams("rice", 500)))
                    .thenRejected(mismatch)
                    .when(new SetSafetyStock(HERE, List.of(grams("rice", 1))))
                    .thenRejected(mismatch);
        }

        @Test
        void isNeverReserved() {
            assertThat(withGrams()
                            .when(new ReserveStock(
                                    FIRST,
                                    FulfilmentMethod.PICKUP,
                                    Channel.ONLINE,
                                    List.of(grams("rice", 100)),
                                    null,
                                    EXPIRES,
                                    null))
                            .events())
                    .containsExactly(new StockReservationRejected(
                            FIRST,
                            ReservationRejectionReason.INSUFFICIENT_STOCK,
                            List.of(grams("rice", 100)),
                            List.of(new Shortage("rice", 100, 0)),
                            null));
        }

        /** Rice was sent here in grams, and arrived. */
        private DeciderScenario<InventoryCommand, Stock, InventoryEvent> withGrams() {
            List<SkuQuantity> rice = List.of(grams("rice", 2_000));
            return inPieces()
                    .givenCommands(
                            new ExpectTransfer(HERE, "T1", "pune-2", rice, EXPIRES),
                            new BookTransferReceipt(HERE, "T1", "pune-2", "r1", NOON, rice, List.of(), true));
        }

        @Test
        void getsItsOwnPositionWhenGoodsArrive() {
            var arrived = withGrams();
            Positions rice = arrived.state().level("rice").positions();
            assertThat(rice.kept()).isEqualTo(new Position(Unit.EACH, Quantities.ofOnHand(3)));
            assertThat(rice.others()).containsExactly(new Position(Unit.GRAM, Quantities.ofOnHand(2_000)));
        }

        @Test
        void inASaleDoesNotStopOtherLines() {
            var sold = registered()
                    .givenCommands(receipt("R1", null, grams("rice", 5_000), each("jam", 10)))
                    .givenCommands(sale("s1", NOON, each("rice", 2), each("jam", 4)));
            assertThat(onHand(sold, "jam")).isEqualTo(6);
            assertThat(onHand(sold, "rice")).isEqualTo(5_000);
            assertThat(sold.state().level("rice").positions().in(Unit.EACH)).isEqualTo(Quantities.ofOnHand(-2));
        }

        @Test
        void inAReturnIsBookedUnderEachDisposition() {
            var back = after(
                    inPieces(),
                    new TakeBack(
                            HERE,
                            "r1",
                            "o1",
                            NOON,
                            List.of(grams("rice", 1_000)),
                            List.of(grams("rice", 200)),
                            List.of(grams("rice", 30))));
            assertThat(back.state().level("rice").positions().in(Unit.GRAM))
                    .isEqualTo(new Quantities(1_000, 0, 0, 0, 200, 30, 0));
            assertThat(back.state().level("rice").unit()).isEqualTo(Unit.EACH);
        }

        @Test
        void isCorrectedByCountsAndAdjustments() {
            var arrived = withGrams();
            assertThat(after(arrived, count("C1", NOON, grams("rice", 0)))
                            .state()
                            .level("rice")
                            .positions()
                            .others())
                    .isEmpty();
            var adjusted = after(
                    arrived,
                    new AdjustStock(
                            HERE,
                            "A1",
                            AdjustmentReason.CORRECTION,
                            null,
                            List.of(new Adjustment("rice", -2_000, 0, 0, Unit.GRAM))));
            assertThat(adjusted.state().level("rice").positions().others()).isEmpty();
        }

        @Test
        void becomesTheUnitKeptWhenTheOldStockIsGoneAndGoodsArrive() {
            var empty = after(inPieces(), count("C1", NOON, each("rice", 0)));
            var weighed = after(empty, receipt("R2", null, grams("rice", 500)));
            assertThat(weighed.state().level("rice").unit()).isEqualTo(Unit.GRAM);
            assertThat(onHand(weighed, "rice")).isEqualTo(500);
            assertThat(after(empty, sale("s1", NOON, grams("rice", 20)))
                            .state()
                            .level("rice")
                            .unit())
                    .as("a till sale does not change the unit kept")
                    .isEqualTo(Unit.EACH);
        }

        @Test
        void neverCausesAShortfallInTheUnitKept() {
            var reserved = inPieces()
                    .givenCommands(new ReserveStock(
                            FIRST,
                            FulfilmentMethod.PICKUP,
                            Channel.ONLINE,
                            List.of(each("rice", 3)),
                            null,
                            EXPIRES,
                            null));
            assertThat(reserved.when(sale("s1", NOON, grams("rice", 50))).events())
                    .singleElement()
                    .isInstanceOf(StockSold.class);
        }
    }

    @Nested
    class ADocument {

        @Test
        void isRefusedWhenItsNumberHasOtherContent() {
            var booked = registered()
                    .givenCommands(
                            receipt("DN-7", null, each("c", 5)),
                            new AdjustStock(
                                    HERE,
                                    "A1",
                                    AdjustmentReason.FOUND,
                                    null,
                                    List.of(new Adjustment("c", 1, 0, 0, Unit.EACH))),
                            new TransferStock(HERE, "T1", "pune-2", null, List.of(each("c", 2)), null),
                            new HoldStock(HERE, "h1", null, Channel.STORE, List.of(each("c", 1)), 60),
                            count("C1", NOON, each("c", 4)));
            booked.when(receipt("DN-7", null, each("d", 7)))
                    .thenRejected(used("receiptId", "DN-7", document(each("c", 5))))
                    .when(new AdjustStock(
                            HERE,
                            "A1",
                            AdjustmentReason.CORRECTION,
                            null,
                            List.of(new Adjustment("c", 1, 0, 0, Unit.EACH))))
                    .thenRejected(used(
                            "adjustmentId",
                            "A1",
                            new Document(document(each("c", 1)).lines(), AdjustmentReason.FOUND, null, null, null)))
                    .when(new TransferStock(HERE, "T1", "pune-3", null, List.of(each("c", 2)), null))
                    .thenRejected(used(
                            "transferId",
                            "T1",
                            new Document(document(each("c", 2)).lines(), null, null, "pune-2", null)))
                    .when(new HoldStock(HERE, "h1", null, Channel.STORE, List.of(each("c", 2)), 60))
                    .thenRejected(used("holdId", "h1", document(each("c", 1))))
                    .when(count("C1", NOON, each("c", 5)))
                    .thenRejected(used(
                            "countId", "C1", new Document(document(each("c", 4)).lines(), null, NOON, null, null)))
                    .when(count("C1", NOON.minusSeconds(1), each("c", 4)))
                    .thenRejected(used(
                            "countId", "C1", new Document(document(each("c", 4)).lines(), null, NOON, null, null)));
        }

        @Test
        void isARepeatWhenItsLinesAreInAnotherOrder() {
            registered()
                    .givenCommands(receipt("DN-7", null, each("c", 5), grams("d", 2), each("c", 1)))
                    .when(receipt("DN-7", NOON.minusSeconds(1), grams("d", 2), each("c", 6)))
                    .thenNothing();
        }

        @Test
        void isRememberedEvenIfItsGoodsWereAlreadyCounted() {
            var booked = registered()
                    .givenCommands(
                            count("C1", NOON, each("c", 4)), receipt("DN-7", NOON.minusSeconds(9), each("c", 5)));
            assertThat(onHand(booked, "c")).isEqualTo(4);
            booked.when(receipt("DN-7", NOON.minusSeconds(9), each("c", 5)))
                    .thenNothing()
                    .when(receipt("DN-7", NOON.minusSeconds(9), each("c", 6)))
                    .thenRejected(used("receiptId", "DN-7", document(each("c", 5))));
        }

        private static InventoryRejection used(String field, String id, Document booked) {
            return new InventoryRejection.DocumentUsed(field, id, booked);
        }

        private static Document document(SkuQuantity line) {
            return Document.of(List.of(line));
        }
    }
}
