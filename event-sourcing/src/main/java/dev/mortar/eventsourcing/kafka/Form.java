package dev.mortar.eventsourcing.kafka;

import java.nio.ByteBuffer;
import java.util.function.Function;

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

    Form<Long> NUMBER = of(
            value -> ByteBuffer.allocate(Long.BYTES).putLong(value).array(),
            bytes -> ByteBuffer.wrap(bytes).getLong());

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

    static <T> Form<T> of(Function<T, byte[]> writing, Function<byte[], T> reading) {
        return new Form<>() {
            @Override
            public byte[] write(T value) {
                return writing.apply(value);
            }

            @Override
            public T read(byte[] bytes) {
                return reading.apply(bytes);
            }
        };
    }
}
