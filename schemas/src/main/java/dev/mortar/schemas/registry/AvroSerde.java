package dev.mortar.schemas.registry;

import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * {@link AvroSerializer} and {@link AvroDeserializer} over one registry client.
 *
 * @param <T> type of the records
 */
public final class AvroSerde<T extends IndexedRecord> implements Serde<T> {
    private final AvroSerializer<T> serializer = new AvroSerializer<>();
    private final AvroDeserializer<T> deserializer = new AvroDeserializer<>();

    /** For programs that name the class in their settings and then call {@link #configure}. */
    public AvroSerde() {}

    @Override
    public void configure(Map<String, ?> config, boolean isKey) {
        var parsed = new RegistryConfig(config);
        var registry = RegistryClient.shared(parsed);
        serializer.configure(parsed, isKey, registry);
        deserializer.configure(parsed, registry);
    }

    @Override
    public Serializer<T> serializer() {
        return serializer;
    }

    @Override
    public Deserializer<T> deserializer() {
        return deserializer;
    }
}
