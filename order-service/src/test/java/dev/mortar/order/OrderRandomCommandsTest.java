package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Channel;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.Contents.LineProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever is asked of an order in whatever order: nothing is counted twice, and every cent is accounted for. */
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
            Order end = live("seed " + seed + ", order " + i, random);
            if (end instanceof Order.Known) {
                ends.add(Order.name(end));
            }
        }
        assertThat(ends).as("seed " + seed).contains("CONFIRMED", "REJECTED", "CANCELLED", "COMPLETED");
    }

    private Order live(String where, Random random) {
        OrderCommand begin = beginning(random);
        List<OrderEvent> history = new ArrayList<>();
        Order order = decider.initialState();
        Instant now = NOON;
        OrderCommand command = begin;
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
                    .as("deciding again, " + at)
                    .isEqualTo(events);
            if (order instanceof Order.Known known) {
                assertQuantities(at, known);
                assertAmounts(at, known.contents(), history);
            }
            assertThat(history.stream().reduce(decider.initialState(), decider::evolve, (one, other) -> other))
                    .as("folding the history, " + at)
                    .isEqualTo(order);
            now = now.plus(Duration.ofMinutes(random.nextInt(10)));
            command = next(random, begin);
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
        Contents contents = order.contents();
        for (OrderLine line : contents.placed().lines()) {
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
        boolean over = !(order instanceof Order.Placed || order instanceof Order.Confirmed);
        assertThat(contents.nothingOpen()).as(at).isEqualTo(over);
        assertThat(order instanceof Order.Completed).as(at).isEqualTo(over && contents.anyHandedOver());
        for (Fulfilment fulfilment : contents.placed().fulfilments()) {
            boolean open = switch (contents.progress(fulfilment)) {
                case FulfilmentProgress.Waiting _, FulfilmentProgress.Reserved _ -> true;
                case FulfilmentProgress.Rejected _ -> order instanceof Order.Placed;
                case FulfilmentProgress.HandedOver _, FulfilmentProgress.Cancelled _ -> false;
            };
            assertThat(!contents.open(fulfilment).isEmpty()).as(at).isEqualTo(open);
        }
    }

    /**
     * What the shopper pays is what was confirmed less what was cancelled, and in the end exactly what was handed over.
     */
    private static void assertAmounts(String at, Contents contents, List<OrderEvent> history) {
        long total = 0;
        long left = 0;
        for (OrderEvent event : history) {
            switch (event) {
                case OrderEvent.OrderPlaced e -> total = e.total().amount();
                case OrderEvent.OrderConfirmed e -> total = e.total().amount();
                case OrderEvent.OrderLinesCancelled e -> {
                    assertThat(e.amount().amount()).as(at).isNotNegative();
                    total -= e.amount().amount();
                }
                case OrderEvent.OrderRejected e -> total = 0;
                case OrderEvent.OrderCancelled e -> total = 0;
                case OrderEvent.FulfilmentHandedOver e ->
                    left += e.lines().stream()
                            .mapToLong(line -> line.total().amount())
                            .sum();
                case OrderEvent.OrderCompleted e -> assertThat(left).as(at).isEqualTo(total);
                case OrderEvent.FulfilmentReserved e -> {}
                case OrderEvent.FulfilmentRejected e -> {}
                case OrderEvent.OrderCancellationRequested e -> {}
                case OrderEvent.OrderCancellationRefused e -> {}
                case OrderEvent.OrderReturned e -> {}
            }
        }
        assertThat(contents.total().amount()).as(at).isEqualTo(total);
        assertThat(left).as(at).isLessThanOrEqualTo(total);
    }

    private static OrderCommand beginning(Random random) {
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
        int cut = 1 + random.nextInt(lines.size());
        List<Fulfilment> fulfilments = new ArrayList<>();
        fulfilments.add(Orders.fulfilment(
                1, FulfilmentMethod.PICKUP, lines.subList(0, cut).toArray(OrderLine[]::new)));
        if (cut < lines.size()) {
            fulfilments.add(Orders.fulfilment(
                    2, second, lines.subList(cut, lines.size()).toArray(OrderLine[]::new)));
        }
        return Orders.order(channel, acceptance, lines, fulfilments.toArray(Fulfilment[]::new));
    }

    private static OrderCommand next(Random random, OrderCommand begin) {
        String order = Orders.ORDER;
        String fulfilment = Fulfilment.id(order, 1 + random.nextInt(2));
        String cancellation = "c" + random.nextInt(3);
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> new OrderCommand.AcceptFulfilment(order, fulfilment);
            case 3 ->
                new OrderCommand.RejectFulfilment(
                        order, fulfilment, EndReason.OUT_OF_STOCK, List.of(new Shortage("sku-l0", 3, 1)));
            case 4 -> new OrderCommand.ReportShortfall(order, fulfilment, EndReason.STOCK_SHORTFALL);
            case 5 -> new OrderCommand.RejectUnanswered(order);
            case 6 -> new OrderCommand.CancelOrder(order, cancellation, EndReason.CANCELLED_BY_SHOPPER, List.of());
            case 7 ->
                new OrderCommand.CancelOrder(
                        order,
                        cancellation,
                        EndReason.CANCELLED_BY_RETAILER,
                        List.of(
                                new OrderCommand.CancelOrder.Wanted("l0", null),
                                new OrderCommand.CancelOrder.Wanted("l1", 1L + random.nextInt(3))));
            case 8 ->
                new OrderCommand.RecordCancellation(
                        order,
                        fulfilment,
                        cancellation,
                        EndReason.CANCELLED_BY_SHOPPER,
                        some(random),
                        random.nextInt(4) == 0);
            case 9 -> new OrderCommand.RecordCancellationRefusal(order, cancellation, fulfilment);
            case 10, 11 ->
                new OrderCommand.RecordShortPick(order, fulfilment, "l" + random.nextInt(4), 1 + random.nextInt(3));
            case 12 -> new OrderCommand.RecordHandover(order, fulfilment, NOON, some(random));
            case 13 -> new OrderCommand.RecordNoShow(order, fulfilment);
            case 14 -> new OrderCommand.RecordReturn(order, "r" + random.nextInt(5), some(random), Orders.euros(1));
            default -> begin;
        };
    }

    private static List<LineQuantity> some(Random random) {
        List<LineQuantity> some = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            some.add(Orders.units("l" + random.nextInt(4), 1 + random.nextInt(3)));
        }
        return some;
    }
}
