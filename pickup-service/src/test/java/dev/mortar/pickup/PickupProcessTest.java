package dev.mortar.pickup;

import static dev.mortar.pickup.Examples.DELIVERY;
import static dev.mortar.pickup.Examples.LINES;
import static dev.mortar.pickup.Examples.PICKUP;
import static dev.mortar.pickup.Examples.PROMISED;
import static dev.mortar.pickup.Examples.TEA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.pickup.PickupCommand.AnswerCancellation;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.values.Channel;
import java.util.List;
import org.junit.jupiter.api.Test;

class PickupProcessTest {

    private final PickupProcess process = new PickupProcess();

    @Test
    void requestsAPickupForEachFulfilmentOfAConfirmedOrder() {
        assertThat(process.react(new Incoming.OrderConfirmed(
                        Channel.STORE,
                        List.of(
                                new Incoming.Part(PICKUP, LINES, PROMISED),
                                new Incoming.Part(DELIVERY, List.of(TEA), null)))))
                .containsExactly(
                        new RequestPickup(PICKUP, Channel.STORE, LINES, PROMISED),
                        new RequestPickup(DELIVERY, Channel.STORE, List.of(TEA), null));
    }

    @Test
    void answersACancellationForEachFulfilmentItNames() {
        assertThat(process.react(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.STOCK_SHORTFALL,
                        List.of(
                                new Incoming.CancellationPart("order-7-1", List.of(new LineQuantity("1", 2))),
                                new Incoming.CancellationPart("order-7-2", List.of(new LineQuantity("2", 1)))))))
                .containsExactly(
                        new AnswerCancellation(
                                "order-7-1", "c1", EndReason.STOCK_SHORTFALL, List.of(new LineQuantity("1", 2))),
                        new AnswerCancellation(
                                "order-7-2", "c1", EndReason.STOCK_SHORTFALL, List.of(new LineQuantity("2", 1))));
    }

    @Test
    void ignoresAnOrderThatWasOnlyCarriedOut() {
        assertThat(process.react(new Incoming.OrderConfirmed(Channel.STORE, List.of())))
                .isEmpty();
    }
}
