package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.registry.Contract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void everyNounHasItsFiveTopics() {
        for (String noun : new String[] {"order", "inventory", "pickup", "returns", "notification"}) {
            assertThat(Topics.all())
                    .containsKeys(
                            noun + ".lanes",
                            noun + ".commands",
                            noun + ".events",
                            noun + ".replies",
                            noun + ".dead-letters");
        }
        assertThat(Topics.all()).hasSize(5 * 5 + 8);
    }

    @Test
    void everyTopicOfTheContractExistsAndIsCompactedExactlyWhenItHoldsState() {
        assertThat(Contract.topics())
                .isNotEmpty()
                .allSatisfy(topic -> assertThat(Topics.all())
                        .hasEntrySatisfying(
                                topic.name(),
                                settings -> assertThat(settings)
                                        .containsEntry("cleanup.policy", topic.isCompacted() ? "compact" : "delete")));
    }

    @Test
    void eventsAreKeptForEver() {
        assertThat(Topics.all().get("order.events"))
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "-1")
                .containsEntry("retention.bytes", "-1");
    }

    @Test
    void readsOfContactsAreKeptLongerThanAYear() {
        assertThat(Topics.all().get("customer.contact-reads")).containsEntry("cleanup.policy", "delete");
        assertThat(Duration.ofMillis(retentionMillis("customer.contact-reads"))).isEqualTo(Duration.ofDays(400));
    }

    @Test
    void theBrokersClockStampsCommandsAndReplies() {
        assertThat(Topics.all().get("pickup.commands")).containsEntry("message.timestamp.type", "LogAppendTime");
        assertThat(Topics.all().get("pickup.replies")).containsEntry("message.timestamp.type", "LogAppendTime");
    }

    @Test
    void repliesOutliveTheCommandsTheyMark() {
        assertThat(retentionMillis("order.replies")).isEqualTo(2 * retentionMillis("order.commands"));
    }

    private static long retentionMillis(String topic) {
        return Long.parseLong(requireNonNull(Topics.all().get(topic)).getOrDefault("retention.ms", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void lanesAreAtMostThePartitions(int lanes) {
        assertThatThrownBy(() -> Topics.create(Map.of("bootstrap.servers", "127.0.0.1:1"), 2, lanes, (short) 1, ""))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("1 to 2 lanes");
    }

    @Test
    void aContactIsCleanedEarlyEnoughToBeGoneWithinADay() {
        var settings = requireNonNull(Topics.all().get("customer.contacts"));
        long cleanedAfterMillis = Long.parseLong(settings.getOrDefault("max.compaction.lag.ms", ""));
        long segmentMillis = Long.parseLong(settings.getOrDefault("segment.ms", ""));

        assertThat(settings).containsEntry("cleanup.policy", "compact");
        assertThat(cleanedAfterMillis + segmentMillis).isLessThan(24 * 60 * 60 * 1000L);
    }
}
