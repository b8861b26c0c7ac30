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
        "350, 3, 1051,   0, true,     0",
    })
    void whatWasPaidIsPriceTimesQuantityLessDiscountPlusTaxOnTop(
            long price, long quantity, long discount, long tax, boolean included, long paid) {
        assertThat(line("a", quantity, price, discount, tax, included).paid()).isEqualTo(pounds(paid));
    }

    @Test
    void moneyOfTwoCurrenciesDoesNotMix() {
        assertThatIllegalArgumentException().isThrownBy(() -> pounds(1).plus(new Money(1, "EUR")));
    }

    @Test
    void theLargestAmountsAndQuantitiesAreSharedWithoutOverflow() {
        Money paid = pounds(1_000_000_000_000L);
        assertThat(paid.share(999_999_999, 1_000_000_000)).isEqualTo(pounds(999_999_999_000L));
    }

    @Test
    void howeverALineIsSplitTheRefundsAddUpToWhatWasPaid() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            long quantity = 1 + (round % 3 == 0 ? random.nextLong(1_000_000_000) : random.nextLong(40));
            Money paid = pounds(round % 5 == 0 ? random.nextLong(10) : random.nextLong(1_000_000_000_000L));
            BoughtLine line = BoughtLine.of(new PurchasedLine(line("a", quantity, 1), paid), "order-1-1", Goods.UNTIL);
            List<Money> refunds = new ArrayList<>();
            while (line.remaining() > 0) {
                long back = line.remaining() == 1 || random.nextInt(4) == 0
                        ? line.remaining()
                        : 1 + random.nextLong(line.remaining());
                Money refund = line.refundFor(back);
                refunds.add(refund);
                line = line.minus(Goods.returned(Goods.back("a", back), refund.amount()));

                String what = "seed %d, round %d: %s".formatted(SEED, round, line);
                assertThat(refund.amount()).as(what).isNotNegative();
                BigInteger exact = BigInteger.valueOf(paid.amount()).multiply(BigInteger.valueOf(line.returned()));
                BigInteger refunded =
                        BigInteger.valueOf(line.refunded().amount()).multiply(BigInteger.valueOf(quantity));
                assertThat(exact.subtract(refunded))
                        .as(what)
                        .isBetween(BigInteger.ZERO, BigInteger.valueOf(quantity - 1));
            }
            assertThat(line.refunded())
                    .as("seed %d, round %d: %s", SEED, round, refunds)
                    .isEqualTo(paid);
        }
    }

    @Test
    void theRefundOfAReturnIsTheSumOfItsLinesAndIsWhatIsRequested() {
        List<ReturnsEvent> events = DeciderScenario.scenario(ReturnsDecider.RETURNS)
                .givenCommands(purchase("order-1-1", line("a", 7, 99, 5, 0, true), line("b", 3, 100)))
                .when(new AcceptReturn(
                        Goods.ORDER, "r-1", "store-2", List.of(Goods.back("a", 2), Goods.back("b", 1)), null))
                .events();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOfSatisfying(ReturnAccepted.class, accepted -> {
            assertThat(accepted.accepted().lines())
                    .extracting(ReturnedLine::refund)
                    .containsExactly(pounds(196), pounds(100));
            assertThat(accepted.accepted().refund()).isEqualTo(pounds(296));
        });
        assertThat(events.get(1)).isEqualTo(new RefundRequested(Goods.ORDER, "r-1", pounds(296), "payment-1"));
    }
}
