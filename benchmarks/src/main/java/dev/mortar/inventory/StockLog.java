package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.LogFile;
import dev.mortar.values.FulfilmentMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Inventory's log as orders leave it: reservations of three lines, of which each is confirmed and then committed, or
 * released in one of four cases.
 */
public final class StockLog {
    private static final int PARTITIONS = 2;
    private static final int STORES = 4;
    private static final int SKUS = 10_000;
    private static final int LINES = 3;
    private static final int RECEIPT_LINES = 500;
    private static final int BATCH = 50;
    private static final long UNITS = 1_000_000;
    private static final Instant EXPIRES = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant MOVED = Instant.parse("2027-01-01T00:00:00Z");

    private final LogFile<InventoryCommand, Stock, StockEntry, InventoryEvent> log;
    private final int partition;
    private final Random random;
    private int orders;

    private StockLog(LogFile<InventoryCommand, Stock, StockEntry, InventoryEvent> log, int partition, Random random) {
        this.log = log;
        this.partition = partition;
        this.random = random;
    }

    /** Writes the two partitions of a log; the first transaction of each is the stock of its stores. */
    public static void write(Path folder, int atLeast, long seed) throws IOException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            write(file(folder, partition), partition, atLeast / PARTITIONS, new Random(seed + partition));
        }
    }

    private static Path file(Path folder, int partition) {
        return folder.resolve("partition-" + partition);
    }

    private static void write(Path file, int partition, int atLeast, Random random) throws IOException {
        try (var log = new LogFile<>(InventoryDefinition.definition(), file)) {
            var stock = new StockLog(log, partition, random);
            stock.receive();
            int events = 0;
            while (events < atLeast) {
                events += stock.reserveAndEnd();
            }
        }
    }

    /** Folds a log that {@link #write} wrote. */
    public static Map<String, Double> fold(Path folder, Path directory) throws IOException {
        List<Path> files = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> file(folder, partition))
                .toList();
        return LogFile.fold(InventoryDefinition.definition(), files, directory);
    }

    private void receive() throws IOException {
        List<InventoryCommand> commands = new ArrayList<>();
        for (int store = partition; store < STORES; store += PARTITIONS) {
            commands.add(new InventoryCommand.RegisterLocation(new StockEntry.Location(
                    store(store),
                    store(store),
                    LocationType.STORE,
                    50,
                    10,
                    "Europe/Riga",
                    List.of(),
                    List.of(),
                    Offer.DEFAULT)));
            for (int sku = 0; sku < SKUS; sku += RECEIPT_LINES) {
                List<SkuQuantity> lines = IntStream.range(sku, sku + RECEIPT_LINES)
                        .mapToObj(each -> SkuQuantity.each(sku(each), UNITS))
                        .toList();
                commands.add(new InventoryCommand.ReceiveStock(store(store), "receipt-" + sku, null, lines));
            }
        }
        log.decide(commands);
    }

    private int reserveAndEnd() throws IOException {
        List<InventoryCommand.ReserveStock> reserved =
                IntStream.range(orders, orders += BATCH).mapToObj(this::reserve).toList();
        List<InventoryCommand> confirmed = new ArrayList<>();
        List<InventoryCommand> ended = new ArrayList<>();
        for (var each : reserved) {
            confirmed.add(new InventoryCommand.ConfirmReservation(each.fulfilment(), each.channel(), each.lines()));
            ended.add(
                    random.nextInt(4) == 0
                            ? new InventoryCommand.ReleaseReservation(
                                    each.fulfilment(), InventoryEvent.ReleaseReason.values()[0])
                            : new InventoryCommand.CommitReservation(each.fulfilment(), MOVED, each.lines()));
        }
        return log.decide(reserved) + log.decide(confirmed) + log.decide(ended);
    }

    private InventoryCommand.ReserveStock reserve(int order) {
        List<SkuQuantity> lines = random.ints(0, SKUS)
                .distinct()
                .limit(LINES)
                .mapToObj(sku -> SkuQuantity.each(sku(sku), 1))
                .toList();
        String orderId = "order-" + order;
        String store = store(partition + PARTITIONS * order);
        return new InventoryCommand.ReserveStock(
                new Fulfilment(store, orderId + "-1", orderId),
                FulfilmentMethod.PICKUP,
                Channel.ONLINE,
                lines,
                null,
                EXPIRES,
                null);
    }

    private static String store(int number) {
        return "store-" + number % STORES;
    }

    private static String sku(int number) {
        return "article-%05d".formatted(number);
    }
}
