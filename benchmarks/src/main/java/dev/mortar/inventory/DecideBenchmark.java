package dev.mortar.inventory;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Inventory's decider alone, with no store and no Kafka under it: of twenty three-line reservations eighteen are
 * accepted, one is refused and one is a repeat; what is accepted is folded as well.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DecideBenchmark {
    private static final String HERE = "store-1";
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant EXPIRES = NOW.plusSeconds(900);
    private static final int SKUS = 2_000;
    private static final int COMMANDS = 1 << 10;
    private static final int MIX = 20;
    private static final long UNITS = 1_000_000;

    private final InventoryDecider decider = new InventoryDecider();
    private final Map<String, StockEntry> store = new HashMap<>();
    private final List<InventoryCommand> commands = new ArrayList<>();
    private int next;

    public DecideBenchmark() {
        book(new InventoryCommand.RegisterLocation(
                HERE, HERE, LocationType.STORE, 50, 10, "Europe/Riga", List.of(), List.of()));
        List<SkuQuantity> goods = new ArrayList<>();
        for (int sku = 0; sku < SKUS; sku++) {
            goods.add(SkuQuantity.each(sku(sku), UNITS));
        }
        book(new InventoryCommand.ReceiveStock(HERE, "receipt", null, goods));
        for (int i = 0; i < COMMANDS; i++) {
            String last = i % MIX == 0 ? "sold out" : sku(i * 3 + 2);
            var reserve = new InventoryCommand.ReserveStock(
                    HERE,
                    "order-" + i + "-1",
                    "order-" + i,
                    Channel.ONLINE,
                    Stream.of(sku(i * 3), sku(i * 3 + 1), last)
                            .map(sku -> SkuQuantity.each(sku, 1))
                            .toList(),
                    null,
                    EXPIRES);
            commands.add(reserve);
            if (i % MIX == 1) {
                book(reserve);
            }
        }
    }

    /** Decides one command and folds what it brings about. */
    @Benchmark
    public void decide(Blackhole seen) {
        var stock = new Stock(HERE, WorkingSet.over(store::get));
        Decision<InventoryEvent> decision = decider.decide(stock, commands.get(next++ & (COMMANDS - 1)), NOW);
        if (decision instanceof Decision.Accepted<InventoryEvent>(var events)) {
            for (InventoryEvent event : events) {
                stock = decider.evolve(stock, event);
            }
        }
        seen.consume(decision);
        seen.consume(stock);
    }

    private void book(InventoryCommand command) {
        var stock = new Stock(HERE, WorkingSet.over(store::get));
        if (decider.decide(stock, command, NOW) instanceof Decision.Accepted<InventoryEvent>(var events)) {
            for (InventoryEvent event : events) {
                stock = decider.evolve(stock, event);
            }
        }
        stock.entries().changes().forEach((key, entry) -> {
            if (entry != null) {
                store.put(key, entry);
            }
        });
    }

    private static String sku(int number) {
        return "article-%05d".formatted(number % SKUS);
    }
}
