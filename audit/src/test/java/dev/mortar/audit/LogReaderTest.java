package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.LogReader.ForeignRecord;
import dev.mortar.schemas.registry.AvroSerializer;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.SubjectNameStrategy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogReaderTest {
    private static final String REGISTRY = "mock://log-reader";

    private final LogReader reader = new LogReader(Map.of("bootstrap.servers", "127.0.0.1:9"), REGISTRY, "test.");
    private final List<ForeignRecord> foreign = new ArrayList<>();

    @Test
    void readsAnEventAtItsPlace() {
        var event = Stories.day().events().getFirst();

        var read = Objects.requireNonNull(reader.event(record(7, bytes(event)), foreign));

        assertThat(read.recordId()).isEqualTo(new RecordId(event.recordId().topic(), 3, 7));
        assertThat(read.event()).isEqualTo(event.event());
        assertThat(foreign).isEmpty();
    }

    @Test
    void notesWhatIsNoEventAndGoesOn() {
        byte[] torn = bytes(Stories.day().events().getFirst());
        byte[] unknownSchema = torn.clone();
        unknownSchema[1] = 99;
        var cut = new byte[torn.length / 2];
        System.arraycopy(torn, 0, cut, 0, cut.length);

        assertThat(reader.event(record(0, null), foreign)).isNull();
        assertThat(reader.event(record(1, "{}".getBytes(StandardCharsets.UTF_8)), foreign))
                .isNull();
        assertThat(reader.event(record(2, unknownSchema), foreign)).isNull();
        assertThat(reader.event(record(3, cut), foreign)).isNull();

        assertThat(foreign)
                .extracting(ForeignRecord::recordId)
                .extracting(RecordId::offset)
                .containsExactly(0L, 1L, 2L, 3L);
        var audit = new Audit(AuditRules.standard());
        foreign.forEach(each -> audit.foreign(each.recordId(), each.why()));
        var report = audit.finish(Stories.day().now);
        assertThat(report.violated()).containsOnly(Map.entry(Invariant.EVERY_RECORD_AN_EVENT, 4L));
        assertThat(report.violations())
                .extracting(AuditReport.Violation::explanation)
                .allSatisfy(why -> assertThat(why).contains("inventory.events/3/"));
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, byte @Nullable [] value) {
        return new ConsumerRecord<>("test.inventory.events", 3, offset, "key".getBytes(StandardCharsets.UTF_8), value);
    }

    private static byte[] bytes(LoggedEvent event) {
        assertThat(event.recordId().topic()).isEqualTo("inventory.events");
        try (var serializer = new AvroSerializer<SpecificRecord>()) {
            serializer.configure(
                    Map.of(
                            RegistryConfig.SCHEMA_REGISTRY_URL,
                            REGISTRY,
                            RegistryConfig.VALUE_SUBJECT_NAME_STRATEGY,
                            SubjectNameStrategy.TopicRecordNameStrategy.name()),
                    false);
            return Objects.requireNonNull(
                    serializer.serialize("test." + event.recordId().topic(), event.event()));
        }
    }
}
