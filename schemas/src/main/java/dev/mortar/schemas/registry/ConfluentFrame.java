package dev.mortar.schemas.registry;

import java.io.ByteArrayOutputStream;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent's wire format: the magic byte 0, the id of the writer's schema in four bytes (big-endian), then Avro
 * binary.
 */
public final class ConfluentFrame {
    /** Bytes before the Avro data. */
    public static final int HEADER_BYTES = 5;

    private static final byte MAGIC = 0;

    private ConfluentFrame() {}

    /**
     * The id of the writer's schema of framed bytes.
     *
     * @throws NotFramed when the bytes do not begin with the frame's header
     */
    public static int schemaId(byte[] framed) {
        if (framed.length < HEADER_BYTES) {
            throw new NotFramed(
                    "Not in Confluent's wire format: " + framed.length + " bytes, but the header has " + HEADER_BYTES);
        }
        if (framed[0] != MAGIC) {
            throw new NotFramed("Not in Confluent's wire format: the first byte is " + framed[0] + " instead of the"
                    + " magic byte " + MAGIC);
        }
        return (framed[1] & 0xff) << 24 | (framed[2] & 0xff) << 16 | (framed[3] & 0xff) << 8 | (framed[4] & 0xff);
    }

    static void writeHeader(ByteArrayOutputStream out, int schemaId) {
        out.write(MAGIC);
        out.write(schemaId >>> 24);
        out.write(schemaId >>> 16);
        out.write(schemaId >>> 8);
        out.write(schemaId);
    }

    /** The bytes do not come from a serializer with this format. */
    public static final class NotFramed extends SerializationException {
        NotFramed(String message) {
            super(message);
        }
    }
}
