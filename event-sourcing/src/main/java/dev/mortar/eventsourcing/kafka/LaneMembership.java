package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which lanes this instance owns. The topic {@code <noun>.lanes} has one partition for each lane and no records;
 * the group {@code <noun>-decider} assigns them. One thread calls {@link #step}; any thread may ask.
 *
 * <p>An assignment alone proves nothing, because an instance that was frozen still has its old assignment until it
 * polls again. So an instance owns a lane only if the group's coordinator has just accepted an offset commit for it.
 * The coordinator refuses the commit of a former owner, so a former owner does not fence its successor.
 */
final class LaneMembership {
    private static final Logger LOG = LoggerFactory.getLogger(LaneMembership.class);
    /**
     * Poll time while it owns no lane. Short, because such a poll loops hundreds of times a second when a heartbeat is
     * due.
     */
    private static final Duration JOINING_POLL = Duration.ofMillis(100);

    /** Pause between the polls of an owner. A question ends it. */
    private static final long OWNER_PAUSE_MS = 200;

    private static final Duration SHOWS_EVERY = Duration.ofSeconds(1);
    private static final Duration COMMIT_MAX = Duration.ofSeconds(5);
    private static final Duration PAUSE_WHEN_FENCED = Duration.ofSeconds(5);
    private static final Duration LEAVE_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final Supplier<Consumer<byte[], byte[]>> members;
    private final String topic;
    private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
    private volatile @Nullable Consumer<byte[], byte[]> member;
    private final Set<TopicPartition> assigned = ConcurrentHashMap.newKeySet();
    private Map<TopicPartition, Long> shown = Map.of();
    private long shownAtNs = System.nanoTime();
    private @Nullable Long fencedAtNs;

    private record Question(int lane, CompletableFuture<Boolean> answer) {}

    /**
     * A membership that has not joined yet. The consumers are static members of the group; the topic has its prefix.
     */
    LaneMembership(Supplier<Consumer<byte[], byte[]>> members, String topic) {
        this.members = members;
        this.topic = topic;
    }

    void join() {
        boolean fenced = fencedAtNs != null && System.nanoTime() - fencedAtNs < PAUSE_WHEN_FENCED.toNanos();
        if (member == null && !fenced) {
            Consumer<byte[], byte[]> joining = members.get();
            joining.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> added) {
                    joining.pause(added);
                    assigned.addAll(added);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> removed) {
                    assigned.removeAll(removed);
                }
            });
            member = joining;
        }
    }

    /** Leaves the group; other instances take the lanes over at once. */
    void leave() {
        Consumer<byte[], byte[]> leaving = forget();
        if (leaving != null) {
            // A static member that only closes stays in the group until its session ends.
            leaving.close(CloseOptions.timeout(LEAVE_MAX)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
        answerAll();
    }

    private @Nullable Consumer<byte[], byte[]> forget() {
        Consumer<byte[], byte[]> forgotten = member;
        member = null;
        assigned.clear();
        return forgotten;
    }

    /**
     * Another process has the same member name, or the broker has lost the state of the group. This member joins again
     * later. Two processes with the same name are a mistake; both log errors, but neither stops for ever.
     */
    private void fenced(FencedInstanceIdException e) {
        LOG.error("This instance was fenced from the group of {} and joins again in {}", topic, PAUSE_WHEN_FENCED, e);
        fencedAtNs = System.nanoTime();
        Consumer<byte[], byte[]> closing = forget();
        if (closing != null) {
            closing.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /**
     * Stays in the group and answers questions. The caller has to call it several times within a session timeout.
     *
     * @param decided offset of the next command, by partition; committed only so that operators can see the group's lag
     */
    void step(Map<TopicPartition, Long> decided) {
        Consumer<byte[], byte[]> joined = member;
        if (joined == null) {
            answerAll();
            return;
        }
        boolean owner = !assigned.isEmpty();
        try {
            joined.poll(owner ? Duration.ZERO : JOINING_POLL);
            boolean late = System.nanoTime() - shownAtNs > SHOWS_EVERY.toNanos();
            if (late && !decided.isEmpty() && !decided.equals(shown)) {
                shownAtNs = System.nanoTime();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                decided.forEach((log, offset) -> offsets.put(log, new OffsetAndMetadata(offset)));
                shown = Map.copyOf(decided);
                joined.commitAsync(offsets, (_, failure) -> shown = failure == null ? shown : Map.of());
            }
        } catch (FencedInstanceIdException e) {
            fenced(e);
        } catch (KafkaException e) {
            LOG.warn("The group of {} cannot be reached", topic, e);
        }
        try {
            Question first = questions.poll(owner ? OWNER_PAUSE_MS : 0, TimeUnit.MILLISECONDS);
            if (first != null) {
                answer(first);
                answerAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isJoined() {
        return member != null;
    }

    /** True if the lane was assigned to this instance at its last poll. This does not prove ownership. */
    boolean isAssigned(int lane) {
        return assigned.contains(new TopicPartition(topic, lane));
    }

    private void answerAll() {
        for (Question question = questions.poll(); question != null; question = questions.poll()) {
            answer(question);
        }
    }

    private void answer(Question question) {
        Consumer<byte[], byte[]> joined = member;
        question.answer.complete(joined != null && isConfirmed(joined, new TopicPartition(topic, question.lane)));
    }

    private boolean isConfirmed(Consumer<byte[], byte[]> joined, TopicPartition lane) {
        if (!joined.assignment().contains(lane)) {
            return false;
        }
        try {
            joined.commitSync(Map.of(lane, new OffsetAndMetadata(0)), COMMIT_MAX);
            return true;
        } catch (FencedInstanceIdException e) {
            fenced(e);
            return false;
        } catch (KafkaException e) {
            LOG.warn("The group has not confirmed {}", lane, e);
            return false;
        }
    }

    /** True if the lane is assigned to this instance and the coordinator has just confirmed it. */
    boolean owns(int lane) {
        if (!isAssigned(lane)) {
            return false;
        }
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
