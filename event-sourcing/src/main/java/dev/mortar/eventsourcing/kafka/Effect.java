package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;

/**
 * Acts outside Kafka on the service's own committed events, for example sends a mail. A service has at most one, as a
 * bean. Events come at least once, in order for each aggregate, and from the beginning if an operator resets the group.
 * An action that may happen only once must first be claimed with a command.
 */
public interface Effect<E> {
    /**
     * Acts on an event, or starts to act. May block for minutes at most. After an exception the event comes again, with
     * the other events since the last {@link #settle}.
     *
     * @throws InterruptedException when the service stops while it blocks
     */
    void on(Recorded<E> event) throws InterruptedException;

    /**
     * Waits until the events so far need not come again, for example because their commands are in the log. After an
     * exception they come again.
     *
     * @throws InterruptedException when the service stops while it blocks
     */
    default void settle() throws InterruptedException {}

    /**
     * Waits, for seconds at most, until the started actions are finished. No more events come, but commands can still
     * be sent.
     *
     * @throws InterruptedException when it must stop waiting
     */
    void finish() throws InterruptedException;
}
