package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decision;
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

    private static final int ORDERS = 1_000;
    private static final int COMMANDS_PER_ORDER = 30;

    private final OrderDecider decider = new OrderDecider();

    @Test
    void quantitiesAndAmountsAddUpAfterEveryCommand() {
        long seed = Long.getLong("mortar.seed", 1);
        Random random = new Random(seed);
        Set<String> ends = new TreeSet<>();
        for (int i = 0; i < ORDERS; i++) {
            Order end = runCommands("seed " + seed + ", order " + i, random);
            if (end instanceof Order.Known) {
                ends.add(Order.name(end));
            }
        }
        assertThat(ends).as("seed " + seed).contains("CONFIRMED", "REJECTED", "CANCELLED", "COMPLETED");
    }

    private Order runCommands(String where, Random random) {
        OrderCommand first = firstCommand(random);
        List<OrderEvent> history = new ArrayList<>();
        Order order = decider.initialState();
        Instant now = NOON;
        OrderCommand command = first;
        for (int step = 0; step < COMMANDS_PER_ORDER; step++) {
            String at = where + ", step " + step + ", " + command;
            List<OrderEvent> events = events(decider.decide(order, command, now));
            Order before = order;
            for (OrderEvent event : events) {
                order = decider.evolve(order, event);
            }
            history.addAll(events);
            if (events.isEmpty()) {
                assertThat(order).as(at).isEqualTo(before);
            }
            assertThat(events(decider.decide(before, command, now)))
                    .as("deciding the same command again, " + at)
                    .isEqualTo(events);
            if (order instanceof Order.Known known) {
                assertQuantities(at, known);
                assertAmounts(at, known.contents(), history);
            }
            assertThat(history.stream().reduce(decider.initialState(), decider::evolve, (one, other) -> other))
                    .as("folding the history, " + at)
                    .isEqualTo(order);
            now = now.plus(Duration.ofMinutes(random.nextInt(10)));
            command = nextCommand(random, first);
        }
        return order;
    }

    private static List<OrderEvent> events(Decision<OrderEvent> decision) {
        return switch (decision) {
            case Decision.Accepted<OrderEvent> accepted -> accepted.events();
            case Decision.Rejected<OrderEvent> rejected -> List.of();
        };
    }

    private static void assertQuantities(String at, Order.Known order) {
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
                    .as(at)
                    .allMatch(quantity -> quantity >= 0 && quantity <= line.quantity());
            assertThat(progress.returned()).as(at).isLessThanOrEqualTo(progress.handedOver());
        }
        boolean ended = !(order instanceof Order.Placed || order instanceof Order.Confirmed);
        assertThat(contents.nothingOpen()).as(at).isEqualTo(ended);
        assertThat(order instanceof Order.Completed).as(at).isEqualTo(ended && contents.anyHandedOver());
        for (Fulfilment fulfilment : contents.requested().fulfilments()) {
            boolean open = switch (contents.progress(fulfilment)) {
                case FulfilmentProgress.Waiting _, FulfilmentProgress.Reserved _ -> true;
                case FulfilmentProgress.Rejected _ -> order instanceof Order.Placed;
                case FulfilmentProgress.HandedOver _, FulfilmentProgress.Cancelled _ -> false;
            };
            assertThat(!contents.open(fulfilment).isEmpty()).as(at).isEqualTo(open);
        }
    }

    /** The total is the confirmed amount less the cancelled one; at the end it equals the handed-over amount. */
    private static void assertAmounts(String at, OrderContents contents, List<OrderEvent> history) {
        long total = 0;
        long handedOver = 0;
        for (OrderEvent event : history) {
            switch (event) {
                case OrderEvent.OrderPlaced e -> total = e.total().amount();
                case OrderEvent.SaleRecorded e -> total = e.total().amount();
                case OrderEvent.OrderConfirmed e -> total = e.total().amount();
                case OrderEvent.OrderLinesCancelled e -> {
                    assertThat(e.amount().amount()).as(at).isNotNegative();
                    total -= e.amount().amount();
                }
                case OrderEvent.OrderRejected e -> total = 0;
                case OrderEvent.OrderCancelled e -> total = 0;
                case OrderEvent.FulfilmentHandedOver e ->
                    handedOver += e.lines().stream()
                            .mapToLong(line -> line.total().amount())
                            .sum();
                case OrderEvent.OrderCompleted e ->
                    assertThat(handedOver).as(at).isEqualTo(total);
                case OrderEvent.FulfilmentReserved e -> {}
                case OrderEvent.FulfilmentRejected e -> {}
                case OrderEvent.OrderCancellationRequested e -> {}
                case OrderEvent.OrderCancellationRefused e -> {}
                case OrderEvent.OrderReturned e -> {}
            }
        }
        assertThat(contents.total().amount()).as(at).isEqualTo(total);
        assertThat(handedOver).as(at).isLessThanOrEqualTo(total);
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
