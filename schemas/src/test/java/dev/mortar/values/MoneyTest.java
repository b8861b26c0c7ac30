package dev.mortar.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {

    private static final long SEED = Long.getLong("mortar.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({
        // amount, from, to, all, share
        "100, 0, 1, 3,  33",
        "100, 1, 2, 3,  34",
        "100, 2, 3, 3,  33",
        "100, 0, 2, 3,  67",
        "100, 1, 3, 3,  67",
        "100, 0, 3, 3, 100",
        "100, 1, 1, 3,   0",
        "  1, 0, 1, 2,   1",
        "  1, 1, 2, 2,   0",
        "  0, 0, 1, 7,   0",
        " -1, 0, 1, 2,  -1",
        " -1, 1, 2, 2,   0",
        "1000000000000,         0,  999999999, 1000000000, 999999999000",
        "1000000000000, 999999999, 1000000000, 1000000000,         1000",
        "9223372036854775807, 1, 9223372036854775807, 9223372036854775807, 9223372036854775806",
    })
    void aShareIsWhatTheUnitsUpToItsEndBearLessWhatThoseBeforeItBear(
            long amount, long from, long to, long all, long share) {
        assertThat(euros(amount).share(from, to, all)).isEqualTo(euros(share));
    }

    @Test
    void sharesAddUpToTheAmountHoweverALineIsCut() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            long all = 1 + (round % 2 == 0 ? random.nextLong(20) : random.nextLong(1_000_000_000));
            Money amount = euros(round % 3 == 0 ? random.nextLong(100) : random.nextLong(1_000_000_000_000L));
            Money sum = euros(0);
            long from = 0;
            while (from < all) {
                long to = random.nextInt(4) == 0 ? all : from + 1 + random.nextLong(all - from);
                Money share = amount.share(from, to, all);
                String what = "seed %d: units %d to %d of %d of %s".formatted(SEED, from, to, all, amount);
                assertThat(share.amount()).as(what).isNotNegative();
                // Less than one minor unit away from the exact share.
                double exact = (double) amount.amount() * (to - from) / all;
                assertThat(Math.abs(share.amount() - exact)).as(what).isLessThan(1.001);
                sum = sum.plus(share);
                from = to;
            }
            assertThat(sum).as("seed %d: %s over %d units", SEED, amount, all).isEqualTo(amount);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 1, 3", "2, 1, 3", "0, 4, 3", "0, 0, 0"})
    void unitsThatTheLineDoesNotHaveHaveNoShare(long from, long to, long all) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> euros(100).share(from, to, all))
                .withMessage("a line of " + all + " units has no units " + from + " to " + to);
    }

    @Test
    void twoCurrenciesDoNotMix() {
        assertThatIllegalArgumentException().isThrownBy(() -> euros(1).plus(new Money(1, "NOK")));
        assertThatIllegalArgumentException().isThrownBy(() -> euros(1).minus(new Money(1, "NOK")));
    }

    @Test
    void anAmountNeverOverflowsUnseen() {
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> euros(Long.MAX_VALUE).plus(euros(1)));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> euros(Long.MIN_VALUE).minus(euros(1)));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> euros(Long.MAX_VALUE).times(2));
    }

    private static Money euros(long cents) {
        return new Money(cents, "EUR");
    }
}
