package dev.mortar.returns;

import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ReturnCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** After any sequence of commands, no unit comes back twice and no refund exceeds the price paid. */
class ReturnsRandomCommandsTest {

    @Test
    void neverAcceptsMoreThanWasHandedOverNorRefundsMoreThanWasPaid() {
        int[] fullyReturned = new int[1];
        Set<Class<?>> seen = new HashSet<>();
        new RandomCommands<>(new ReturnsDecider(), 300, 60).hold(ReturnsRandomCommandsTest::next, step -> {
            if (isRepeat(step.before(), step.command())) {
                assertThat(step.decision())
                        .satisfiesAnyOf(
                                repeat -> assertThat(repeat).isEqualTo(Decision.accepted()),
                                other -> assertThat(other)
                                        .isInstanceOfSatisfying(
                                                Decision.Rejected.class,
                                                rejected -> assertThat(rejected.reason())
                                                        .isInstanceOf(ReturnsRejection.ReturnConflict.class)));
            }
            check(step.after(), step.history());
            step.events().forEach(event -> seen.add(event.getClass()));
            fullyReturned[0] += step.after() instanceof Purchased purchased
                            && purchased.lines().stream().allMatch(line -> line.remaining() == 0)
                    ? 1
                    : 0;
        });
        // The random commands must reach orders with every unit returned.
        assertThat(fullyReturned[0])
                .as("steps after which every unit was returned")
                .isPositive();
        assertThat(seen).containsExactlyInAnyOrder(ReturnsEvent.class.getPermittedSubclasses());
    }

    private static boolean isRepeat(Returns before, ReturnsCommand command) {
        return before instanceof Purchased purchased
                && switch (command) {
                    case RecordPurchase(Purchase purchase) ->
                        purchased.fulfilmentIds().contains(purchase.fulfilmentId());
                    case AcceptReturn accept -> purchased.find(accept.returnId()) != null;
                    case TakeBackParcel parcel -> purchased.find(parcel.returnId()) != null;
                    case RecordLoss loss -> purchased.hasLost(loss.fulfilmentId(), loss.parcelId());
                    case MoveReturnWindow move ->
                        purchased.linesOf(move.fulfilmentId()).stream()
                                .noneMatch(line -> line.returnableUntil().isBefore(move.returnableUntil()));
                };
    }

    /** Counts from the log, without the service's evolve. */
    private static void check(Returns state, List<ReturnsEvent> log) {
        Map<String, Long> handedOver = new HashMap<>();
        Map<String, Long> paid = new HashMap<>();
        Map<String, Long> until = new HashMap<>();
        Map<String, Long> returned = new HashMap<>();
        Map<String, Long> refunded = new HashMap<>();
        Map<String, Long> refunds = new HashMap<>();
        Map<String, Long> lost = new HashMap<>();
        Set<String> lostParcels = new HashSet<>();
        for (ReturnsEvent event : log) {
            switch (event) {
                case PurchaseRecorded(Purchase purchase) -> {
                    for (PurchasedLine line : purchase.lines()) {
                        String id = purchase.fulfilmentId() + " " + line.line().lineId();
                        assertThat(handedOver.put(id, line.line().quantity())).isNull();
                        paid.put(id, line.paid().amount());
                        until.put(id, purchase.returnableUntil().toEpochMilli());
                    }
                }
                case ReturnWindowMoved moved -> {
                    assertThat(moved.returnableUntil()).isAfter(moved.previous());
                    until.replaceAll((id, before) -> id.startsWith(moved.fulfilmentId() + " ")
                            ? moved.returnableUntil().toEpochMilli()
                            : before);
                }
                case PurchaseLost loss -> {
                    assertThat(lostParcels.add(loss.fulfilmentId() + " " + loss.parcelId()))
                            .isTrue();
                    loss.lines()
                            .forEach(units -> lost.merge(
                                    loss.fulfilmentId() + " " + units.lineId(), units.quantity(), Long::sum));
                }
                case ReturnAccepted acceptance -> {
                    assertThat(refunds).doesNotContainKey(acceptance.accepted().returnId());
                    long sum = 0;
                    boolean late = false;
                    for (ReturnedLine line : acceptance.accepted().lines()) {
                        assertThat(line.refund().amount()).isNotNegative();
                        assertThat(line.quantity()).isPositive();
                        String id = line.fulfilmentId() + " " + line.lineId();
                        returned.merge(id, line.quantity(), Long::sum);
                        refunded.merge(id, line.refund().amount(), Long::sum);
                        sum += line.refund().amount();
                        late |= acceptance.accepted().acceptedAt().toEpochMilli() > until.getOrDefault(id, 0L);
                    }
                    assertThat(acceptance.accepted().refund()).isEqualTo(pounds(sum));
                    boolean isParcel = acceptance.accepted().lines().getFirst().reason() == ReturnReason.UNDELIVERABLE;
                    assertThat(acceptance.accepted().override() != null).isEqualTo(late && !isParcel);
                    refunds.put(acceptance.accepted().returnId(), sum);
                }
                case RefundRequested requested -> {
                    assertThat(requested.amount().amount()).isPositive();
                    assertThat(refunds.remove(requested.returnId()))
                            .isEqualTo(requested.amount().amount());
                }
            }
        }
        assertThat(refunds.values()).as("refunds that were not requested").allMatch(amount -> amount == 0);
        returned.forEach((id, quantity) -> {
            assertThat(quantity + lost.getOrDefault(id, 0L)).isLessThanOrEqualTo(handedOver.getOrDefault(id, 0L));
            assertThat(refunded.get(id)).isLessThanOrEqualTo(paid.getOrDefault(id, 0L));
            if (quantity.equals(handedOver.get(id))) {
                assertThat(refunded.get(id)).isEqualTo(paid.get(id));
            }
        });
        switch (state) {
            case NothingHandedOver() -> assertThat(log).isEmpty();
            case Purchased purchased -> {
                Returns folded = new ReturnsDecider().initialState();
                for (ReturnsEvent event : log) {
                    folded = new ReturnsDecider().evolve(folded, event);
                }
                assertThat(folded).isEqualTo(state);
                assertThat(purchased.lines()).allSatisfy(line -> {
                    String id = line.fulfilmentId() + " " + line.lineId();
                    assertThat(line.handedOver()).isEqualTo(handedOver.get(id));
                    assertThat(line.returned()).isEqualTo(returned.getOrDefault(id, 0L));
                    assertThat(line.lost()).isEqualTo(lost.getOrDefault(id, 0L));
                    assertThat(line.remaining()).isNotNegative();
                    assertThat(line.refunded()).isEqualTo(pounds(refunded.getOrDefault(id, 0L)));
                });
            }
        }
    }

    private static ReturnsCommand next(Random random, Returns state) {
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> purchase(random);
            case 4, 5 ->
                new MoveReturnWindow(
                        Goods.ORDER,
                        "order-1-" + random.nextInt(2),
                        Goods.HANDED_OVER_AT.plus(Duration.ofMinutes(random.nextInt(120))));
            case 6 ->
                new RecordLoss(
                        Goods.ORDER,
                        "order-1-" + random.nextInt(2),
                        "p" + random.nextInt(3),
                        List.of(new LineQuantity(lineId(random, state), "sku", 1 + random.nextInt(2))));
            case 7, 8 -> takeBack(random, state);
            default -> accept(random, state);
        };
    }

    private static TakeBackParcel takeBack(Random random, Returns state) {
        String fulfilment = "order-1-" + random.nextInt(2);
        return new TakeBackParcel(
                Goods.ORDER,
                fulfilment,
                fulfilment + "-p" + random.nextInt(5),
                "store-1",
                List.of(new LineToReturn(
                        lineId(random, state),
                        1 + random.nextInt(3),
                        ReturnReason.UNDELIVERABLE,
                        ReturnCondition.UNOPENED,
                        Disposition.RESTOCK)));
    }

    private static RecordPurchase purchase(Random random) {
        int fulfilment = random.nextInt(2);
        OrderLine[] lines = new OrderLine[1 + random.nextInt(2)];
        for (int i = 0; i < lines.length; i++) {
            // Sometimes another fulfilment has units of the line too.
            int group = random.nextInt(20) == 0 ? random.nextInt(2) : fulfilment;
            int quantity = 1 + random.nextInt(5);
            int price = random.nextInt(4) == 0 ? 0 : random.nextInt(1000);
            lines[i] = line(
                    "%d-%d".formatted(group, i),
                    quantity,
                    price,
                    random.nextInt(price * quantity + 1),
                    random.nextInt(100),
                    random.nextBoolean());
        }
        Instant until = Goods.HANDED_OVER_AT.plus(Duration.ofMinutes(random.nextInt(90)));
        return Goods.purchase("order-1-" + fulfilment, until, lines);
    }

    private static AcceptReturn accept(Random random, Returns state) {
        Disposition[] dispositions = Disposition.values();
        LineToReturn[] lines = new LineToReturn[random.nextInt(4)];
        for (int i = 0; i < lines.length; i++) {
            Disposition disposition = random.nextInt(30) == 0
                    ? Disposition.UNKNOWN
                    : dispositions[1 + random.nextInt(dispositions.length - 1)];
            lines[i] = Goods.back(lineId(random, state), 1 + random.nextInt(2), disposition);
        }
        WindowOverride override = switch (random.nextInt(6)) {
            case 0 -> new WindowOverride(new Actor(Actor.Type.SHOPPER, "s-1", null), "GOODWILL");
            case 1, 2 -> Goods.GOODWILL;
            default -> null;
        };
        return Goods.accept("r-" + random.nextInt(100), override, lines);
    }

    /** Mostly a line that was handed over. */
    private static String lineId(Random random, Returns state) {
        return state instanceof Purchased purchased && random.nextInt(15) > 0
                ? purchased
                        .lines()
                        .get(random.nextInt(purchased.lines().size()))
                        .lineId()
                : "%d-%d".formatted(random.nextInt(3), random.nextInt(2));
    }
}
