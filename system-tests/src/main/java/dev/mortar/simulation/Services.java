package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.SimulatedService;
import dev.mortar.inventory.InventoryDefinition;
import dev.mortar.notification.NotificationDefinition;
import dev.mortar.order.OrderDefinition;
import dev.mortar.pickup.PickupDefinition;
import dev.mortar.returns.ReturnsDefinition;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** The five services as they are, with serializers over a registry in memory; made once, as it takes long. */
final class Services {
    private static final Duration RETURN_WINDOW = Duration.ofHours(1);

    static final Services ALL = new Services();

    final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    final AvroDeserializer<SpecificRecord> deserializer = new AvroDeserializer<>();

    /** Counts nothing: it has nowhere to count to. */
    final MeterRegistry meters = new CompositeMeterRegistry();

    final List<ServiceDefinition<?, ?, ?, ?>> definitions = List.of(
            OrderDefinition.definition(),
            InventoryDefinition.definition(),
            PickupDefinition.definition(),
            ReturnsDefinition.definition(RETURN_WINDOW),
            NotificationDefinition.definition());

    private Services() {
        Map<String, String> settings = Map.of(
                "schema.registry.url", "mock://simulation",
                "value.subject.name.strategy", "TopicRecordNameStrategy",
                "specific.avro.reader", "true");
        serializer.configure(settings, false);
        deserializer.configure(settings, false);
        // In a fixed order, so that a schema has the same id in every run, whichever seed comes first.
        definitions.forEach(definition -> SimulatedService.registerSchemas(definition, serializer));
    }
}
