package dev.mortar.returns;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.returns.Goods.GOODWILL;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.UNTIL;
import static dev.mortar.returns.Goods.accept;
import static dev.mortar.returns.Goods.back;
import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static dev.mortar.returns.Goods.purchase;
import static dev.mortar.returns.Goods.returned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.returns.ReturnsRejection.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ReturnCondition;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReturnsDeciderTest {

    /** Three mugs for 10.00 in total and a lamp for 25.00. */
    private static final RecordPurchase MUGS_AND_LAMP =
            purchase("order-1-1", line("mugs", 3, 350, 50, 160, true), line("lamp", 1, 2500));

    private static final DeciderScenario<ReturnsCommand, Returns, ReturnsEvent> NOTHING_LEFT =
            scenario(new ReturnsDecider());

    private static final DeciderScenario<ReturnsCommand, Returns, ReturnsEvent> BOUGHT =
            NOTHING_LEFT.givenCommands(MUGS_AND_LAMP);

    @Nested
    class RecordingAPurchase {

        @Test
        void recordsTheHandedOverLines() {
            NOTHING_LEFT
                    .when(MUGS_AND_LAMP)
                    .then(new PurchaseRecorded(new Purchase(
                            ORDER,
                            "order-1-1",
                            "customer-1",
                            Channel.ONLINE,
                            "store-1",
                            Goods.HANDED_OVER_AT,
                            UNTIL,
                            List.of(
                                    new PurchasedLine(line("mugs", 3, 350, 50, 160, true), pounds(1000)),
                                    new PurchasedLine(line("lamp", 1, 2500), pounds(2500))),
                            "payment-1")));
        }

        @Test
        void changesNothingWhenTheFulfilmentIsReportedAgain() {
            BOUGHT.when(MUGS_AND_LAMP).thenNothing();
        }

        @Test
        void changesNothingWhenReportedAgainAfterAReturnWithAnotherWindow() {
            RecordPurchase later = new RecordPurchase(new Purchase(
                    ORDER,
                    "order-1-1",
                    null,
                    Channel.ONLINE,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    UNTIL.plusSeconds(1),
                    MUGS_AND_LAMP.purchase().lines(),
                    null));
            BOUGHT.givenCommands(accept("r-1", back("lamp", 1))).when(later).thenNothing();
        }

        @Test
        void addsTheLinesOfAnotherFulfilment() {
            Returns state = BOUGHT.givenCommands(purchase("order-1-2", line("tray", 2, 800)))
                    .state();
            assertThat(state).isInstanceOfSatisfying(Purchased.class, purchased -> {
                assertThat(purchased.fulfilmentIds()).containsExactly("order-1-1", "order-1-2");
                assertThat(purchased.lines()).extracting(BoughtLine::lineId).containsExactly("mugs", "lamp", "tray");
            });
        }

        @Test
        void addsMoreUnitsOfALineFromAnotherFulfilment() {
            Returns state = BOUGHT.givenCommands(purchase("order-1-2", line("lamp", 2, 2500)))
                    .state();
            assertThat(state)
                    .isInstanceOfSatisfying(
                            Purchased.class,
                            purchased -> assertThat(purchased.lines())
                                    .extracting(BoughtLine::lineId, BoughtLine::fulfilmentId, BoughtLine::handedOver)
                                    .contains(tuple("lamp", "order-1-1", 1L), tuple("lamp", "order-1-2", 2L)));
        }

        @Test
        void rejectsALineListedTwiceInAFulfilment() {
            NOTHING_LEFT
                    .when(purchase("order-1-1", line("lamp", 1, 2500), line("lamp", 1, 2500)))
                    .thenRejected(new PurchaseContradicts(ORDER, "order-1-1", "lamp"));
        }

        @Test
        void rejectsAnotherCurrency() {
            PurchasedLine euros = new PurchasedLine(line("tray", 1, 800), new Money(800, "EUR"));
            RecordPurchase mixed = new RecordPurchase(new Purchase(
                    ORDER,
                    "order-1-2",
                    null,
                    Channel.POS,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    UNTIL,
                    List.of(euros),
                    null));
            BOUGHT.when(mixed).thenRejected(new PurchaseContradicts(ORDER, "order-1-2", "tray"));
        }
    }

    @Nested
    class AcceptingAReturn {

        private final LineToReturn mug = back("mugs", 1);
        private final LineToReturn lamp = back("lamp", 1);

        private ReturnAccepted accepted(
                String returnId, Instant at, @Nullable WindowOverride override, ReturnedLine... lines) {
            Money refund = List.of(lines).stream().map(ReturnedLine::refund).reduce(pounds(0), Money::plus);
            return new ReturnAccepted(
                    ORDER, "customer-1", new Return(returnId, "store-2", at, List.of(lines), refund, override));
        }

        private RefundRequested refund(String returnId, long pence) {
            return new RefundRequested(ORDER, returnId, pounds(pence), "payment-1");
        }

        @Test
        void acceptsTheReturnAndRequestsTheRefundInOneDecision() {
            BOUGHT.when(accept("r-1", lamp, mug))
                    .then(
                            accepted("r-1", Goods.HANDED_OVER_AT, null, returned(lamp, 2500), returned(mug, 333)),
                            refund("r-1", 2833));
        }

        @Test
        void sharesTheDiscountAmongTheReturns() {
            BOUGHT.when(accept("r-1", mug))
                    .then(accepted("r-1", Goods.HANDED_OVER_AT, null, returned(mug, 333)), refund("r-1", 333))
                    .when(accept("r-2", mug))
                    .then(accepted("r-2", Goods.HANDED_OVER_AT, null, returned(mug, 334)), refund("r-2", 334))
                    .when(accept("r-3", mug))
                    .then(accepted("r-3", Goods.HANDED_OVER_AT, null, returned(mug, 333)), refund("r-3", 333));
        }

        @Test
        void changesNothingWhenTheReturnIsRepeated() {
            BOUGHT.givenCommands(accept("r-1", lamp)).when(accept("r-1", lamp)).thenNothing();
        }

        @Test
        void changesNothingWhenRepeatedAfterTheWindow() {
            BOUGHT.givenCommands(accept("r-1", lamp))
                    .at(UNTIL.plusSeconds(1))
                    .when(accept("r-1", lamp))
                    .thenNothing();
        }

        @Test
        void addsUpALineListedTwice() {
            BOUGHT.when(accept("r-1", mug, mug))
                    .then(
                            accepted("r-1", Goods.HANDED_OVER_AT, null, returned(back("mugs", 2), 667)),
                            refund("r-1", 667));
        }

        @Test
        void keepsDispositionsOfALineApartButLimitsTheirSum() {
            LineToReturn broken = back("mugs", 1, Disposition.DAMAGED);
            BOUGHT.when(accept("r-1", back("mugs", 2), broken))
                    .then(
                            accepted(
                                    "r-1",
                                    Goods.HANDED_OVER_AT,
                                    null,
                                    returned(back("mugs", 2), 667),
                                    returned(broken, 333)),
                            refund("r-1", 1000));
            BOUGHT.when(accept("r-1", back("mugs", 3), broken))
                    .thenRejected(new MoreThanRemains(List.of(new MoreThanRemains.Excess("mugs", 4, 3, 3))));
        }

        @Test
        void requestsNoRefundWhenNothingWasPaid() {
            NOTHING_LEFT
                    .givenCommands(purchase("order-1-1", line("gift", 1, 500, 500, 0, true)))
                    .when(accept("r-1", back("gift", 1)))
                    .then(accepted("r-1", Goods.HANDED_OVER_AT, null, returned(back("gift", 1), 0)));
        }

        @Test
        void rejectsAReturnBeforeAnyHandover() {
            NOTHING_LEFT.when(accept("r-1", lamp)).thenRejected(new NothingHasLeft(ORDER));
        }

        @Test
        void rejectsAReturnWithoutLines() {
            BOUGHT.when(accept("r-1")).thenRejected(new NothingBroughtBack());
        }

        @Test
        void rejectsLinesNotHandedOver() {
            BOUGHT.when(accept("r-1", lamp, back("tray", 1), back("tray", 2), back("vase", 1)))
                    .thenRejected(new UnknownLines(ORDER, List.of("tray", "vase")));
        }

        @Test
        void rejectsLinesWithoutADisposition() {
            BOUGHT.when(accept("r-1", back("mugs", 1, Disposition.UNKNOWN), lamp))
                    .thenRejected(new DispositionMissing(List.of("mugs")));
        }

        @Test
        void rejectsMoreThanRemainsAndShowsTheRemainingUnits() {
            BOUGHT.givenCommands(accept("r-1", mug, lamp))
                    .when(accept("r-2", back("mugs", 3), lamp))
                    .thenRejected(new MoreThanRemains(List.of(
                            new MoreThanRemains.Excess("mugs", 3, 2, 3), new MoreThanRemains.Excess("lamp", 1, 0, 1))));
        }

        @Test
        void takesUnitsThatAreInTimeBeforeLateOnes() {
            Instant later = UNTIL.plusSeconds(60);
            BOUGHT.at(UNTIL.plusMillis(1))
                    .givenCommands(purchase("order-1-2", later, line("lamp", 2, 2400)))
                    .when(accept("r-1", back("lamp", 2)))
                    .then(
                            accepted("r-1", UNTIL.plusMillis(1), null, returned(back("lamp", 2), 4800, "order-1-2")),
                            refund("r-1", 4800))
                    .when(accept("r-1", back("lamp", 2)))
                    .then()
                    .when(accept("r-2", lamp))
                    .thenRejected(new ReturnWindowOver(List.of(new ReturnWindowOver.Closed("lamp", UNTIL))));
        }

        @Test
        void splitsAReturnOverTheFulfilmentsOfALine() {
            BOUGHT.givenCommands(purchase("order-1-2", line("lamp", 2, 2400)))
                    .when(accept("r-1", back("lamp", 3)))
                    .then(
                            accepted(
                                    "r-1",
                                    Goods.HANDED_OVER_AT,
                                    null,
                                    returned(back("lamp", 1), 2500),
                                    returned(back("lamp", 2), 4800, "order-1-2")),
                            refund("r-1", 7300))
                    .when(accept("r-1", back("lamp", 3)))
                    .then()
                    .when(accept("r-2", lamp))
                    .thenRejected(new MoreThanRemains(List.of(new MoreThanRemains.Excess("lamp", 1, 0, 3))));
        }

        @Test
        void acceptsAtTheLastInstantOfTheWindow() {
            BOUGHT.at(UNTIL)
                    .when(accept("r-1", lamp))
                    .then(accepted("r-1", UNTIL, null, returned(lamp, 2500)), refund("r-1", 2500));
        }

        @Test
        void rejectsAfterTheWindow() {
            BOUGHT.at(UNTIL.plusMillis(1))
                    .when(accept("r-1", lamp, mug, back("mugs", 1, Disposition.DAMAGED)))
                    .thenRejected(new ReturnWindowOver(List.of(
                            new ReturnWindowOver.Closed("lamp", UNTIL), new ReturnWindowOver.Closed("mugs", UNTIL))));
        }

        @Test
        void acceptsAfterTheWindowWhenAnAssociateOverridesIt() {
            Instant late = UNTIL.plusMillis(1);
            BOUGHT.at(late)
                    .when(accept("r-1", GOODWILL, lamp))
                    .then(accepted("r-1", late, GOODWILL, returned(lamp, 2500)), refund("r-1", 2500));
        }

        @Test
        void doesNotRecordAnUnneededOverride() {
            BOUGHT.when(accept("r-1", GOODWILL, lamp))
                    .then(accepted("r-1", Goods.HANDED_OVER_AT, null, returned(lamp, 2500)), refund("r-1", 2500));
        }

        @Test
        void anotherReturnWithTheSameIdIsRejectedAndTheFirstIsShown() {
            Return first = new Return(
                    "r-1",
                    "store-2",
                    Goods.HANDED_OVER_AT,
                    List.of(returned(lamp, 2500), returned(mug, 333)),
                    pounds(2833),
                    null);
            ReturnConflict conflict = new ReturnConflict(ORDER, first);
            var accepted = BOUGHT.givenCommands(accept("r-1", lamp, mug));
            accepted.when(accept("r-1", lamp, mug)).thenNothing();
            accepted.when(accept("r-1", GOODWILL, lamp, mug)).thenNothing();
            accepted.when(accept("r-1", lamp)).thenRejected(conflict);
            accepted.when(accept("r-1", lamp, mug, mug)).thenRejected(conflict);
            accepted.when(accept("r-1", lamp, back("mugs", 1, Disposition.DAMAGED)))
                    .thenRejected(conflict);
            accepted.when(new AcceptReturn(ORDER, "r-1", "store-3", List.of(lamp, mug), null))
                    .thenRejected(conflict);
        }

        @Test
        void theSameReturnWithAnotherOverrideIsAConflict() {
            Instant late = UNTIL.plusMillis(1);
            WindowOverride other = new WindowOverride(Goods.MANAGER, "DEFECT");
            BOUGHT.at(late)
                    .givenCommands(accept("r-1", GOODWILL, lamp))
                    .when(accept("r-1", other, lamp))
                    .thenRejected(new ReturnConflict(
                            ORDER,
                            new Return("r-1", "store-2", late, List.of(returned(lamp, 2500)), pounds(2500), GOODWILL)));
        }

        @Test
        void anOverrideOnlyOpensTheWindow() {
            BOUGHT.at(UNTIL.plusMillis(1))
                    .when(accept("r-1", GOODWILL, back("lamp", 2)))
                    .thenRejected(new MoreThanRemains(List.of(new MoreThanRemains.Excess("lamp", 2, 1, 1))));
        }

        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ASSOCIATE")
        void rejectsAnOverrideByAnyoneButAnAssociate(Actor.Type type) {
            WindowOverride override = new WindowOverride(new Actor(type, "x-1", null), "GOODWILL");
            BOUGHT.at(UNTIL.plusMillis(1))
                    .when(accept("r-1", override, lamp))
                    .thenRejected(new OverrideNotByAssociate(type));
        }

        @Test
        void checksTheWindowOfEachFulfilmentSeparately() {
            Instant before = Goods.HANDED_OVER_AT.minusSeconds(1);
            RecordPurchase earlier = purchase("order-1-2", before, line("tray", 2, 800));
            BOUGHT.givenCommands(earlier)
                    .when(accept("r-1", lamp, back("tray", 1)))
                    .thenRejected(new ReturnWindowOver(List.of(new ReturnWindowOver.Closed("tray", before))));
        }

        @Test
        void rejectsMoreReturnedLinesThanTheLimit() {
            int limit = ReturnsDecider.MAX_RETURNED_LINES_PER_ORDER;
            OrderLine[] lines = IntStream.range(0, limit)
                    .mapToObj(i -> line("l" + i, 2, 100))
                    .toArray(OrderLine[]::new);
            LineToReturn[] all =
                    IntStream.range(0, limit).mapToObj(i -> back("l" + i, 1)).toArray(LineToReturn[]::new);
            NOTHING_LEFT
                    .givenCommands(purchase("order-1-1", lines), accept("r-1", all))
                    .when(accept("r-2", back("l0", 1)))
                    .thenRejected(new TooManyReturnedLines(ORDER, limit));
        }
    }

    @Nested
    class MovingTheWindow {

        private final Instant later = UNTIL.plusSeconds(60);

        @Test
        void movesTheWindowOfTheFulfilmentToALaterInstant() {
            MoveReturnWindow move = new MoveReturnWindow(ORDER, "order-1-1", later);
            BOUGHT.when(move)
                    .then(new ReturnWindowMoved(ORDER, "order-1-1", later, UNTIL))
                    .when(move)
                    .thenNothing();
            assertThat(BOUGHT.givenCommands(move)
                            .at(later)
                            .when(accept("r-1", back("lamp", 1)))
                            .events())
                    .hasSize(2);
        }

        @Test
        void keepsALaterWindow() {
            BOUGHT.when(new MoveReturnWindow(ORDER, "order-1-1", UNTIL.minusSeconds(1)))
                    .thenNothing();
        }

        @Test
        void changesNoOtherFulfilment() {
            RecordPurchase other = purchase("order-1-2", line("tray", 2, 800));
            assertThat(((Purchased) BOUGHT.givenCommands(other, new MoveReturnWindow(ORDER, "order-1-2", later))
                                    .state())
                            .lines())
                    .extracting(BoughtLine::returnableUntil)
                    .containsExactly(UNTIL, UNTIL, later);
            BOUGHT.when(new MoveReturnWindow(ORDER, "order-1-2", later)).thenNothing();
        }

        @Test
        void rejectsAnOrderWithoutAPurchase() {
            NOTHING_LEFT.when(new MoveReturnWindow(ORDER, "order-1-1", later)).thenRejected(new NothingHasLeft(ORDER));
        }
    }

    @Nested
    class RecordingALoss {

        private RecordLoss lost(String parcelId, LineQuantity... lines) {
            return new RecordLoss(ORDER, "order-1-1", parcelId, List.of(lines));
        }

        private LineQuantity units(String lineId, long quantity) {
            return new LineQuantity(lineId, "SKU " + lineId, quantity);
        }

        @Test
        void recordsThatTheUnitsCannotBeReturned() {
            BOUGHT.when(lost("p1", units("mugs", 1), units("mugs", 1), units("lamp", 1)))
                    .then(new PurchaseLost(ORDER, "order-1-1", "p1", List.of(units("mugs", 2), units("lamp", 1))))
                    .when(accept("r-1", back("mugs", 2)))
                    .thenRejected(new MoreThanRemains(List.of(new MoreThanRemains.Excess("mugs", 2, 1, 3))));
        }

        @Test
        void theRemainingUnitsAreTheFirstOnes() {
            BoughtLine mugs = ((Purchased)
                            BOUGHT.givenCommands(lost("p1", units("mugs", 1))).state())
                    .lines()
                    .getFirst();
            assertThat(mugs.remaining()).isEqualTo(2);
            assertThat(mugs.refundFor(2)).isEqualTo(pounds(667));
        }

        @Test
        void changesNothingWhenTheParcelIsReportedAgain() {
            BOUGHT.givenCommands(lost("p1", units("mugs", 1)))
                    .when(lost("p1", units("mugs", 1)))
                    .thenNothing();
        }

        @Test
        void losesAtMostTheUnitsThatRemain() {
            BOUGHT.givenCommands(accept("r-1", back("mugs", 2)))
                    .when(lost("p1", units("mugs", 3)))
                    .then(new PurchaseLost(ORDER, "order-1-1", "p1", List.of(units("mugs", 1))))
                    .when(lost("p2", units("mugs", 1)))
                    .thenNothing();
        }

        @Test
        void losesOnlyUnitsOfTheFulfilment() {
            BOUGHT.givenCommands(purchase("order-1-2", line("tray", 2, 800)))
                    .when(lost("p1", units("tray", 1)))
                    .thenNothing();
        }

        @Test
        void rejectsAnOrderWithoutAPurchase() {
            NOTHING_LEFT.when(lost("p1", units("mugs", 1))).thenRejected(new NothingHasLeft(ORDER));
        }
    }

    @Nested
    class TakingAParcelBack {

        private LineToReturn back(String lineId, long quantity) {
            return new LineToReturn(
                    lineId, quantity, ReturnReason.UNDELIVERABLE, ReturnCondition.UNOPENED, Disposition.RESTOCK);
        }

        private TakeBackParcel parcel(LineToReturn... lines) {
            return new TakeBackParcel(ORDER, "order-1-1", "order-1-1-p1", "store-2", List.of(lines));
        }

        @Test
        void acceptsItAsAReturnEvenAfterTheWindow() {
            Instant late = UNTIL.plusSeconds(1);
            Return taken = new Return(
                    "order-1-1-p1", "store-2", late, List.of(returned(back("mugs", 2), 667)), pounds(667), null);
            BOUGHT.at(late)
                    .when(parcel(back("mugs", 2)))
                    .then(
                            new ReturnAccepted(ORDER, "customer-1", taken),
                            new RefundRequested(ORDER, "order-1-1-p1", pounds(667), "payment-1"))
                    .when(parcel(back("mugs", 2)))
                    .thenNothing();
        }

        @Test
        void takesOnlyUnitsOfItsFulfilmentThatRemain() {
            List<ReturnsEvent> events = BOUGHT.givenCommands(
                            purchase("order-1-2", line("mugs", 5, 350), line("tray", 1, 800)),
                            accept("r-1", Goods.back("mugs", 1)))
                    .when(parcel(back("mugs", 3), back("tray", 1)))
                    .events();
            assertThat(((ReturnAccepted) events.getFirst()).accepted().lines())
                    .containsExactly(returned(back("mugs", 2), 667));
        }

        @Test
        void changesNothingWhenNoUnitRemains() {
            BOUGHT.givenCommands(accept("r-1", Goods.back("lamp", 1)))
                    .when(parcel(back("lamp", 1)))
                    .thenNothing();
        }

        @Test
        void rejectsLinesWithoutADispositionAndAnOrderWithoutAPurchase() {
            BOUGHT.when(parcel(Goods.back("mugs", 1, Disposition.UNKNOWN)))
                    .thenRejected(new DispositionMissing(List.of("mugs")));
            NOTHING_LEFT.when(parcel(back("mugs", 1))).thenRejected(new NothingHasLeft(ORDER));
        }

        @Test
        void rejectsMoreReturnedLinesThanTheLimit() {
            int limit = ReturnsDecider.MAX_RETURNED_LINES_PER_ORDER;
            OrderLine[] lines = IntStream.range(0, limit)
                    .mapToObj(i -> line("l" + i, 2, 100))
                    .toArray(OrderLine[]::new);
            LineToReturn[] all = IntStream.range(0, limit)
                    .mapToObj(i -> Goods.back("l" + i, 1))
                    .toArray(LineToReturn[]::new);
            NOTHING_LEFT
                    .givenCommands(purchase("order-1-1", lines), accept("r-1", all))
                    .when(parcel(back("l0", 1)))
                    .thenRejected(new TooManyReturnedLines(ORDER, limit));
        }
    }
}
