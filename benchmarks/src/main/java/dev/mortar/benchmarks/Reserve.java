package dev.mortar.benchmarks;

import dev.mortar.inventory.Reservations;
import dev.mortar.localstack.Part;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * How fast inventory-service drains commands to reserve three lines each, from the first committed event to the last.
 * Its instances are frozen while the commands are written, so that all of them lie there when it goes on.
 */
final class Reserve implements Subject {
    static final int COMMANDS = 40_000;
    private static final int LINES = 3;
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(5);
    private static final Duration EXPIRES_AFTER = Duration.ofDays(7);
    private static final long LOOK_NS = 1_000_000;

    private final String name;
    private final Rig rig;
    private final LogMeter meter;
    private final List<Part> instances;
    private final OrderShape.Demand demand;
    private final long seed;

    /**
     * Drains.
     *
     * @param instances of inventory-service that run
     * @param demand for what is reserved
     */
    Reserve(String name, Rig rig, LogMeter meter, List<Part> instances, OrderShape.Demand demand, long seed) {
        this.name = name;
        this.rig = rig;
        this.meter = meter;
        this.instances = List.copyOf(instances);
        this.demand = demand;
        this.seed = seed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void warmUp() throws InterruptedException {
        measure(0);
    }

    @Override
    public Round measure(int number) throws InterruptedException {
        meter.settle();
        long run = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        var firstNs = new AtomicLong();
        var lastNs = new AtomicLong();
        var reserved = new AtomicInteger();
        rig.watch().listen((type, ofRun, _, seenNs) -> {
            if (ofRun == run && type.equals("StockReserved")) {
                firstNs.compareAndSet(0, seenNs);
                lastNs.set(seenNs);
                reserved.incrementAndGet();
            }
        });
        instances.forEach(Part::freeze);
        write(run, new Random(seed + number));
        Machine.Sample before = Machine.sample(rig.pids());
        instances.forEach(Part::resume);
        long endNs = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (reserved.get() < COMMANDS && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        Machine.Use use = before.until(Machine.sample(rig.pids()));
        List<String> wrong = new ArrayList<>();
        if (reserved.get() < COMMANDS) {
            wrong.add("%d of %d reservations were made within %d s"
                    .formatted(reserved.get(), COMMANDS, DRAINED_WITHIN.toSeconds()));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("reservations/s of three lines", reserved.get() / ((lastNs.get() - firstNs.get()) / 1e9));
        return new Round(name, number, "reservation", reserved.get(), figures, Map.of(), null, use, wrong);
    }

    /** Writes them as inventory's process would, each caused by the next position of a topic that only grows. */
    private void write(long run, Random random) {
        List<String> stores = Retailer.stores();
        Instant expires = Instant.now().plus(EXPIRES_AFTER);
        try (Producer<String, byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                rig.stack().bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class))) {
            for (int i = 0; i < COMMANDS; i++) {
                List<String> skus = demand.basket(LINES, random);
                String store = stores.get(i % stores.size());
                String orderId = new UUID(run, i).toString();
                var record = new ProducerRecord<>(
                        "inventory.commands", store, Reservations.json(store, orderId, skus, expires));
                header(record.headers(), "command-id", UUID.randomUUID().toString());
                header(record.headers(), "actor", "SYSTEM inventory-process");
                header(record.headers(), "source", "%016x/%d/%d/0".formatted(run, i % stores.size(), i));
                header(record.headers(), "traceparent", EventWatch.traceparent(run, i));
                producer.send(record);
            }
        }
    }

    private static void header(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
