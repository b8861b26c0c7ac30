package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import java.util.concurrent.CompletableFuture;

/**
 * Acts outside Kafka on the service's own committed events, for example sends a mail. A service has at most one, as a
 * bean. Events come at least once, in order for each aggregate, and from the beginning if an operator resets the group.
 * An action that may happen only once must first be claimed with a command.
 */
public interface Effect<E> {
    /** The answer to an event that need not come again. */
    CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    /**
     * Acts on an event, or starts to act. May block for minutes at most. After an exception the event comes again, with
     * some of the events before it.
     *
     * @return completes when the event need not come again, for example because a command is in the log. If it fails,
     *     the event and the later ones of its partition come again
     * @throws InterruptedException when the service stops while it blocks
     */
    CompletableFuture<?> on(Recorded<E> event) throws InterruptedException;

    /**
     * Waits, for seconds at most, until the started actions are finished. No more events come, but commands can still
     * be sent.
     *
     * @throws InterruptedException when it must stop waiting
     */
    void finish() throws InterruptedException;
}
