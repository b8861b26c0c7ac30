package dev.mortar.eventsourcing;

import java.time.Instant;

/**
 * The business rules of one aggregate: pure and total functions. Ids, prices and times are in the command or in
 * {@code now}. A decider reads no clock, random generator or network, so the same input always gives the same decision.
 *
 * @param <C> commands, a sealed interface of records
 * @param <S> state
 * @param <E> events, a sealed interface of records
 */
public interface Decider<C, S, E> {
    /** The state of an aggregate without events. */
    S initialState();

    /**
     * Decides a command. A refusal is a value, never an exception. A repeated command is accepted without events.
     *
     * @param now when the broker appended the command, by the broker's clock. Deadlines are compared with this time
     *     only
     */
    Decision<E> decide(S state, C command, Instant now);

    /** The state after the event. Never refuses, because the event is already a fact. */
    S evolve(S state, E event);
}
