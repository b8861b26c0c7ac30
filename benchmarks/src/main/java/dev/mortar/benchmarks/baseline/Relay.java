package dev.mortar.benchmarks.baseline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jdbc.core.JdbcTemplate;

/** Empties the outbox to Kafka in the order in which it was filled: at least once. */
final class Relay implements DisposableBean {
    private static final int BATCH = 500;
    /** A rest of an earlier process is found this late. */
    private static final long LOOK_MS = 1_000;

    private final JdbcTemplate database;
    private final Producer<String, byte[]> producer;
    private final String topic;
    private final Semaphore filled = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("relay").unstarted(this::relay);
    private volatile boolean closing;

    Relay(JdbcTemplate database, Producer<String, byte[]> producer, String topic) {
        this.database = database;
        this.producer = producer;
        this.topic = topic;
        thread.start();
    }

    /** Hears that something was committed to the outbox. */
    void wake() {
        filled.release();
    }

    @Override
    public void destroy() throws InterruptedException {
        closing = true;
        thread.join();
    }

    private record Row(long id, String orderId, String type, String traceparent, String body) {}

    private void relay() {
        try {
            while (!closing) {
                if (filled.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    filled.drainPermits();
                }
                while (!closing && relayBatch() == BATCH) {
                    // There is more.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not take the outbox", e);
        }
    }

    private int relayBatch() throws InterruptedException, ExecutionException {
        List<Row> rows = database.query(
                "SELECT id, order_id, type, traceparent, body FROM outbox ORDER BY id LIMIT " + BATCH,
                (result, _) -> new Row(
                        result.getLong(1),
                        result.getString(2),
                        result.getString(3),
                        result.getString(4),
                        result.getString(5)));
        List<Future<?>> sent = new ArrayList<>();
        for (Row row : rows) {
            var record = new ProducerRecord<>(topic, row.orderId(), row.body().getBytes(StandardCharsets.UTF_8));
            record.headers().add("ce_type", row.type().getBytes(StandardCharsets.UTF_8));
            record.headers().add("traceparent", row.traceparent().getBytes(StandardCharsets.UTF_8));
            sent.add(producer.send(record));
        }
        for (Future<?> each : sent) {
            each.get();
        }
        if (!rows.isEmpty()) {
            database.update("DELETE FROM outbox WHERE id = ANY (?)", (Object)
                    rows.stream().map(Row::id).toArray(Long[]::new));
        }
        return rows.size();
    }
}
