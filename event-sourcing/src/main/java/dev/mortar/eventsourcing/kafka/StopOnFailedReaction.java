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
 * Stops the container when a reaction has failed, but continues when only an offset commit has failed, because the
 * group has moved the partitions or the coordinator was away. The commands are written by then. The next reader sends
 * them again, and the decider recognises their sources.
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

    /** A handled failure must not acknowledge records. */
    @Override
    public boolean isAckAfterHandle() {
        return false;
    }

    /**
     * The container wraps exceptions of a reaction, so a bare Kafka exception comes from the commit. A fenced member
     * fails again at its next poll; {@link GroupListener} handles that.
     */
    private static boolean isOfTheCommit(Exception thrown) {
        return thrown instanceof CommitFailedException
                || thrown instanceof RetriableException
                || thrown instanceof FencedInstanceIdException;
    }
}
