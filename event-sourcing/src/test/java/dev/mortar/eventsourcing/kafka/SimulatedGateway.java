package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.kafka.SimulatedLog.Entry;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A service's command gateway in a simulation: commands as they would go to the log, replies as they come back. */
public final class SimulatedGateway {

    private final ServiceDefinition<?, ?, ?, ?> definition;

    /**
     * A reply in the log.
     *
     * @param token what the sender is known by
     * @param reply null when the command was refused
     * @param refusal name of the rejection, or null
     * @param content all of it but whether it is a repeat, to compare
     */
    public record Answer(
            String token, @Nullable Reply reply, @Nullable String refusal, String content) {}

    /** A command on its way to the log. */
    public record Sent(String topic, String key, byte[] value, Headers headers) {}

    /** The gateway of a service. */
    public SimulatedGateway(ServiceDefinition<?, ?, ?, ?> definition) {
        this.definition = definition;
    }

    /** Topic of the replies. */
    public String repliesTopic() {
        return definition.repliesTopic();
    }

    /** The command, given as JSON or as itself, as a record. The reply is sent to the partition under the token. */
    public Sent command(Object command, CommandRequest request, int replyPartition, String token) {
        return command(definition, command, request, replyPartition + "|" + token);
    }

    private static <C> Sent command(
            ServiceDefinition<C, ?, ?, ?> definition, Object command, CommandRequest request, String replyTo) {
        C typed = command instanceof JsonNode json
                ? Json.mapper().treeToValue(json, definition.commandType)
                : definition.commandType.cast(command);
        ProducerRecord<String, byte[]> record = CommandGateway.record(definition, "", typed, typed, request, replyTo);
        return new Sent(record.topic(), record.key(), Objects.requireNonNull(record.value()), record.headers());
    }

    /** Makes the serializer ask the registry for the schemas of a service's events, in the order they are written. */
    public static void registerSchemas(
            ServiceDefinition<?, ?, ?, ?> definition, Serializer<SpecificRecord> serializer) {
        for (SpecificRecord empty : Objects.requireNonNull(definition.reader).emptyRecords()) {
            try {
                serializer.serialize(definition.eventsTopic(), empty);
            } catch (SerializationException e) {
                // The schema is registered by now; that an empty record cannot be written was to be expected.
                if (!(e.getCause() instanceof RuntimeException)) {
                    throw e;
                }
            }
        }
    }

    /** Reads a reply. */
    public static Answer answer(Entry entry) {
        ReplyRecord reply = Json.read(Objects.requireNonNull(entry.value()), ReplyRecord.class);
        String key = Objects.requireNonNull(entry.key());
        ReplyRecord.Refusal refusal = reply.rejection();
        return new Answer(
                key.substring(key.indexOf('|') + 1),
                refusal != null
                        ? null
                        : new Reply(
                                reply.sequence(),
                                reply.repeated(),
                                reply.state() == null
                                        ? tools.jackson.databind.node.NullNode.getInstance()
                                        : reply.state()),
                refusal == null ? null : refusal.name(),
                refusal == null ? reply.sequence() + " " + reply.state() : refusal.name() + " " + refusal.data());
    }
}
