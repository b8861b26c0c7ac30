package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroSerializer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The events of a service in a file, as polls give them: commands of a process are decided over entries in memory, and
 * their events are written with the headers and marks of the real log. On disk, because a log in memory would leave the
 * fold less heap than a service has.
 */
public final class LogFile<C, S, V, E> implements AutoCloseable {

    static final int PARTITIONS = 2;

    /** A poll ends with the transaction that reaches this number. */
    private static final int POLL_RECORDS = 2_000;

    private static final Instant BEGAN = Instant.parse("2027-01-01T00:00:00Z");

    private final ServiceDefinition<C, S, V, E> definition;
    private final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    private final DataOutputStream out;
    private final Map<String, V> entries = new HashMap<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private final long[] positions = new long[PARTITIONS];
    private long commands;

    /** An empty log in a file. */
    public LogFile(ServiceDefinition<C, S, V, E> definition, Path file) throws IOException {
        this.definition = definition;
        serializer.configure(Folding.SERDE, false);
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    private record Event(String key, int partition, byte[] value, Headers headers) {}

    /**
     * Decides commands and writes their events as one transaction. One without commands ends a poll.
     *
     * @return how many events that were
     */
    public int decide(List<? extends C> batch) throws IOException {
        List<Event> events = new ArrayList<>();
        Map<Integer, Event> last = new HashMap<>();
        for (C command : batch) {
            for (Event event : decided(command)) {
                events.add(event);
                last.put(event.partition(), event);
            }
        }
        last.values().forEach(event -> new Mark("commands", commands, 0, List.of()).addTo(event.headers()));
        out.writeInt(events.size());
        for (Event event : events) {
            out.writeByte(event.partition());
            out.writeUTF(event.key());
            write(event.value());
            Header[] headers = event.headers().toArray();
            out.writeByte(headers.length);
            for (Header header : headers) {
                out.writeUTF(header.key());
                write(header.value());
            }
        }
        return events.size();
    }

    private List<Event> decided(C command) {
        long number = commands++;
        String key = definition.aggregateId.apply(command);
        int partition = EventRecords.partition(key, PARTITIONS);
        Instant now = BEGAN.plusMillis(number);
        var id = new UUID(0, number);
        var headers = new CommandHeaders(
                id,
                Actor.system("order-process"),
                id.toString(),
                id,
                null,
                null,
                null,
                new SourcePosition("source", partition, number, 0),
                null,
                null);
        WorkingSet<V> before = WorkingSet.over(entries::get);
        S state = definition.storage.load(key, before);
        if (!(definition.decider.decide(state, command, now) instanceof Decision.Accepted<E>(List<E> accepted))) {
            throw new IllegalStateException("Refused: " + command);
        }
        List<Event> events = new ArrayList<>();
        for (E event : accepted) {
            state = definition.decider.evolve(state, event);
            EventMeta meta = EventRecords.meta(
                    headers,
                    events.size(),
                    accepted.size(),
                    sequences.merge(key, 1L, Long::sum),
                    ++positions[partition],
                    now);
            SpecificRecord avro = Objects.requireNonNull(definition.writer).write(event, meta);
            events.add(new Event(
                    key,
                    partition,
                    Objects.requireNonNull(serializer.serialize(definition.eventsTopic(), avro)),
                    EventRecords.headers(definition.noun, key, avro, meta, headers)));
        }
        definition.storage.save(key, before, state).changes().forEach((entry, value) -> {
            if (value == null) {
                entries.remove(entry);
            } else {
                entries.put(entry, value);
            }
        });
        return events;
    }

    private void write(byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
        serializer.close();
    }

    /** Reads a file poll by poll. */
    static final class Polls implements AutoCloseable {
        private final String topic;
        private final DataInputStream in;
        private final Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();

        Polls(String topic, Path file) throws IOException {
            this.topic = topic;
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
        }

        /** The next records; none at the end. */
        ConsumerRecords<String, byte[]> poll() throws IOException {
            Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> records = new HashMap<>();
            int read = 0;
            while (read < POLL_RECORDS && in.available() > 0) {
                int events = in.readInt();
                if (events == 0) {
                    break;
                }
                for (int i = 0; i < events; i++) {
                    var at = new TopicPartition(topic, in.readByte());
                    long offset = next.containsKey(at) ? next.get(at).offset() : 0;
                    records.computeIfAbsent(at, _ -> new ArrayList<>()).add(record(at, offset));
                    next.put(at, new OffsetAndMetadata(offset + 1, Optional.of(0), ""));
                }
                read += events;
            }
            return new ConsumerRecords<>(records, read == 0 ? Map.of() : Map.copyOf(next));
        }

        private ConsumerRecord<String, byte[]> record(TopicPartition at, long offset) throws IOException {
            String key = in.readUTF();
            byte[] value = bytes();
            Headers headers = new RecordHeaders();
            for (int i = in.readByte(); i > 0; i--) {
                headers.add(in.readUTF(), bytes());
            }
            return new ConsumerRecord<>(
                    at.topic(),
                    at.partition(),
                    offset,
                    BEGAN.toEpochMilli(),
                    TimestampType.LOG_APPEND_TIME,
                    key.length(),
                    value == null ? 0 : value.length,
                    key,
                    value,
                    headers,
                    Optional.of(0));
        }

        private byte @Nullable [] bytes() throws IOException {
            int size = in.readInt();
            return size < 0 ? null : in.readNBytes(size);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
