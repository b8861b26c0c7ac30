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
     * How long it took to fold a log once. The parts are of {@code foldNs}; the rest is the fold's own.
     *
     * @param events after the first transaction
     * @param foldNs without reading the file
     * @param decodeNs from bytes to Avro records
     * @param readNs rows from the store
     * @param writeNs rows to the store
     * @param cpuNs of all threads of the process
     * @param compileMs of the compilers
     */
    public record Took(
            long events, long foldNs, long decodeNs, long readNs, long writeNs, long cpuNs, long compileMs) {}

    /** Folds a file into a store in a directory that does not exist yet. */
    public static <C, S, V, E> Took fold(ServiceDefinition<C, S, V, E> definition, Path file, Path directory)
            throws IOException {
        return new Folding().all(definition, file, directory);
    }

    private <C, S, V, E> Took all(ServiceDefinition<C, S, V, E> definition, Path file, Path directory)
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
            return new Took(
                    events,
                    System.nanoTime() - beganNs - spentIn("poll"),
                    spentIn("deserialize"),
                    spentIn("get") + spentIn("range"),
                    spentIn("write"),
                    cpuNs() - cpuNs,
                    compiledMs() - compiledMs);
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

    private long spentIn(String method) {
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
