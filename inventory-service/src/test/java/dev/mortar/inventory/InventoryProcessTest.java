package dev.mortar.inventory;

import static dev.mortar.inventory.SkuQuantity.each;
import static dev.mortar.values.FulfilmentMethod.CARRY_OUT;
import static dev.mortar.values.FulfilmentMethod.DELIVERY;
import static dev.mortar.values.FulfilmentMethod.PICKUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.ReleaseReason;
import dev.mortar.inventory.InventoryProcess.*;
import dev.mortar.values.LinePart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InventoryProcessTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Instant PROMISED = NOON.plusSeconds(7200);
    private static final List<OrderLine> LINES = List.of(
            new OrderLine("1", each("mug", 2)), new OrderLine("2", each("pan", 1)), new OrderLine("3", each("mug", 1)));
    private static final List<Part> FULFILMENTS = List.of(
            new Part("o-1", "pune", PICKUP, List.of("1", "3"), List.of(), "h1", PROMISED),
            new Part("o-2", "pune", CARRY_OUT, List.of("2"), List.of(), null, null),
            new Part("o-3", "thane", DELIVERY, List.of("2"), List.of(), null, null));

    /** One of the two mugs of the first line, at another store. Its hold is not used. */
    private static final Part ADDED = new Part(
            "o-4", "thane", PICKUP, List.of("1"), List.of(new LinePart("1", "mug", 1, 1)), "h1", NOON.plusSeconds(60));

    private static final Fulfilment FIRST = new Fulfilment("pune", "o-1", "o");

    private final InventoryProcess process = new InventoryProcess();

    @Test
    void reservesEveryFulfilmentThatIsNotCarriedOut() {
        Instant expires = NOON.plus(Duration.ofMinutes(15));
        assertThat(process.react(new Incoming.OrderPlaced("o", Channel.ONLINE, LINES, FULFILMENTS, NOON)))
                .containsExactly(
                        new ReserveStock(
                                FIRST,
                                PICKUP,
                                Channel.ONLINE,
                                List.of(each("mug", 2), each("mug", 1)),
                                "h1",
                                expires,
                                PROMISED),
                        new ReserveStock(
                                new Fulfilment("thane", "o-3", "o"),
                                DELIVERY,
                                Channel.ONLINE,
                                List.of(each("pan", 1)),
                                null,
                                expires,
                                null));
    }

    @Test
    void reservesNothingForAnOrderThatIsCarriedOutWhole() {
        assertThat(process.react(new Incoming.OrderPlaced("o", Channel.STORE, LINES, FULFILMENTS.subList(1, 2), null)))
                .isEmpty();
    }

    @Test
    void confirmsTheFulfilmentsOfAConfirmedOrder() {
        assertThat(process.react(
                        new Incoming.OrderConfirmed("o", Channel.STORE, LINES, FULFILMENTS.subList(0, 2), List.of())))
                .containsExactly(new ConfirmReservation(FIRST, Channel.STORE, List.of(each("mug", 2), each("mug", 1))));
    }

    @Test
    void releasesTheRejectedFulfilmentsOfAConfirmedOrder() {
        assertThat(process.react(new Incoming.OrderConfirmed(
                        "o", Channel.STORE, LINES, FULFILMENTS.subList(1, 2), FULFILMENTS.subList(2, 3))))
                .containsExactly(
                        new ReleaseReservation(new Fulfilment("thane", "o-3", "o"), ReleaseReason.ORDER_REJECTED));
    }

    @Test
    void releasesTheReservationsOfARejectedOrCancelledOrder() {
        assertThat(process.react(new Incoming.OrderRejected("o", FULFILMENTS)))
                .containsExactly(
                        new ReleaseReservation(FIRST, ReleaseReason.ORDER_REJECTED),
                        new ReleaseReservation(new Fulfilment("thane", "o-3", "o"), ReleaseReason.ORDER_REJECTED));
        assertThat(process.react(new Incoming.OrderCancelled("o", FULFILMENTS.subList(0, 1))))
                .containsExactly(new ReleaseReservation(FIRST, ReleaseReason.ORDER_CANCELLED));
        assertThat(process.react(new Incoming.OrderCancelled("o", List.of()))).isEmpty();
    }

    @Test
    void reservesTheUnitsOfAnAddedFulfilmentWithoutAHold() {
        assertThat(process.react(
                        new Incoming.FulfilmentAdded("o", Channel.STORE, ADDED, LINES.subList(0, 1), NOON, PROMISED)))
                .containsExactly(new ReserveStock(
                        new Fulfilment("thane", "o-4", "o"),
                        PICKUP,
                        Channel.STORE,
                        List.of(each("mug", 1)),
                        null,
                        NOON.plus(Duration.ofMinutes(15)),
                        PROMISED));
        assertThat(process.react(
                        new Incoming.FulfilmentAdded("o", Channel.STORE, ADDED, LINES.subList(0, 1), NOON, null)))
                .singleElement()
                .isInstanceOfSatisfying(
                        ReserveStock.class,
                        reserve -> assertThat(reserve.latestReadyAt()).isNull());
    }

    @Test
    void confirmsAnAddedFulfilment() {
        assertThat(process.react(new Incoming.FulfilmentConfirmed("o", Channel.STORE, ADDED, LINES.subList(0, 1))))
                .containsExactly(new ConfirmReservation(
                        new Fulfilment("thane", "o-4", "o"), Channel.STORE, List.of(each("mug", 1))));
    }

    @Test
    void releasesAWithdrawnFulfilment() {
        assertThat(process.react(new Incoming.FulfilmentWithdrawn("o", ADDED)))
                .containsExactly(new ReleaseReservation(
                        new Fulfilment("thane", "o-4", "o"), ReleaseReason.FULFILMENT_WITHDRAWN));
    }

    @Test
    void recordsASaleOnlyForCarriedOutGoods() {
        List<SkuQuantity> goods = List.of(each("pan", 1));
        assertThat(process.react(
                        new Incoming.FulfilmentHandedOver(new Fulfilment("pune", "o-2", "o"), CARRY_OUT, NOON, goods)))
                .containsExactly(new RecordSale(new Fulfilment("pune", "o-2", "o"), NOON, goods));
        assertThat(process.react(new Incoming.FulfilmentHandedOver(FIRST, PICKUP, NOON, goods)))
                .isEmpty();
    }

    @Test
    void turnsPickupEventsIntoCommands() {
        UUID report = new UUID(1, 2);
        assertThat(process.react(new Incoming.PickupLineShort(report, NOON, FIRST, "mug", 1, ShortReason.DAMAGED)))
                .containsExactly(new ReportShortPick(FIRST, report.toString(), NOON, "mug", 1, true));
        assertThat(process.react(new Incoming.PickupLineShort(report, NOON, FIRST, "mug", 1, ShortReason.NOT_FOUND)))
                .containsExactly(new ReportShortPick(FIRST, report.toString(), NOON, "mug", 1, false));
        assertThat(process.react(new Incoming.PickupReady(FIRST))).containsExactly(new MarkPicked(FIRST));
        assertThat(process.react(new Incoming.PickupHandedOver(FIRST, NOON, List.of(each("mug", 3)))))
                .containsExactly(new CommitReservation(FIRST, NOON, List.of(each("mug", 3))));
        assertThat(process.react(new Incoming.PickupExpired(FIRST)))
                .containsExactly(new ReleaseReservation(FIRST, ReleaseReason.PICKUP_EXPIRED));
    }

    @Test
    void releasesAllOrSomeOfACancelledPickup() {
        List<SkuQuantity> some = List.of(each("mug", 1));
        assertThat(process.react(new Incoming.PickupCancelled(FIRST, true, some)))
                .containsExactly(new ReleaseReservation(FIRST, ReleaseReason.PICKUP_CANCELLED));
        assertThat(process.react(new Incoming.PickupCancelled(FIRST, false, some)))
                .containsExactly(new ReleasePart(FIRST, ReleaseReason.PICKUP_CANCELLED, some));
    }

    @Test
    void takesBackByDisposition() {
        assertThat(process.react(new Incoming.ReturnAccepted(
                        "o",
                        "r1",
                        "thane",
                        NOON,
                        List.of(
                                new ReturnedLine(each("mug", 1), Disposition.RESTOCK),
                                new ReturnedLine(each("pan", 1), Disposition.DAMAGED),
                                new ReturnedLine(each("pot", 1), Disposition.RETURN_TO_VENDOR)))))
                .containsExactly(new TakeBack(
                        "thane",
                        "r1",
                        "o",
                        NOON,
                        List.of(each("mug", 1)),
                        List.of(each("pan", 1)),
                        List.of(each("pot", 1))));
    }

    @Test
    void expectsATransferWhereItsGoodsGo() {
        Instant expectedBy = NOON.plusSeconds(60);
        assertThat(process.react(new Incoming.StockTransferredOut(
                        "T1", "pune", "thane", NOON, List.of(each("mug", 4)), expectedBy)))
                .containsExactly(new ExpectTransfer("thane", "T1", "pune", List.of(each("mug", 4)), expectedBy));
        assertThat(process.react(
                        new Incoming.StockTransferredOut("T1", "pune", "thane", NOON, List.of(each("mug", 4)), null)))
                .as("a transfer of 1.0.0 has no expected time")
                .containsExactly(new ExpectTransfer(
                        "thane", "T1", "pune", List.of(each("mug", 4)), NOON.plus(TransferRules.TRAVEL)));
    }

    @Test
    void endsATransferWhoseGoodsCameBack() {
        assertThat(process.react(new Incoming.StockTransferredIn(
                        "T1", "pune", List.of(each("mug", 3)), List.of(each("pan", 1)), "thane")))
                .containsExactly(
                        new EndReturnedTransfer("thane", "T1", "pune", List.of(each("mug", 3), each("pan", 1))));
        assertThat(process.react(
                        new Incoming.StockTransferredIn("T1", "pune", List.of(each("mug", 3)), List.of(), null)))
                .as("goods that arrived")
                .isEmpty();
    }

    @Test
    void refusesAFulfilmentWithAnUnknownLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.react(
                        new Incoming.OrderPlaced("o", Channel.ONLINE, LINES.subList(0, 1), FULFILMENTS, NOON)))
                .withMessageContaining("o-1");
    }
}
