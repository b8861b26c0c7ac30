package dev.mortar.benchmarks;

import dev.mortar.localstack.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Sees committed events as any other reader would, and tells which request each follows from: the trace that the
 * generator began goes with every event.
 */
final class EventWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int HEX = 16;
    private static final String VERSION = "00-";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final CountDownLatch placed = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile Listener listener = (_, _, _, _) -> {};

    /** Is told of every event that carries a trace, on one thread. */
    interface Listener {
        /** An event of this simple name follows from a request, which is known by its run and its index in it. */
        void saw(String type, long run, int index, long seenNs);
    }

    private EventWatch(Map<String, Object> client, List<String> topics) {
        consumer = Topics.consumer(client, "read_committed");
        thread = Thread.ofPlatform().daemon().name("event-watch").unstarted(() -> watch(topics));
    }

    /** Watches these topics from their ends. */
    static EventWatch start(Map<String, Object> client, List<String> topics) throws InterruptedException {
        var watch = new EventWatch(client, topics);
        watch.thread.start();
        watch.placed.await();
        return watch;
    }

    /** The trace to send with a request. */
    static String traceparent(long run, int index) {
        return VERSION + "%016x%016x-0000000000000001-01".formatted(run, index);
    }

    void listen(Listener next) {
        listener = next;
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join();
    }

    private void watch(List<String> topics) {
        try (consumer) {
            List<TopicPartition> partitions = Topics.partitions(consumer, topics);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            placed.countDown();
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    saw(record, System.nanoTime());
                }
            }
        }
    }

    private void saw(ConsumerRecord<byte[], byte[]> record, long seenNs) {
        String type = text(record.headers().lastHeader("ce_type"));
        String trace = text(record.headers().lastHeader("traceparent"));
        if (type != null && trace != null) {
            int start = VERSION.length();
            long run = Long.parseUnsignedLong(trace, start, start + HEX, HEX);
            long index = Long.parseUnsignedLong(trace, start + HEX, start + 2 * HEX, HEX);
            listener.saw(type.substring(type.lastIndexOf('.') + 1), run, (int) index, seenNs);
        }
    }

    private static @Nullable String text(@Nullable Header header) {
        return header == null ? null : new String(header.value(), StandardCharsets.ISO_8859_1);
    }
}
