package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of an effect that are under way, by partition. An offset is committed when all events before it are done.
 * So a slow event holds up no later one, and no event is lost. One thread uses it.
 */
final class EffectProgress {
    private static final Logger LOG = LoggerFactory.getLogger(EffectProgress.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);
    private static final int UNDER_WAY_MAX = 1_000;
    private static final int WAIT_MAX_SECONDS = 60;

    private final Map<TopicPartition, Queue<UnderWay>> underWay = new HashMap<>();
    private final LongSupplier nanoTime;
    private long reportedNs;

    private record UnderWay(long offset, CompletableFuture<?> done) {}

    EffectProgress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        reportedNs = nanoTime.getAsLong();
    }

    /**
     * Adds an event. If very many are under way, it first waits for the oldest one.
     *
     * @throws KafkaUnavailable if that one takes too long
     */
    void add(ConsumerRecord<?, ?> record, CompletableFuture<?> done) throws InterruptedException {
        Queue<UnderWay> events = underWay.computeIfAbsent(
                new TopicPartition(record.topic(), record.partition()), _ -> new ArrayDeque<>());
        events.add(new UnderWay(record.offset(), done));
        if (events.size() > UNDER_WAY_MAX) {
            awaitEnd(events.element().done());
        }
    }

    private static void awaitEnd(CompletableFuture<?> done) throws InterruptedException {
        try {
            done.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            LOG.debug("The oldest effect failed; the next report repeats it", e);
        } catch (TimeoutException e) {
            throw new KafkaUnavailable("Too many effects are under way", e);
        }
    }

    /**
     * Commits, at most once a second, how far each partition is done. If an event failed, it and the later ones of its
     * partition come again. To be called when no polled record waits to be added.
     */
    void report(Consumer<?, ?> consumer) {
        if (nanoTime.getAsLong() - reportedNs < REPORT_EVERY.toNanos()) {
            return;
        }
        reportedNs = nanoTime.getAsLong();
        underWay.keySet().retainAll(consumer.assignment());
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        underWay.forEach((partition, events) -> {
            for (UnderWay next = events.peek(); next != null && next.done().isDone(); next = events.peek()) {
                if (next.done().isCompletedExceptionally()) {
                    LOG.error("An effect failed and is repeated", next.done().exceptionNow());
                    consumer.seek(partition, next.offset());
                    events.clear();
                } else {
                    offsets.put(partition, new OffsetAndMetadata(next.offset() + 1));
                    events.remove();
                }
            }
        });
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (_, failure) -> {
                if (failure != null) {
                    LOG.warn("The progress of effects could not be committed; the next commit includes it", failure);
                }
            });
        }
    }
}
