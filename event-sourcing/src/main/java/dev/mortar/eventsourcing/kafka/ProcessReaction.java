package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.RegistryException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a committed record of another service into commands for this service's decider, nothing, or a dead letter. The
 * same record always gives the same result, unless its key was parked or freed in between.
 */
final class ProcessReaction<I, C> {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessReaction.class);

    /** Limit for key and value of a command, which leaves room for its headers. */
    static final int COMMAND_MAX_BYTES = KafkaSettings.RECORD_MAX_BYTES - 64 * 1024;

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final Listening<I, C> listening;
    private final String prefix;
    private final Deserializer<SpecificRecord> deserializer;
    private final Map<String, String> topicIds;
    private final ParkedKeys parked;
    private final Counter deadLetters;
    private final Counter passedOver;
    private final Counter parkedBefore;

    /** @param topicIds ids by topic name with prefix, because a topic that is created again has new positions */
    ProcessReaction(
            ServiceDefinition<C, ?, ?, ?> definition,
            Listening<I, C> listening,
            String prefix,
            Deserializer<SpecificRecord> deserializer,
            Map<String, String> topicIds,
            ParkedKeys parked,
            MeterRegistry meters) {
        this.definition = definition;
        this.listening = listening;
        this.prefix = prefix;
        this.deserializer = deserializer;
        this.topicIds = topicIds;
        this.parked = parked;
        this.deadLetters = meters.counter("mortar.dead.letters", "service", definition.noun, "by", "process");
        this.passedOver = meters.counter("mortar.events.passed.over", "service", definition.noun);
        this.parkedBefore = meters.counter("mortar.events.parked.before", "service", definition.noun);
    }

    /**
     * The records that have to be written, in this order, before the event's offset is committed.
     *
     * @throws RegistryException.Unavailable when the registry cannot return the schema now; the record is not at fault
     */
    List<ProducerRecord<String, byte[]>> react(ConsumerRecord<String, byte[]> record) {
        String type = CommandHeaders.text(record.headers(), EventRecords.TYPE);
        if (type != null && !listening.reader().knows(type)) {
            passedOver.increment();
            return List.of();
        }
        String topicId = Objects.requireNonNull(topicIds.get(record.topic()), "no id of topic " + record.topic());
        Source source = Source.of(record, topicId);
        if (parked.has(source)) {
            parkedBefore.increment();
            return List.of();
        }
        if (parked.holdsBack(record)) {
            return List.of(park(record, source, "an earlier record of its key is parked"));
        }
        try {
            var position = new SourcePosition(topicId, record.partition(), record.offset(), 0);
            return commands(record.topic(), record.headers(), record.value(), position);
        } catch (RegistryException.Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Parked {}", source, e);
            return List.of(park(record, source, e.toString()));
        }
    }

    /**
     * The commands that follow from an event of a topic; their sources follow the given one.
     *
     * @throws RuntimeException when the event cannot be read, or one of its commands is too large
     */
    List<ProducerRecord<String, byte[]>> commands(
            String topic, Headers headers, byte @Nullable [] value, SourcePosition source) {
        SpecificRecord event = Objects.requireNonNull(deserializer.deserialize(topic, headers, value), "no value");
        EventMeta meta = EventRecords.metaOf(event);
        List<C> commands = listening.process().react(listening.reader().read(event));
        String process = definition.noun + "-process";
        Actor actor = Actor.system(process);
        String traceparent = CommandHeaders.text(headers, "traceparent");
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int index = 0; index < commands.size(); index++) {
            C command = commands.get(index);
            var id = NameBasedId.of(meta.getEventId(), process + "/" + index);
            var at = new SourcePosition(source.topicId(), source.partition(), source.offset(), source.index() + index);
            var of = new CommandHeaders(
                    id, actor, null, meta.getCorrelationId(), meta.getEventId(), null, null, null, at, traceparent);
            ProducerRecord<String, byte[]> record = definition.record(prefix, command, of);
            if (record.value().length + EventRecords.key(record.key()).length > COMMAND_MAX_BYTES) {
                throw new IllegalStateException("its command " + index + " has " + record.value().length
                        + " bytes; the maximum with its key is " + COMMAND_MAX_BYTES);
            }
            records.add(record);
        }
        return records;
    }

    private ProducerRecord<String, byte[]> park(ConsumerRecord<String, byte[]> record, Source source, String cause) {
        deadLetters.increment();
        String sourceKey = DeadLetter.sourceKey(record.topic(), record.key());
        parked.add(source, sourceKey);
        Headers headers = DeadLetter.headers(record.headers(), source, cause);
        CommandHeaders.add(headers, DeadLetter.PARKED_KEY, sourceKey);
        byte[] value = record.value() == null ? new byte[0] : record.value();
        return new ProducerRecord<>(prefix + definition.deadLettersTopic(), null, record.key(), value, headers);
    }
}
