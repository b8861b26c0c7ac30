package dev.mortar.inventory;

import static dev.mortar.inventory.SkuQuantity.each;
import static dev.mortar.values.FulfilmentMethod.CARRY_OUT;
import static dev.mortar.values.FulfilmentMethod.DELIVERY;
import static dev.mortar.values.FulfilmentMethod.PICKUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.ReleaseReason;
import dev.mortar.inventory.InventoryProcess.Disposition;
import dev.mortar.inventory.InventoryProcess.Fulfilment;
import dev.mortar.inventory.InventoryProcess.Incoming;
import dev.mortar.inventory.InventoryProcess.OrderLine;
import dev.mortar.inventory.InventoryProcess.ReturnedLine;
import dev.mortar.inventory.InventoryProcess.ShortReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InventoryProcessTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final List<OrderLine> LINES = List.of(
            new OrderLine("1", each("mug", 2)), new OrderLine("2", each("pan", 1)), new OrderLine("3", each("mug", 1)));
    private static final List<Fulfilment> FULFILMENTS = List.of(
            new Fulfilment("o-1", "pune", PICKUP, List.of("1", "3"), "h1"),
            new Fulfilment("o-2", "pune", CARRY_OUT, List.of("2"), null),
            new Fulfilment("o-3", "thane", DELIVERY, List.of("2"), null));

    private final InventoryProcess process = new InventoryProcess();

    @Test
    void reservesEveryFulfilmentThatIsNotCarriedOut() {
        Instant expires = NOON.plus(Duration.ofMinutes(15));
        assertThat(process.react(new Incoming.OrderPlaced("o", Channel.ONLINE, LINES, FULFILMENTS, NOON)))
                .containsExactly(
                        new ReserveStock(
                                "pune",
                                "o-1",
                                "o",
                                Channel.ONLINE,
                                List.of(each("mug", 2), each("mug", 1)),
                                "h1",
                                expires),
                        new ReserveStock("thane", "o-3", "o", Channel.ONLINE, List.of(each("pan", 1)), null, expires));
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
                .containsExactly(new ConfirmReservation(
                        "pune", "o-1", "o", Channel.STORE, List.of(each("mug", 2), each("mug", 1))));
    }

    @Test
    void releasesTheRejectedFulfilmentsOfAConfirmedOrder() {
        assertThat(process.react(new Incoming.OrderConfirmed(
                        "o", Channel.STORE, LINES, FULFILMENTS.subList(1, 2), FULFILMENTS.subList(2, 3))))
                .containsExactly(new ReleaseReservation("thane", "o-3", "o", ReleaseReason.ORDER_REJECTED));
    }

    @Test
    void releasesTheReservationsOfARejectedOrCancelledOrder() {
        assertThat(process.react(new Incoming.OrderRejected("o", FULFILMENTS)))
                .containsExactly(
                        new ReleaseReservation("pune", "o-1", "o", ReleaseReason.ORDER_REJECTED),
                        new ReleaseReservation("thane", "o-3", "o", ReleaseReason.ORDER_REJECTED));
        assertThat(process.react(new Incoming.OrderCancelled("o", FULFILMENTS.subList(0, 1))))
                .containsExactly(new ReleaseReservation("pune", "o-1", "o", ReleaseReason.ORDER_CANCELLED));
        assertThat(process.react(new Incoming.OrderCancelled("o", List.of()))).isEmpty();
    }

    @Test
    void recordsASaleOnlyForCarriedOutGoods() {
        List<SkuQuantity> goods = List.of(each("pan", 1));
        assertThat(process.react(new Incoming.FulfilmentHandedOver("o", "o-2", "pune", CARRY_OUT, NOON, goods)))
                .containsExactly(new RecordSale("pune", "o", "o-2", NOON, goods));
        assertThat(process.react(new Incoming.FulfilmentHandedOver("o", "o-1", "pune", PICKUP, NOON, goods)))
                .isEmpty();
    }

    @Test
    void turnsPickupEventsIntoCommands() {
        UUID report = new UUID(1, 2);
        assertThat(process.react(
                        new Incoming.PickupLineShort(report, NOON, "o", "o-1", "pune", "mug", 1, ShortReason.DAMAGED)))
                .containsExactly(new ReportShortPick("pune", "o-1", "o", report.toString(), NOON, "mug", 1, true));
        assertThat(process.react(new Incoming.PickupLineShort(
                        report, NOON, "o", "o-1", "pune", "mug", 1, ShortReason.NOT_FOUND)))
                .containsExactly(new ReportShortPick("pune", "o-1", "o", report.toString(), NOON, "mug", 1, false));
        assertThat(process.react(new Incoming.PickupReady("o", "o-1", "pune")))
                .containsExactly(new MarkPicked("pune", "o-1", "o"));
        assertThat(process.react(new Incoming.PickupHandedOver("o", "o-1", "pune", NOON, List.of(each("mug", 3)))))
                .containsExactly(new CommitReservation("pune", "o-1", "o", NOON, List.of(each("mug", 3))));
        assertThat(process.react(new Incoming.PickupExpired("o", "o-1", "pune")))
                .containsExactly(new ReleaseReservation("pune", "o-1", "o", ReleaseReason.PICKUP_EXPIRED));
    }

    @Test
    void releasesAllOrSomeOfACancelledPickup() {
        List<SkuQuantity> some = List.of(each("mug", 1));
        assertThat(process.react(new Incoming.PickupCancelled("o", "o-1", "pune", true, some)))
                .containsExactly(new ReleaseReservation("pune", "o-1", "o", ReleaseReason.PICKUP_CANCELLED));
        assertThat(process.react(new Incoming.PickupCancelled("o", "o-1", "pune", false, some)))
                .containsExactly(new ReleasePart("pune", "o-1", "o", ReleaseReason.PICKUP_CANCELLED, some));
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
    void receivesATransferFromAnotherLocation() {
        assertThat(process.react(
                        new Incoming.StockTransferredOut("T1", "pune", "thane", NOON, List.of(each("mug", 4)))))
                .containsExactly(new ReceiveTransfer("thane", "T1", "pune", NOON, List.of(each("mug", 4))));
    }

    @Test
    void refusesAFulfilmentWithAnUnknownLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.react(
                        new Incoming.OrderPlaced("o", Channel.ONLINE, LINES.subList(0, 1), FULFILMENTS, NOON)))
                .withMessageContaining("o-1");
    }
}
