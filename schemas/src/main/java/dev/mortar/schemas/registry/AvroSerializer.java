package dev.mortar.schemas.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes Avro records, generated or generic, in {@link ConfluentFrame Confluent's wire format}. Thread-safe.
 *
 * <p>It asks the registry once for each topic and schema. It throws {@link SerializationException} for a record that
 * does not match its schema, and {@link RegistryException} if the registry does not return an id for the schema.
 */
public final class AvroSerializer<T extends IndexedRecord> implements Serializer<T> {
    /** A thread drops a larger buffer after use, so that one large record does not occupy memory for ever. */
    private static final int KEPT_BUFFER_MAX_BYTES = 64 * 1024;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    static {
        TrustedClasses.trust();
    }

    private final Map<TopicSchema, Writer> writers = new ConcurrentHashMap<>();
    private @Nullable Settings settings;

    @Override
    public void configure(Map<String, ?> config, boolean isKey) {
        if (isKey) {
            throw new ConfigException("Keys are text; this serializer writes values");
        }
        writers.clear();
        var parsed = new RegistryConfig(config);
        boolean registers = parsed.getBoolean(RegistryConfig.AUTO_REGISTER_SCHEMAS);
        settings = new Settings(RegistryClient.shared(parsed), parsed.strategy(), registers);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T record) {
        if (record == null) {
            return null;
        }
        var key = new TopicSchema(topic, record.getSchema());
        var writer = writers.get(key);
        if (writer == null) {
            writer = writer(topic, record);
            writers.put(key, writer);
        }
        var scratch = SCRATCH.get();
        try {
            var encoder = scratch.begin(writer.schemaId());
            writer.datumWriter().write(record, encoder);
            return scratch.end(encoder);
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "Record for topic " + topic + " does not match its schema "
                            + record.getSchema().getFullName() + ": " + e.getMessage(),
                    e);
        } finally {
            if (scratch.bytes.size() > KEPT_BUFFER_MAX_BYTES) {
                SCRATCH.remove();
            }
        }
    }

    private Writer writer(String topic, T record) {
        if (settings == null) {
            throw new IllegalStateException("Not configured");
        }
        var data = record instanceof SpecificRecordBase generated ? generated.getSpecificData() : GenericData.get();
        @SuppressWarnings("unchecked")
        DatumWriter<Object> datumWriter = data.createDatumWriter(record.getSchema());
        return new Writer(settings.schemaId(topic, record.getSchema()), datumWriter);
    }

    private record TopicSchema(String topic, Schema schema) {}

    private record Writer(int schemaId, DatumWriter<Object> datumWriter) {}

    private record Settings(RegistryClient registry, SubjectNameStrategy strategy, boolean registers) {
        int schemaId(String topic, Schema schema) {
            var subject = strategy.subject(topic, schema.getFullName());
            return registers
                    ? registry.register(subject, schema)
                    : registry.lookUp(subject, schema).id();
        }
    }

    private static final class Scratch {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        private @Nullable BinaryEncoder encoder;

        BinaryEncoder begin(int schemaId) {
            // The encoder may still have bytes of a failed record. It flushes them here, so the reset comes later.
            var ready = EncoderFactory.get().binaryEncoder(bytes, encoder);
            encoder = ready;
            bytes.reset();
            ConfluentFrame.writeHeader(bytes, schemaId);
            return ready;
        }

        byte[] end(BinaryEncoder ready) throws IOException {
            ready.flush();
            return bytes.toByteArray();
        }
    }
}
