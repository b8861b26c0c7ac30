package dev.mortar.eventsourcing;

import java.time.Instant;

/**
 * The business rules of one aggregate: pure and total functions. Ids, prices and times come in with the command or as
 * {@code now}; nothing is read from a clock, a generator or the network, so deciding again gives the same answer.
 *
 * @param <C> commands, a sealed interface of records
 * @param <S> state
 * @param <E> events, a sealed interface of records
 */
public interface Decider<C, S, E> {

    /** The state of an aggregate nothing has happened to. */
    S initialState();

    /**
     * Judges a command. A refusal is a value, never an exception; a repeat is {@code Decision.accepted()} without
     * events.
     *
     * @param now when the broker appended the command, in its own clock; the only time that judges deadlines
     */
    Decision<E> decide(S state, C command, Instant now);

    /** The state after the event. Never refuses: what happened has happened. */
    S evolve(S state, E event);
}
