package dev.mortar.eventsourcing;

import java.util.List;

/**
 * Reacts to a committed event with commands for this service's decider. Pure: the same event always gives the same
 * commands in the same order, so a redelivery is harmless.
 *
 * @param <I> incoming events, translated into this service's own types
 * @param <C> commands
 */
@FunctionalInterface
public interface Process<I, C> {
    /** The commands that follow from the event; none if it does not concern this service. */
    List<C> react(I event);
}
