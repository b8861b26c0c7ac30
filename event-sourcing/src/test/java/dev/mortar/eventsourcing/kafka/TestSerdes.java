package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Serializers and deserializers over the registry in memory with this name. */
final class TestSerdes {
    private TestSerdes() {}

    static AvroSerializer<SpecificRecord> events(String registry) {
        return serializer(registry, "TopicRecordNameStrategy");
    }

    static AvroSerializer<SpecificRecord> states(String registry) {
        return serializer(registry, "TopicNameStrategy");
    }

    private static AvroSerializer<SpecificRecord> serializer(String registry, String strategy) {
        var serializer = new AvroSerializer<SpecificRecord>();
        String url = "mock://" + registry;
        serializer.configure(Map.of("schema.registry.url", url, "value.subject.name.strategy", strategy), false);
        return serializer;
    }

    static AvroDeserializer<SpecificRecord> deserializer(String registry) {
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(
                Map.of("schema.registry.url", "mock://" + registry, "specific.avro.reader", true), false);
        return deserializer;
    }
}
