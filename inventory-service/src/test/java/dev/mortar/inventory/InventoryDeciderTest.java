package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.inventory.SkuQuantity.each;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InventoryDeciderTest {

    private static final String HERE = "pune-1";
    private static final Instant EXPIRES = NOON.plus(Duration.ofMinutes(45));
    private static final LocationRegistered REGISTERED = new LocationRegistered(location("Pune"));

    private static StockEntry.Location location(String name, OpeningException... exceptions) {
        return new StockEntry.Location(
                HERE,
                name,
                LocationType.STORE,
                18.52,
                73.85,
                "Asia/Kolkata",
                List.of(),
                List.of(exceptions),
                Offer.DEFAULT);
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> unregistered() {
        return scenario(new InventoryDecider());
    }

    /** A registered location with 10 mugs and 5 teapots. */
    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> store() {
        return unregistered().given(REGISTERED).givenCommands(receipt("R1", each("mug", 10), each("teapot", 5)));
    }

    private static ReceiveStock receipt(String id, SkuQuantity... lines) {
        return new ReceiveStock(HERE, id, null, List.of(lines));
    }

    private static Fulfilment fulfilment(String id) {
        return new Fulfilment(HERE, id, "o-" + id);
    }

    private static ReserveStock reserve(String id, SkuQuantity... lines) {
        return reserve(id, Channel.ONLINE, null, lines);
    }

    private static ReserveStock reserve(String id, Channel channel, @Nullable String holdId, SkuQuantity... lines) {
        return new ReserveStock(
                fulfilment(id), FulfilmentMethod.PICKUP, channel, List.of(lines), holdId, EXPIRES, null);
    }

    private static RecordSale sale(String id, Instant soldAt, SkuQuantity... lines) {
        return new RecordSale(fulfilment(id), soldAt, List.of(lines));
    }

    private static CountStock count(String id, Instant countedAt, SkuQuantity... lines) {
        return new CountStock(HERE, id, countedAt, List.of(lines));
    }

    private static AdjustStock adjust(String id, AdjustmentReason reason, String sku, long onHand, long damaged) {
        return new AdjustStock(HERE, id, reason, null, List.of(new Adjustment(sku, onHand, damaged, 0, Unit.EACH)));
    }

    private static ConfirmReservation confirm(String id, SkuQuantity... lines) {
        return new ConfirmReservation(fulfilment(id), Channel.ONLINE, List.of(lines));
    }

    private static MarkPicked picked(String id) {
        return new MarkPicked(fulfilment(id));
    }

    private static ReleaseReservation release(String id, ReleaseReason reason) {
        return new ReleaseReservation(fulfilment(id), reason);
    }

    private static CommitReservation commit(String id, SkuQuantity... left) {
        return new CommitReservation(fulfilment(id), NOON, List.of(left));
    }

    private static ReportShortPick shortPick(
            String id, String adjustmentId, String sku, long missing, boolean damaged) {
        return new ReportShortPick(fulfilment(id), adjustmentId, NOON, sku, missing, damaged);
    }

    private static HoldStock hold(String id, SkuQuantity... lines) {
        return new HoldStock(HERE, id, null, Channel.ONLINE, List.of(lines), 900);
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> expired() {
        return expired(store().givenCommands(reserve("f1", each("mug", 3))));
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> expired(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> reserved) {
        return after(reserved.at(EXPIRES), new ExpireReservation(fulfilment("f1")));
    }

    private static StockChange change(String sku, Quantities change, Quantities after) {
        return new StockChange(sku, Unit.EACH, change, after);
    }

    private static Quantities q(long onHand, long committed, long held, long safetyStock, long damaged) {
        return new Quantities(onHand, committed, held, safetyStock, damaged, 0, 0);
    }

    private static Quantities onHand(long onHand) {
        return Quantities.ofOnHand(onHand);
    }

    private static Quantities mugs(DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario) {
        return scenario.state().level("mug").quantities();
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> after(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, InventoryCommand command) {
        return scenario.given(scenario.when(command).events());
    }

    @Nested
    class Locations {
        private final RegisterLocation register = new RegisterLocation(location("Pune"));

        @Test
        void registers() {
            unregistered().when(register).then(REGISTERED);
        }

        @Test
        void doesNothingWhenNothingIsNew() {
            unregistered().given(REGISTERED).when(register).thenNothing();
        }

        @Test
        void registersAgainWhenAnExceptionChanges() {
            var closed = new OpeningException(LocalDate.parse("2026-12-25"), null, null);
            unregistered()
                    .given(REGISTERED)
                    .when(new RegisterLocation(location("Pune", closed)))
                    .then(new LocationRegistered(location("Pune", closed)));
        }

        @Test
        void replacesData() {
            unregistered()
                    .given(REGISTERED)
                    .when(new RegisterLocation(location("Pune Camp")))
                    .then(new LocationRegistered(location("Pune Camp")));
        }
    }

    @Nested
    class Receipts {
        @Test
        void booksLinesOfOneSkuTogether() {
            unregistered()
                    .given(REGISTERED)
                    .when(receipt("R1", each("mug", 4), each("pan", 1), each("mug", 6)))
                    .then(new StockReceived(
                            HERE,
                            "R1",
                            NOON,
                            List.of(),
                            List.of(change("mug", onHand(10), onHand(10)), change("pan", onHand(1), onHand(1)))));
        }

        @Test
        void booksAReceiptOnce() {
            store().when(receipt("R1", each("mug", 10), each("teapot", 5))).thenNothing();
        }

        @Test
        void refusesAnUnknownLocation() {
            unregistered()
                    .when(receipt("R1", each("mug", 1)))
                    .thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void refusesAnotherUnitWhileThereIsStock() {
            store().when(receipt("R2", new SkuQuantity("mug", 500, Unit.GRAM)))
                    .thenRejected(new InventoryRejection.UnitMismatch(HERE, "mug", Unit.EACH, Unit.GRAM));
        }

        @Test
        void refusesTwoUnitsOfOneSku() {
            store().when(receipt("R2", each("rice", 1), new SkuQuantity("rice", 500, Unit.GRAM)))
                    .thenRejected(new InventoryRejection.UnitMismatch(HERE, "rice", Unit.EACH, Unit.GRAM));
        }

        @Test
        void acceptsAnotherUnitWhenTheStockIsEmpty() {
            var empty = store().givenCommands(adjust("A1", AdjustmentReason.LOST, "mug", -10, 0));
            var weighed = after(empty, receipt("R2", new SkuQuantity("mug", 500, Unit.GRAM)));
            assertThat(weighed.state().level("mug").unit()).isEqualTo(Unit.GRAM);
        }

        @Test
        void tellsSkusApartByCaseAndSpaces() {
            var scenario = store().givenCommands(receipt("R2", each("MUG", 1), each("mug 2", 2), each("a/b", 3)));
            assertThat(mugs(scenario)).isEqualTo(onHand(10));
            assertThat(scenario.state().level("MUG").quantities()).isEqualTo(onHand(1));
            assertThat(scenario.state().level("a/b").quantities()).isEqualTo(onHand(3));
        }
    }

    @Nested
    class Reservations {
        @Test
        void reservesAllSkus() {
            store().when(reserve("f1", each("mug", 2), each("teapot", 1), each("mug", 1)))
                    .then(new StockReserved(
                            fulfilment("f1"),
                            List.of(each("mug", 3), each("teapot", 1)),
                            EXPIRES,
                            List.of(
                                    change("mug", q(0, 3, 0, 0, 0), q(10, 3, 0, 0, 0)),
                                    change("teapot", q(0, 1, 0, 0, 0), q(5, 1, 0, 0, 0))),
                            null,
                            null,
                            null));
        }

        @Test
        void reservesNothingWhenOneSkuIsShort() {
            store().when(reserve("f1", each("mug", 2), each("teapot", 6)))
                    .then(new StockReservationRejected(
                            fulfilment("f1"),
                            ReservationRejectionReason.INSUFFICIENT_STOCK,
                            List.of(each("mug", 2), each("teapot", 6)),
                            List.of(new Shortage("teapot", 6, 5)),
                            null));
        }

        @Test
        void sumsLinesOfOneSkuBeforeItDecides() {
            store().when(reserve("f1", each("mug", 6), each("mug", 5)))
                    .then(new StockReservationRejected(
                            fulfilment("f1"),
                            ReservationRejectionReason.INSUFFICIENT_STOCK,
                            List.of(each("mug", 11)),
                            List.of(new Shortage("mug", 11, 10)),
                            null));
        }

        @Test
        void givesTheLastUnitToOneOnly() {
            var scenario = store().givenCommands(reserve("f1", each("mug", 10)));
            assertThat(scenario.when(reserve("f2", each("mug", 1))).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReservationRejected.class,
                            rejected -> assertThat(rejected.shortages()).containsExactly(new Shortage("mug", 1, 0)));
        }

        @Test
        void keepsSafetyStockFromOnlineOrdersOnly() {
            var scenario = store().givenCommands(new SetSafetyStock(HERE, List.of(each("mug", 3))));
            assertThat(scenario.when(reserve("f1", each("mug", 8))).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReservationRejected.class,
                            rejected -> assertThat(rejected.shortages()).containsExactly(new Shortage("mug", 8, 7)));
            assertThat(scenario.when(reserve("f1", Channel.STORE, null, each("mug", 8)))
                            .events())
                    .singleElement()
                    .isInstanceOf(StockReserved.class);
        }

        @Test
        void doesNotReserveHeldOrDamagedUnits() {
            var scenario = store().givenCommands(
                            hold("h1", each("mug", 4)), adjust("A1", AdjustmentReason.DAMAGED, "mug", -1, 1));
            assertThat(mugs(scenario)).isEqualTo(q(9, 0, 4, 0, 1));
            assertThat(scenario.when(reserve("f1", each("mug", 6))).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReservationRejected.class,
                            rejected -> assertThat(rejected.shortages()).containsExactly(new Shortage("mug", 6, 5)));
        }

        @Test
        void isShortInAnotherUnit() {
            assertThat(store().when(reserve("f1", new SkuQuantity("mug", 5, Unit.GRAM)))
                            .events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReservationRejected.class,
                            rejected -> assertThat(rejected.shortages()).containsExactly(new Shortage("mug", 5, 0)));
        }

        @Test
        void rejectsAnUnknownLocation() {
            unregistered()
                    .when(reserve("f1", each("mug", 1)))
                    .then(new StockReservationRejected(
                            fulfilment("f1"),
                            ReservationRejectionReason.LOCATION_UNKNOWN,
                            List.of(each("mug", 1)),
                            List.of(),
                            null));
        }

        @Test
        void aRepeatChangesNothingInAnyState() {
            var open = store().givenCommands(reserve("f1", each("mug", 1)));
            open.when(reserve("f1", each("mug", 1))).thenNothing();
            after(open, release("f1", ReleaseReason.ORDER_CANCELLED))
                    .when(reserve("f1", each("mug", 1)))
                    .thenNothing();
            after(open, commit("f1", each("mug", 1)))
                    .when(reserve("f1", each("mug", 1)))
                    .thenNothing();
            after(store(), reserve("f2", each("mug", 11)))
                    .when(reserve("f2", each("mug", 11)))
                    .thenNothing();
        }

        @Test
        void rejectsAReservationThatWasReleasedBefore() {
            store().when(release("f1", ReleaseReason.ORDER_REJECTED))
                    .then(new ReservationVoided(fulfilment("f1")))
                    .when(reserve("f1", each("mug", 1)))
                    .then(new StockReservationRejected(
                            fulfilment("f1"),
                            ReservationRejectionReason.ALREADY_RELEASED,
                            List.of(each("mug", 1)),
                            List.of(),
                            null))
                    .when(reserve("f1", each("mug", 1)))
                    .thenNothing();
        }

        @Test
        void voidsOnce() {
            store().given(new ReservationVoided(fulfilment("f1")))
                    .when(release("f1", ReleaseReason.ORDER_REJECTED))
                    .thenNothing();
        }

        @Test
        void releasesAllOfIt() {
            var scenario = store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(release("f1", ReleaseReason.PICKUP_EXPIRED))
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.PICKUP_EXPIRED,
                            List.of(each("mug", 3)),
                            true,
                            List.of(change("mug", q(0, -3, 0, 0, 0), onHand(10))),
                            List.of(),
                            null));
            scenario.when(release("f1", ReleaseReason.PICKUP_EXPIRED)).thenNothing();
            assertThat(scenario.state().claimedBy("mug", 0)).isNull();
        }

        @Test
        void endsWhenItsFulfilmentIsWithdrawn() {
            var withdrawn = release("f1", ReleaseReason.FULFILMENT_WITHDRAWN);
            store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(withdrawn)
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.FULFILMENT_WITHDRAWN,
                            List.of(each("mug", 3)),
                            true,
                            List.of(change("mug", q(0, -3, 0, 0, 0), onHand(10))),
                            List.of(),
                            null))
                    .when(withdrawn)
                    .thenNothing()
                    .when(confirm("f1", each("mug", 3)))
                    .thenNothing();
        }

        @Test
        void isVoidedWhenItsFulfilmentIsWithdrawnFirst() {
            var withdrawn = release("f1", ReleaseReason.FULFILMENT_WITHDRAWN);
            store().when(withdrawn)
                    .then(new ReservationVoided(fulfilment("f1")))
                    .when(withdrawn)
                    .thenNothing();
        }

        @Test
        void releasesAPartAndEndsWithTheLast() {
            var part = new ReleasePart(
                    fulfilment("f1"), ReleaseReason.PICKUP_CANCELLED, List.of(each("mug", 1), each("mug", 1)));
            var scenario = store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(part)
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.PICKUP_CANCELLED,
                            List.of(each("mug", 2)),
                            false,
                            List.of(change("mug", q(0, -2, 0, 0, 0), q(10, 1, 0, 0, 0))),
                            List.of(),
                            null));
            scenario.when(part)
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.PICKUP_CANCELLED,
                            List.of(each("mug", 1)),
                            true,
                            List.of(change("mug", q(0, -1, 0, 0, 0), onHand(10))),
                            List.of(),
                            null))
                    .when(part)
                    .thenNothing();
        }

        @Test
        void ignoresAPartReleaseOfOtherGoods() {
            var part = new ReleasePart(fulfilment("f1"), ReleaseReason.PICKUP_CANCELLED, List.of(each("teapot", 1)));
            store().when(part).thenNothing();
            store().givenCommands(reserve("f1", each("mug", 3))).when(part).thenNothing();
        }

        @Test
        void expiresAtItsDeadlineAndNotBefore() {
            var scenario = store().givenCommands(reserve("f1", each("mug", 3)));
            scenario.at(EXPIRES.minusMillis(1))
                    .when(new ExpireReservation(fulfilment("f1")))
                    .thenNothing();
            scenario.at(EXPIRES)
                    .when(new ExpireReservation(fulfilment("f1")))
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.NOT_ANSWERED_IN_TIME,
                            List.of(each("mug", 3)),
                            true,
                            List.of(change("mug", q(0, -3, 0, 0, 0), onHand(10))),
                            List.of(),
                            null))
                    .at(EXPIRES)
                    .when(new ExpireReservation(fulfilment("f1")))
                    .thenNothing();
        }

        @Test
        void doesNotExpireOnceConfirmedOrPicked() {
            store().givenCommands(reserve("f1", each("mug", 3)), confirm("f1", each("mug", 3)))
                    .at(EXPIRES)
                    .when(new ExpireReservation(fulfilment("f1")))
                    .thenNothing();
            store().givenCommands(reserve("f1", each("mug", 3)), picked("f1"))
                    .at(EXPIRES)
                    .when(new ExpireReservation(fulfilment("f1")))
                    .thenNothing();
        }
    }

    @Nested
    class Confirmations {
        @Test
        void confirmsOnce() {
            store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(confirm("f1", each("mug", 3)))
                    .then(new ReservationConfirmed(fulfilment("f1"), List.of(), null))
                    .when(confirm("f1", each("mug", 3)))
                    .thenNothing();
        }

        @Test
        void keepsAnEarlierPick() {
            var scenario =
                    store().givenCommands(reserve("f1", each("mug", 3)), picked("f1"), confirm("f1", each("mug", 3)));
            assertThat(scenario.state().reservation("f1")).isNotNull().satisfies(open -> {
                assertThat(open.picked()).isTrue();
                assertThat(open.confirmed()).isTrue();
            });
        }

        @Test
        void makesAnExpiredReservationAgain() {
            expired()
                    .when(confirm("f1", each("mug", 2), each("mug", 1)))
                    .then(new ReservationConfirmed(
                            fulfilment("f1"), List.of(change("mug", q(0, 3, 0, 0, 0), q(10, 3, 0, 0, 0))), null))
                    .at(EXPIRES.plusSeconds(9999))
                    .when(new ExpireReservation(fulfilment("f1")))
                    .thenNothing()
                    .when(commit("f1", each("mug", 3)))
                    .then(new StockCommitted(
                            fulfilment("f1"),
                            List.of(each("mug", 3)),
                            List.of(),
                            NOON,
                            List.of(),
                            List.of(change("mug", q(-3, -3, 0, 0, 0), onHand(7)))));
        }

        @Test
        void breaksAnExpiredReservationThatCannotBeMadeAgain() {
            expired()
                    .givenCommands(reserve("f2", each("mug", 8)))
                    .when(confirm("f1", each("mug", 3)))
                    .then(new ReservationBroken(fulfilment("f1"), List.of("mug"), List.of(), List.of(), false, null))
                    .when(confirm("f1", each("mug", 3)))
                    .thenNothing();
        }

        @Test
        void doesNotMakeClosedReservationsAgain() {
            expired()
                    .when(release("f1", ReleaseReason.PICKUP_CANCELLED))
                    .then(new ReservationVoided(fulfilment("f1")))
                    .when(confirm("f1", each("mug", 3)))
                    .thenNothing();
            after(expired(), commit("f1", each("mug", 3)))
                    .when(confirm("f1", each("mug", 3)))
                    .thenNothing();
        }

        @Test
        void doesNotReserveAnExpiredReservationAgain() {
            expired().when(reserve("f1", each("mug", 3))).thenNothing();
        }
    }

    /** An expired reservation of 3 mugs and 2 teapots. A late confirmation of its order makes it again. */
    @Nested
    class AfterExpiry {
        private final ConfirmReservation confirm = confirm("f1", each("mug", 3), each("teapot", 2));

        @Test
        void aReleasedPartIsNotReservedAgain() {
            expiredReservation()
                    .when(part(each("mug", 1)))
                    .then(released(ReleaseReason.PICKUP_CANCELLED, false, each("mug", 1)))
                    .when(confirm)
                    .then(madeAgain(
                            change("mug", q(0, 2, 0, 0, 0), q(10, 2, 0, 0, 0)),
                            change("teapot", q(0, 2, 0, 0, 0), q(5, 2, 0, 0, 0))))
                    .when(confirm)
                    .thenNothing();
        }

        @Test
        void releasedPartsAddUp() {
            expiredReservation()
                    .givenCommands(part(each("mug", 1)), part(each("mug", 1), each("teapot", 2)))
                    .when(confirm)
                    .then(madeAgain(change("mug", q(0, 1, 0, 0, 0), q(10, 1, 0, 0, 0))));
        }

        @Test
        void aPartReleasedBeforeExpiryIsNotReservedAgain() {
            expired(store().givenCommands(reserve("f1", each("mug", 3), each("teapot", 2)), part(each("mug", 1))))
                    .when(confirm)
                    .then(madeAgain(
                            change("mug", q(0, 2, 0, 0, 0), q(10, 2, 0, 0, 0)),
                            change("teapot", q(0, 2, 0, 0, 0), q(5, 2, 0, 0, 0))));
        }

        @Test
        void releasesAtMostTheRemainingUnits() {
            expiredReservation()
                    .when(part(each("mug", 7), each("kettle", 1)))
                    .then(released(ReleaseReason.PICKUP_CANCELLED, false, each("mug", 3)))
                    .when(part(each("mug", 1)))
                    .thenNothing()
                    .when(confirm)
                    .then(madeAgain(change("teapot", q(0, 2, 0, 0, 0), q(5, 2, 0, 0, 0))));
        }

        @Test
        void isClosedWhenAllOfItIsReleased() {
            var all = part(each("mug", 3), each("teapot", 2));
            var scenario = expiredReservation()
                    .when(all)
                    .then(released(ReleaseReason.PICKUP_CANCELLED, true, each("mug", 3), each("teapot", 2)))
                    .when(all)
                    .thenNothing()
                    .when(confirm)
                    .thenNothing()
                    .when(release("f1", ReleaseReason.PICKUP_CANCELLED))
                    .thenNothing();
            assertThat(scenario.state().ending("f1")).isEqualTo(StockEntry.ReservationEnd.RELEASED);
        }

        @Test
        void onlyTheRemainingPartHasToBeAvailable() {
            expiredReservation()
                    .givenCommands(reserve("f2", each("mug", 8)), part(each("mug", 1)))
                    .when(confirm)
                    .then(madeAgain(
                            change("mug", q(0, 2, 0, 0, 0), q(10, 10, 0, 0, 0)),
                            change("teapot", q(0, 2, 0, 0, 0), q(5, 2, 0, 0, 0))));
        }

        @Test
        void aShortPickLowersOnHandAndIsNotReservedAgain() {
            var scenario = expiredReservation()
                    .when(shortPick("f1", "A1", "mug", 2, true))
                    .then(
                            released(ReleaseReason.SHORT_PICK, false, each("mug", 2)),
                            new StockAdjusted(
                                    HERE,
                                    "A1",
                                    AdjustmentReason.SHORT_PICK,
                                    NOON,
                                    List.of(),
                                    List.of(change("mug", q(-2, 0, 0, 0, 2), q(8, 0, 0, 0, 2)))));
            scenario.when(shortPick("f1", "A1", "mug", 2, true)).thenNothing();
            scenario.when(confirm)
                    .then(madeAgain(
                            change("mug", q(0, 1, 0, 0, 0), q(8, 1, 0, 0, 2)),
                            change("teapot", q(0, 2, 0, 0, 0), q(5, 2, 0, 0, 0))))
                    .when(shortPick("f1", "A1", "mug", 2, true))
                    .thenNothing();
        }

        @Test
        void aShortPickTakesAtMostTheRemainingUnits() {
            var scenario = after(expiredReservation(), shortPick("f1", "A1", "mug", 7, false));
            assertThat(mugs(scenario)).isEqualTo(onHand(7));
            scenario.when(shortPick("f1", "A2", "mug", 1, false)).thenNothing();
        }

        @Test
        void aShortPickBreaksReservationsThatCannotBeMet() {
            assertThat(expiredReservation()
                            .givenCommands(reserve("f2", each("mug", 9)))
                            .when(shortPick("f1", "A1", "mug", 2, false))
                            .events())
                    .hasSize(4)
                    .endsWith(
                            new StockShortfallDetected(HERE, "mug", 1, Unit.EACH),
                            new ReservationBroken(
                                    fulfilment("f2"),
                                    List.of("mug"),
                                    List.of(each("mug", 9)),
                                    List.of(change("mug", q(0, -9, 0, 0, 0), onHand(8))),
                                    false,
                                    null));
        }

        @Test
        void aShortPickInAnotherUnitGetsItsOwnPosition() {
            var scenario = expiredReservation()
                    .givenCommands(
                            adjust("A0", AdjustmentReason.LOST, "mug", -10, 0),
                            receipt("R2", new SkuQuantity("mug", 500, Unit.GRAM)));
            var after = after(scenario, shortPick("f1", "A1", "mug", 1, false));
            assertThat(mugs(after)).isEqualTo(onHand(500));
            assertThat(after.state().level("mug").positions().in(Unit.EACH)).isEqualTo(onHand(-1));
        }

        @Test
        void aPickedReservationStaysPickedWhenItIsMadeAgain() {
            var scenario = expiredReservation()
                    .when(picked("f1"))
                    .then(new ReservationPicked(fulfilment("f1")))
                    .when(picked("f1"))
                    .thenNothing()
                    .givenCommands(confirm);
            scenario.when(picked("f1")).thenNothing();
            assertThat(scenario.when(sale("s1", NOON, each("mug", 8))).events())
                    .as("a sale of committed units breaks no staged reservation")
                    .hasSize(2)
                    .endsWith(new StockShortfallDetected(HERE, "mug", 1, Unit.EACH));
        }

        private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> expiredReservation() {
            return expired(store().givenCommands(reserve("f1", each("mug", 3), each("teapot", 2))));
        }

        private static ReleasePart part(SkuQuantity... lines) {
            return new ReleasePart(fulfilment("f1"), ReleaseReason.PICKUP_CANCELLED, List.of(lines));
        }

        /** An expired reservation has no units, so no quantity changes. */
        private static StockReleased released(ReleaseReason reason, boolean whole, SkuQuantity... lines) {
            return new StockReleased(fulfilment("f1"), reason, List.of(lines), whole, List.of(), List.of(), null);
        }

        private static ReservationConfirmed madeAgain(StockChange... changes) {
            return new ReservationConfirmed(fulfilment("f1"), List.of(changes), null);
        }
    }

    @Nested
    class Handovers {
        @Test
        void marksPickedOnce() {
            store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(picked("f1"))
                    .then(new ReservationPicked(fulfilment("f1")))
                    .when(picked("f1"))
                    .thenNothing();
            store().when(picked("f9")).thenNothing();
        }

        @Test
        void commitsTheGoodsThatLeftAndReleasesTheRest() {
            store().givenCommands(reserve("f1", each("mug", 3), each("teapot", 1)))
                    .when(commit("f1", each("mug", 2)))
                    .then(new StockCommitted(
                            fulfilment("f1"),
                            List.of(each("mug", 2)),
                            List.of(each("mug", 1), each("teapot", 1)),
                            NOON,
                            List.of(),
                            List.of(
                                    change("mug", q(-2, -3, 0, 0, 0), onHand(8)),
                                    change("teapot", q(0, -1, 0, 0, 0), onHand(5)))))
                    .when(commit("f1", each("mug", 2)))
                    .thenNothing();
        }

        @Test
        void booksGoodsThatLeftAfterTheirReservationBroke() {
            var broken = after(store().givenCommands(reserve("f1", each("mug", 3))), sale("s1", NOON, each("mug", 8)));
            assertThat(broken.state().ending("f1")).isEqualTo(StockEntry.ReservationEnd.BROKEN);
            broken.when(commit("f1", each("mug", 3)))
                    .then(new StockCommitted(
                            fulfilment("f1"),
                            List.of(each("mug", 3)),
                            List.of(),
                            NOON,
                            List.of(),
                            List.of(change("mug", onHand(-3), onHand(-1)))));
        }

        @Test
        void booksAShortPickAndDamagedUnits() {
            store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(shortPick("f1", "A1", "mug", 2, true))
                    .then(
                            new StockReleased(
                                    fulfilment("f1"),
                                    ReleaseReason.SHORT_PICK,
                                    List.of(each("mug", 2)),
                                    false,
                                    List.of(change("mug", q(0, -2, 0, 0, 0), q(10, 1, 0, 0, 0))),
                                    List.of(),
                                    null),
                            new StockAdjusted(
                                    HERE,
                                    "A1",
                                    AdjustmentReason.SHORT_PICK,
                                    NOON,
                                    List.of(),
                                    List.of(change("mug", q(-2, 0, 0, 0, 2), q(8, 1, 0, 0, 2)))))
                    .when(shortPick("f1", "A1", "mug", 2, true))
                    .thenNothing();
        }

        @Test
        void booksAShortPickUpToTheReservedUnits() {
            var scenario =
                    after(store().givenCommands(reserve("f1", each("mug", 3))), shortPick("f1", "A1", "mug", 7, false));
            assertThat(mugs(scenario)).isEqualTo(onHand(7));
            assertThat(scenario.state().ending("f1")).isEqualTo(StockEntry.ReservationEnd.RELEASED);
            scenario.when(release("f1", ReleaseReason.PICKUP_CANCELLED)).thenNothing();
        }

        @Test
        void ignoresAShortPickOfGoodsThatAreNotReserved() {
            store().when(shortPick("f1", "A1", "mug", 1, false)).thenNothing();
            store().givenCommands(reserve("f1", each("mug", 3)))
                    .when(shortPick("f1", "A1", "teapot", 1, false))
                    .thenNothing();
        }
    }

    @Nested
    class TillSales {
        @Test
        void areBookedOnce() {
            store().when(sale("s1", NOON, each("mug", 1), each("mug", 1)))
                    .then(new StockSold(
                            fulfilment("s1"),
                            NOON,
                            NOON,
                            List.of(each("mug", 2)),
                            List.of(),
                            List.of(change("mug", onHand(-2), onHand(8)))))
                    .when(sale("s1", NOON, each("mug", 2)))
                    .thenNothing();
        }

        @Test
        void areBookedEvenWithoutStock() {
            unregistered()
                    .when(sale("s1", NOON, each("mug", 2)))
                    .then(new StockSold(
                            fulfilment("s1"),
                            NOON,
                            NOON,
                            List.of(each("mug", 2)),
                            List.of(),
                            List.of(change("mug", onHand(-2), onHand(-2)))));
        }

        @Test
        void leaveNothingAvailableBelowZero() {
            var scenario = after(store(), sale("s1", NOON, each("mug", 12)));
            assertThat(mugs(scenario)).isEqualTo(onHand(-2));
            assertThat(mugs(scenario).available(Channel.STORE)).isZero();
        }

        @Test
        void breakTheYoungestReservationsThatAreNotPicked() {
            var scenario = store().givenCommands(
                            reserve("old", each("mug", 3)),
                            reserve("young", each("mug", 3), each("teapot", 2)),
                            reserve("youngest", each("mug", 3)),
                            picked("youngest"));
            scenario.when(sale("s1", NOON, each("mug", 2)))
                    .then(
                            new StockSold(
                                    fulfilment("s1"),
                                    NOON,
                                    NOON,
                                    List.of(each("mug", 2)),
                                    List.of(),
                                    List.of(change("mug", onHand(-2), q(8, 9, 0, 0, 0)))),
                            new StockShortfallDetected(HERE, "mug", 1, Unit.EACH),
                            new ReservationBroken(
                                    fulfilment("young"),
                                    List.of("mug"),
                                    List.of(each("mug", 3), each("teapot", 2)),
                                    List.of(
                                            change("mug", q(0, -3, 0, 0, 0), q(8, 6, 0, 0, 0)),
                                            change("teapot", q(0, -2, 0, 0, 0), onHand(5))),
                                    true,
                                    null));
        }

        /** Two confirmed reservations; the younger has lost one of its three mugs to a till. */
        private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> reduced() {
            return after(
                    store().givenCommands(
                                    reserve("old", each("mug", 7)),
                                    confirm("old"),
                                    reserve("young", each("mug", 3), each("teapot", 2)),
                                    confirm("young")),
                    sale("s1", NOON, each("mug", 1)));
        }

        @Test
        void takeOnlyTheMissingUnitsFromAConfirmedReservation() {
            store().givenCommands(reserve("young", each("mug", 10), each("teapot", 2)), confirm("young"))
                    .when(sale("s1", NOON, each("mug", 1)))
                    .then(
                            new StockSold(
                                    fulfilment("s1"),
                                    NOON,
                                    NOON,
                                    List.of(each("mug", 1)),
                                    List.of(),
                                    List.of(change("mug", onHand(-1), q(9, 10, 0, 0, 0)))),
                            new StockShortfallDetected(HERE, "mug", 1, Unit.EACH),
                            new ReservationReduced(
                                    fulfilment("young"),
                                    1,
                                    List.of(each("mug", 1)),
                                    List.of(change("mug", q(0, -1, 0, 0, 0), q(9, 9, 0, 0, 0))),
                                    true));
            assertThat(reduced().state().remaining("young")).containsExactly(each("mug", 2), each("teapot", 2));
        }

        @Test
        void numberTheLossesOfAReservationAndBreakItWithTheLastUnit() {
            var scenario = store().givenCommands(reserve("a", each("mug", 3)), confirm("a"));
            scenario = after(scenario, sale("s1", NOON, each("mug", 8)));
            scenario = after(scenario, sale("s2", NOON, each("mug", 1)));
            assertThat(scenario.state().reservation("a"))
                    .returns(2, StockEntry.Reservation::reductions)
                    .returns(List.of(each("mug", 2)), StockEntry.Reservation::lost);
            assertThat(scenario.when(sale("s3", NOON, each("mug", 1))).events())
                    .last()
                    .isInstanceOf(ReservationBroken.class);
        }

        @Test
        void theAnswerOfThePickupDoesNotFreeUnitsThatWereLost() {
            var cancelled =
                    new ReleasePart(fulfilment("young"), ReleaseReason.PICKUP_CANCELLED, List.of(each("mug", 1)));
            reduced()
                    .when(cancelled)
                    .then(new StockReleased(
                            fulfilment("young"),
                            ReleaseReason.PICKUP_CANCELLED,
                            List.of(),
                            false,
                            List.of(),
                            List.of(each("mug", 1)),
                            null));
            reduced()
                    .givenCommands(cancelled)
                    .when(cancelled)
                    .then(new StockReleased(
                            fulfilment("young"),
                            ReleaseReason.PICKUP_CANCELLED,
                            List.of(each("mug", 1)),
                            false,
                            List.of(change("mug", q(0, -1, 0, 0, 0), q(9, 8, 0, 0, 0))),
                            List.of(),
                            null));
        }

        @Test
        void aShortPickOfLostUnitsChangesNoStock() {
            assertThat(reduced().when(shortPick("young", "A1", "mug", 2, false)).events())
                    .containsExactly(
                            new StockReleased(
                                    fulfilment("young"),
                                    ReleaseReason.SHORT_PICK,
                                    List.of(each("mug", 1)),
                                    false,
                                    List.of(change("mug", q(0, -1, 0, 0, 0), q(9, 8, 0, 0, 0))),
                                    List.of(each("mug", 1)),
                                    null),
                            new StockAdjusted(
                                    HERE,
                                    "A1",
                                    AdjustmentReason.SHORT_PICK,
                                    NOON,
                                    List.of(),
                                    List.of(change("mug", onHand(-1), q(8, 8, 0, 0, 0)))));
            assertThat(reduced()
                            .givenCommands(shortPick("young", "A1", "mug", 1, false))
                            .state()
                            .lost("young"))
                    .isEmpty();
            reduced()
                    .givenCommands(shortPick("young", "A1", "mug", 1, false))
                    .when(shortPick("young", "A1", "mug", 1, false))
                    .then();
        }

        @Test
        void skipEndedClaimsToFindTheYoungest() {
            var part = new ReleasePart(fulfilment("a"), ReleaseReason.PICKUP_CANCELLED, List.of(each("mug", 1)));
            var scenario = store().givenCommands(
                            reserve("a", each("mug", 3)),
                            reserve("b", each("mug", 2)),
                            reserve("c", each("mug", 2)),
                            reserve("d", each("mug", 2)),
                            release("b", ReleaseReason.ORDER_CANCELLED),
                            part,
                            release("d", ReleaseReason.ORDER_CANCELLED));
            assertThat(scenario.when(sale("s1", NOON, each("mug", 9))).events())
                    .filteredOn(ReservationBroken.class::isInstance)
                    .extracting(
                            event -> ((ReservationBroken) event).fulfilment().fulfilmentId())
                    .containsExactly("c", "a");
        }

        @Test
        void readNoReservationOlderThanTheLastBrokenOne() {
            Stock full = store().givenCommands(
                            reserve("old", each("mug", 3)),
                            reserve("young", each("mug", 3)),
                            reserve("youngest", each("mug", 3)))
                    .state();
            Set<String> read = new HashSet<>();
            var stock = new Stock(full.locationId(), WorkingSet.over(key -> {
                read.add(key);
                return full.entries().get(key);
            }));

            assertThat(new InventoryDecider().decide(stock, sale("s1", NOON, each("mug", 2)), NOON))
                    .asString()
                    .contains("ReservationBroken[fulfilment=Fulfilment[locationId=pune-1, fulfilmentId=youngest")
                    .doesNotContain("fulfilmentId=young,");
            assertThat(read)
                    .anyMatch(key -> key.endsWith("|youngest"))
                    .noneMatch(key -> key.endsWith("|young") || key.endsWith("|old"));
        }

        @Test
        void neverBreakPickedReservations() {
            var scenario =
                    store().givenCommands(reserve("a", each("mug", 4)), picked("a"), reserve("b", each("mug", 4)));
            assertThat(scenario.when(sale("s1", NOON, each("mug", 9))).events())
                    .hasSize(3)
                    .last()
                    .isInstanceOfSatisfying(
                            ReservationBroken.class,
                            broken -> assertThat(broken.fulfilment().fulfilmentId())
                                    .isEqualTo("b"));
            assertThat(mugs(after(scenario, sale("s1", NOON, each("mug", 9))))).isEqualTo(q(1, 4, 0, 0, 0));
        }

        @Test
        void detectEverySkuBeforeTheyBreakAny() {
            var scenario = store().givenCommands(reserve("f1", each("mug", 10), each("teapot", 5)));
            assertThat(scenario.when(sale("s1", NOON, each("mug", 1), each("teapot", 1)))
                            .events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly(
                            "StockSold", "StockShortfallDetected", "StockShortfallDetected", "ReservationBroken");
        }

        @Test
        void doNotBreakReservationsForHolds() {
            var scenario = store().givenCommands(hold("h1", each("mug", 5)), reserve("f1", each("mug", 5)));
            assertThat(scenario.when(sale("s1", NOON, each("mug", 4))).events()).hasSize(1);
        }

        @Test
        void olderThanTheNewestCountAreNotSubtractedTwice() {
            var counted = store().givenCommands(count("C1", NOON, each("mug", 7)));
            counted.when(sale("s1", NOON.minusSeconds(1), each("mug", 3), each("teapot", 1)))
                    .then(new StockSold(
                            fulfilment("s1"),
                            NOON.minusSeconds(1),
                            NOON,
                            List.of(each("teapot", 1)),
                            List.of(each("mug", 3)),
                            List.of(change("teapot", onHand(-1), onHand(4)))))
                    .when(sale("s1", NOON.minusSeconds(1), each("mug", 3), each("teapot", 1)))
                    .thenNothing();
            assertThat(mugs(after(counted, sale("s2", NOON, each("mug", 3))))).isEqualTo(onHand(7));
            assertThat(mugs(after(counted.at(NOON.plusSeconds(1)), sale("s3", NOON.plusMillis(1), each("mug", 3)))))
                    .isEqualTo(onHand(4));
        }
    }

    @Nested
    class Corrections {
        @Test
        void adjustOnHandAndDamaged() {
            store().when(adjust("A1", AdjustmentReason.DAMAGED, "mug", -2, 2))
                    .then(new StockAdjusted(
                            HERE,
                            "A1",
                            AdjustmentReason.DAMAGED,
                            NOON,
                            List.of(),
                            List.of(change("mug", q(-2, 0, 0, 0, 2), q(8, 0, 0, 0, 2)))))
                    .when(adjust("A1", AdjustmentReason.DAMAGED, "mug", -2, 2))
                    .thenNothing();
        }

        @Test
        void doNotAdjustBelowZero() {
            store().when(adjust("A1", AdjustmentReason.LOST, "mug", -11, 0))
                    .thenRejected(new InventoryRejection.AdjustmentBelowZero("mug", 10, -11));
            store().when(adjust("A1", AdjustmentReason.CORRECTION, "mug", 0, -1))
                    .thenRejected(new InventoryRejection.AdjustmentBelowZero("mug", 0, -1));
            unregistered()
                    .when(adjust("A1", AdjustmentReason.FOUND, "mug", 1, 0))
                    .thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void mayRaiseAQuantityBelowZero() {
            var scenario = after(store(), sale("s1", NOON, each("mug", 12)));
            assertThat(mugs(after(scenario, adjust("A1", AdjustmentReason.FOUND, "mug", 1, 0))))
                    .isEqualTo(onHand(-1));
        }

        @Test
        void breakReservationsThatCannotBeMet() {
            var scenario = store().givenCommands(reserve("f1", each("mug", 10)));
            assertThat(scenario.when(adjust("A1", AdjustmentReason.THEFT, "mug", -1, 0))
                            .events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly("StockAdjusted", "StockShortfallDetected", "ReservationBroken");
            assertThat(scenario.when(count("C1", NOON, each("mug", 9))).events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly("StockCounted", "StockShortfallDetected", "ReservationBroken");
        }

        @Test
        void countSetsOnHandOnce() {
            store().when(count("C1", NOON, each("mug", 4), each("pan", 1), each("mug", 3)))
                    .then(new StockCounted(
                            HERE,
                            "C1",
                            NOON,
                            List.of(
                                    new CountedSku("mug", Unit.EACH, 7, 10, 0),
                                    new CountedSku("pan", Unit.EACH, 1, 0, 0)),
                            List.of(change("mug", onHand(-3), onHand(7)), change("pan", onHand(1), onHand(1)))))
                    .when(count("C1", NOON, each("mug", 7), each("pan", 1)))
                    .thenNothing();
        }

        @Test
        void refuseACountOfAnUnknownLocation() {
            unregistered()
                    .when(count("C1", NOON, each("mug", 1)))
                    .thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void refuseACountOlderThanTheNewest() {
            store().givenCommands(count("C1", NOON, each("mug", 9)))
                    .when(count("C2", NOON.minusSeconds(1), each("mug", 8)))
                    .thenRejected(new InventoryRejection.CountSuperseded("mug", NOON.minusSeconds(1), NOON));
        }

        @Test
        void treatACountSlightlyInTheFutureAsNow() {
            Instant ahead = NOON.plus(InventoryDecider.CLOCK_TOLERANCE);
            var scenario = after(store(), count("C1", ahead, each("mug", 9)));
            assertThat(scenario.state().level("mug").memory(Unit.EACH).countedAt())
                    .isEqualTo(NOON);
            store().when(count("C1", ahead.plusMillis(1), each("mug", 9)))
                    .thenRejected(new InventoryRejection.CountInFuture(ahead.plusMillis(1), NOON));
        }

        @Test
        void setSafetyStockWhenItIsNew() {
            var set = new SetSafetyStock(HERE, List.of(each("mug", 3), each("teapot", 0)));
            store().when(set)
                    .then(new SafetyStockSet(HERE, List.of(change("mug", q(0, 0, 0, 3, 0), q(10, 0, 0, 3, 0)))))
                    .when(set)
                    .thenNothing();
            unregistered().when(set).thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }
    }

    @Nested
    class Returns {
        private final TakeBack back = new TakeBack(
                HERE, "r1", "o1", NOON, List.of(each("mug", 2)), List.of(each("mug", 1), each("teapot", 1)), List.of());

        @Test
        void areRestockedOrBookedAsDamagedOnce() {
            store().when(back)
                    .then(
                            new StockRestocked(
                                    HERE, "r1", "o1", NOON, List.of(), List.of(change("mug", onHand(2), onHand(12)))),
                            new DamagedStockReturned(
                                    HERE,
                                    "r1",
                                    "o1",
                                    List.of(
                                            change("mug", q(0, 0, 0, 0, 1), q(12, 0, 0, 0, 1)),
                                            change("teapot", q(0, 0, 0, 0, 1), q(5, 0, 0, 0, 1)))))
                    .when(back)
                    .thenNothing();
        }

        @Test
        void forTheVendorAreBookedAndLeaveWithAnAdjustment() {
            var forVendor = new TakeBack(HERE, "r1", "o1", NOON, List.of(), List.of(), List.of(each("mug", 2)));
            var sent = new AdjustStock(
                    HERE,
                    "A1",
                    AdjustmentReason.SENT_TO_VENDOR,
                    null,
                    List.of(new Adjustment("mug", 0, 0, -2, Unit.EACH)));
            store().when(forVendor)
                    .then(new VendorStockReturned(
                            HERE,
                            "r1",
                            "o1",
                            List.of(change("mug", Quantities.ofToVendor(2), new Quantities(10, 0, 0, 0, 0, 2, 0)))))
                    .when(forVendor)
                    .thenNothing()
                    .when(sent)
                    .then(new StockAdjusted(
                            HERE,
                            "A1",
                            AdjustmentReason.SENT_TO_VENDOR,
                            NOON,
                            List.of(),
                            List.of(change("mug", Quantities.ofToVendor(-2), onHand(10)))))
                    .when(new AdjustStock(
                            HERE,
                            "A2",
                            AdjustmentReason.SENT_TO_VENDOR,
                            null,
                            List.of(new Adjustment("mug", 0, 0, -1, Unit.EACH))))
                    .thenRejected(new InventoryRejection.AdjustmentBelowZero("mug", 0, -1));
        }
    }

    @Nested
    class Holds {
        @Test
        void holdForAWhile() {
            store().when(hold("h1", each("mug", 2)))
                    .then(new StockHeld(
                            HERE,
                            "h1",
                            null,
                            List.of(each("mug", 2)),
                            NOON,
                            NOON.plusSeconds(900),
                            List.of(change("mug", q(0, 0, 2, 0, 0), q(10, 0, 2, 0, 0)))))
                    .when(hold("h1", each("mug", 2)))
                    .thenNothing();
        }

        @Test
        void refuseUnavailableUnits() {
            store().when(hold("h1", each("mug", 11)))
                    .thenRejected(new InventoryRejection.InsufficientStock(List.of(new Shortage("mug", 11, 10))));
            unregistered().when(hold("h1", each("mug", 1))).thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void areReleasedOnce() {
            store().givenCommands(hold("h1", each("mug", 2)))
                    .when(new ReleaseHold(HERE, "h1", null))
                    .then(new StockHoldReleased(HERE, "h1", List.of(change("mug", q(0, 0, -2, 0, 0), onHand(10)))))
                    .when(new ReleaseHold(HERE, "h1", null))
                    .thenNothing();
        }

        @Test
        void areNotReleasedByAnotherShopper() {
            store().givenCommands(new HoldStock(HERE, "h1", "anna", Channel.ONLINE, List.of(each("mug", 2)), 900))
                    .when(new ReleaseHold(HERE, "h1", "ben"))
                    .thenNothing()
                    .when(new ReleaseHold(HERE, "h1", "anna"))
                    .then(new StockHoldReleased(HERE, "h1", List.of(change("mug", q(0, 0, -2, 0, 0), onHand(10)))));
        }

        @Test
        void expireAtTheirTimeAndNotBefore() {
            var scenario = store().givenCommands(hold("h1", each("mug", 2)));
            scenario.at(NOON.plusSeconds(899)).when(new ExpireHold(HERE, "h1")).thenNothing();
            scenario.at(NOON.plusSeconds(900))
                    .when(new ExpireHold(HERE, "h1"))
                    .then(new StockHoldExpired(HERE, "h1", List.of(change("mug", q(0, 0, -2, 0, 0), onHand(10)))))
                    .when(new ExpireHold(HERE, "h1"))
                    .thenNothing();
        }

        @Test
        void areReplacedByTheReservationThatNamesThem() {
            store().givenCommands(hold("h1", each("mug", 8)))
                    .when(reserve("f1", Channel.ONLINE, "h1", each("mug", 9)))
                    .then(
                            new StockHoldReleased(HERE, "h1", List.of(change("mug", q(0, 0, -8, 0, 0), onHand(10)))),
                            new StockReserved(
                                    fulfilment("f1"),
                                    List.of(each("mug", 9)),
                                    EXPIRES,
                                    List.of(change("mug", q(0, 9, 0, 0, 0), q(10, 9, 0, 0, 0))),
                                    null,
                                    null,
                                    null));
        }

        @Test
        void endWithAReservationThatIsRejected() {
            assertThat(store().givenCommands(hold("h1", each("mug", 8)))
                            .when(reserve("f1", Channel.ONLINE, "h1", each("mug", 11)))
                            .events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly("StockHoldReleased", "StockReservationRejected");
        }

        @Test
        void ofOtherCartsAreNotTouched() {
            assertThat(store().givenCommands(hold("h1", each("mug", 8)))
                            .when(reserve("f1", Channel.ONLINE, "h2", each("mug", 3)))
                            .events())
                    .singleElement()
                    .isInstanceOf(StockReservationRejected.class);
        }
    }
}
