package dev.mortar.eventsourcing.kafka;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.CommonContainerStoppingErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Stops the container when a reaction failed, and goes on when only its offset could not be committed: the group moved
 * on while the listener was held up, or the coordinator was away for longer than a commit waits. The commands are
 * written by then; whoever reads the records again repeats them, and the decider knows their source positions.
 */
final class StopOnFailedReaction extends CommonContainerStoppingErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StopOnFailedReaction.class);

    @Override
    public void handleBatch(
            Exception thrown,
            ConsumerRecords<?, ?> records,
            Consumer<?, ?> consumer,
            MessageListenerContainer container,
            Runnable invokeListener) {
        if (isOfTheCommit(thrown)) {
            LOG.warn("{} records may come again: {}", records.count(), thrown.getMessage());
        } else {
            super.handleBatch(thrown, records, consumer, container, invokeListener);
        }
    }

    @Override
    public void handleOtherException(
            Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container, boolean batchListener) {
        if (isOfTheCommit(thrown)) {
            LOG.warn("Records may come again: {}", thrown.getMessage());
        } else {
            super.handleOtherException(thrown, consumer, container, batchListener);
        }
    }

    /** A handled failure acknowledges nothing. */
    @Override
    public boolean isAckAfterHandle() {
        return false;
    }

    /**
     * What a reaction throws comes wrapped by the container, so a failure of Kafka that comes bare is the commit's. One
     * that is fenced fails at the next poll as well, which is {@link GroupListener}'s to deal with.
     */
    private static boolean isOfTheCommit(Exception thrown) {
        return thrown instanceof CommitFailedException
                || thrown instanceof RetriableException
                || thrown instanceof FencedInstanceIdException;
    }
}
