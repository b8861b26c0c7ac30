package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which lanes this instance owns. The topic {@code <noun>.lanes} has one partition for each lane and no records; the
 * group {@code <noun>-decider} assigns them. One thread steps it; any thread may ask.
 *
 * <p>An assignment alone proves nothing: an instance that stood still believes in it until it polls again. So a lane is
 * owned only when the group's coordinator has just accepted a commit for it. A former owner that comes back is told no,
 * and does not fence its successor.
 */
final class LaneMembership {

    private static final Logger LOG = LoggerFactory.getLogger(LaneMembership.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final Runnable fenced;
    private final Queue<Question> questions = new ConcurrentLinkedQueue<>();

    private record Question(int lane, CompletableFuture<Boolean> answer) {}

    /**
     * A membership that has not joined yet.
     *
     * @param consumer a static member of the group, by the classic protocol
     * @param topic of the lanes, with prefix
     * @param fenced is run when another process has joined as the same member: this one has to end
     */
    LaneMembership(Consumer<byte[], byte[]> consumer, String topic, Runnable fenced) {
        this.consumer = consumer;
        this.topic = topic;
        this.fenced = fenced;
    }

    /** Joins the group with the next step. */
    void join() {
        consumer.subscribe(List.of(topic));
    }

    /** Leaves the group; other instances take the lanes over at once. */
    void leave() {
        consumer.unsubscribe();
        answer();
    }

    /** Stays in the group and answers who asked. It has to be called several times in a session timeout. */
    void step() {
        try {
            consumer.poll(POLL);
            consumer.pause(consumer.assignment());
        } catch (FencedInstanceIdException e) {
            LOG.error("Another process is the same member of the group of {}", topic, e);
            fenced.run();
        } catch (KafkaException e) {
            LOG.warn("The group of {} cannot be reached", topic, e);
        }
        answer();
    }

    private void answer() {
        for (Question question = questions.poll(); question != null; question = questions.poll()) {
            question.answer.complete(isConfirmed(new TopicPartition(topic, question.lane)));
        }
    }

    private boolean isConfirmed(TopicPartition lane) {
        if (!consumer.assignment().contains(lane)) {
            return false;
        }
        try {
            consumer.commitSync(Map.of(lane, new OffsetAndMetadata(0)), COMMIT_MAX);
            return true;
        } catch (FencedInstanceIdException e) {
            LOG.error("Another process is the same member of the group of {}", topic, e);
            fenced.run();
            return false;
        } catch (KafkaException e) {
            LOG.warn("The group does not confirm {}", lane, e);
            return false;
        }
    }

    /** True when the lane is assigned to this instance and the coordinator has just confirmed it. */
    boolean owns(int lane) {
        Question question = new Question(lane, new CompletableFuture<>());
        questions.add(question);
        try {
            return question.answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
