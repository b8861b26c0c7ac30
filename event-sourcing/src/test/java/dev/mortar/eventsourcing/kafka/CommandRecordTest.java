package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import java.time.Duration;
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

    private static @Nullable String hash(ProducerRecord<String, byte[]> record) {
        return CommandHeaders.text(record.headers(), "request-hash");
    }
}
