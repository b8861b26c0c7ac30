package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;

/**
 * Does something in the world because of the service's own committed events, such as sending a mail. A service has at
 * most one, as a bean. Events come at least once, in order for each aggregate, and from the beginning when somebody
 * resets the group: what may be done once only is claimed first, by a command.
 *
 * @param <E> the service's events
 */
public interface Effect<E> {

    /**
     * Acts on an event, or begins to. May block, for minutes at most; an exception brings the event again.
     *
     * @throws InterruptedException when the service stops while it blocks
     */
    void on(Recorded<E> event) throws InterruptedException;

    /**
     * Waits, for seconds at most, for what was begun: no more events come, and commands can still be sent.
     *
     * @throws InterruptedException when it is not to wait longer
     */
    void finish() throws InterruptedException;
}
