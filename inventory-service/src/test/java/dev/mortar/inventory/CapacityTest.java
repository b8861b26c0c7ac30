package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.inventory.SkuQuantity.each;
import static dev.mortar.values.FulfilmentMethod.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The store is in Oslo, two hours ahead of UTC in summer and one in winter. 2026-06-01 is a Monday. */
class CapacityTest {

    private static final String HERE = "oslo-1";
    private static final Instant TEN = Instant.parse("2026-06-01T10:00:00Z");
    private static final List<OpeningHours> EVERY_DAY = Stream.of(DayOfWeek.values())
            .map(day -> new OpeningHours(day, "08:00", "20:00"))
            .toList();

    private static List<CapacityRule> limited(FulfilmentMethod method, int ordersPerSlot) {
        return Stream.of(DayOfWeek.values())
                .map(day -> new CapacityRule(method, day, "00:00", "24:00", ordersPerSlot))
                .toList();
    }

    private static Offer offer(int lead, List<String> dispatchTimes, List<CapacityRule> capacity) {
        return new Offer(Offer.METHODS, true, 100, lead, 30, dispatchTimes, null, capacity);
    }

    private static StockEntry.Location location(
            List<OpeningHours> hours, List<OpeningException> exceptions, Offer offer) {
        return new StockEntry.Location(
                HERE, "Oslo", LocationType.STORE, 59.9, 10.8, "Europe/Oslo", hours, exceptions, offer);
    }

    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> store(
            List<OpeningHours> hours, Offer offer, OpeningException... exceptions) {
        return scenario(new InventoryDecider())
                .given(new LocationRegistered(location(hours, List.of(exceptions), offer)))
                .givenCommands(new ReceiveStock(HERE, "R1", null, List.of(each("mug", 100))));
    }

    /** A store that takes two pickups an hour, at any time. */
    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> twoAnHour() {
        return store(List.of(), offer(60, List.of(), limited(PICKUP, 2))).at(TEN);
    }

    private static Fulfilment fulfilment(String id) {
        return new Fulfilment(HERE, id, "o-" + id);
    }

    private static ReserveStock reserve(String id, FulfilmentMethod method, @Nullable Instant latestReadyAt) {
        return new ReserveStock(
                fulfilment(id),
                method,
                Channel.ONLINE,
                List.of(each("mug", 1)),
                null,
                TEN.plus(Duration.ofMinutes(15)),
                latestReadyAt);
    }

    private static ReserveStock reserve(String id) {
        return reserve(id, PICKUP, null);
    }

    private static ConfirmReservation confirm(String id) {
        return new ConfirmReservation(fulfilment(id), Channel.ONLINE, List.of(each("mug", 1)));
    }

    private static ReleaseReservation cancel(String id) {
        return new ReleaseReservation(fulfilment(id), ReleaseReason.ORDER_CANCELLED);
    }

    private static PauseCapacity pause(String id, Instant from, Instant until) {
        return new PauseCapacity(HERE, new Pause(id, List.of(PICKUP), from, until, "STAFF_SHORTAGE"));
    }

    private static StockReserved reserved(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, InventoryCommand command) {
        List<InventoryEvent> events = scenario.when(command).events();
        assertThat(events).singleElement().isInstanceOf(StockReserved.class);
        return (StockReserved) events.getFirst();
    }

    private static @Nullable Instant readyAt(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, InventoryCommand command) {
        return reserved(scenario, command).readyAt();
    }

    private static StockEntry.@Nullable SlotBookings bookings(
            DeciderScenario<InventoryCommand, Stock, InventoryEvent> scenario, Instant startsAt) {
        return scenario.state().slots().bookings(PICKUP, startsAt);
    }

    private static Instant at(String time) {
        return Instant.parse("2026-06-01T" + time + ":00Z");
    }

    @Nested
    class Promises {
        @Test
        void aLocationWithoutHoursAndCapacityPromisesNothing() {
            StockReserved reserved = reserved(store(List.of(), Offer.DEFAULT).at(TEN), reserve("f1"));
            assertThat(reserved.slot()).isNull();
            assertThat(reserved.readyAt()).isNull();
            assertThat(reserved.acceptBy()).isNull();
        }

        @Test
        void booksTheFirstSlotThatHasNotBegun() {
            StockReserved reserved = reserved(twoAnHour().at(TEN.plusSeconds(1)), reserve("f1"));
            assertThat(reserved.slot()).isEqualTo(new Slot(PICKUP, at("11:00"), at("12:00"), 1, 2L));
            assertThat(reserved.readyAt()).isEqualTo(at("12:00"));
            assertThat(readyAt(twoAnHour(), reserve("f1"))).isEqualTo(at("11:00"));
        }

        @Test
        void booksTheNextSlotWhenOneIsFull() {
            var full = twoAnHour().givenCommands(reserve("f1"), reserve("f2"));
            assertThat(readyAt(full, reserve("f3"))).isEqualTo(at("12:00"));
            assertThat(bookings(full, TEN)).isNotNull().satisfies(slot -> {
                assertThat(slot.booked()).isEqualTo(2);
                assertThat(slot.unpicked()).isEqualTo(2);
            });
        }

        @Test
        void aRepeatBooksNothing() {
            twoAnHour().givenCommands(reserve("f1")).when(reserve("f1")).thenNothing();
        }

        @Test
        void keepsTheLeadTime() {
            var slow =
                    store(List.of(), offer(150, List.of(), limited(PICKUP, 2))).at(TEN);
            assertThat(readyAt(slow, reserve("f1"))).isEqualTo(at("13:00"));
        }

        @Test
        void endsBeforeTheClosingBuffer() {
            var store = store(EVERY_DAY, offer(60, List.of(), List.of()));
            // It closes at 18:00 UTC, so the last slot ends at 17:00 at the latest.
            assertThat(readyAt(store.at(at("15:30")), reserve("f1"))).isEqualTo(at("17:00"));
            assertThat(readyAt(store.at(at("16:01")), reserve("f1"))).isEqualTo("2026-06-02T07:00:00Z");
        }

        @Test
        void passesOverAClosedDate() {
            var closed = new OpeningException(LocalDate.parse("2026-06-02"), null, null);
            var store =
                    store(EVERY_DAY, offer(60, List.of(), List.of()), closed).at(at("19:00"));
            assertThat(readyAt(store, reserve("f1"))).isEqualTo("2026-06-03T07:00:00Z");
        }

        @Test
        void neverClosesBetweenTwoOpeningsWithoutAGap() {
            List<OpeningHours> always = Stream.of(DayOfWeek.values())
                    .map(day -> new OpeningHours(day, "00:00", "24:00"))
                    .toList();
            var store = store(always, offer(60, List.of(), List.of())).at(at("21:30"));
            assertThat(readyAt(store, reserve("f1"))).isEqualTo(at("23:00"));
        }

        @Test
        void waitsForTheNextCourier() {
            var store = store(List.of(), offer(60, List.of("09:00", "15:30"), limited(DELIVERY, 5)));
            // 15:30 in Oslo is 13:30 UTC.
            assertThat(readyAt(store.at(TEN), reserve("f1", DELIVERY, null))).isEqualTo(at("13:30"));
            assertThat(readyAt(store.at(at("13:00")), reserve("f1", DELIVERY, null)))
                    .isEqualTo("2026-06-02T07:00:00Z");
            assertThat(reserved(store.at(TEN), reserve("f1", PICKUP, null)).slot())
                    .isNull();
        }

        @Test
        void aMethodWithRulesHasNoSlotOutsideOfTheirTimes() {
            var night = List.of(new CapacityRule(PICKUP, DayOfWeek.MONDAY, "22:00", "02:00", 1));
            var store = store(List.of(), offer(60, List.of(), night)).at(TEN);
            assertThat(readyAt(store, reserve("f1"))).isEqualTo(at("21:00"));
            var three = store.givenCommands(reserve("f1"), reserve("f2"), reserve("f3"));
            assertThat(readyAt(three, reserve("f4"))).isEqualTo("2026-06-02T00:00:00Z");
            var four = three.givenCommands(reserve("f4"));
            assertThat(readyAt(four, reserve("f5"))).isEqualTo("2026-06-08T21:00:00Z");
        }

        @Test
        void anHourThatTheClockShowsTwiceHasTwoSlots() {
            var night = List.of(new CapacityRule(PICKUP, DayOfWeek.SUNDAY, "02:00", "03:00", 1));
            // On 2026-10-25 the clocks of Oslo go back from 03:00 to 02:00.
            var store = store(List.of(), offer(60, List.of(), night)).at(Instant.parse("2026-10-24T23:00:00Z"));
            assertThat(readyAt(store, reserve("f1"))).isEqualTo("2026-10-25T01:00:00Z");
            assertThat(readyAt(store.givenCommands(reserve("f1")), reserve("f2")))
                    .isEqualTo("2026-10-25T02:00:00Z");
        }

        @Test
        void aHalfHourZoneHasSlotsOfUtc() {
            var rules = List.of(new CapacityRule(PICKUP, DayOfWeek.MONDAY, "16:00", "17:00", 1));
            var pune = new StockEntry.Location(
                    HERE,
                    "Pune",
                    LocationType.STORE,
                    18.5,
                    73.9,
                    "Asia/Kolkata",
                    List.of(),
                    List.of(),
                    offer(60, List.of(), rules));
            var store = scenario(new InventoryDecider())
                    .given(new LocationRegistered(pune))
                    .givenCommands(new ReceiveStock(HERE, "R1", null, List.of(each("mug", 1))));
            // The slot that starts at 16:30 in Pune starts at 11:00 UTC.
            assertThat(readyAt(store.at(TEN), reserve("f1"))).isEqualTo(at("12:00"));
        }

        @Test
        void namesTheTimeToAccept() {
            var quick = new Offer(Offer.METHODS, true, 100, 60, 30, List.of(), 10, List.of());
            assertThat(reserved(store(List.of(), quick).at(TEN), reserve("f1")).acceptBy())
                    .isEqualTo(at("10:10"));
        }
    }

    @Nested
    class Refusals {
        @Test
        void refusesWhenTheFirstSlotIsTooLate() {
            twoAnHour()
                    .givenCommands(reserve("f1"), reserve("f2"))
                    .when(reserve("f3", PICKUP, at("11:59")))
                    .then(new StockReservationRejected(
                            fulfilment("f3"),
                            ReservationRejectionReason.NO_CAPACITY,
                            List.of(each("mug", 1)),
                            List.of(),
                            at("12:00")))
                    .when(reserve("f3", PICKUP, at("11:59")))
                    .thenNothing();
        }

        @Test
        void acceptsASlotThatEndsInTime() {
            assertThat(readyAt(twoAnHour(), reserve("f1", PICKUP, at("11:00")))).isEqualTo(at("11:00"));
        }

        @Test
        void refusesWhenNoSlotIsFound() {
            var never = List.of(new CapacityRule(PICKUP, DayOfWeek.MONDAY, "10:00", "12:00", 0));
            store(List.of(), offer(60, List.of(), never))
                    .at(TEN)
                    .when(reserve("f1"))
                    .then(new StockReservationRejected(
                            fulfilment("f1"),
                            ReservationRejectionReason.NO_CAPACITY,
                            List.of(each("mug", 1)),
                            List.of(),
                            null));
        }

        @Test
        void aGivenPromiseStaysWhereCapacityIsNotLimited() {
            var store = store(EVERY_DAY, offer(60, List.of(), List.of())).at(TEN);
            assertThat(reserved(store, reserve("f1", PICKUP, TEN)).slot()).isNull();
            assertThat(readyAt(store, reserve("f1", PICKUP, TEN))).isNull();
            assertThat(readyAt(store, reserve("f1"))).isEqualTo(at("11:00"));
        }

        @Test
        void reservesWithoutAPromiseIfNoSlotIsLongEnoughAndCapacityIsNotLimited() {
            var tenMinutes = List.of(new OpeningHours(DayOfWeek.MONDAY, "10:00", "10:10"));
            var store = store(tenMinutes, offer(60, List.of(), List.of())).at(TEN);
            assertThat(readyAt(store, reserve("f1"))).isNull();
        }
    }

    @Nested
    class Queue {
        @Test
        void aStoreThatIsBehindPromisesLater() {
            var busy = twoAnHour().givenCommands(reserve("f1"), reserve("f2"), confirm("f1"), confirm("f2"));
            var later = busy.at(at("12:00"));
            // Two are not picked, so they take both places of the slot from 12:00.
            assertThat(readyAt(later, reserve("f3"))).isEqualTo(at("14:00"));
            var onePicked = later.givenCommands(new MarkPicked(fulfilment("f1")));
            assertThat(readyAt(onePicked, reserve("f3"))).isEqualTo(at("13:00"));
        }

        @Test
        void anEndedReservationIsNoWork() {
            var busy = twoAnHour().givenCommands(reserve("f1"), reserve("f2"), confirm("f1"), confirm("f2"));
            var cancelled = busy.at(at("12:00")).givenCommands(cancel("f1"), cancel("f2"));
            assertThat(readyAt(cancelled, reserve("f3"))).isEqualTo(at("13:00"));
            assertThat(bookings(cancelled, TEN)).isNotNull().satisfies(slot -> {
                assertThat(slot.booked()).isEqualTo(2);
                assertThat(slot.unpicked()).isZero();
            });
        }

        @Test
        void forgetsWhatWaitsLongerThanADay() {
            var busy = twoAnHour().givenCommands(reserve("f1"), reserve("f2"), confirm("f1"), confirm("f2"));
            Instant tomorrow = TEN.plus(Duration.ofHours(25));
            assertThat(readyAt(busy.at(tomorrow), reserve("f3"))).isEqualTo(tomorrow.plus(Slot.LENGTH));
        }
    }

    @Nested
    class GivenBack {
        private final Instant before = TEN.minusSeconds(60);

        @Test
        void aReleaseBeforeTheSlotGivesItBackOnce() {
            twoAnHour()
                    .at(before)
                    .givenCommands(reserve("f1"), reserve("f2"))
                    .when(cancel("f1"))
                    .then(new StockReleased(
                            fulfilment("f1"),
                            ReleaseReason.ORDER_CANCELLED,
                            List.of(each("mug", 1)),
                            true,
                            List.of(new StockChange(
                                    "mug",
                                    dev.mortar.values.Unit.EACH,
                                    Quantities.ofCommitted(-1),
                                    new Quantities(100, 1, 0, 0, 0, 0, 0))),
                            List.of(),
                            Slot.of(PICKUP, TEN, 1, 2L)))
                    .when(cancel("f1"))
                    .thenNothing();
        }

        @Test
        void aSlotThatHasBegunStaysBooked() {
            var begun = twoAnHour().at(before).givenCommands(reserve("f1")).at(TEN);
            assertThat(begun.when(cancel("f1")).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReleased.class,
                            released -> assertThat(released.slot()).isNull());
        }

        @Test
        void aPickedReservationKeepsItsSlot() {
            var picked = twoAnHour().at(before).givenCommands(reserve("f1"), new MarkPicked(fulfilment("f1")));
            assertThat(picked.when(cancel("f1")).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            StockReleased.class,
                            released -> assertThat(released.slot()).isNull());
        }

        @Test
        void aBrokenReservationGivesItBack() {
            var reserved = twoAnHour().at(before).givenCommands(reserve("f1"));
            var sold = new RecordSale(fulfilment("till"), before, List.of(each("mug", 100)));
            assertThat(reserved.when(sold).events())
                    .last()
                    .isInstanceOfSatisfying(
                            ReservationBroken.class,
                            broken -> assertThat(broken.slot()).isEqualTo(Slot.of(PICKUP, TEN, 0, 2L)));
        }

        @Test
        void aLateConfirmationBooksItAgainAboveTheLimit() {
            var early = twoAnHour().at(at("09:40")).givenCommands(reserve("f1", PICKUP, null));
            // f1 got the slot from 10:00; it expires at 10:15, after the slot has begun.
            assertThat(bookings(early, TEN)).isNotNull();
            var slow =
                    store(List.of(), offer(90, List.of(), limited(PICKUP, 1))).at(at("10:00"));
            var expired = slow.givenCommands(reserve("f1"))
                    .at(at("10:15"))
                    .givenCommands(new ExpireReservation(fulfilment("f1")), reserve("f2"));
            assertThat(bookings(expired, at("11:00")))
                    .isNotNull()
                    .satisfies(slot -> assertThat(slot.booked()).isEqualTo(1));
            var again = expired.when(confirm("f1")).events();
            assertThat(again)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ReservationConfirmed.class,
                            confirmed -> assertThat(confirmed.slot()).isEqualTo(Slot.of(PICKUP, at("11:00"), 2, 1L)));
            expired.given(again).when(confirm("f1")).thenNothing();
        }

        @Test
        void aLateConfirmationBooksNothingWhenTheSlotStayedBooked() {
            var expired = twoAnHour()
                    .givenCommands(reserve("f1"))
                    .at(at("10:15"))
                    .givenCommands(new ExpireReservation(fulfilment("f1")));
            var again = expired.when(confirm("f1")).events();
            assertThat(again)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ReservationConfirmed.class,
                            confirmed -> assertThat(confirmed.slot()).isNull());
            assertThat(bookings(expired.given(again), TEN)).isNotNull().satisfies(slot -> {
                assertThat(slot.booked()).isEqualTo(1);
                assertThat(slot.unpicked()).isEqualTo(1);
            });
        }
    }

    @Nested
    class Pauses {
        @Test
        void aPauseStopsBookingsOfItsSlots() {
            var paused = twoAnHour().givenCommands(reserve("f1"), pause("p1", TEN, at("12:30")));
            assertThat(readyAt(paused, reserve("f2"))).isEqualTo(at("14:00"));
            assertThat(bookings(paused, TEN))
                    .isNotNull()
                    .satisfies(slot -> assertThat(slot.booked()).isEqualTo(1));
        }

        @Test
        void booksAPauseOnce() {
            PauseCapacity pause = pause("p1", TEN, at("12:30"));
            twoAnHour()
                    .when(pause)
                    .then(new CapacityPaused(HERE, pause.pause(), TEN))
                    .when(pause)
                    .thenNothing();
        }

        @Test
        void refusesAnotherPauseOfTheSameId() {
            PauseCapacity pause = pause("p1", TEN, at("12:30"));
            twoAnHour()
                    .givenCommands(pause)
                    .when(pause("p1", TEN, at("12:31")))
                    .thenRejected(new InventoryRejection.DocumentUsed("pauseId", "p1", Document.of(pause.pause())));
        }

        @Test
        void refusesAPauseThatIsOver() {
            twoAnHour().when(pause("p1", at("08:00"), TEN)).thenRejected(new InventoryRejection.PauseOver(TEN, TEN));
        }

        @Test
        void refusesAPauseWithoutEffect() {
            store(List.of(), Offer.DEFAULT)
                    .at(TEN)
                    .when(pause("p1", TEN, at("12:30")))
                    .thenRejected(new InventoryRejection.NoSlots(HERE, PICKUP));
        }

        @Test
        void refusesAnUnknownLocation() {
            scenario(new InventoryDecider())
                    .when(pause("p1", TEN, at("12:30")))
                    .thenRejected(new InventoryRejection.LocationUnknown(HERE));
        }

        @Test
        void boundsTheNumberOfPauses() {
            var many = twoAnHour();
            for (int i = 0; i < CapacityRules.PAUSES_MAX; i++) {
                many = many.givenCommands(pause("p" + i, TEN, at("12:30")));
            }
            many.when(pause("one more", TEN, at("12:30")))
                    .thenRejected(new InventoryRejection.TooManyPauses(CapacityRules.PAUSES_MAX));
            many.at(at("12:30"))
                    .when(pause("later", TEN, at("12:31")))
                    .then(new CapacityPaused(
                            HERE,
                            new Pause("later", List.of(PICKUP), TEN, at("12:31"), "STAFF_SHORTAGE"),
                            at("12:30")));
        }
    }

    @Nested
    class Ends {
        private final CloseSlot close = new CloseSlot(HERE, PICKUP, TEN);
        private final Instant dayAfter = Instant.parse("2026-06-02T11:00:00Z");

        @Test
        void removesTheBookingsADayAfterTheSlot() {
            var over = twoAnHour().givenCommands(reserve("f1"), confirm("f1")).at(dayAfter);
            over.when(close)
                    .then(new SlotClosed(HERE, PICKUP, TEN, 1, 1))
                    .when(close)
                    .thenNothing();
        }

        @Test
        void keepsThemUntilThen() {
            twoAnHour()
                    .givenCommands(reserve("f1"))
                    .at(dayAfter.minusSeconds(1))
                    .when(close)
                    .thenNothing();
        }

        @Test
        void aReservationMayOutliveItsSlot() {
            var closed = twoAnHour()
                    .givenCommands(reserve("f1"), confirm("f1"))
                    .at(dayAfter)
                    .givenCommands(close, new MarkPicked(fulfilment("f1")), cancel("f1"));
            assertThat(bookings(closed, TEN)).isNull();
        }
    }
}
