package dev.mortar.returns;

import java.math.BigInteger;

/**
 * An amount of money.
 *
 * @param amount in minor units of the currency
 * @param currency ISO 4217 code
 */
record Money(long amount, String currency) {

    static Money zero(String currency) {
        return new Money(0, currency);
    }

    Money plus(Money other) {
        return new Money(Math.addExact(amount, same(other).amount), currency);
    }

    Money minus(Money other) {
        return new Money(Math.subtractExact(amount, same(other).amount), currency);
    }

    /** The part of this amount that falls on so many of all units, rounded down: the last units take the rest. */
    Money share(long units, long all) {
        BigInteger share =
                BigInteger.valueOf(amount).multiply(BigInteger.valueOf(units)).divide(BigInteger.valueOf(all));
        return new Money(share.longValueExact(), currency);
    }

    private Money same(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot mix " + currency + " and " + other.currency);
        }
        return other;
    }
}
