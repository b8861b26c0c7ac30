package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.registry.Contract;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void everyNounHasItsFourTopics() {
        for (String noun : new String[] {"order", "inventory", "pickup", "returns", "notification"}) {
            assertThat(Topics.all())
                    .containsKeys(noun + ".commands", noun + ".events", noun + ".replies", noun + ".dead-letters");
        }
        assertThat(Topics.all()).hasSize(5 * 4 + 4);
    }

    @Test
    void everyTopicOfTheContractExistsAndIsCompactedExactlyWhenItHoldsState() {
        assertThat(Contract.topics())
                .isNotEmpty()
                .allSatisfy(topic -> assertThat(Topics.all())
                        .hasEntrySatisfying(
                                topic.name(),
                                settings -> assertThat(settings)
                                        .containsEntry("cleanup.policy", topic.compacted() ? "compact" : "delete")));
    }

    @Test
    void eventsAreKeptForEver() {
        assertThat(Topics.all().get("order.events"))
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", "-1")
                .containsEntry("retention.bytes", "-1");
    }

    @Test
    void theBrokersClockStampsCommands() {
        assertThat(Topics.all().get("pickup.commands")).containsEntry("message.timestamp.type", "LogAppendTime");
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
