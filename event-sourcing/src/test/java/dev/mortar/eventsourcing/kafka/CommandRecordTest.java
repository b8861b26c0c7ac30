package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandRecordTest {
    private static final CommandRequest REQUEST =
            new CommandRequest(new UUID(1, 1), Caller.system("test"), "c", null, null, Duration.ZERO, null);

    private static ProducerRecord<String, byte[]> record(GiftCard.Command command, GiftCard.Command asked) {
        String hash = CommandGateway.requestHash(GiftCard.definition(), asked);
        return GiftCard.definition().record("", command, CommandHeaders.of(REQUEST, hash));
    }

    @Test
    void aRepeatIsRecognisedByWhatWasAskedAndNotByWhatTheServiceAdded() {
        var asked = new GiftCard.Command.Charge("card", 0);
        var today = record(new GiftCard.Command.Charge("card", 5), asked);
        var tomorrow = record(new GiftCard.Command.Charge("card", 6), asked);

        assertThat(tomorrow.value()).isNotEqualTo(today.value());
        assertThat(hash(tomorrow)).isNotNull().isEqualTo(hash(today));
        assertThat(hash(record(asked, new GiftCard.Command.Charge("card", 1)))).isNotEqualTo(hash(today));
    }

    @Test
    void aCommandNamesTheEventThatCausedIt() {
        var event = new Recorded<>(
                "placed",
                new UUID(2, 2),
                "type",
                "order",
                1,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                new UUID(3, 3),
                null,
                "c",
                Actor.system("test"),
                "order.events",
                0,
                0,
                null);
        var caused = CommandHeaders.of(CommandRequest.causedBy(event, Caller.system("test")), "hash");

        assertThat(CommandHeaders.text(caused.toHeaders(1), "causation-id")).isEqualTo(new UUID(2, 2).toString());
        assertThat(caused.correlationId()).isEqualTo("c");
        assertThat(CommandHeaders.of(REQUEST, "hash").causationId()).isNull();
    }

    private static @Nullable String hash(ProducerRecord<String, byte[]> record) {
        return CommandHeaders.text(record.headers(), "request-hash");
    }
}
