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
 * The outcome of a committed record of another service: commands of the own decider, nothing, or a dead letter. The
 * same record always gives the same records, unless its key was parked or freed in between.
 *
 * @param <C> commands
 */
final class ProcessReaction<I, C> {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessReaction.class);

    /** Key and value of a command, so that its headers have room in a record as well. */
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

    /** @param topicIds by name with prefix: a topic that is created again has new positions */
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
     * The records to be written, in order, before the event counts as read.
     *
     * @throws RegistryException.Unavailable when the record's schema cannot be had now: no fault of the record
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
            return commands(
                    record.topic(),
                    record.headers(),
                    record.value(),
                    new SourcePosition(topicId, record.partition(), record.offset(), 0));
        } catch (RegistryException.Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Parked {}", source, e);
            return List.of(park(record, source, e.toString()));
        }
    }

    /**
     * The commands an event brings about.
     *
     * @param topic the event's
     * @param source of the first command; the others follow it
     * @throws RuntimeException when the event cannot be understood, or a command of it is larger than a record may be
     */
    List<ProducerRecord<String, byte[]>> commands(
            String topic, Headers headers, byte @Nullable [] value, SourcePosition source) {
        SpecificRecord event = Objects.requireNonNull(deserializer.deserialize(topic, headers, value), "no value");
        EventMeta meta = EventRecords.metaOf(event);
        List<C> commands = listening.process().react(listening.reader().read(event));
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int index = 0; index < commands.size(); index++) {
            C command = commands.get(index);
            var commandHeaders = new CommandHeaders(
                    NameBasedId.of(meta.getEventId(), definition.noun + "-process/" + index),
                    Actor.system(definition.noun + "-process"),
                    meta.getCorrelationId(),
                    meta.getEventId(),
                    null,
                    null,
                    null,
                    new SourcePosition(source.topicId(), source.partition(), source.offset(), source.index() + index),
                    CommandHeaders.text(headers, "traceparent"),
                    null);
            ProducerRecord<String, byte[]> record = definition.record(prefix, command, commandHeaders);
            if (record.value().length + EventRecords.key(record.key()).length > COMMAND_MAX_BYTES) {
                throw new IllegalStateException("its command " + index + " has " + record.value().length
                        + " bytes, and no record may have more than " + COMMAND_MAX_BYTES);
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
        return new ProducerRecord<>(
                prefix + definition.deadLettersTopic(),
                null,
                record.key(),
                record.value() == null ? new byte[0] : record.value(),
                headers);
    }
}
