package dev.mortar.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The meaning of a seed: settings, and decisions one after the other, all drawn from one generator before anything
 * runs. A decision carries its own salt, which determines all its choices, so that the others keep their meaning when
 * one is left out.
 *
 * @param remember how long a request is known as a repeat
 * @param decideWithin how long an order waits for its reservations
 * @param pickupWithin how long goods are kept for the shopper
 */
public record Plan(
        long seed, Duration remember, Duration decideWithin, Duration pickupWithin, List<Decision> decisions) {

    private static final int REQUESTS_MIN = 12;
    private static final int REQUESTS_MAX = 40;
    private static final int STEPS_BETWEEN_REQUESTS_MAX = 160;
    private static final double FAULT_CHANCE_MAX = 0.2;

    /** One decision; its number names it when a plan is shrunk. */
    public sealed interface Decision {
        int number();

        long salt();

        /** Some part that has work takes one step. */
        record Work(int number, long salt) implements Decision {}

        /** A client does something. */
        record Request(int number, long salt) implements Decision {}

        /** Time passes. */
        record Time(int number, long salt) implements Decision {}

        /** Something goes wrong. */
        record Failure(int number, long salt, Fault fault) implements Decision {}
    }

    public static Plan of(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        Duration remember = random.nextInt(3) == 0 ? Duration.ofSeconds(90) : Duration.ofHours(24);
        Duration decideWithin = Duration.ofSeconds(random.nextInt(3) == 0 ? 20 : 1_800);
        Duration pickupWithin = Duration.ofMinutes(random.nextBoolean() ? 10 : 240);
        double[] chances = new double[Fault.values().length];
        for (int i = 0; i < chances.length; i++) {
            // Some seeds do without some faults: few faults may show a defect that many would hide.
            chances[i] = random.nextInt(3) == 0 ? 0 : random.nextDouble() * FAULT_CHANCE_MAX;
        }
        List<Decision> decisions = new ArrayList<>();
        int requests = random.nextInt(REQUESTS_MIN, REQUESTS_MAX + 1);
        int busy = random.nextInt(20, STEPS_BETWEEN_REQUESTS_MAX);
        for (int request = 0; request < requests; request++) {
            decisions.add(new Decision.Request(decisions.size(), random.nextLong()));
            addSteps(decisions, random.nextInt(busy + 1), random);
            for (Fault fault : Fault.values()) {
                if (random.nextDouble() < chances[fault.ordinal()]) {
                    decisions.add(new Decision.Failure(decisions.size(), random.nextLong(), fault));
                    addSteps(decisions, random.nextInt(8), random);
                }
            }
            if (random.nextInt(3) > 0) {
                decisions.add(new Decision.Time(decisions.size(), random.nextLong()));
            }
        }
        return new Plan(seed, remember, decideWithin, pickupWithin, List.copyOf(decisions));
    }

    private static void addSteps(List<Decision> decisions, int count, RandomGenerator random) {
        for (int step = 0; step < count; step++) {
            decisions.add(new Decision.Work(decisions.size(), random.nextLong()));
        }
    }

    public Plan with(List<Decision> kept) {
        return new Plan(seed, remember, decideWithin, pickupWithin, List.copyOf(kept));
    }
}
