package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Copies of the stock of all locations, read from the events of inventory-service; the old ones are kept. */
final class StockCopy {
    private static final String TOPIC = "inventory.events";
    private static final int AGE_MAX = 6;

    /**
     * Units of a SKU that online channels can buy.
     *
     * @param unit the one in which the location keeps the SKU
     * @param sequence of the location's event after which it had them
     */
    record Stock(Unit unit, long available, long sequence) {}

    /** A location with its stock by SKU and the time of its newest event. */
    record Place(Instant seenAt, Map<String, Stock> stock) {
        long available(String sku) {
            Stock known = stock.get(sku);
            return known == null ? 0 : known.available();
        }

        long sequence(String sku) {
            return Objects.requireNonNull(stock.get(sku), sku).sequence();
        }
    }

    /** All locations, by id. It has everything that could be read at this time. */
    record Copy(Instant asOf, Map<String, Place> places) {}

    private final SimulatedKafka log;
    private final Deserializer<SpecificRecord> deserializer;
    private final long[] positions;
    private final List<Copy> copies = new ArrayList<>();

    StockCopy(SimulatedKafka log, Deserializer<SpecificRecord> deserializer) {
        this.log = log;
        this.deserializer = deserializer;
        positions = new long[log.partitions()];
        copies.add(new Copy(now(), Map.of()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(log.nowMs());
    }

    boolean isBehind() {
        for (int partition = 0; partition < positions.length; partition++) {
            if (log.committed(TOPIC, partition, positions[partition]) != null) {
                return true;
            }
        }
        return false;
    }

    Copy newest() {
        return copies.getLast();
    }

    /** The newest copy or one of those before it. */
    Copy old(RandomGenerator random) {
        return copies.get(copies.size() - 1 - random.nextInt(Math.min(AGE_MAX, copies.size())));
    }

    /** Reads everything that can be read. */
    Copy catchUp() {
        Map<String, Place> places = new TreeMap<>(newest().places());
        for (int partition = 0; partition < positions.length; partition++) {
            for (Entry entry = log.committed(TOPIC, partition, positions[partition]);
                    entry != null;
                    entry = log.committed(TOPIC, partition, positions[partition])) {
                positions[partition] = entry.offset() + 1;
                SpecificRecord event = Objects.requireNonNull(deserializer.deserialize(TOPIC, entry.value()));
                places.compute(String.valueOf(entry.key()), (_, before) -> after(before, event));
            }
        }
        copies.add(new Copy(now(), places));
        return newest();
    }

    private static Place after(@Nullable Place before, SpecificRecord event) {
        EventMeta meta = (EventMeta) event.get(0);
        Map<String, Stock> stock = new TreeMap<>(before == null ? Map.of() : before.stock());
        Schema.Field changes = event.getSchema().getField("changes");
        for (Object changed : changes == null ? List.of() : (List<?>) event.get(changes.pos())) {
            StockChange change = (StockChange) changed;
            Stock old = stock.get(change.getSku());
            // Stock in a unit in which the location does not keep the SKU cannot be ordered.
            if (old == null || old.unit() == change.getUnit()) {
                stock.put(
                        change.getSku(), new Stock(change.getUnit(), available(change.getAfter()), meta.getSequence()));
            }
        }
        return new Place(meta.getRecordedAt(), stock);
    }

    private static long available(Quantities after) {
        return Math.max(0, after.getOnHand() - after.getCommitted() - after.getHeld() - after.getSafetyStock());
    }
}
