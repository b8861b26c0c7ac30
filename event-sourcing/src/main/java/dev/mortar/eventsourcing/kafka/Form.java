package dev.mortar.eventsourcing.kafka;

import java.nio.ByteBuffer;

/**
 * Converts the values under some keys of a {@link LocalStore} to bytes and back. Values are immutable, and writing and
 * reading a value gives an equal one, so a cache may keep either.
 */
interface Form<T> {

    byte[] write(T value);

    T read(byte[] bytes);

    /** False for rows that are only read in ranges, so caching their values would be useless. */
    default boolean isReadByKey() {
        return true;
    }

    /** A number as eight bytes. */
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

    /** Unchanged bytes. */
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
