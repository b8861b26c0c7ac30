package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.AvroDeserializer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The fold of a service alone: the real follower folds the events of a {@link LogFile} into a store on disk, without a
 * broker and without a network.
 */
public final class Folding {

    static final Map<String, String> SERDE = Map.of(
            "schema.registry.url", "mock://bench",
            "specific.avro.reader", "true",
            "value.subject.name.strategy", "TopicRecordNameStrategy");
    private static final Duration REMEMBERED = Duration.ofHours(24);

    /** Nanoseconds by the method they were spent in. */
    private final Map<String, Long> spentNs = new HashMap<>();

    private Folding() {}

    /**
     * Folds a file into a store in a directory that does not exist yet.
     *
     * @return figures by name, of the events after the first transaction and without reading the file
     */
    public static <C, S, V, E> Map<String, Double> fold(
            ServiceDefinition<C, S, V, E> definition, Path file, Path directory) throws IOException {
        return new Folding().all(definition, file, directory);
    }

    private <C, S, V, E> Map<String, Double> all(ServiceDefinition<C, S, V, E> definition, Path file, Path directory)
            throws IOException {
        var avro = new AvroDeserializer<SpecificRecord>();
        avro.configure(SERDE, false);
        Deserializer<SpecificRecord> deserializer = (topic, bytes) -> {
            long beganNs = System.nanoTime();
            SpecificRecord event = avro.deserialize(topic, bytes);
            spent("deserialize", beganNs);
            return event;
        };
        try (var polls = new LogFile.Polls(definition.eventsTopic(), file);
                LocalStore rocks = new RocksLocalStore(directory)) {
            LocalStore store = timed(LocalStore.class, (method, arguments) -> method.invoke(rocks, arguments));
            @SuppressWarnings("unchecked") // A proxy knows no type arguments.
            Consumer<String, byte[]> consumer = timed(Consumer.class, (method, _) -> switch (method.getName()) {
                case "assign", "seek" -> null;
                case "beginningOffsets" -> Map.of();
                case "poll" -> polls.poll();
                default -> throw new UnsupportedOperationException(method.getName());
            });
            var fold = new Fold<>(definition, deserializer, REMEMBERED);
            var follower = new Follower<>(definition, "", 1, fold, store, consumer, new NobodyWaits());
            follower.start();
            follower.step(Duration.ZERO);
            spentNs.clear();
            long events = 0;
            long cpuNs = cpuNs();
            long compiledMs = compiledMs();
            long beganNs = System.nanoTime();
            for (int folded = follower.step(Duration.ZERO); folded > 0; folded = follower.step(Duration.ZERO)) {
                events += folded;
            }
            double foldNs = System.nanoTime() - beganNs - spentIn("poll");
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("events/s", events / foldNs * 1e9);
            figures.put("decoding Avro, %", 100 * spentIn("deserialize") / foldNs);
            figures.put("reading rows from the store, %", 100 * (spentIn("get") + spentIn("range")) / foldNs);
            figures.put("writing rows to the store, %", 100 * spentIn("write") / foldNs);
            double parts = spentIn("deserialize") + spentIn("get") + spentIn("range") + spentIn("write");
            figures.put("folding and all else, %", 100 * (foldNs - parts) / foldNs);
            figures.put("processor time, ms per 1,000 events", (cpuNs() - cpuNs) / 1e3 / events);
            figures.put("compilers, ms", (double) compiledMs() - compiledMs);
            return figures;
        }
    }

    private static final class NobodyWaits implements Follower.Told {
        @Override
        public void changed(String view, String storeKey) {}

        @Override
        public void answered(int partition, Answer answer) {}
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Object of(Method method, Object[] arguments) throws Throwable;
    }

    /** A proxy, so that a method more or less in the kit's interfaces is none of this class's business. */
    private <T> T timed(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                Folding.class.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    long beganNs = System.nanoTime();
                    try {
                        return call.of(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        spent(method.getName(), beganNs);
                    }
                }));
    }

    private void spent(String in, long beganNs) {
        spentNs.merge(in, System.nanoTime() - beganNs, Long::sum);
    }

    private double spentIn(String method) {
        return spentNs.getOrDefault(method, 0L);
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
