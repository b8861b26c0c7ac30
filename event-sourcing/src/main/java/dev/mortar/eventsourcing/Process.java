package dev.mortar.eventsourcing;

import java.util.List;

/**
 * Reacts to a committed event with commands to the own decider. Pure: the same event always gives the same commands in
 * the same order, which is what makes a redelivery harmless.
 *
 * @param <I> what comes in: events in this service's own words
 * @param <C> commands
 */
@FunctionalInterface
public interface Process<I, C> {

    /** The commands the event calls for; none when it does not concern this service. */
    List<C> react(I event);
}
