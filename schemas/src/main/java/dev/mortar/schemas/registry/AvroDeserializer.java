package dev.mortar.schemas.registry;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records in {@link ConfluentFrame Confluent's wire format}: as instances of the generated class with the name of
 * the writer's schema, resolved to the schema of that class, or as generic records with the writer's schema.
 * Thread-safe.
 *
 * <p>It asks the registry once for each schema id. It throws {@link ConfluentFrame.NotFramed} for bytes in another
 * format, {@link RegistryException} if the registry cannot return the schema, and {@link SerializationException} for
 * bytes that do not match the schema.
 */
public final class AvroDeserializer<T extends IndexedRecord> implements Deserializer<T> {
    private static final ThreadLocal<@Nullable BinaryDecoder> DECODER = new ThreadLocal<>();

    static {
        TrustedClasses.trust();
    }

    private final Map<Integer, Reader> readers = new ConcurrentHashMap<>();
    private @Nullable RegistryClient registry;
    private boolean specific;

    @Override
    public void configure(Map<String, ?> config, boolean isKey) {
        readers.clear();
        var parsed = new RegistryConfig(config);
        registry = RegistryClient.shared(parsed);
        specific = parsed.getBoolean(RegistryConfig.SPECIFIC_AVRO_READER);
    }

    @Override
    @SuppressWarnings("unchecked") // The caller chooses T, as with every deserializer of Kafka.
    public @Nullable T deserialize(String topic, byte @Nullable [] framed) {
        if (framed == null) {
            return null;
        }
        int id = ConfluentFrame.schemaId(framed);
        var reader = readers.get(id);
        if (reader == null) {
            reader = reader(topic, id);
            readers.put(id, reader);
        }
        try {
            int length = framed.length - ConfluentFrame.HEADER_BYTES;
            var decoder =
                    DecoderFactory.get().binaryDecoder(framed, ConfluentFrame.HEADER_BYTES, length, DECODER.get());
            DECODER.set(decoder);
            var record = reader.datumReader().read(null, decoder);
            if (!decoder.isEnd()) {
                throw new SerializationException("Bytes of topic " + topic + " continue after the record "
                        + reader.name() + " (schema id " + id + ")");
            }
            return (T) record;
        } catch (SerializationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "Bytes of topic " + topic + " do not match the schema " + reader.name() + " (schema id " + id
                            + "): " + e,
                    e);
        }
    }

    private Reader reader(String topic, int id) {
        if (registry == null) {
            throw new IllegalStateException("Not configured");
        }
        var written = registry.schema(id);
        GenericData data = GenericData.get();
        var expected = written;
        if (specific) {
            var type = generatedClass(topic, id, written);
            data = SpecificData.getForClass(type);
            expected = SpecificData.get().getSchema(type);
        }
        @SuppressWarnings("unchecked")
        DatumReader<Object> datumReader = data.createDatumReader(written, expected);
        return new Reader(written.getFullName(), datumReader);
    }

    private static Class<?> generatedClass(String topic, int id, Schema written) {
        @Nullable Class<?> type;
        try {
            type = written.getType() == Schema.Type.RECORD ? SpecificData.get().getClass(written) : null;
        } catch (SecurityException e) {
            throw new SerializationException("Avro does not trust the class " + written.getFullName(), e);
        }
        if (type == null || !SpecificRecord.class.isAssignableFrom(type)) {
            throw new SerializationException("No generated class for " + written.getFullName() + " (schema id " + id
                    + ", topic " + topic + ") on the class path");
        }
        return type;
    }

    private record Reader(String name, DatumReader<Object> datumReader) {}
}
