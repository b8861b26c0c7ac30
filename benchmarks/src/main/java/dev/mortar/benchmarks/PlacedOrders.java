package dev.mortar.benchmarks;

import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.localstack.Stack;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.registry.AvroSerializer;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.SubjectNameStrategy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Orders as order-service would have written them, where none runs: numbered and placed without gaps, so that the audit
 * finds the cause of whatever follows from them.
 */
final class PlacedOrders implements AutoCloseable {
    private static final String TOPIC = "order.events";
    /** Long enough that nobody is late while the measurement lasts. */
    private static final Duration DECIDED_WITHIN = Duration.ofDays(7);

    private static final Money PRICE = new Money(1_299L, "EUR");
    private static final Actor SHOPPER =
            Actor.newBuilder().setType(ActorType.SHOPPER).setId("benchmark").build();
    private static final Money NOTHING = new Money(0L, "EUR");

    private final Producer<String, byte[]> producer;
    private final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    private final int partitions;
    private final Map<Integer, Long> positions = new HashMap<>();

    PlacedOrders(Stack stack) {
        Map<String, Object> settings = new HashMap<>(stack.client());
        settings.put("linger.ms", 5);
        settings.put(RegistryConfig.SCHEMA_REGISTRY_URL, stack.schemaRegistryUrl());
        settings.put(RegistryConfig.AUTO_REGISTER_SCHEMAS, false);
        settings.put(RegistryConfig.VALUE_SUBJECT_NAME_STRATEGY, SubjectNameStrategy.TopicRecordNameStrategy.name());
        serializer.configure(settings, false);
        producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        partitions = producer.partitionsFor(TOPIC).size();
    }

    /** Appends an order of one unit of each SKU, for pickup at a location. */
    void place(String orderId, String locationId, List<String> skus, String traceparent) {
        int partition = Utils.toPositive(Utils.murmur2(orderId.getBytes(StandardCharsets.UTF_8))) % partitions;
        long position = positions.merge(partition, 1L, Long::sum);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        UUID commandId = UUID.randomUUID();
        List<OrderLine> lines = new ArrayList<>();
        for (String sku : skus) {
            lines.add(OrderLine.newBuilder()
                    .setLineId(Integer.toString(lines.size() + 1))
                    .setSku(sku)
                    .setQuantity(1)
                    .setUnit(Unit.EACH)
                    .setUnitPrice(PRICE)
                    .setDiscount(NOTHING)
                    .setTax(NOTHING)
                    .build());
        }
        var event = OrderPlaced.newBuilder()
                .setMeta(EventMeta.newBuilder()
                        .setEventId(NameBasedId.of(commandId, "0"))
                        .setIndex(0)
                        .setCount(1)
                        .setSequence(1)
                        .setPosition(position)
                        .setOccurredAt(now)
                        .setRecordedAt(now)
                        .setCommandId(commandId)
                        .setCorrelationId(orderId)
                        .setActor(SHOPPER)
                        .build())
                .setOrderId(orderId)
                .setChannel(Channel.ONLINE)
                .setCustomerId("benchmark")
                .setAcceptance(Acceptance.WHOLE)
                .setLines(lines)
                .setFulfilments(List.of(Fulfilment.newBuilder()
                        .setFulfilmentId(orderId + "-1")
                        .setMethod(FulfilmentMethod.PICKUP)
                        .setLocationId(locationId)
                        .setLineIds(lines.stream().map(OrderLine::getLineId).toList())
                        .build()))
                .setTotal(new Money(PRICE.getAmount() * lines.size(), PRICE.getCurrency()))
                .setDecideBy(now.plus(DECIDED_WITHIN))
                .build();
        var record =
                new ProducerRecord<>(TOPIC, partition, now.toEpochMilli(), orderId, serializer.serialize(TOPIC, event));
        Map<String, Object> headers = new HashMap<>(Map.of("ce_specversion", "1.0", "ce_time", now));
        headers.putAll(Map.of("content-type", "application/avro", "ce_source", "/mortar/order-service"));
        headers.putAll(Map.of("ce_subject", orderId, "traceparent", traceparent));
        headers.put("ce_id", event.getMeta().getEventId());
        headers.put("ce_type", event.getSchema().getFullName());
        headers.forEach(
                (name, value) -> record.headers().add(name, value.toString().getBytes(StandardCharsets.UTF_8)));
        producer.send(record);
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
