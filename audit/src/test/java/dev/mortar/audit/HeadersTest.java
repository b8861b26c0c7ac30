package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.inventory.InventoryLevel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersTest {
    private final LoggedEvent event = Stories.day().events().getFirst();

    @Test
    void headersThatRepeatTheEventAreRight() {
        assertThat(labelled(event, headers(event)).mislabelled()).isEmpty();
    }

    @Test
    void aTimeFinerThanMicrosecondsIsRight() {
        var headers = headers(event);
        var finer = event.meta().getOccurredAt().plusNanos(7);

        assertThat(labelled(event, put(headers, "ce_time", finer.toString())).mislabelled())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ce_specversion, 0.3",
        "content-type, application/json",
        "ce_id, 00000000-0000-0000-0000-000000000000",
        "ce_type, dev.mortar.schemas.order.OrderPlaced",
        "ce_source, /mortar/pickup-service",
        "ce_subject, elsewhere",
        "ce_time, 2001-01-01T00:00:00Z",
        "ce_time, yesterday"
    })
    void catchesAHeaderThatSaysSomethingElse(String name, String value) {
        assertCaught(put(headers(event), name, value), name);
    }

    @ParameterizedTest
    @CsvSource({"ce_specversion", "content-type", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"})
    void catchesAHeaderThatIsMissing(String name) {
        var headers = headers(event);
        headers.remove(name);
        assertCaught(headers, name);
    }

    @Test
    void aRecordOfAStateTopicIsNoEventWhoeverWroteItAmongEvents() {
        var audit = new Audit(AuditTest.RULES);
        var level = new LoggedEvent(event.recordId(), event.appendedAt(), event.key(), new InventoryLevel());
        audit.accept(level);
        audit.aborted(level);

        assertThat(audit.finish(Instant.EPOCH).violated()).containsOnly(Map.entry(Invariant.TYPE_OF_TOPIC, 1L));
    }

    /** Headers as they should be. */
    static Headers headers(LoggedEvent event) {
        var meta = event.meta();
        var headers = new RecordHeaders();
        put(headers, "ce_specversion", "1.0");
        put(headers, "content-type", "application/avro");
        put(headers, "ce_id", meta.getEventId().toString());
        put(headers, "ce_type", event.event().getSchema().getFullName());
        put(headers, "ce_source", "/mortar/" + event.recordId().topic().replace(".events", "-service"));
        put(headers, "ce_subject", event.key());
        put(headers, "ce_time", meta.getOccurredAt().toString());
        return headers;
    }

    static LoggedEvent labelled(LoggedEvent event, Headers headers) {
        return LoggedEvent.labelled(event.recordId(), event.appendedAt(), event.key(), headers, event.event());
    }

    private void assertCaught(Headers headers, String name) {
        var audit = new Audit(AuditTest.RULES);
        audit.accept(labelled(event, headers));

        var report = audit.finish(event.appendedAt());
        assertThat(report.violated()).containsOnlyKeys(Invariant.HEADERS_REPEAT_EVENT);
        assertThat(report.violations().getFirst().explanation()).contains(name);
    }

    private static Headers put(Headers headers, String name, String value) {
        headers.remove(name);
        return headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
