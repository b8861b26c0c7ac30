package dev.mortar.order;

/**
 * An amount of money.
 *
 * @param amount in minor units of the currency
 * @param currency ISO 4217 code
 */
record Money(long amount, String currency) {

    /** Amounts, totals of an order among them, lie within plus and minus this many minor units. */
    static final long MAX_MINOR_UNITS = 1_000_000_000_000L;

    static Money zero(String currency) {
        return new Money(0, currency);
    }

    Money plus(Money other) {
        return new Money(Math.addExact(amount, inMyCurrency(other)), currency);
    }

    Money minus(Money other) {
        return new Money(Math.subtractExact(amount, inMyCurrency(other)), currency);
    }

    private long inMyCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("an order has one currency, not " + currency + " and " + other.currency);
        }
        return other.amount;
    }
}
