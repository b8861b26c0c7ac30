package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;

/** Events as records of {@code <noun>.events}: Avro value, CloudEvents headers (binary mode), and back. */
final class EventRecords {

    static final String TYPE = "ce_type";

    private EventRecords() {}

    static EventMeta meta(CommandHeaders command, int index, int count, long sequence, long position, Instant now) {
        Instant occurredAt = command.occurredAt() == null ? now : command.occurredAt();
        return EventMeta.newBuilder()
                .setEventId(NameBasedId.of(command.commandId(), Integer.toString(index)))
                .setIndex(index)
                .setCount(count)
                .setSequence(sequence)
                .setPosition(position)
                .setOccurredAt(occurredAt)
                .setRecordedAt(now)
                .setCommandId(command.commandId())
                .setCausationId(command.causationId())
                .setCorrelationId(command.correlationId())
                .setActor(actor(command.actor()))
                .build();
    }

    private static dev.mortar.schemas.Actor actor(Actor actor) {
        return dev.mortar.schemas.Actor.newBuilder()
                .setType(ActorType.valueOf(actor.type().name()))
                .setId(actor.id())
                .setLocationId(actor.locationId())
                .build();
    }

    static Headers headers(
            String noun, String aggregateId, SpecificRecord event, EventMeta meta, CommandHeaders command) {
        Headers headers = new RecordHeaders();
        CommandHeaders.add(headers, "ce_specversion", "1.0");
        CommandHeaders.add(headers, "ce_id", meta.getEventId());
        CommandHeaders.add(headers, TYPE, event.getSchema().getFullName());
        CommandHeaders.add(headers, "ce_source", "/mortar/" + noun + "-service");
        CommandHeaders.add(headers, "ce_time", meta.getOccurredAt());
        CommandHeaders.add(headers, "ce_subject", aggregateId);
        CommandHeaders.add(headers, "content-type", "application/avro");
        CommandHeaders.add(headers, "traceparent", command.traceparent());
        return headers;
    }

    /** The meta block every event begins with. */
    static EventMeta metaOf(SpecificRecord event) {
        return (EventMeta) event.get(0);
    }

    /** Reads an event that the reader knows; the caller has looked at {@code ce_type}. */
    static <E> Recorded<E> read(
            EventReader<E> reader,
            Deserializer<SpecificRecord> deserializer,
            String topic,
            int partition,
            long offset,
            String key,
            Headers headers,
            byte[] value) {
        SpecificRecord record = Objects.requireNonNull(deserializer.deserialize(topic, headers, value), "null event");
        EventMeta meta = metaOf(record);
        return new Recorded<>(
                reader.read(record),
                meta.getEventId(),
                record.getSchema().getFullName(),
                key,
                meta.getSequence(),
                meta.getPosition(),
                meta.getOccurredAt(),
                meta.getRecordedAt(),
                meta.getCommandId(),
                meta.getCausationId(),
                meta.getCorrelationId(),
                new Actor(
                        Actor.Type.valueOf(meta.getActor().getType().name()),
                        meta.getActor().getId(),
                        meta.getActor().getLocationId()),
                topic,
                partition,
                offset);
    }

    /** The bytes of a key as every producer of Mortar writes them. */
    static byte[] key(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
