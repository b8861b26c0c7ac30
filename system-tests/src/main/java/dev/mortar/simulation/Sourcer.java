package dev.mortar.simulation;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.order.SourcingRequested;
import dev.mortar.simulation.Clients.Request;
import dev.mortar.simulation.StockCopy.Copy;
import dev.mortar.simulation.StockCopy.Place;
import dev.mortar.values.LinePart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the runs of orders from a copy of the stock, which is often old. It has no rules: it draws one of the plans
 * that its copy allows, so that the decider meets many of them. Planning and sending are two steps, so that it can die
 * between them.
 */
final class Sourcer {
    /** They are in no topic, as the plans are drawn. */
    private static final String RULES = "drawn";

    private static final Caller CALLER = Caller.system("sourcer");
    private static final int OLD_COPY_ONE_IN = 2;
    private static final int TWO_SOURCERS_ONE_IN = 5;

    /** A run to answer. */
    private static final class Task {
        final SourcingRequested run;

        @Nullable
        Request answer;

        Task(SourcingRequested run) {
            this.run = run;
        }
    }

    /** The units that leave from one location. */
    private record Share(String locationId, List<LinePart> parts) {}

    /** A candidate, which promises no time. All locations are where the shopper is. */
    private record Candidate(
            String locationId,
            long distanceMetres,
            List<Figure> stock,
            Instant seenAt,
            @Nullable String failed,
            List<?> penalties,
            long score,
            String verdict) {}

    private record Figure(String sku, long available, long sequence) {}

    private final SimulatedKafka log;
    private final Deserializer<SpecificRecord> deserializer;
    private final Supplier<UUID> ids;
    private final BiConsumer<Request, RandomGenerator> send;
    private final StockCopy stock;
    private final long[] positions;
    private final long[] committed;
    private final List<Task> tasks = new ArrayList<>();

    Sourcer(
            SimulatedKafka log,
            Deserializer<SpecificRecord> deserializer,
            Supplier<UUID> ids,
            BiConsumer<Request, RandomGenerator> send) {
        this.log = log;
        this.deserializer = deserializer;
        this.ids = ids;
        this.send = send;
        stock = new StockCopy(log, deserializer);
        positions = new long[log.partitions()];
        committed = new long[log.partitions()];
    }

    boolean hasWork() {
        return !tasks.isEmpty() || stock.isBehind() || next() != null;
    }

    /** Reads an event of an order or the news of the stock, or goes one step on with a run. */
    void step(RandomGenerator random) {
        Entry next = next();
        if (stock.isBehind() && (random.nextBoolean() || next == null && tasks.isEmpty())) {
            stock.catchUp();
        } else if (next != null && (random.nextBoolean() || tasks.isEmpty())) {
            hear(next, random);
        } else if (!tasks.isEmpty()) {
            goOn(tasks.get(random.nextInt(tasks.size())), random);
        }
        if (tasks.isEmpty() && random.nextInt(4) == 0) {
            System.arraycopy(positions, 0, committed, 0, positions.length);
        }
    }

    private @Nullable Entry next() {
        return IntStream.range(0, positions.length)
                .mapToObj(partition -> log.committed("order.events", partition, positions[partition]))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private void hear(Entry entry, RandomGenerator random) {
        positions[entry.partition()] = entry.offset() + 1;
        if (deserializer.deserialize(entry.topic(), entry.value()) instanceof SourcingRequested run) {
            tasks.add(new Task(run));
            if (random.nextInt(TWO_SOURCERS_ONE_IN) == 0) {
                // Another sourcer has heard of it too, and may answer differently.
                tasks.add(new Task(run));
            }
        }
    }

    private void goOn(Task task, RandomGenerator random) {
        if (task.answer == null) {
            task.answer = answer(task.run, random);
        } else {
            send.accept(task.answer, random);
            tasks.remove(task);
        }
    }

    /** Dies with its plans, and hears of those runs again; false if it has none. */
    boolean crash() {
        boolean planned = tasks.stream().anyMatch(task -> task.answer != null);
        tasks.clear();
        System.arraycopy(committed, 0, positions, 0, positions.length);
        return planned;
    }

    /** Dies, and hears of all runs again. */
    void reset() {
        Arrays.fill(committed, 0);
        crash();
    }

    private Request answer(SourcingRequested run, RandomGenerator random) {
        Copy copy = random.nextInt(OLD_COPY_ONE_IN) == 0 ? stock.old(random) : stock.newest();
        List<Share> shares = draw(run, copy, random);
        if (shares.isEmpty()) {
            // Only a copy that has read the whole log can tell that no locations have the units.
            copy = stock.catchUp();
            shares = draw(run, copy, random);
        }
        List<String> chosen = shares.stream().map(Share::locationId).toList();
        List<Candidate> candidates = copy.places().entrySet().stream()
                .map(each -> candidate(run, each.getKey(), each.getValue(), chosen))
                .toList();
        List<Map<String, ?>> leftOut = candidates.stream()
                .filter(each -> each.failed() != null)
                .collect(Collectors.groupingBy(Candidate::failed, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .<Map<String, ?>>map(each -> Map.of("fence", each.getKey(), "locations", each.getValue()))
                .toList();
        EventMeta cause = run.getMeta();
        CommandRequest head = new CommandRequest(
                ids.get(), CALLER, cause.getCorrelationId(), null, null, Duration.ZERO, null, cause.getEventId());
        return new Request("sourcer answers " + run.getRunId() + " " + chosen, "order", "DecideSourcing", head)
                .with("orderId", run.getOrderId(), "runId", run.getRunId(), "copyAsOf", copy.asOf())
                .with("rulesId", RULES, "rulesRevision", 1, "score", 0)
                .with("shares", shares, "candidates", candidates, "leftOut", leftOut);
    }

    private static Candidate candidate(SourcingRequested run, String locationId, Place place, List<String> chosen) {
        String failed = failed(run, locationId, place);
        List<Figure> figures = skus(run).stream()
                .filter(sku -> place.available(sku) > 0)
                .map(sku -> new Figure(sku, place.available(sku), place.sequence(sku)))
                .toList();
        String verdict = failed != null ? "FENCED" : chosen.contains(locationId) ? "CHOSEN" : "OUTRANKED";
        return new Candidate(locationId, 0, figures, place.seenAt(), failed, List.of(), 0, verdict);
    }

    private static @Nullable String failed(SourcingRequested run, String locationId, Place place) {
        if (run.getExcluded().contains(locationId)) {
            return "EXCLUDED";
        }
        return skus(run).stream().allMatch(sku -> place.available(sku) == 0) ? "STOCK" : null;
    }

    private static List<String> skus(SourcingRequested run) {
        return run.getParts().stream().map(part -> part.getSku()).distinct().toList();
    }

    /** Some locations that have all units together, with their units; empty if there are none. */
    private static List<Share> draw(SourcingRequested run, Copy copy, RandomGenerator random) {
        List<String> passed = copy.places().keySet().stream()
                .filter(id -> failed(run, id, place(copy, id)) == null)
                .toList();
        List<Integer> sets = new ArrayList<>(IntStream.range(1, 1 << passed.size())
                .filter(set -> Integer.bitCount(set) <= run.getSplitMax())
                .boxed()
                .toList());
        Collections.shuffle(sets, new Random(random.nextLong()));
        return sets.stream()
                .map(set -> IntStream.range(0, passed.size())
                        .filter(i -> (set >> i & 1) == 1)
                        .mapToObj(passed::get)
                        .toList())
                .map(locations -> shares(run, locations, copy))
                .filter(shares -> !shares.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static Place place(Copy copy, String locationId) {
        return Objects.requireNonNull(copy.places().get(locationId), locationId);
    }

    /** Each unit leaves from the first of the locations that has it; empty if they do not have all. */
    private static List<Share> shares(SourcingRequested run, List<String> locations, Copy copy) {
        Map<String, Long> taken = new HashMap<>();
        Map<String, List<LinePart>> parts = new TreeMap<>();
        for (var part : run.getParts()) {
            long next = part.getFirstUnit();
            long end = next + part.getQuantity();
            for (String id : locations) {
                String key = id + "|" + part.getSku();
                long left = place(copy, id).available(part.getSku()) - taken.getOrDefault(key, 0L);
                long units = Math.min(end - next, left);
                if (units > 0) {
                    taken.merge(key, units, Long::sum);
                    parts.computeIfAbsent(id, _ -> new ArrayList<>())
                            .add(new LinePart(part.getLineId(), part.getSku(), units, next));
                    next += units;
                }
            }
            if (next < end) {
                return List.of();
            }
        }
        return parts.entrySet().stream()
                .map(each -> new Share(each.getKey(), each.getValue()))
                .toList();
    }
}
