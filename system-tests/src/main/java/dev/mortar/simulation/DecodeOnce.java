package dev.mortar.simulation;

import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads each event of a run once: all its readers get the same bytes, and none of them changes a record. */
final class DecodeOnce implements Deserializer<SpecificRecord> {
    private final Deserializer<SpecificRecord> deserializer;
    private final Map<byte[], @Nullable SpecificRecord> known = new IdentityHashMap<>();

    DecodeOnce(Deserializer<SpecificRecord> deserializer) {
        this.deserializer = deserializer;
    }

    @Override
    public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        SpecificRecord record = known.get(bytes);
        if (record == null) {
            record = deserializer.deserialize(topic, bytes);
            known.put(bytes, record);
        }
        return record;
    }
}
