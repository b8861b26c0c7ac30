package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.LogInMemory;
import dev.mortar.eventsourcing.kafka.LogInMemory.Took;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Inventory's log as orders leave it: reservations of three lines, of which each is confirmed and then committed or
 * released.
 */
public final class StockLog implements AutoCloseable {

    private static final int STORES = 4;
    private static final int SKUS = 10_000;
    private static final int LINES = 3;
    private static final int RECEIPT_LINES = 500;
    private static final int BATCH = 500;
    private static final long UNITS = 1_000_000;
    private static final Instant EXPIRES = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant MOVED = Instant.parse("2027-01-01T00:00:00Z");

    private final LogInMemory<InventoryCommand, Stock, StockEntry, InventoryEvent> log;
    private final Random random;
    private final int stocked;
    private int orders;

    /** A log that begins with the stock of four stores. */
    public StockLog(Path directory, long seed) {
        log = new LogInMemory<>(InventoryDefinition.definition(), directory);
        random = new Random(seed);
        for (int store = 0; store < STORES; store++) {
            log.decide(List.of(new InventoryCommand.RegisterLocation(
                    store(store), store(store), LocationType.STORE, 50, 10, "Europe/Riga", List.of(), List.of())));
            for (int sku = 0; sku < SKUS; sku += RECEIPT_LINES) {
                List<SkuQuantity> lines = IntStream.range(sku, sku + RECEIPT_LINES)
                        .mapToObj(each -> SkuQuantity.each(sku(each), UNITS))
                        .toList();
                log.decide(List.of(new InventoryCommand.ReceiveStock(store(store), "receipt-" + sku, null, lines)));
            }
        }
        stocked = log.polls();
    }

    /** Decides a batch of reservations. */
    public Took reserve() {
        return log.decide(IntStream.range(orders, orders += BATCH)
                .<InventoryCommand>mapToObj(this::reserve)
                .toList());
    }

    private InventoryCommand reserve(int order) {
        List<SkuQuantity> lines = random.ints(0, SKUS)
                .distinct()
                .limit(LINES)
                .mapToObj(sku -> SkuQuantity.each(sku(sku), 1))
                .toList();
        return new InventoryCommand.ReserveStock(
                store(order), "order-" + order + "-1", "order-" + order, Channel.ONLINE, lines, null, EXPIRES);
    }

    /** Decides a batch of reservations to its end: confirmed, then one in four released and the others committed. */
    public void reserveAndEnd() {
        List<InventoryCommand.ReserveStock> reserved = IntStream.range(orders, orders += BATCH)
                .mapToObj(order -> (InventoryCommand.ReserveStock) reserve(order))
                .toList();
        log.decide(List.copyOf(reserved));
        List<InventoryCommand> confirmed = new ArrayList<>();
        List<InventoryCommand> ended = new ArrayList<>();
        for (var each : reserved) {
            confirmed.add(new InventoryCommand.ConfirmReservation(
                    each.locationId(), each.reservationId(), each.orderId(), each.channel(), each.lines()));
            ended.add(
                    random.nextInt(4) == 0
                            ? new InventoryCommand.ReleaseReservation(
                                    each.locationId(),
                                    each.reservationId(),
                                    each.orderId(),
                                    InventoryEvent.ReleaseReason.values()[0])
                            : new InventoryCommand.CommitReservation(
                                    each.locationId(), each.reservationId(), each.orderId(), MOVED, each.lines()));
        }
        log.decide(confirmed);
        log.decide(ended);
    }

    /** Folds all but the stock it begins with. */
    public Took foldAfresh(Path directory) {
        return log.foldAfresh(directory, stocked);
    }

    @Override
    public void close() {
        log.close();
    }

    private static String store(int number) {
        return "store-" + number % STORES;
    }

    private static String sku(int number) {
        return "article-%05d".formatted(number);
    }
}
