package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.inventory.SkuQuantity.each;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.DeciderTestDriver;
import dev.mortar.eventsourcing.kafka.ViewTestDriver;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryDefinition.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.schemas.inventory.InventoryCapacity;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InventoryDefinitionTest {

    private static final StockEntry.Location PUNE = new StockEntry.Location(
            "pune",
            "Pune",
            LocationType.STORE,
            18.52,
            73.85,
            "Asia/Kolkata",
            List.of(new OpeningHours(DayOfWeek.MONDAY, "10:00", "24:00")),
            List.of(new OpeningException(LocalDate.parse("2026-12-24"), "10:00", "14:00")),
            Offer.DEFAULT);
    private static final LocationRegistered REGISTERED = new LocationRegistered(PUNE);
    private static final Fulfilment FULFILMENT = new Fulfilment("pune", "o-1", "o");

    private static DeciderTestDriver<InventoryCommand, Stock, StockEntry, InventoryEvent> decider() {
        var driver = new DeciderTestDriver<>(InventoryDefinition.definition());
        driver.when(new RegisterLocation(PUNE)).then(REGISTERED);
        driver.when(new ReceiveStock("pune", "R1", null, List.of(each("mug", 10))));
        return driver;
    }

    private static StockChange change(Quantities change, Quantities after) {
        return new StockChange("mug", Unit.EACH, change, after);
    }

    @Test
    void isAsApproved() {
        Approved.matches("definition.txt", InventoryDefinition.definition().describe());
    }

    @Test
    void continuesAfterAnEventThatItsSchemaRefuses() {
        try (var driver = decider()) {
            driver.whenReacting(new ReserveStock(
                            FULFILMENT,
                            FulfilmentMethod.PICKUP,
                            Channel.ONLINE,
                            List.of(each("mug", 1)),
                            null,
                            Instant.MAX,
                            null))
                    .thenDeadLetter("StockReserved");
            assertThat(driver.when(new ReceiveStock("pune", "R2", null, List.of(each("mug", 5))))
                            .reply(Outcome.class)
                            .stock())
                    .containsExactly(skuStock("mug", Quantities.ofOnHand(15)));
        }
    }

    @Test
    void keepsTheStockInItsStore() {
        try (var driver = decider()) {
            Outcome outcome = driver.when(new ReceiveStock("pune", "R2", null, List.of(each("mug", 5), each("pan", 1))))
                    .reply(Outcome.class);
            assertThat(outcome.stock())
                    .containsExactly(skuStock("mug", Quantities.ofOnHand(15)), skuStock("pan", Quantities.ofOnHand(1)));
            assertThat(driver.when(new RegisterLocation(PUNE)).reply(StockEntry.Location.class))
                    .isEqualTo(PUNE);
        }
    }

    @Test
    void refusesAndRecognisesRepeats() {
        try (var driver = decider()) {
            driver.when(new ReceiveStock("nowhere", "R1", null, List.of(each("mug", 1))))
                    .thenRejected(new InventoryRejection.LocationUnknown("nowhere"));
            var adjust = new AdjustStock(
                    "pune", "A1", AdjustmentReason.LOST, null, List.of(new Adjustment("mug", -1, 0, 0, Unit.EACH)));
            UUID commandId = UUID.randomUUID();
            assertThat(driver.when(adjust, commandId).events()).hasSize(1);
            driver.when(adjust, commandId).thenRepeated();
            assertThat(driver.when(adjust).events()).isEmpty();
        }
    }

    @Test
    void releasesAReservationWhoseOrderIsNotConfirmedInTime() {
        try (var driver = decider()) {
            driver.whenReacting(new ReserveStock(
                            FULFILMENT,
                            FulfilmentMethod.PICKUP,
                            Channel.ONLINE,
                            List.of(each("mug", 4)),
                            null,
                            NOON.plusSeconds(2700),
                            null))
                    .then(new StockReserved(
                            FULFILMENT,
                            List.of(each("mug", 4)),
                            NOON.plusSeconds(2700),
                            List.of(change(Quantities.ofCommitted(4), new Quantities(10, 4, 0, 0, 0, 0, 0))),
                            Slot.of(FulfilmentMethod.PICKUP, NOON, 1, null),
                            NOON.plusSeconds(3600),
                            null));
            assertThat(driver.eventsOfTimersAt(NOON.plusSeconds(2600))).isEmpty();
            assertThat(driver.eventsOfTimersAt(NOON.plusSeconds(2710)))
                    .containsExactly(new StockReleased(
                            FULFILMENT,
                            ReleaseReason.NOT_ANSWERED_IN_TIME,
                            List.of(each("mug", 4)),
                            true,
                            List.of(change(Quantities.ofCommitted(-4), Quantities.ofOnHand(10))),
                            List.of(),
                            null));
        }
    }

    @Test
    void closesASlotADayAfterItsEnd() {
        try (var driver = decider()) {
            driver.whenReacting(new ReserveStock(
                    FULFILMENT,
                    FulfilmentMethod.PICKUP,
                    Channel.ONLINE,
                    List.of(each("mug", 4)),
                    null,
                    NOON.plusSeconds(60),
                    null));
            driver.whenReacting(new ConfirmReservation(FULFILMENT, Channel.ONLINE, List.of(each("mug", 4))));
            Instant dayAfter = NOON.plus(Duration.ofHours(25));
            assertThat(driver.eventsOfTimersAt(dayAfter.minusSeconds(10))).isEmpty();
            assertThat(driver.eventsOfTimersAt(dayAfter.plusSeconds(10)))
                    .containsExactly(new SlotClosed("pune", FulfilmentMethod.PICKUP, NOON, 1, 1));
        }
    }

    @Test
    void publishesTheBookingsOfSlots() {
        var reserved = new StockReserved(
                FULFILMENT,
                List.of(each("mug", 4)),
                NOON,
                List.of(),
                Slot.of(FulfilmentMethod.PICKUP, NOON, 1, 5L),
                NOON.plusSeconds(3600),
                null);
        var pause = new Pause("p1", List.of(FulfilmentMethod.PICKUP), NOON, NOON.plusSeconds(60), "STAFF_SHORTAGE");
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given("pune", REGISTERED, reserved, new CapacityPaused("pune", pause, NOON));

        assertThat(views.row(InventoryDefinition.CAPACITY, "pune", "PICKUP|2026-06-01T12:00:00Z"))
                .contains(new StockEntry.SlotBookings("pune", FulfilmentMethod.PICKUP, NOON, 5L, 1, 1));
        assertThat(views.row(InventoryDefinition.PAUSES, "pune", "")).contains(new StockEntry.Pauses(List.of(pause)));
        assertThat(views.published("inventory.capacity")).singleElement().satisfies(state -> {
            assertThat(state.key()).isEqualTo("pune|PICKUP|2026-06-01T12:00:00Z");
            assertThat(state.as(InventoryCapacity.class).getSequence()).isEqualTo(2);
        });

        views.given("pune", new SlotClosed("pune", FulfilmentMethod.PICKUP, NOON, 1, 1));
        assertThat(views.row(InventoryDefinition.CAPACITY, "pune", "PICKUP|2026-06-01T12:00:00Z"))
                .isEmpty();
        assertThat(views.published("inventory.capacity").getLast().value()).isNull();
    }

    @Test
    void forgetsTheDeadlineOfAConfirmedReservation() {
        try (var driver = decider()) {
            driver.whenReacting(new ReserveStock(
                    FULFILMENT,
                    FulfilmentMethod.PICKUP,
                    Channel.ONLINE,
                    List.of(each("mug", 4)),
                    null,
                    NOON.plusSeconds(60),
                    null));
            driver.whenReacting(new ConfirmReservation(FULFILMENT, Channel.ONLINE, List.of(each("mug", 4))));
            assertThat(driver.eventsOfTimersAt(NOON.plusSeconds(9999))).isEmpty();
        }
    }

    @Test
    void endsAHoldAtItsEndTime() {
        try (var driver = decider()) {
            Outcome outcome = driver.when(
                            new HoldStock("pune", "h1", null, Channel.ONLINE, List.of(each("mug", 2)), 60))
                    .reply(Outcome.class);
            assertThat(outcome.expiresAt()).isEqualTo(NOON.plusSeconds(60));
            assertThat(driver.eventsOfTimersAt(NOON.plusSeconds(70)))
                    .containsExactly(new StockHoldExpired(
                            "pune", "h1", List.of(change(Quantities.ofHeld(-2), Quantities.ofOnHand(10)))));
        }
    }

    @Test
    void endsATransferWithoutNews() {
        Instant expectedBy = NOON.plusSeconds(60);
        Instant endsAt = expectedBy.plus(TransferBook.NO_NEWS_AFTER);
        List<SkuQuantity> sent = List.of(each("mug", 4));
        try (var driver = decider()) {
            driver.whenReacting(new ExpectTransfer("pune", "T1", "thane", sent, expectedBy));
            assertThat(driver.eventsOfTimersAt(endsAt.minusSeconds(1))).isEmpty();
            assertThat(driver.eventsOfTimersAt(endsAt.plusSeconds(10)))
                    .containsExactly(new TransferClosed(
                            "pune",
                            "T1",
                            "thane",
                            TransferEndReason.NO_NEWS,
                            sent,
                            List.of(),
                            List.of(),
                            List.of(change(Quantities.ofInTransit(-4), Quantities.ofOnHand(10)))));
        }
    }

    @Test
    void showsOpenTransfersAndHolds() {
        List<SkuQuantity> four = List.of(each("mug", 4));
        var sent = new TransferExpected(
                "pune",
                "T1",
                "thane",
                four,
                NOON,
                List.of(change(Quantities.ofInTransit(4), Quantities.ofInTransit(4))));
        var arrived = new StockTransferredIn(
                "pune",
                "T1",
                "thane",
                NOON,
                List.of(),
                List.of(change(new Quantities(1, 0, 0, 0, 0, 0, -1), new Quantities(1, 0, 0, 0, 0, 0, 3))),
                "r1",
                List.of(each("mug", 1)),
                List.of(),
                null,
                false);
        var held = new StockHeld("pune", "h1", "anna", List.of(each("mug", 1)), NOON, NOON, List.of());
        var changed = new StockHoldChanged("pune", "h1", four, NOON.plusSeconds(9), List.of());
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given("pune", REGISTERED, sent, arrived, held, changed);
        assertThat(views.row(InventoryDefinition.TRANSFERS, "pune", "thane|T1"))
                .hasValueSatisfying(transfer -> assertThat(transfer.open()).containsExactly(each("mug", 3)));
        assertThat(views.row(InventoryDefinition.HOLDS, "pune", "h1")).hasValueSatisfying(hold -> {
            assertThat(hold.lines()).isEqualTo(four);
            assertThat(hold.heldBy()).isEqualTo("anna");
            assertThat(hold.expiresAt()).isEqualTo(NOON.plusSeconds(9));
        });
        var closed = new TransferClosed(
                "pune",
                "T1",
                "thane",
                TransferEndReason.SHORT,
                List.of(each("mug", 3)),
                List.of(),
                List.of(),
                List.of(change(Quantities.ofInTransit(-3), Quantities.ofOnHand(1))));
        views.given("pune", closed, new StockHoldReleased("pune", "h1", List.of()));
        assertThat(views.rows(InventoryDefinition.TRANSFERS, "pune")).isEmpty();
        assertThat(views.rows(InventoryDefinition.HOLDS, "pune")).isEmpty();
        assertThat(views.named(InventoryDefinition.CAUSES, "pune"))
                .extracting(row -> InventoryDefinition.cause(row).references())
                .containsExactly(
                        Map.of("transferId", "T1", "fromLocationId", "thane"),
                        Map.of("transferId", "T1", "fromLocationId", "thane", "receiptId", "r1"),
                        Map.of("transferId", "T1", "fromLocationId", "thane", "reason", "SHORT"));
    }

    @Test
    void booksASaleInAnotherUnit() {
        try (var driver = decider()) {
            Quantities five = Quantities.ofOnHand(-5);
            List<SkuQuantity> grams = List.of(new SkuQuantity("mug", 5, Unit.GRAM));
            driver.whenReacting(new RecordSale(FULFILMENT, NOON, grams))
                    .then(new StockSold(
                            FULFILMENT,
                            NOON,
                            NOON,
                            grams,
                            List.of(),
                            List.of(new StockChange("mug", Unit.GRAM, five, five))));
        }
    }

    @Test
    void publishesGoodsInOtherUnits() {
        var ten = Quantities.ofOnHand(10);
        var five = Quantities.ofOnHand(-5);
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given(
                "pune",
                REGISTERED,
                new StockReceived("pune", "R1", NOON, List.of(), List.of(change(ten, ten))),
                new StockSold(
                        FULFILMENT,
                        NOON,
                        NOON,
                        List.of(each("mug", 4), new SkuQuantity("mug", 5, Unit.GRAM)),
                        List.of(),
                        List.of(
                                change(Quantities.ofOnHand(-4), Quantities.ofOnHand(6)),
                                new StockChange("mug", Unit.GRAM, five, five))));
        assertThat(views.published("inventory.levels").getLast().value())
                .isInstanceOfSatisfying(InventoryLevel.class, level -> {
                    assertThat(level.getQuantities().getOnHand()).isEqualTo(6);
                    assertThat(level.getOtherUnits())
                            .singleElement()
                            .satisfies(other -> assertThat(other.getQuantities().getOnHand())
                                    .isEqualTo(-5));
                });
        assertThat(views.rows(InventoryDefinition.IN_OTHER_UNITS, InventoryDefinition.ALL))
                .extracting(SkuStock::sku)
                .containsExactly("mug");
        List<Cause> causes = views.named(InventoryDefinition.CAUSES, "pune").stream()
                .map(InventoryDefinition::cause)
                .toList();
        assertThat(causes).extracting(Cause::unit).containsExactly(Unit.EACH, Unit.EACH, Unit.GRAM);
    }

    private static SkuStock skuStock(String sku, Quantities quantities) {
        return new SkuStock(sku, new Positions(List.of(new Positions.Position(Unit.EACH, quantities))));
    }

    @Test
    void showsStockByLocationAndBySku() {
        var received = new StockReceived(
                "pune", "R1", NOON, List.of(), List.of(change(Quantities.ofOnHand(10), Quantities.ofOnHand(10))));
        var reserved = new StockReserved(
                FULFILMENT,
                List.of(each("mug", 4)),
                NOON,
                List.of(change(Quantities.ofCommitted(4), new Quantities(10, 4, 0, 0, 0, 0, 0))),
                null,
                null,
                null);
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given("pune", REGISTERED, received, reserved)
                .given(
                        "thane",
                        new StockRestocked(
                                "thane",
                                "r1",
                                "o",
                                NOON,
                                List.of(),
                                List.of(change(Quantities.ofOnHand(1), Quantities.ofOnHand(1)))));

        SkuStock figures = skuStock("mug", new Quantities(10, 4, 0, 0, 0, 0, 0));
        assertThat(views.row(InventoryDefinition.STOCK, "pune", "mug")).contains(figures);
        assertThat(views.rows(InventoryDefinition.STOCK_BY_SKU, "mug"))
                .containsExactly(figures, skuStock("mug", Quantities.ofOnHand(1)));
        assertThat(views.row(InventoryDefinition.LOCATIONS, "pune", "")).contains(PUNE);
        assertThat(views.row(InventoryDefinition.LOCATIONS, "thane", "")).isEmpty();
    }

    @Test
    void showsAnEventUnderEachOfItsSkus() {
        var three = Quantities.ofOnHand(3);
        var received = new StockReceived(
                "pune",
                "R1",
                NOON,
                List.of(),
                Stream.of("mug", "lamp", "rug")
                        .map(sku -> new StockChange(sku, Unit.EACH, three, three))
                        .toList());
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given("pune", REGISTERED, received);

        assertThat(List.of("mug", "lamp", "rug"))
                .allSatisfy(sku -> assertThat(views.rows(InventoryDefinition.STOCK_BY_SKU, sku))
                        .containsExactly(skuStock(sku, three)));
    }

    @Test
    void showsTheEventsThatChangedASku() {
        var received = new StockReceived(
                "pune",
                "R1",
                NOON,
                List.of(),
                List.of(
                        change(Quantities.ofOnHand(10), Quantities.ofOnHand(10)),
                        new StockChange("mug 2", Unit.EACH, Quantities.ofOnHand(3), Quantities.ofOnHand(3))));
        var sold = new StockSold(
                FULFILMENT,
                NOON,
                NOON,
                List.of(each("mug", 4)),
                List.of(),
                List.of(change(Quantities.ofOnHand(-4), Quantities.ofOnHand(6))));
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given("pune", REGISTERED, received, new ReservationVoided(new Fulfilment("pune", "x-1", "x")), sold);
        var rows = views.named(InventoryDefinition.CAUSES, "pune");
        assertThat(rows).hasSize(3);
        List<Cause> mugs = rows.stream()
                .filter(row -> row.name().startsWith("mug|"))
                .map(InventoryDefinition::cause)
                .toList();
        assertThat(mugs).extracting(Cause::type).containsExactly("StockReceived", "StockSold");
        assertThat(mugs).extracting(Cause::sequence).containsExactly(2L, 4L);
        assertThat(mugs).extracting(Cause::topic).containsOnly("inventory.events");
        assertThat(mugs).extracting(Cause::offset).containsExactly(1L, 3L);
        assertThat(mugs.stream().map(Cause::change).reduce(Quantities.NONE, Quantities::plus))
                .isEqualTo(Quantities.ofOnHand(6));
    }

    @Test
    void publishesLevelsAndLocations() {
        var views = new ViewTestDriver<>(InventoryDefinition.definition());
        views.given(
                "pune",
                REGISTERED,
                new StockReceived(
                        "pune",
                        "R1",
                        NOON,
                        List.of(),
                        List.of(change(Quantities.ofOnHand(10), new Quantities(10, 2, 0, 3, 0, 0, 0)))));
        assertThat(views.published("inventory.locations")).singleElement().satisfies(state -> {
            assertThat(state.key()).isEqualTo("pune");
            InventoryLocation location = state.as(InventoryLocation.class);
            assertThat(location.getSequence()).isEqualTo(1);
            assertThat(location.getExceptions()).singleElement().satisfies(exception -> {
                assertThat(exception.getDate()).isEqualTo("2026-12-24");
                assertThat(exception.getCloses()).isEqualTo("14:00");
            });
        });
        assertThat(views.published("inventory.levels")).singleElement().satisfies(state -> {
            assertThat(state.key()).isEqualTo("pune|mug");
            InventoryLevel level = state.as(InventoryLevel.class);
            assertThat(level.getSequence()).isEqualTo(2);
            assertThat(level.getAvailableInStore()).isEqualTo(8);
            assertThat(level.getAvailableOnline()).isEqualTo(5);
        });
    }
}
