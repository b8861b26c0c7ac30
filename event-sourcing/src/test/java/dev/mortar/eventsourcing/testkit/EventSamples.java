package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Events as they lie in the log: written today, or approved once for a released version of their schema. */
public final class EventSamples {
    private static final Path RELEASED = Path.of("..", "schemas", "released");
    private static final Path APPROVED = Path.of("src", "test", "resources", "approved");

    private EventSamples() {}

    /** The record as another process gets it. */
    public static SpecificRecord overTheWire(SpecificRecord record) {
        try {
            var bytes = new ByteArrayOutputStream();
            write(record, EncoderFactory.get().binaryEncoder(bytes, null));
            return new SpecificDatumReader<SpecificRecord>(record.getSchema())
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The approved sample of the record's type, {@code approved/<name>.<version>.json}. It is read as what it was when
     * that version was released, so it keeps its meaning when a field is added. A run with
     * {@code -Dmortar.approve=true} writes the record as the sample of a version that has none yet; a person reads it
     * then.
     */
    public static SpecificRecord approved(SpecificRecord record, int version) {
        Schema schema = record.getSchema();
        Path sample = APPROVED.resolve(schema.getName() + "." + version + ".json");
        try {
            if (Boolean.getBoolean("mortar.approve") && Files.notExists(sample)) {
                var json = new ByteArrayOutputStream();
                write(record, EncoderFactory.get().jsonEncoder(schema, json, true));
                Files.createDirectories(APPROVED);
                Files.writeString(sample, json.toString(StandardCharsets.UTF_8) + "\n");
            }
            assertThat(sample)
                    .as("nothing approved yet; run with -Dmortar.approve=true and read it")
                    .exists();
            Schema released = released(schema, version);
            return new SpecificDatumReader<SpecificRecord>(released, schema)
                    .read(null, DecoderFactory.get().jsonDecoder(released, Files.readString(sample)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record as another process gets it from a writer that knows only a released version of its schema. */
    public static SpecificRecord writtenIn(int version, SpecificRecord record) {
        try {
            Schema schema = record.getSchema();
            Schema released = released(schema, version);
            var today = new ByteArrayOutputStream();
            write(record, EncoderFactory.get().binaryEncoder(today, null));
            GenericRecord asReleased = new GenericDatumReader<GenericRecord>(schema, released)
                    .read(null, DecoderFactory.get().binaryDecoder(today.toByteArray(), null));
            var bytes = new ByteArrayOutputStream();
            Encoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(released).write(asReleased, encoder);
            encoder.flush();
            return new SpecificDatumReader<SpecificRecord>(released, schema)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema released(Schema schema, int version) throws IOException {
        return new Schema.Parser()
                .parse(Files.readString(RELEASED.resolve(schema.getFullName()).resolve(version + ".avsc")));
    }

    private static void write(SpecificRecord record, Encoder encoder) throws IOException {
        new SpecificDatumWriter<SpecificRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
    }
}
