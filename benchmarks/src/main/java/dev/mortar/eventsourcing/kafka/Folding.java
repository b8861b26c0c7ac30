package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.AvroDeserializer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * The fold of a service alone: the real follower folds the events of {@link LogFile}s into a store on disk, without a
 * broker and without a network.
 */
public final class Folding {
    static final Map<String, String> SERDE = Map.of(
            "schema.registry.url", "mock://bench",
            "specific.avro.reader", "true",
            "value.subject.name.strategy", "TopicRecordNameStrategy");
    private static final Duration REMEMBERED = Duration.ofHours(24);

    private Folding() {}

    /**
     * Folds files, each a partition of the events, into a store in a new directory. The figures leave out the first
     * transactions and the reading of the files.
     */
    public static <C, S, V, E> Map<String, Double> fold(
            ServiceDefinition<C, S, V, E> definition, List<Path> files, Path directory) throws IOException {
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(SERDE, false);
        var polledNs = new AtomicLong();
        try (var polls = new LogFile.Polls(definition.eventsTopic(), files);
                LocalStore store = new RocksLocalStore(directory)) {
            var fold = new Fold<>(definition, deserializer, REMEMBERED);
            var follower = new Follower<>(
                    definition, "", files.size(), fold, store, consumer(polls, polledNs), new Follower.Listener() {});
            follower.start();
            follower.step(Duration.ZERO);
            polledNs.set(0);
            long events = 0;
            long cpuNs = cpuNs();
            long compiledMs = compiledMs();
            long beganNs = System.nanoTime();
            for (int folded = follower.step(Duration.ZERO); folded > 0; folded = follower.step(Duration.ZERO)) {
                events += folded;
            }
            double foldNs = System.nanoTime() - beganNs - polledNs.get();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("events/s", events / foldNs * 1e9);
            figures.put("processor time, ms per 1,000 events", (cpuNs() - cpuNs) / 1e3 / events);
            figures.put("compilers, ms", (double) compiledMs() - compiledMs);
            return figures;
        }
    }

    @SuppressWarnings("unchecked") // A proxy knows no type arguments.
    private static Consumer<String, byte[]> consumer(LogFile.Polls polls, AtomicLong polledNs) {
        return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                Folding.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (_, method, _) -> switch (method.getName()) {
                    case "assign", "seek" -> null;
                    case "beginningOffsets" -> Map.of();
                    case "poll" -> {
                        long beganNs = System.nanoTime();
                        var polled = polls.poll();
                        polledNs.addAndGet(System.nanoTime() - beganNs);
                        yield polled;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static long cpuNs() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private static long compiledMs() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }
}
