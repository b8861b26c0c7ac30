package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A service reads each of its events as it wrote it, and as it was approved for the released version of its schema.
 *
 * @param <E> events of the service
 */
public abstract class EventContractTest<E> {
    private final EventBinder<E> binder;
    private final Class<E> type;
    private final EventMeta meta;

    /** @param recordedAt of every sample */
    protected EventContractTest(EventBinder<E> binder, Class<E> type, Instant recordedAt) {
        this.binder = binder;
        this.type = type;
        meta = meta(recordedAt);
    }

    /** Events of every type. The first of each type is its approved sample. */
    protected abstract List<E> samples();

    /** The meta block of a sample. */
    public static EventMeta meta(Instant recordedAt) {
        return new EventMeta(
                UUID.fromString("8d3ad5c0-5a2f-5b9e-9d54-3d6b4b0f6c11"),
                0,
                1,
                1L,
                42L,
                recordedAt.minusSeconds(2),
                recordedAt,
                UUID.fromString("c1f7a7e2-7a4b-5d0f-8b2e-6c5d4e3f2a1b"),
                UUID.fromString("b2a7c1d0-0f6e-5d8b-a1c4-7a2f3e4d5c66"),
                null,
                "correlation-1",
                new Actor(ActorType.ASSOCIATE, "a-17", "store-2", null));
    }

    /** The incoming event that a service reads when another process wrote the record. */
    public static <I> I read(EventReader<I> reader, SpecificRecord record) {
        return reader.read(EventSamples.overTheWire(record));
    }

    @Test
    void everyEventHasASample() {
        assertThat(firstOfEachType().keySet()).containsExactlyInAnyOrder(type.getPermittedSubclasses());
    }

    @TestFactory
    Stream<DynamicTest> anEventIsReadAsItWasWritten() {
        return samples().stream()
                .map(event -> DynamicTest.dynamicTest(
                        event.toString(),
                        () -> assertThat(binder.read(EventSamples.overTheWire(binder.write(event, meta))))
                                .isEqualTo(event)));
    }

    /** Approved samples never change, because every event in a log must stay readable. */
    @TestFactory
    Stream<DynamicTest> anApprovedSampleIsReadAsItsEvent() {
        return firstOfEachType().values().stream()
                .map(event -> DynamicTest.dynamicTest(
                        event.getClass().getSimpleName(),
                        () -> assertThat(binder.read(EventSamples.approved(binder.write(event, meta), 1)))
                                .isEqualTo(event)));
    }

    private Map<Class<?>, E> firstOfEachType() {
        Map<Class<?>, E> first = new LinkedHashMap<>();
        samples().forEach(event -> first.putIfAbsent(event.getClass(), event));
        return first;
    }
}
