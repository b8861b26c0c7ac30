package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StateTableTest {
    @Test
    void absenceMeansNothingUntilTheTopicWasRead() {
        var table = new StateTable<GiftCard.Event>("cards", EventReader.create());

        assertThatThrownBy(() -> table.get("a")).isInstanceOf(KafkaUnavailable.class);
        assertThatThrownBy(table::values).isInstanceOf(KafkaUnavailable.class);
    }
}
