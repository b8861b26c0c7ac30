package dev.mortar.eventsourcing.kafka;

import java.nio.ByteBuffer;

/**
 * How the values under some keys of a {@link LocalStore} become bytes. A value is immutable and equal to the value that
 * its bytes are read into, so either may stand for the other.
 */
interface Form<T> {

    byte[] write(T value);

    T read(byte[] bytes);

    /** False for rows that are read in ranges only: keeping their values in memory would help nobody. */
    default boolean isReadByKey() {
        return true;
    }

    /** A number in eight bytes. */
    Form<Long> NUMBER = new Form<>() {
        @Override
        public byte[] write(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long read(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    };

    /** Bytes as they are. */
    Form<byte[]> BYTES = new Form<>() {
        @Override
        public byte[] write(byte[] value) {
            return value;
        }

        @Override
        public byte[] read(byte[] bytes) {
            return bytes;
        }

        @Override
        public boolean isReadByKey() {
            return false;
        }
    };

    /** A value as JSON. */
    record OfJson<T>(Class<T> type) implements Form<T> {
        @Override
        public byte[] write(T value) {
            return Json.write(type, value);
        }

        @Override
        public T read(byte[] bytes) {
            return Json.read(bytes, type);
        }
    }
}
