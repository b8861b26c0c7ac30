package dev.mortar.returns;

import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsCommand.BroughtBack;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import dev.mortar.returns.ReturnsEvent.PurchaseRecorded;
import dev.mortar.returns.ReturnsEvent.RefundRequested;
import dev.mortar.returns.ReturnsEvent.ReturnAccepted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Attacks the invariants with random commands; run a failure again with {@code -Dmortar.seed}. */
class ReturnsPropertiesTest {

    private static final long SEED = Long.getLong("mortar.seed", System.nanoTime());
    private static final int ORDERS = 300;
    private static final int COMMANDS_PER_ORDER = 40;

    private final Random random = new Random(SEED);

    @Test
    void neverTakesBackMoreThanLeftNorRefundsMoreThanWasPaid() {
        int accepted = 0;
        int wholeOrders = 0;
        for (int order = 0; order < ORDERS; order++) {
            Returns state = ReturnsDecider.RETURNS.initialState();
            List<ReturnsEvent> log = new ArrayList<>();
            List<ReturnsCommand> decided = new ArrayList<>();
            Instant now = Goods.LEFT;
            for (int step = 0; step < COMMANDS_PER_ORDER; step++) {
                now = now.plus(Duration.ofHours(random.nextInt(24)));
                boolean again = !decided.isEmpty() && random.nextInt(5) == 0;
                ReturnsCommand command = again ? decided.get(random.nextInt(decided.size())) : command(state);
                String at = "seed %d, order %d, step %d: ".formatted(SEED, order, step);
                Returns before = state;
                Supplier<String> what = () -> at + command + " on " + before;

                Decision<ReturnsEvent> decision = ReturnsDecider.RETURNS.decide(state, command, now);
                assertThat(ReturnsDecider.RETURNS.decide(state, command, now))
                        .as(what)
                        .isEqualTo(decision);
                if (!(decision instanceof Decision.Accepted<ReturnsEvent>(List<ReturnsEvent> events))) {
                    continue;
                }
                if (again) {
                    assertThat(events).as(what).isEmpty();
                }
                decided.add(command);
                accepted += events.isEmpty() ? 0 : 1;
                log.addAll(events);
                for (ReturnsEvent event : events) {
                    state = ReturnsDecider.RETURNS.evolve(state, event);
                }
                check(what, state, log, now);
            }
            wholeOrders += state instanceof Purchased purchased
                            && !purchased.lines().isEmpty()
                            && purchased.lines().stream().allMatch(line -> line.remaining() == 0)
                    ? 1
                    : 0;
        }
        // The attack must reach what it attacks.
        assertThat(accepted).isGreaterThan(ORDERS);
        assertThat(wholeOrders).isGreaterThan(ORDERS / 20);
    }

    /** Counts for itself from the log, without the service's own fold. */
    private static void check(Supplier<String> what, Returns state, List<ReturnsEvent> log, Instant now) {
        Map<String, Long> left = new HashMap<>();
        Map<String, Long> paid = new HashMap<>();
        Map<String, Long> until = new HashMap<>();
        Map<String, Long> back = new HashMap<>();
        Map<String, Long> refunded = new HashMap<>();
        Map<String, Long> refunds = new HashMap<>();
        for (ReturnsEvent event : log) {
            switch (event) {
                case PurchaseRecorded purchase -> {
                    for (PurchasedLine line : purchase.lines()) {
                        String id = line.line().lineId();
                        assertThat(left.put(id, line.line().quantity()))
                                .as(what)
                                .isNull();
                        paid.put(id, line.paid().amount());
                        until.put(id, purchase.returnableUntil().toEpochMilli());
                    }
                }
                case ReturnAccepted returned -> {
                    assertThat(refunds)
                            .as(what)
                            .doesNotContainKey(returned.accepted().returnId());
                    long sum = 0;
                    boolean late = false;
                    for (ReturnedLine line : returned.accepted().lines()) {
                        assertThat(line.refund().amount()).as(what).isNotNegative();
                        assertThat(line.quantity()).as(what).isPositive();
                        back.merge(line.lineId(), line.quantity(), Long::sum);
                        refunded.merge(line.lineId(), line.refund().amount(), Long::sum);
                        sum += line.refund().amount();
                        late |= returned.accepted().acceptedAt().toEpochMilli() > until.getOrDefault(line.lineId(), 0L);
                    }
                    assertThat(returned.accepted().refund()).as(what).isEqualTo(pounds(sum));
                    assertThat(returned.accepted().override() != null).as(what).isEqualTo(late);
                    refunds.put(returned.accepted().returnId(), sum);
                }
                case RefundRequested requested -> {
                    assertThat(requested.amount().amount()).as(what).isPositive();
                    assertThat(refunds.remove(requested.returnId()))
                            .as(what)
                            .isEqualTo(requested.amount().amount());
                }
            }
        }
        assertThat(refunds.values())
                .as(() -> "refunds not requested; " + what.get())
                .allMatch(amount -> amount == 0);
        back.forEach((id, quantity) -> {
            assertThat(quantity).as(what).isLessThanOrEqualTo(left.getOrDefault(id, 0L));
            assertThat(refunded.get(id)).as(what).isLessThanOrEqualTo(paid.getOrDefault(id, 0L));
            if (quantity.equals(left.get(id))) {
                assertThat(refunded.get(id)).as(what).isEqualTo(paid.get(id));
            }
        });
        switch (state) {
            case NothingHandedOver() -> assertThat(log).as(what).isEmpty();
            case Purchased purchased -> {
                Returns folded = ReturnsDecider.RETURNS.initialState();
                for (ReturnsEvent event : log) {
                    folded = ReturnsDecider.RETURNS.evolve(folded, event);
                }
                assertThat(folded).as(what).isEqualTo(state);
                assertThat(purchased.lines()).as(what).allSatisfy(line -> {
                    assertThat(line.handedOver()).isEqualTo(left.get(line.lineId()));
                    assertThat(line.returned()).isEqualTo(back.getOrDefault(line.lineId(), 0L));
                    assertThat(line.refunded()).isEqualTo(pounds(refunded.getOrDefault(line.lineId(), 0L)));
                });
            }
        }
    }

    private ReturnsCommand command(Returns state) {
        return random.nextInt(6) == 0 ? purchase() : accept(state);
    }

    private RecordPurchase purchase() {
        int fulfilment = random.nextInt(2);
        OrderLine[] lines = new OrderLine[1 + random.nextInt(2)];
        for (int i = 0; i < lines.length; i++) {
            // Now and then a line that belongs to another fulfilment.
            int group = random.nextInt(20) == 0 ? random.nextInt(2) : fulfilment;
            lines[i] = line(
                    "%d-%d".formatted(group, i),
                    1 + random.nextInt(5),
                    random.nextInt(4) == 0 ? 0 : random.nextInt(1000),
                    random.nextInt(300),
                    random.nextInt(100),
                    random.nextBoolean());
        }
        return Goods.purchase("order-1-" + fulfilment, lines);
    }

    private AcceptReturn accept(Returns state) {
        Disposition[] dispositions = Disposition.values();
        BroughtBack[] lines = new BroughtBack[random.nextInt(4)];
        for (int i = 0; i < lines.length; i++) {
            Disposition disposition = random.nextInt(30) == 0
                    ? Disposition.UNKNOWN
                    : dispositions[1 + random.nextInt(dispositions.length - 1)];
            lines[i] = Goods.back(lineId(state), 1 + random.nextInt(2), disposition);
        }
        WindowOverride override = switch (random.nextInt(6)) {
            case 0 -> new WindowOverride(new Actor(Actor.Type.SHOPPER, "s-1", null), "GOODWILL");
            case 1, 2 -> Goods.GOODWILL;
            default -> null;
        };
        return Goods.accept("r-" + random.nextInt(1000), override, lines);
    }

    /** Mostly a line that left. */
    private String lineId(Returns state) {
        return state instanceof Purchased purchased && random.nextInt(15) > 0
                ? purchased
                        .lines()
                        .get(random.nextInt(purchased.lines().size()))
                        .lineId()
                : "%d-%d".formatted(random.nextInt(3), random.nextInt(2));
    }
}
