package dev.mortar.eventsourcing.kafka;

import dev.mortar.inventory.InventoryDefinition;
import dev.mortar.inventory.StockLog;
import dev.mortar.schemas.registry.AvroDeserializer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The fold of a service alone: the real follower folds the events of a {@link LogFile} into a store on disk, with no
 * broker and no network. As a process ({@link #main}) it folds inventory's log once for each line it reads.
 */
public final class Folding {

    static final Map<String, String> SERDE = Map.of(
            "schema.registry.url", "mock://bench",
            "specific.avro.reader", "true",
            "value.subject.name.strategy", "TopicRecordNameStrategy");
    private static final Duration REMEMBERED = Duration.ofHours(24);

    /** Nanoseconds by what they were spent on. */
    private final Map<String, Long> spentNs = new HashMap<>();

    private Folding() {}

    /** Arguments: an empty folder, how many events, and the seed of the log. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path file = folder.resolve("log");
        int events = StockLog.write(file, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        System.out.println(events);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (int round = 0; in.readLine() != null; round++) {
            System.out.println(new Folding()
                    .fold(InventoryDefinition.definition(), file, folder.resolve("store-" + round))
                    .line());
        }
    }

    /**
     * What folding a log once took. The parts are of {@code foldNs}; what they leave is the fold's own.
     *
     * @param events of the polls after the first
     * @param foldNs without reading the file
     * @param decodeNs from bytes to Avro records
     * @param cpuNs of all threads of the process
     * @param compileMs that compilers worked
     */
    public record Took(long events, long foldNs, long decodeNs, long readNs, long writeNs, long cpuNs, long compileMs) {
        private String line() {
            return "%d %d %d %d %d %d %d".formatted(events, foldNs, decodeNs, readNs, writeNs, cpuNs, compileMs);
        }

        /** What a process says of a round. */
        public static Took parse(String line) {
            String[] words = line.split(" ", -1);
            long[] n = new long[words.length];
            for (int i = 0; i < n.length; i++) {
                n[i] = Long.parseLong(words[i]);
            }
            return new Took(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
        }
    }

    private <C, S, V, E> Took fold(ServiceDefinition<C, S, V, E> definition, Path file, Path directory)
            throws IOException {
        var avro = new AvroDeserializer<SpecificRecord>();
        avro.configure(SERDE, false);
        Deserializer<SpecificRecord> deserializer = (topic, bytes) -> {
            long beganNs = System.nanoTime();
            SpecificRecord event = avro.deserialize(topic, bytes);
            spent("decode", beganNs);
            return event;
        };
        try (var polls = new LogFile.Polls(definition.eventsTopic(), file);
                LocalStore store = timed(new RocksLocalStore(directory))) {
            var fold = new Fold<>(definition, deserializer, REMEMBERED);
            var follower =
                    new Follower<>(definition, "", LogFile.PARTITIONS, fold, store, consumer(polls), new NobodyWaits());
            follower.start();
            follower.step(Duration.ZERO);
            spentNs.clear();
            long events = 0;
            long cpuNs = cpuNs();
            long compiledMs = ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
            long beganNs = System.nanoTime();
            for (int folded = follower.step(Duration.ZERO); folded > 0; folded = follower.step(Duration.ZERO)) {
                events += folded;
            }
            long tookNs = System.nanoTime() - beganNs;
            return new Took(
                    events,
                    tookNs - spentOn("poll"),
                    spentOn("decode"),
                    spentOn("get") + spentOn("range"),
                    spentOn("write"),
                    cpuNs() - cpuNs,
                    ManagementFactory.getCompilationMXBean().getTotalCompilationTime() - compiledMs);
        }
    }

    private static final class NobodyWaits implements Follower.Told {
        @Override
        public void changed(String view, String storeKey) {}

        @Override
        public void answered(int partition, Answer answer) {}
    }

    private LocalStore timed(LocalStore store) {
        return (LocalStore) Proxy.newProxyInstance(
                Folding.class.getClassLoader(), new Class<?>[] {LocalStore.class}, (_, method, arguments) -> {
                    long beganNs = System.nanoTime();
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        spent(method.getName(), beganNs);
                    }
                });
    }

    @SuppressWarnings("unchecked") // A proxy knows no type arguments.
    private Consumer<String, byte[]> consumer(LogFile.Polls polls) {
        return (Consumer<String, byte[]>) Proxy.newProxyInstance(
                Folding.class.getClassLoader(), new Class<?>[] {Consumer.class}, (_, method, _) -> {
                    long beganNs = System.nanoTime();
                    try {
                        return answer(method.getName(), polls);
                    } finally {
                        spent(method.getName(), beganNs);
                    }
                });
    }

    private static @Nullable Object answer(String method, LogFile.Polls polls) throws IOException {
        return switch (method) {
            case "assign", "seek" -> null;
            case "beginningOffsets" -> Map.of();
            case "poll" -> polls.poll();
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private void spent(String on, long beganNs) {
        spentNs.merge(on, System.nanoTime() - beganNs, Long::sum);
    }

    private long spentOn(String what) {
        return spentNs.getOrDefault(what, 0L);
    }

    private static long cpuNs() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }
}
