package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.eventsourcing.testkit.RandomCommands.Step;
import dev.mortar.order.OrderCommand.RecordReducedReservation.LostUnits;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** After any sequence of commands, no unit is counted twice and every cent is accounted for. */
class OrderRandomCommandsTest {

    @Test
    void quantitiesAndAmountsAddUpAfterEveryCommand() {
        Set<String> states = new TreeSet<>();
        new RandomCommands<>(new OrderDecider(), 2_000, 40).hold(random -> new Run(random, states));
        assertThat(states).contains("CONFIRMED", "REJECTED", "CANCELLED", "COMPLETED");
        assertThat(states)
                .containsAll(Stream.of(OrderEvent.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
        assertThat(states).contains("moved", "taken");
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
            return order instanceof Order.Known known ? nextCommand(random, first, known.contents()) : first;
        }

        @Override
        public void check(Step<OrderCommand, Order, OrderEvent> step) {
            if (step.events().isEmpty()) {
                assertThat(step.after()).isEqualTo(step.before());
            }
            if (step.after() instanceof Order.Known known) {
                states.add(known.name());
                step.events().forEach(event -> states.add(event.getClass().getSimpleName()));
                step.events().stream()
                        .filter(OrderEvent.FulfilmentConfirmed.class::isInstance)
                        .forEach(event -> states.add(
                                ((OrderEvent.FulfilmentConfirmed) event).cancellationId() == null ? "taken" : "moved"));
                assertQuantities(known);
                assertAmounts(known.contents(), step.history());
                assertParcels(step.history());
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
                            contents.returned(line),
                            line.quantity() - progress.closed()))
                    .allMatch(quantity -> quantity >= 0 && quantity <= line.quantity());
            assertThat(contents.returned(line)).isLessThanOrEqualTo(progress.handedOver());
        }
        for (FulfilmentContents each : contents.fulfilments()) {
            assertThat(each.parts()).allMatch(part -> part.open() >= 0 && part.open() <= part.units());
            contents.cancellable(each.fulfilment())
                    .forEach(units -> assertThat(units.quantity()).isBetween(1L, each.open(units.lineId())));
        }
        boolean ended = !(order instanceof Order.Placed || order instanceof Order.Confirmed);
        assertThat(contents.nothingOpen()).isEqualTo(ended);
        assertThat(order instanceof Order.Completed).isEqualTo(ended && contents.anyHandedOver());
        for (FulfilmentContents each : contents.fulfilments()) {
            boolean isHeld =
                    each.runId() != null && contents.runOf(each).request().held();
            boolean open = switch (each.progress()) {
                case FulfilmentProgress.Waiting _ -> !isHeld;
                case FulfilmentProgress.Reserved _ -> true;
                case FulfilmentProgress.Rejected _ -> order instanceof Order.Placed && !isHeld;
                case FulfilmentProgress.HandedOver _, FulfilmentProgress.Cancelled _ -> false;
                case FulfilmentProgress.SetAside _, FulfilmentProgress.Moved _, FulfilmentProgress.Withdrawn _ -> false;
            };
            assertThat(!each.nothingOpen()).as("%s", each).isEqualTo(open);
        }
        assertOnePlace(order);
    }

    /** Each unit is in one fulfilment, or in a run. At the end, no run and no location waits for an answer. */
    private static void assertOnePlace(Order.Known order) {
        OrderContents contents = order.contents();
        Map<String, List<Long>> numbers = new HashMap<>();
        Stream.concat(contents.partsOf(contents.fulfilmentsThat(_ -> true)), contents.unsourced())
                .forEach(part -> LongStream.range(part.firstUnit(), part.firstUnit() + part.units())
                        .forEach(unit -> numbers.computeIfAbsent(part.lineId(), _ -> new ArrayList<>())
                                .add(unit)));
        for (OrderLine line : contents.requested().lines()) {
            assertThat(numbers.get(line.lineId()))
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, line.quantity()).boxed().toList());
        }
        for (FulfilmentContents each : contents.fulfilments()) {
            boolean isTentative = each.progress() instanceof FulfilmentProgress.SetAside
                    || (each.progress() instanceof FulfilmentProgress.Waiting && !(order instanceof Order.Placed));
            if (isTentative) {
                assertThat(order).isInstanceOf(Order.Confirmed.class);
                assertThat(each.runId()).isNotNull();
            }
        }
        assertThat(contents.runs()).hasSizeLessThanOrEqualTo(RunRules.RUNS_MAX + 2);
        contents.runs().forEach(run -> assertThat(run.request().attempt()).isLessThanOrEqualTo(RunRules.ATTEMPTS_MAX));
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
                case OrderEvent.SourcingRequested e -> {}
                case OrderEvent.SourcingDecided e -> {}
                case OrderEvent.FulfilmentAdded e -> {}
                case OrderEvent.FulfilmentConfirmed e -> {}
                case OrderEvent.FulfilmentWithdrawn e -> {}
                case OrderEvent.FulfilmentReserved e -> {}
                case OrderEvent.FulfilmentRejected e -> {}
                case OrderEvent.OrderCancellationRequested e -> {}
                case OrderEvent.OrderCancellationRefused e -> {}
                case OrderEvent.OrderReturned e -> {}
                case OrderEvent.FulfilmentDelivered e -> {}
                case OrderEvent.FulfilmentUndelivered e -> {}
                case OrderEvent.FulfilmentLost e -> {}
            }
        }
        assertThat(contents.total().amount()).isEqualTo(total);
        assertThat(handedOver).isLessThanOrEqualTo(total);
    }

    /** A parcel ends once. The lost units of a line are its last ones, and their amounts add up. */
    private static void assertParcels(List<OrderEvent> history) {
        Map<String, OrderLine> handedOver = new HashMap<>();
        Map<String, Long> lost = new HashMap<>();
        Map<String, Long> amounts = new HashMap<>();
        Set<String> ended = new TreeSet<>();
        for (OrderEvent event : history) {
            switch (event) {
                case OrderEvent.FulfilmentHandedOver e ->
                    e.lines().forEach(line -> handedOver.put(e.fulfilmentId() + "|" + line.lineId(), line));
                case OrderEvent.FulfilmentDelivered e ->
                    assertThat(ended.add(e.fulfilmentId() + "|" + e.parcelId())).isTrue();
                case OrderEvent.FulfilmentUndelivered e ->
                    assertThat(ended.add(e.fulfilmentId() + "|" + e.parcelId())).isTrue();
                case OrderEvent.FulfilmentLost e -> {
                    assertThat(ended.add(e.fulfilmentId() + "|" + e.parcelId())).isTrue();
                    for (OrderLine line : e.lines()) {
                        String id = e.fulfilmentId() + "|" + line.lineId();
                        lost.merge(id, line.quantity(), Long::sum);
                        amounts.merge(id, line.total().amount(), Long::sum);
                    }
                    assertThat(e.amount().amount())
                            .isEqualTo(e.lines().stream()
                                    .mapToLong(line -> line.total().amount())
                                    .sum());
                }
                default -> {}
            }
        }
        lost.forEach((id, units) -> {
            OrderLine line = Objects.requireNonNull(handedOver.get(id), id);
            assertThat(units).isBetween(1L, line.quantity());
            assertThat(amounts)
                    .containsEntry(
                            id,
                            line.total(line.quantity() - units, line.quantity()).amount());
        });
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
        OrderLine last = lines.get(firstLines - 1);
        if (last.quantity() > 1 && random.nextInt(3) == 0) {
            long firstUnits = random.nextLong(1, last.quantity());
            fulfilments.set(
                    0,
                    Orders.parts(
                            1,
                            FulfilmentMethod.PICKUP,
                            parts(lines.subList(0, firstLines - 1), Orders.part(last, 0, firstUnits))));
            LinePart rest = Orders.part(last, firstUnits, last.quantity() - firstUnits);
            fulfilments.add(Orders.parts(2, second, parts(lines.subList(firstLines, lines.size()), rest)));
        } else if (firstLines < lines.size()) {
            fulfilments.add(Orders.fulfilment(
                    2, second, lines.subList(firstLines, lines.size()).toArray(OrderLine[]::new)));
        }
        OrderCommand.PlaceOrder placed =
                Orders.order(channel, acceptance, lines, fulfilments.toArray(Fulfilment[]::new));
        return random.nextInt(3) == 0 ? placed : withoutLocations(random, placed);
    }

    /** The fulfilments may move, and some have no location. */
    private static OrderCommand withoutLocations(Random random, OrderCommand.PlaceOrder placed) {
        Map<String, OrderLine> lines = new HashMap<>();
        placed.order().lines().forEach(line -> lines.put(line.lineId(), line));
        List<Fulfilment> located = new ArrayList<>();
        List<UnsourcedPart> unsourced = new ArrayList<>();
        for (Fulfilment each : placed.order().fulfilments()) {
            if (each.carriedOut() || random.nextBoolean()) {
                located.add(Orders.movable(located.size() + 1, each));
            } else {
                List<LinePart> units = each.lineIds().stream()
                        .map(id -> each.part(Objects.requireNonNull(lines.get(id))))
                        .toList();
                unsourced.add(new UnsourcedPart(
                        each.method(), units, new Cell(5_235, 1_340), null, null, 2, random.nextInt(4) > 0, null));
            }
        }
        return Orders.with(placed, located, unsourced);
    }

    private static OrderCommand decideSourcing(Random random, OrderContents contents) {
        List<OrderCommand.DecideSourcing.Share> shares = new ArrayList<>();
        String runId =
                SourcingRun.id(Orders.ORDER, 1 + random.nextInt(contents.runs().size() + 1));
        SourcingRun run = contents.run(runId);
        if (run != null && random.nextInt(4) > 0) {
            boolean splits = run.request().splitMax() > 1 && random.nextBoolean();
            List<LinePart> first = new ArrayList<>();
            List<LinePart> second = new ArrayList<>();
            for (LinePart part : run.request().parts()) {
                long units = splits ? random.nextLong(part.quantity() + 1) : part.quantity();
                Orders.addUnits(first, part, part.firstUnit(), units);
                Orders.addUnits(second, part, part.firstUnit() + units, part.quantity() - units);
            }
            for (List<LinePart> parts : List.of(first, second)) {
                if (!parts.isEmpty()) {
                    shares.add(new OrderCommand.DecideSourcing.Share("shop-" + random.nextInt(9), parts));
                }
            }
        }
        return new OrderCommand.DecideSourcing(
                Orders.ORDER, runId, "default", 0, NOON, shares, List.of(), List.of(), 0);
    }

    private static List<LinePart> parts(List<OrderLine> whole, LinePart part) {
        List<LinePart> parts = new ArrayList<>();
        whole.forEach(line -> parts.add(Orders.part(line, 0, line.quantity())));
        parts.add(part);
        return parts;
    }

    private static OrderCommand nextCommand(Random random, OrderCommand first, OrderContents contents) {
        String order = Orders.ORDER;
        int number = 1 + random.nextInt(contents.fulfilments().size() + 1);
        String fulfilment = Fulfilment.id(order, number);
        String cancellation = "c" + random.nextInt(3);
        return switch (random.nextInt(32)) {
            case 0, 1, 2 -> new OrderCommand.RecordReservation(order, fulfilment, null, null);
            case 3 ->
                new OrderCommand.RecordReservationRejection(
                        order, fulfilment, EndReason.OUT_OF_STOCK, List.of(new Shortage("sku-l0", 3, 1)));
            case 4 ->
                random.nextBoolean()
                        ? new OrderCommand.RecordStoreRejection(order, fulfilment)
                        : new OrderCommand.RecordBrokenReservation(order, fulfilment, EndReason.STOCK_SHORTFALL);
            case 5 -> new OrderCommand.CheckDue(order);
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
            case 12, 25 ->
                new OrderCommand.RecordHandover(
                        order,
                        fulfilment,
                        NOON,
                        contents.fulfilment(fulfilment) instanceof Fulfilment one && random.nextBoolean()
                                ? contents.open(one)
                                : randomLines(random));
            case 13 -> new OrderCommand.RecordNoShow(order, fulfilment);
            case 14 ->
                new OrderCommand.RecordReturn(order, "r" + random.nextInt(5), randomLines(random), Orders.euros(1));
            case 15 ->
                new OrderCommand.RecordReducedReservation(
                        order,
                        fulfilment,
                        1 + random.nextInt(2),
                        EndReason.STOCK_SHORTFALL,
                        List.of(new LostUnits("sku-l" + random.nextInt(3), 1 + random.nextInt(3))));
            case 16, 17, 18, 19, 20 -> decideSourcing(random, contents);
            case 21 -> new OrderCommand.RecordOverdue(order, fulfilment);
            case 22, 23, 24 -> answerToMove(random, contents, first);
            case 26, 27, 28, 29 -> endOfParcel(random, contents);
            default -> first;
        };
    }

    /** Mostly the end of a parcel of a delivery that is on its way. */
    private static OrderCommand endOfParcel(Random random, OrderContents contents) {
        String fulfilment = Fulfilment.id(Orders.ORDER, 1 + random.nextInt(2));
        List<LineQuantity> lines = randomLines(random);
        for (FulfilmentContents each : contents.fulfilments()) {
            if (each.progress() instanceof FulfilmentProgress.HandedOver handedOver
                    && !handedOver.sent().isEmpty()
                    && random.nextInt(5) > 0) {
                fulfilment = each.fulfilment().fulfilmentId();
                lines = handedOver.sent().stream()
                        .map(part -> Orders.units(part.lineId(), random.nextLong(1, part.quantity() + 1)))
                        .toList();
            }
        }
        String parcel = "p" + random.nextInt(4);
        return switch (random.nextInt(5)) {
            case 0 -> new OrderCommand.RecordDelivery(Orders.ORDER, fulfilment, parcel, NOON, lines);
            case 1 ->
                new OrderCommand.RecordUndelivered(
                        Orders.ORDER,
                        fulfilment,
                        parcel,
                        "shop-1",
                        lines.stream()
                                .map(each -> new ParcelReturnLine(
                                        each.lineId(),
                                        each.sku(),
                                        each.quantity(),
                                        ReturnCondition.UNOPENED,
                                        Disposition.RESTOCK))
                                .toList());
            default -> new OrderCommand.RecordLoss(Orders.ORDER, fulfilment, parcel, lines);
        };
    }

    /** Pickup-service lets the units go to another location, or refuses. */
    private static OrderCommand answerToMove(Random random, OrderContents contents, OrderCommand otherwise) {
        List<Cancellation> asked = contents.cancellations().stream()
                .filter(each -> each.reason() == EndReason.MOVED || each.reason() == EndReason.STOCK_SHORTFALL)
                .toList();
        if (asked.isEmpty()) {
            return otherwise;
        }
        Cancellation one = asked.get(random.nextInt(asked.size()));
        Cancellation.Part part = one.asked().getFirst();
        return random.nextInt(4) == 0
                ? new OrderCommand.RecordCancellationRefusal(Orders.ORDER, one.cancellationId(), part.fulfilmentId())
                : new OrderCommand.RecordCancellation(
                        Orders.ORDER, part.fulfilmentId(), one.cancellationId(), one.reason(), part.lines(), false);
    }

    private static List<LineQuantity> randomLines(Random random) {
        List<LineQuantity> lines = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            lines.add(Orders.units("l" + random.nextInt(4), 1 + random.nextInt(3)));
        }
        return lines;
    }
}
