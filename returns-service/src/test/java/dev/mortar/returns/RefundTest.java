package dev.mortar.returns;

import static dev.mortar.returns.Goods.line;
import static dev.mortar.returns.Goods.pounds;
import static dev.mortar.returns.Goods.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsEvent.RefundRequested;
import dev.mortar.returns.ReturnsEvent.ReturnAccepted;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefundTest {

    private static final long SEED = Long.getLong("mortar.seed", 1);

    @ParameterizedTest
    @CsvSource({
        // price, quantity, discount, tax, included, paid
        "350, 3,    0,   0, true,  1050",
        "350, 3,   50,   0, true,  1000",
        "350, 3,   50, 160, true,  1000",
        "350, 3,   50, 160, false, 1160",
        "350, 3, 1050, 160, false,  160",
        "  0, 3,    0,   0, true,     0",
    })
    void thePricePaidIsPriceTimesQuantityLessDiscountPlusTax(
            long price, long quantity, long discount, long tax, boolean included, long paid) {
        assertThat(line("a", quantity, price, discount, tax, included).total()).isEqualTo(pounds(paid));
    }

    /** Order-service never reports such a line; if it does, a person has to look at it. */
    @Test
    void aDiscountAboveThePriceIsABug() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PurchasedLine(line("a", 3, 350, 1_051, 0, true), pounds(0)));
    }

    @Test
    void aUnitIsRefundedWithTheDiscountItHadInTheOrder() {
        BoughtLine line = BoughtLine.of(line("a", 3, 1_000, 100, 0, true), "order-1-1", Goods.UNTIL);
        assertThat(line.refundFor(1)).isEqualTo(pounds(967));
        line = line.afterReturn(Goods.returned(Goods.back("a", 1), 967));
        assertThat(line.refundFor(1)).isEqualTo(pounds(966));
        assertThat(line.refundFor(2)).isEqualTo(pounds(1_933));
    }

    @Test
    void discountAndTaxAreSharedSeparately() {
        BoughtLine line = BoughtLine.of(line("a", 2, 10, 1, 1, false), "order-1-1", Goods.UNTIL);
        assertThat(line.refundFor(1)).isEqualTo(pounds(10));
        assertThat(line.refundFor(2)).isEqualTo(pounds(20));
        BoughtLine other = BoughtLine.of(line("a", 4, 10, 1, 2, false), "order-1-1", Goods.UNTIL);
        assertThat(other.refundFor(1)).isEqualTo(pounds(11));
    }

    @Test
    void theRefundsOfALineAddUpToThePricePaid() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            long quantity = 1 + (round % 3 == 0 ? random.nextLong(1_000_000_000) : random.nextLong(40));
            long price = random.nextLong(round % 5 == 0 ? 10 : 1_000);
            long discount = random.nextLong(price * quantity + 1);
            long tax = random.nextLong(round % 2 == 0 ? 10 : 1_000_000_000_000L);
            OrderLine sold = line("a", quantity, price, discount, tax, random.nextInt(4) == 0);
            Money paid = sold.total();
            BoughtLine line = BoughtLine.of(sold, "order-1-1", Goods.UNTIL);
            List<Money> refunds = new ArrayList<>();
            while (line.remaining() > 0) {
                long units = line.remaining() == 1 || random.nextInt(4) == 0
                        ? line.remaining()
                        : 1 + random.nextLong(line.remaining());
                Money refund = line.refundFor(units);
                refunds.add(refund);
                line = line.afterReturn(Goods.returned(Goods.back("a", units), refund.amount()));

                String name = "seed %d, round %d: %s".formatted(SEED, round, line);
                assertThat(refund.amount()).as(name).isNotNegative();
                // Discount and tax are each off by at most half a penny.
                BigInteger exact = BigInteger.valueOf(paid.amount()).multiply(BigInteger.valueOf(line.returned()));
                BigInteger refunded =
                        BigInteger.valueOf(line.refunded().amount()).multiply(BigInteger.valueOf(quantity));
                assertThat(exact.subtract(refunded).abs()).as(name).isLessThanOrEqualTo(BigInteger.valueOf(quantity));
            }
            assertThat(line.refunded())
                    .as("seed %d, round %d: %s", SEED, round, refunds)
                    .isEqualTo(paid);
        }
    }

    /** Order-service pays the last units of the line back, and returns-service the first ones. */
    @Test
    void refundsAndLossesAddUpToThePricePaid() {
        OrderLine sold = line("a", 7, 99, 5, 11, false);
        for (long lost = 0; lost <= 7; lost++) {
            BoughtLine line = BoughtLine.of(sold, "order-1-1", Goods.UNTIL).afterLoss(lost);
            assertThat(line.refundFor(line.remaining()).plus(sold.total(7 - lost, 7)))
                    .isEqualTo(sold.total());
        }
    }

    @Test
    void theRequestedRefundIsTheSumOfTheLines() {
        List<ReturnsEvent> events = DeciderScenario.scenario(new ReturnsDecider())
                .givenCommands(purchase("order-1-1", line("a", 7, 99, 5, 0, true), line("b", 3, 100)))
                .when(new AcceptReturn(
                        Goods.ORDER, "r-1", "store-2", List.of(Goods.back("a", 2), Goods.back("b", 1)), null))
                .events();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOfSatisfying(ReturnAccepted.class, accepted -> {
            assertThat(accepted.accepted().lines())
                    .extracting(ReturnedLine::refund)
                    .containsExactly(pounds(197), pounds(100));
            assertThat(accepted.accepted().refund()).isEqualTo(pounds(297));
        });
        assertThat(events.get(1)).isEqualTo(new RefundRequested(Goods.ORDER, "r-1", pounds(297), "payment-1"));
    }
}
