package dev.mortar.pickup;

import static dev.mortar.pickup.Examples.DELIVERY;
import static dev.mortar.pickup.Examples.LINES;
import static dev.mortar.pickup.Examples.PICKUP;
import static dev.mortar.pickup.Examples.PROMISED;
import static dev.mortar.pickup.Examples.TEA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.pickup.PickupCommand.AnswerCancellation;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PickupProcessTest {

    private static final Instant ACCEPT_BY = PROMISED.minusSeconds(3_600);

    private final PickupProcess process = new PickupProcess();

    @Test
    void requestsAPickupForEachFulfilmentOfAConfirmedOrder() {
        assertThat(process.react(confirmed(
                        new Incoming.Part(
                                PICKUP.fulfilmentId(),
                                FulfilmentMethod.PICKUP,
                                PICKUP.locationId(),
                                List.of("1", "2"),
                                List.of(),
                                PROMISED,
                                ACCEPT_BY,
                                null),
                        new Incoming.Part(
                                DELIVERY.fulfilmentId(),
                                FulfilmentMethod.DELIVERY,
                                DELIVERY.locationId(),
                                List.of("2"),
                                List.of(new LinePart("2", TEA.sku(), 1, 1)),
                                null,
                                null,
                                "home-1"))))
                .containsExactly(
                        new RequestPickup(PICKUP, Channel.STORE, LINES, PROMISED, ACCEPT_BY, null),
                        new RequestPickup(DELIVERY, Channel.STORE, List.of(TEA.withQuantity(1)), null, null, "home-1"));
    }

    @Test
    void answersACancellationForEachFulfilmentItNames() {
        assertThat(process.react(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.STOCK_SHORTFALL,
                        List.of(
                                new Incoming.CancellationPart("order-7-1", List.of(new LineQuantity("1", 2))),
                                new Incoming.CancellationPart("order-7-2", List.of(new LineQuantity("2", 1)))),
                        false)))
                .containsExactly(
                        new AnswerCancellation(
                                "order-7-1", "c1", EndReason.STOCK_SHORTFALL, List.of(new LineQuantity("1", 2)), false),
                        new AnswerCancellation(
                                "order-7-2",
                                "c1",
                                EndReason.STOCK_SHORTFALL,
                                List.of(new LineQuantity("2", 1)),
                                false));
    }

    @Test
    void asksToKeepReadyGoodsIfTheOrderDoes() {
        assertThat(process.react(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.MOVED,
                        List.of(new Incoming.CancellationPart("order-7-1", List.of(new LineQuantity("1", 2)))),
                        true)))
                .containsExactly(new AnswerCancellation(
                        "order-7-1", "c1", EndReason.MOVED, List.of(new LineQuantity("1", 2)), true));
    }

    @Test
    void requestsThePickupOfAnAddedFulfilment() {
        assertThat(process.react(new Incoming.FulfilmentConfirmed(
                        PICKUP.orderId(),
                        null,
                        Channel.ONLINE,
                        List.of(TEA),
                        new Incoming.Part(
                                "order-7-2",
                                FulfilmentMethod.CURBSIDE,
                                "store-4",
                                List.of("2"),
                                List.of(new LinePart("2", TEA.sku(), 1, 499)),
                                PROMISED,
                                ACCEPT_BY,
                                null))))
                .containsExactly(new RequestPickup(
                        new Fulfilment("order-7-2", PICKUP.orderId(), "store-4", null, Fulfilment.Method.CURBSIDE),
                        Channel.ONLINE,
                        List.of(TEA.withQuantity(1)),
                        PROMISED,
                        ACCEPT_BY,
                        null));
    }

    @Test
    void ignoresAnOrderThatWasOnlyCarriedOut() {
        assertThat(process.react(confirmed(new Incoming.Part(
                        "order-7-3",
                        FulfilmentMethod.CARRY_OUT,
                        "store-3",
                        List.of("1"),
                        List.of(),
                        null,
                        null,
                        null))))
                .isEmpty();
    }

    @Test
    void failsOnALineThatTheOrderDoesNotHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.react(confirmed(new Incoming.Part(
                        "order-7-1", FulfilmentMethod.PICKUP, "store-3", List.of("9"), List.of(), null, null, null))))
                .withMessage("a fulfilment names line 9, which the order does not have");
    }

    private static Incoming confirmed(Incoming.Part... fulfilments) {
        return new Incoming.OrderConfirmed(
                PICKUP.orderId(), PICKUP.customerId(), Channel.STORE, LINES, List.of(fulfilments));
    }
}
