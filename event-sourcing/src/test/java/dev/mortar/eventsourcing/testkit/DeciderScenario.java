package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/**
 * Tests a decider in the words of its users:
 * {@code scenario(decider).given(events).at(now).when(command).then(events)}. Immutable.
 *
 * @param <C> commands
 * @param <S> state
 * @param <E> events
 */
public final class DeciderScenario<C, S, E> {
    /** The time unless a scenario says otherwise. */
    public static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private final Decider<C, S, E> decider;
    private final S state;
    private final Instant now;

    private DeciderScenario(Decider<C, S, E> decider, S state, Instant now) {
        this.decider = decider;
        this.state = state;
        this.now = now;
    }

    /** An aggregate nothing has happened to. */
    public static <C, S, E> DeciderScenario<C, S, E> scenario(Decider<C, S, E> decider) {
        return new DeciderScenario<>(decider, decider.initialState(), NOON);
    }

    /** After these events. */
    @SafeVarargs
    public final DeciderScenario<C, S, E> given(E... events) {
        return given(List.of(events));
    }

    /** After these events. */
    public DeciderScenario<C, S, E> given(List<? extends E> events) {
        S after = state;
        for (E event : events) {
            after = decider.evolve(after, event);
        }
        return new DeciderScenario<>(decider, after, now);
    }

    /** After these commands, all of which must be accepted. */
    @SafeVarargs
    public final DeciderScenario<C, S, E> givenCommands(C... commands) {
        DeciderScenario<C, S, E> scenario = this;
        for (C command : commands) {
            scenario = scenario.given(scenario.when(command).events());
        }
        return scenario;
    }

    /** At this instant of the log's clock. */
    public DeciderScenario<C, S, E> at(Instant instant) {
        return new DeciderScenario<>(decider, state, instant);
    }

    /** The state so far. */
    public S state() {
        return state;
    }

    /** Decides the command. */
    public Outcome when(C command) {
        return new Outcome(decider.decide(state, command, now));
    }

    /** What was decided. */
    public final class Outcome {
        private final Decision<E> decision;

        private Outcome(Decision<E> decision) {
            this.decision = decision;
        }

        /** Accepted, with exactly these events. */
        @SafeVarargs
        public final DeciderScenario<C, S, E> then(E... events) {
            assertThat(events()).containsExactly(events);
            return given(events);
        }

        /** Accepted, and there was nothing left to do. */
        public DeciderScenario<C, S, E> thenNothing() {
            assertThat(events()).isEmpty();
            return DeciderScenario.this;
        }

        /** Refused for exactly this reason. */
        public DeciderScenario<C, S, E> thenRejected(Rejection reason) {
            assertThat(decision).isEqualTo(Decision.rejected(reason));
            return DeciderScenario.this;
        }

        /** The events of an accepted command; fails when it was refused. */
        public List<E> events() {
            return switch (decision) {
                case Decision.Accepted<E>(List<E> events) -> events;
                case Decision.Rejected<E>(Rejection reason) -> throw new AssertionError("refused: " + reason);
            };
        }
    }
}
