package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import java.nio.ByteBuffer;

/** The place of an event in its topic, as stored in the row of a view of events. */
record EventPlace(int partition, long offset) {
    static EventPlace of(Recorded<?> event) {
        return new EventPlace(event.partition(), event.offset());
    }

    static EventPlace read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new EventPlace(buffer.getInt(), buffer.getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(partition)
                .putLong(offset)
                .array();
    }
}
