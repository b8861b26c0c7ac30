package dev.mortar.localstack.demo;

import java.util.Arrays;
import java.util.Random;

/** The demand by rank from 0: each rank has the share 1/(rank + 1)^skew, so that with skew 0 all are alike. */
public final class Popularity {
    private final double skew;
    private final double[] upTo;

    public Popularity(int ranks, double skew) {
        this.skew = skew;
        upTo = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += weight(rank);
            upTo[rank] = sum;
        }
    }

    public int ranks() {
        return upTo.length;
    }

    /** The part of all demand that falls to a rank. */
    double share(int rank) {
        return weight(rank) / upTo[upTo.length - 1];
    }

    private double weight(int rank) {
        return 1 / Math.pow(rank + 1, skew);
    }

    /** A rank by chance. */
    public int next(Random random) {
        int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
        return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
    }
}
