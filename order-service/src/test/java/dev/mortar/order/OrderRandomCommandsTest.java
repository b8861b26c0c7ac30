package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.eventsourcing.testkit.RandomCommands.Step;
import dev.mortar.order.OrderContents.LineProgress;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** After any sequence of commands, no unit is counted twice and every cent is accounted for. */
class OrderRandomCommandsTest {

    @Test
    void quantitiesAndAmountsAddUpAfterEveryCommand() {
        Set<String> states = new TreeSet<>();
        new RandomCommands<>(new OrderDecider(), 1_000, 30).hold(random -> new Run(random, states));
        assertThat(states).contains("CONFIRMED", "REJECTED", "CANCELLED", "COMPLETED");
    }

    /** An order is placed or a sale recorded, and then anything happens to it. */
    private static final class Run implements RandomCommands.Run<OrderCommand, Order, OrderEvent> {
        private final Random random;
        private final Set<String> states;
        private final OrderCommand first;

        Run(Random random, Set<String> states) {
            this.random = random;
            this.states = states;
            first = firstCommand(random);
        }

        @Override
        public Duration pause() {
            return Duration.ofMinutes(random.nextInt(10));
        }

        @Override
        public OrderCommand next(Order order, Instant now) {
            return order instanceof Order.Unplaced ? first : nextCommand(random, first);
        }

        @Override
        public void check(Step<OrderCommand, Order, OrderEvent> step) {
            if (step.events().isEmpty()) {
                assertThat(step.after()).isEqualTo(step.before());
            }
            if (step.after() instanceof Order.Known known) {
                states.add(known.name());
                assertQuantities(known);
                assertAmounts(known.contents(), step.history());
            }
        }
    }

    private static void assertQuantities(Order.Known order) {
        OrderContents contents = order.contents();
        for (OrderLine line : contents.requested().lines()) {
            LineProgress progress = contents.progress(line);
            assertThat(List.of(
                            progress.rejected(),
                            progress.cancelled(),
                            progress.handedOver(),
                            progress.returned(),
                            contents.open(line),
                            contents.cancellable(line)))
                    .allMatch(quantity -> quantity >= 0 && quantity <= line.quantity());
            assertThat(progress.returned()).isLessThanOrEqualTo(progress.handedOver());
        }
        boolean ended = !(order instanceof Order.Placed || order instanceof Order.Confirmed);
        assertThat(contents.nothingOpen()).isEqualTo(ended);
        assertThat(order instanceof Order.Completed).isEqualTo(ended && contents.anyHandedOver());
        for (Fulfilment fulfilment : contents.requested().fulfilments()) {
            boolean open = switch (contents.progress(fulfilment)) {
                case FulfilmentProgress.Waiting _, FulfilmentProgress.Reserved _ -> true;
                case FulfilmentProgress.Rejected _ -> order instanceof Order.Placed;
                case FulfilmentProgress.HandedOver _, FulfilmentProgress.Cancelled _ -> false;
            };
            assertThat(!contents.open(fulfilment).isEmpty()).isEqualTo(open);
        }
    }

    /** The total is the confirmed amount less the cancelled one; at the end it equals the handed-over amount. */
    private static void assertAmounts(OrderContents contents, List<OrderEvent> history) {
        long total = 0;
        long handedOver = 0;
        for (OrderEvent event : history) {
            switch (event) {
                case OrderEvent.OrderPlaced e -> total = e.total().amount();
                case OrderEvent.SaleRecorded e -> total = e.total().amount();
                case OrderEvent.OrderConfirmed e -> total = e.total().amount();
                case OrderEvent.OrderLinesCancelled e -> {
                    assertThat(e.amount().amount()).isNotNegative();
                    total -= e.amount().amount();
                }
                case OrderEvent.OrderRejected e -> total = 0;
                case OrderEvent.OrderCancelled e -> total = 0;
                case OrderEvent.FulfilmentHandedOver e ->
                    handedOver += e.lines().stream()
                            .mapToLong(line -> line.total().amount())
                            .sum();
                case OrderEvent.OrderCompleted e -> assertThat(handedOver).isEqualTo(total);
                case OrderEvent.FulfilmentReserved e -> {}
                case OrderEvent.FulfilmentRejected e -> {}
                case OrderEvent.OrderCancellationRequested e -> {}
                case OrderEvent.OrderCancellationRefused e -> {}
                case OrderEvent.OrderReturned e -> {}
            }
        }
        assertThat(contents.total().amount()).isEqualTo(total);
        assertThat(handedOver).isLessThanOrEqualTo(total);
    }

    private static OrderCommand firstCommand(Random random) {
        List<OrderLine> lines = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            long quantity = 1 + random.nextInt(5);
            long price = random.nextInt(500);
            lines.add(
                    Orders.line("l" + i, quantity, price, random.nextLong(price * quantity + 1), random.nextInt(100)));
        }
        if (random.nextInt(8) == 0) {
            return Orders.sale(lines.toArray(OrderLine[]::new));
        }
        Channel channel = random.nextBoolean() ? Channel.ONLINE : Channel.STORE;
        Acceptance acceptance = random.nextBoolean() ? Acceptance.WHOLE : Acceptance.PER_FULFILMENT;
        FulfilmentMethod second = channel == Channel.STORE && acceptance == Acceptance.PER_FULFILMENT
                ? FulfilmentMethod.CARRY_OUT
                : FulfilmentMethod.DELIVERY;
        int firstLines = 1 + random.nextInt(lines.size());
        List<Fulfilment> fulfilments = new ArrayList<>();
        fulfilments.add(Orders.fulfilment(
                1, FulfilmentMethod.PICKUP, lines.subList(0, firstLines).toArray(OrderLine[]::new)));
        if (firstLines < lines.size()) {
            fulfilments.add(Orders.fulfilment(
                    2, second, lines.subList(firstLines, lines.size()).toArray(OrderLine[]::new)));
        }
        return Orders.order(channel, acceptance, lines, fulfilments.toArray(Fulfilment[]::new));
    }

    private static OrderCommand nextCommand(Random random, OrderCommand first) {
        String order = Orders.ORDER;
        String fulfilment = Fulfilment.id(order, 1 + random.nextInt(2));
        String cancellation = "c" + random.nextInt(3);
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> new OrderCommand.RecordReservation(order, fulfilment);
            case 3 ->
                new OrderCommand.RecordReservationRejection(
                        order, fulfilment, EndReason.OUT_OF_STOCK, List.of(new Shortage("sku-l0", 3, 1)));
            case 4 -> new OrderCommand.RecordBrokenReservation(order, fulfilment, EndReason.STOCK_SHORTFALL);
            case 5 -> new OrderCommand.RejectUnanswered(order);
            case 6 -> new OrderCommand.CancelOrder(order, cancellation, EndReason.CANCELLED_BY_SHOPPER, List.of());
            case 7 ->
                new OrderCommand.CancelOrder(
                        order,
                        cancellation,
                        EndReason.CANCELLED_BY_RETAILER,
                        List.of(
                                new OrderCommand.CancelOrder.LineToCancel("l0", null),
                                new OrderCommand.CancelOrder.LineToCancel("l1", 1L + random.nextInt(3))));
            case 8 ->
                new OrderCommand.RecordCancellation(
                        order,
                        fulfilment,
                        cancellation,
                        EndReason.CANCELLED_BY_SHOPPER,
                        randomLines(random),
                        random.nextInt(4) == 0);
            case 9 -> new OrderCommand.RecordCancellationRefusal(order, cancellation, fulfilment);
            case 10, 11 ->
                new OrderCommand.RecordShortPick(order, fulfilment, "l" + random.nextInt(4), 1 + random.nextInt(3));
            case 12 -> new OrderCommand.RecordHandover(order, fulfilment, NOON, randomLines(random));
            case 13 -> new OrderCommand.RecordNoShow(order, fulfilment);
            case 14 ->
                new OrderCommand.RecordReturn(order, "r" + random.nextInt(5), randomLines(random), Orders.euros(1));
            default -> first;
        };
    }

    private static List<LineQuantity> randomLines(Random random) {
        List<LineQuantity> lines = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            lines.add(Orders.units("l" + random.nextInt(4), 1 + random.nextInt(3)));
        }
        return lines;
    }
}
