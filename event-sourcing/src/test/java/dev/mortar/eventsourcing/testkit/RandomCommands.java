package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * Attacks a decider with random commands, the same in every build. A failure names the seed; {@code -Dmortar.seed=N}
 * runs just that one, {@code -Dmortar.seed=$RANDOM} one that no build runs.
 *
 * @param <C> commands
 * @param <S> state
 * @param <E> events
 */
public final class RandomCommands<C, S, E> {

    private static final long FIRST_SEED = 1;
    private static final int RUNS = 300;
    private static final int STEPS = 60;

    private final Decider<C, S, E> decider;
    private final BiFunction<Random, S, C> next;

    /** @param next makes the next command, knowing the state */
    public RandomCommands(Decider<C, S, E> decider, BiFunction<Random, S, C> next) {
        this.decider = decider;
        this.next = next;
    }

    /** One command and what it did; what has to hold is asserted by whoever is told. */
    public record Step<C, S, E>(Instant now, S before, C command, Decision<E> decision, S after, List<E> history) {}

    /** Something that has to hold after every step. */
    @FunctionalInterface
    public interface Invariant<C, S, E> {
        void check(Step<C, S, E> step);
    }

    /** Runs; fails when an invariant does, when a decider throws, or when no run accepted and refused anything. */
    public void hold(Invariant<C, S, E> invariant) {
        Long only = Long.getLong("mortar.seed");
        long first = only == null ? FIRST_SEED : only;
        int accepted = 0;
        int rejected = 0;
        for (long seed = first; seed < first + (only == null ? RUNS : 1); seed++) {
            try {
                int[] counts = run(seed, invariant);
                accepted += counts[0];
                rejected += counts[1];
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("failed with -Dmortar.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (only == null) {
            assertThat(accepted).as("accepted commands of %s runs", RUNS).isPositive();
            assertThat(rejected).as("rejected commands of %s runs", RUNS).isPositive();
        }
    }

    private int[] run(long seed, Invariant<C, S, E> invariant) {
        Random random = new Random(seed);
        S state = decider.initialState();
        Instant now = DeciderScenario.NOON;
        List<E> history = new ArrayList<>();
        int[] counts = new int[2];
        for (int step = 0; step < STEPS; step++) {
            now = now.plus(Duration.ofMillis(random.nextLong(120_000)));
            C command = next.apply(random, state);
            Decision<E> decision = decider.decide(state, command, now);
            S after = state;
            switch (decision) {
                case Decision.Accepted<E>(List<E> events) -> {
                    for (E event : events) {
                        after = decider.evolve(after, event);
                    }
                    history.addAll(events);
                    counts[0]++;
                }
                case Decision.Rejected<E> _ -> counts[1]++;
            }
            try {
                invariant.check(new Step<>(now, state, command, decision, after, history));
            } catch (AssertionError e) {
                throw new AssertionError("step " + step + ", " + command + ": " + e.getMessage(), e);
            }
            state = after;
        }
        return counts;
    }
}
