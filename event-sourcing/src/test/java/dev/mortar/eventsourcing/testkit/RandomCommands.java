package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Attacks a decider with random commands, the same in every build. A failure names its seed. {@code -Dmortar.seed=N}
 * runs this seed alone, and {@code -Dmortar.seed=$RANDOM} one that no build runs.
 *
 * <p>In every run it checks that the decider decides the same twice, and that the state is the fold of the history.
 *
 * @param <C> commands
 * @param <S> state
 * @param <E> events
 */
public final class RandomCommands<C, S, E> {
    private static final long FIRST_SEED = 1;

    private final Decider<C, S, E> decider;
    private final int runs;
    private final int steps;
    private final Function<S, Object> comparable;

    private int accepted;
    private int rejected;
    private final Set<Class<?>> events = new HashSet<>();

    /**
     * @param runs number of seeds
     * @param steps commands of a run
     */
    public RandomCommands(Decider<C, S, E> decider, int runs, int steps) {
        this(decider, runs, steps, state -> state);
    }

    /** @param comparable what of two states has to be equal */
    public RandomCommands(Decider<C, S, E> decider, int runs, int steps, Function<S, Object> comparable) {
        this.decider = decider;
        this.runs = runs;
        this.steps = steps;
        this.comparable = comparable;
    }

    /** One command and its effects. */
    public record Step<C, S, E>(
            Instant now, S before, C command, Decision<E> decision, List<E> events, S after, List<E> history) {}

    /** One run of commands, and everything that it has to remember. */
    public interface Run<C, S, E> {
        /** The time until the next command. */
        Duration pause();

        /** The next command. */
        C next(S state, Instant now);

        /** Asserts everything that has to hold after a command. */
        void check(Step<C, S, E> step);
    }

    /** Something that has to hold after every step. */
    @FunctionalInterface
    public interface Invariant<C, S, E> {
        void check(Step<C, S, E> step);
    }

    /** As {@link #hold(Function)}, for runs that remember nothing. */
    public Set<Class<?>> hold(BiFunction<Random, S, C> next, Invariant<C, S, E> invariant) {
        return hold(random -> new Run<>() {
            @Override
            public Duration pause() {
                return Duration.ofMillis(random.nextLong(120_000));
            }

            @Override
            public C next(S state, Instant now) {
                return next.apply(random, state);
            }

            @Override
            public void check(Step<C, S, E> step) {
                invariant.check(step);
            }
        });
    }

    /**
     * Runs all seeds. Fails if a check does, if the decider throws, or if no run accepted or rejected anything.
     *
     * @param begin begins a run
     * @return types of the events that happened
     */
    public Set<Class<?>> hold(Function<Random, Run<C, S, E>> begin) {
        Long only = Long.getLong("mortar.seed");
        long first = only == null ? FIRST_SEED : only;
        for (long seed = first; seed < first + (only == null ? runs : 1); seed++) {
            try {
                run(begin.apply(new Random(seed)));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("failed with -Dmortar.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (only == null) {
            assertThat(accepted).as("accepted commands of %s runs", runs).isPositive();
            assertThat(rejected).as("rejected commands of %s runs", runs).isPositive();
        }
        return events;
    }

    private void run(Run<C, S, E> run) {
        S state = decider.initialState();
        Instant now = DeciderScenario.NOON;
        List<E> history = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            now = now.plus(run.pause());
            C command = run.next(state, now);
            try {
                state = step(run, state, command, now, history);
            } catch (AssertionError e) {
                throw new AssertionError("step " + step + ", " + command + ": " + e.getMessage(), e);
            }
        }
        S folded = decider.initialState();
        for (E event : history) {
            folded = decider.evolve(folded, event);
        }
        assertThat(comparable.apply(folded)).as("fold of the history").isEqualTo(comparable.apply(state));
    }

    private S step(Run<C, S, E> run, S before, C command, Instant now, List<E> history) {
        Decision<E> decision = decider.decide(before, command, now);
        assertThat(decider.decide(before, command, now)).as("decided again").isEqualTo(decision);
        List<E> decided = switch (decision) {
            case Decision.Accepted<E>(List<E> its) -> its;
            case Decision.Rejected<E> _ -> List.of();
        };
        S after = before;
        for (E event : decided) {
            after = decider.evolve(after, event);
            events.add(event.getClass());
        }
        history.addAll(decided);
        if (decision instanceof Decision.Rejected<E>) {
            rejected++;
        } else {
            accepted++;
        }
        run.check(new Step<>(now, before, command, decision, decided, after, List.copyOf(history)));
        return after;
    }
}
