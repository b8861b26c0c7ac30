package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ProcessReactionTest {
    private static final String EVENTS = "till.events";

    private final AvroSerializer<SpecificRecord> serializer = TestSerdes.events("process-reaction");
    private final AvroDeserializer<SpecificRecord> deserializer = TestSerdes.deserializer("process-reaction");

    @Test
    void anEventWhoseCommandIsTooLargeForARecordIsParked() {
        // Key and value both hold the id of the card.
        int idMax = (ProcessReaction.COMMAND_MAX_BYTES - 100) / 2;

        assertThat(reactWithACommandFor("c".repeat(idMax - 100)).topic()).isEqualTo("giftcard.commands");

        ProducerRecord<String, byte[]> parked = reactWithACommandFor("c".repeat(idMax + 100));
        assertThat(parked.topic()).isEqualTo("giftcard.dead-letters");
        assertThat(CommandHeaders.text(parked.headers(), DeadLetter.CAUSE))
                .contains("bytes; the maximum with its key is");
    }

    private ProducerRecord<String, byte[]> reactWithACommandFor(String cardId) {
        var definition = GiftCard.definition();
        var listening = new Listening<Event, Command>(
                List.of(EVENTS), definition.reader(), _ -> List.of(new Command.Charge(cardId, 1)));
        var parked = new ParkedKeys();
        var meters = new SimpleMeterRegistry();
        var reaction =
                new ProcessReaction<>(definition, listening, "", deserializer, Map.of(EVENTS, "id"), parked, meters);
        var meta = EventRecords.meta(CommandHeaders.ofTimer("till", new UUID(0, 1)), 0, 1, 1, 1, Instant.EPOCH);
        SpecificRecord event = definition.binder().write(new Event.Charged("card", 1), meta);
        List<ProducerRecord<String, byte[]>> out = reaction.react(new ConsumerRecord<>(
                EVENTS, 0, 0, "card", Objects.requireNonNull(serializer.serialize(EVENTS, event))));
        assertThat(out).hasSize(1);
        return out.getFirst();
    }
}
