package dev.mortar.values;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of money.
 *
 * @param amount in minor units of the currency
 * @param currency ISO 4217 code
 */
public record Money(long amount, String currency) {
    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(amount, inMyCurrency(other)), currency);
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(amount, inMyCurrency(other)), currency);
    }

    public Money times(long factor) {
        return new Money(Math.multiplyExact(amount, factor), currency);
    }

    /**
     * The share of some units of a line in an amount for the whole line: {@code round(amount * to / all) - round(amount
     * * from / all)}, half up. The shares of the parts of a line always add up to the amount.
     *
     * @param from number of units before these, at least 0
     * @param to number of units up to and including these, at most {@code all}
     * @param all number of units of the line, greater than 0
     */
    public Money share(long from, long to, long all) {
        if (from < 0 || to < from || all < to || all == 0) {
            throw new IllegalArgumentException("a line of " + all + " units has no units " + from + " to " + to);
        }
        return new Money(ofFirst(to, all) - ofFirst(from, all), currency);
    }

    private long ofFirst(long units, long all) {
        return BigDecimal.valueOf(amount)
                .multiply(BigDecimal.valueOf(units))
                .divide(BigDecimal.valueOf(all), 0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private long inMyCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot mix " + currency + " and " + other.currency);
        }
        return other.amount;
    }
}
