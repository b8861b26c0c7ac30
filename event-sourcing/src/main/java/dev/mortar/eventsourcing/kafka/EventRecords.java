package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Events as records of {@code <noun>.events}: Avro value, CloudEvents headers (binary mode), and back. */
final class EventRecords {
    static final String TYPE = "ce_type";

    private static final Pattern TRACEPARENT = Pattern.compile("([0-9a-f]{2}-[0-9a-f]{32}-)[0-9a-f]{16}(-[0-9a-f]{2})");

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
                .setSource(source(command.source()))
                .setCorrelationId(command.correlationId())
                .setActor(actor(command.actor()))
                .build();
    }

    private static dev.mortar.schemas.@Nullable SourcePosition source(@Nullable SourcePosition source) {
        return source == null
                ? null
                : new dev.mortar.schemas.SourcePosition(
                        source.topicId(), source.partition(), source.offset(), source.index());
    }

    static @Nullable SourcePosition sourceOf(EventMeta meta) {
        dev.mortar.schemas.SourcePosition source = meta.getSource();
        return source == null
                ? null
                : new SourcePosition(source.getTopicId(), source.getPartition(), source.getOffset(), source.getIndex());
    }

    private static dev.mortar.schemas.Actor actor(Actor actor) {
        return dev.mortar.schemas.Actor.newBuilder()
                .setType(ActorType.valueOf(actor.type().name()))
                .setId(actor.id())
                .setLocationId(actor.locationId())
                .setVia(actor.via())
                .build();
    }

    static Headers headers(
            String noun, String aggregateId, SpecificRecord event, EventMeta meta, CommandHeaders command) {
        Headers headers = CommandHeaders.none();
        CommandHeaders.add(headers, "ce_specversion", "1.0");
        CommandHeaders.add(headers, "ce_id", meta.getEventId());
        CommandHeaders.add(headers, TYPE, event.getSchema().getFullName());
        CommandHeaders.add(headers, "ce_source", "/mortar/" + noun + "-service");
        CommandHeaders.add(headers, "ce_time", meta.getOccurredAt());
        CommandHeaders.add(headers, "ce_subject", aggregateId);
        CommandHeaders.add(headers, "content-type", "application/avro");
        CommandHeaders.add(headers, "traceparent", decisionSpan(command));
        return headers;
    }

    /** The command's trace with a span for the decision. Deciding the command again gives the same span. */
    private static @Nullable String decisionSpan(CommandHeaders command) {
        Matcher parent = TRACEPARENT.matcher(Objects.requireNonNullElse(command.traceparent(), ""));
        long span = NameBasedId.of(command.commandId(), "span").getMostSignificantBits();
        return parent.matches() ? parent.group(1) + HexFormat.of().toHexDigits(span) + parent.group(2) : null;
    }

    /** The meta block, which is the first field of every event. */
    static EventMeta metaOf(SpecificRecord event) {
        return (EventMeta) event.get(0);
    }

    static <E> Recorded<E> read(
            EventReader<E> reader,
            SpecificRecord record,
            String topic,
            int partition,
            long offset,
            String key,
            @Nullable String traceparent) {
        EventMeta meta = metaOf(record);
        dev.mortar.schemas.Actor by = meta.getActor();
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
                new Actor(Actor.Type.valueOf(by.getType().name()), by.getId(), by.getLocationId(), by.getVia()),
                topic,
                partition,
                offset,
                traceparent);
    }

    /** The partition that Kafka's own partitioner chooses for a key. */
    static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key(key))) % partitions;
    }

    static byte[] key(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
