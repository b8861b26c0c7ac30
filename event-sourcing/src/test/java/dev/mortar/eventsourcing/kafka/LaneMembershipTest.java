package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneMembershipTest {
    private static final TopicPartition LANE = new TopicPartition("giftcard.lanes", 0);

    private final Group group = new Group();
    private final LaneMembership membership = new LaneMembership(() -> group, "giftcard.lanes");

    /** A group whose coordinator may refuse. */
    private static final class Group extends MockConsumer<byte[], byte[]> {
        @Nullable
        KafkaException refusal;

        Group() {
            super("earliest");
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (refusal != null) {
                throw refusal;
            }
            super.commitSync(offsets, timeout);
        }
    }

    @BeforeEach
    void joins() {
        group.updateBeginningOffsets(Map.of(LANE, 0L));
        membership.join();
        membership.step(Map.of());
    }

    private boolean owns(int lane) {
        CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> membership.owns(lane));
        while (!answer.isDone()) {
            membership.step(Map.of());
        }
        return answer.join();
    }

    @Test
    void ownsALaneThatIsAssignedAndConfirmed() {
        assertThat(owns(0)).as("nothing is assigned yet").isFalse();
        group.rebalance(List.of(LANE));
        membership.step(Map.of());
        assertThat(owns(0)).isTrue();
        assertThat(owns(1)).as("another lane").isFalse();
        assertThat(group.paused()).containsExactly(LANE);
    }

    @Test
    void doesNotOwnALaneThatTheCoordinatorDoesNotConfirm() {
        group.rebalance(List.of(LANE));
        membership.step(Map.of());
        group.refusal = new CommitFailedException("the group has moved on");
        assertThat(owns(0)).isFalse();
        assertThat(membership.isJoined()).isTrue();
        group.refusal = null;
        assertThat(owns(0)).isTrue();
    }

    @Test
    void pausesWhenAnotherProcessIsTheSameMember() {
        group.rebalance(List.of(LANE));
        membership.step(Map.of());
        group.refusal = new FencedInstanceIdException("somebody else");
        assertThat(owns(0)).isFalse();
        assertThat(membership.isJoined()).isFalse();
        assertThat(group.closed()).isTrue();
        membership.join();
        assertThat(membership.isJoined()).as("joins again at once").isFalse();
    }

    @Test
    void ownsNothingAfterItHasLeft() {
        group.rebalance(List.of(LANE));
        membership.step(Map.of());
        assertThat(owns(0)).isTrue();
        CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> membership.owns(0));
        while (!answer.isDone()) {
            membership.leave();
        }
        assertThat(answer.join()).isFalse();
    }
}
