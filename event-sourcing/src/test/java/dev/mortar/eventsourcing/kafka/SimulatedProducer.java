package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.SimulatedKafka.Transaction;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/** Writes transactions of one transactional id to a {@link SimulatedKafka} through Kafka's own interface. */
final class SimulatedProducer implements InvocationHandler {
    private final SimulatedKafka kafka;
    private final String transactionalId;
    private final Fate fate;
    private int epoch;
    private @Nullable Transaction transaction;

    /** What comes between the calls of a producer. */
    interface Fate {
        /** The producer was initialised. */
        default void fenced() {}

        /** A record is about to be sent; null when it is lost. */
        default @Nullable ProducerRecord<String, byte[]> sending(ProducerRecord<String, byte[]> record) {
            return record;
        }

        /** True when it is written in the transaction, as every record should be. */
        default boolean isInTransaction(ProducerRecord<String, byte[]> record) {
            return true;
        }

        /** All is sent, and the caller is about to look where. */
        default void flushed() {}

        /** The transaction is about to be committed; running the commit commits it. */
        default void committing(Runnable commit) {
            commit.run();
        }

        /** False when nobody tells it that a newer producer has its transactional id. */
        default boolean canBeFenced() {
            return true;
        }
    }

    private SimulatedProducer(SimulatedKafka kafka, String transactionalId, Fate fate) {
        this.kafka = kafka;
        this.transactionalId = transactionalId;
        this.fate = fate;
    }

    /** A producer that is not initialised. */
    @SuppressWarnings("unchecked")
    static Producer<String, byte[]> of(SimulatedKafka kafka, String transactionalId, Fate fate) {
        return (Producer<String, byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(),
                new Class<?>[] {Producer.class},
                new SimulatedProducer(kafka, transactionalId, fate));
    }

    /** A producer without transactions. */
    @SuppressWarnings("unchecked")
    static Producer<String, byte[]> plain(SimulatedKafka kafka) {
        return (Producer<String, byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("send")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    var record = (ProducerRecord<String, byte[]>) arguments[0];
                    long offset = kafka.append(record);
                    return CompletableFuture.completedFuture(new RecordMetadata(
                            new TopicPartition(record.topic(), kafka.home(record.key())),
                            offset,
                            0,
                            kafka.nowMs(),
                            0,
                            0));
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "initTransactions" -> {
                epoch = kafka.fence(transactionalId);
                fate.fenced();
            }
            case "beginTransaction" -> {
                requireNotFenced();
                transaction = kafka.begin(transactionalId);
            }
            case "send" -> {
                return send((ProducerRecord<String, byte[]>) arguments[0]);
            }
            case "flush" -> {
                requireNotFenced();
                fate.flushed();
            }
            case "commitTransaction" -> {
                requireNotFenced();
                open().commitSent();
                fate.committing(() -> kafka.decide(open(), true));
            }
            case "abortTransaction" -> {
                requireNotFenced();
                kafka.decide(open(), false);
            }
            case "close" -> {}
            default -> throw new UnsupportedOperationException(method.getName());
        }
        return null;
    }

    private Transaction open() {
        return Objects.requireNonNull(transaction, "no transaction has begun");
    }

    private void requireNotFenced() {
        if (kafka.isFenced(transactionalId, epoch) && fate.canBeFenced()) {
            throw new ProducerFencedException(transactionalId + " has a newer producer");
        }
    }

    private CompletableFuture<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
        ProducerRecord<String, byte[]> sent = fate.sending(record);
        requireNotFenced();
        var partition = new TopicPartition(record.topic(), Objects.requireNonNull(record.partition()));
        long offset = sent == null
                ? kafka.end(partition)
                : kafka.append(sent, fate.isInTransaction(sent) ? transaction : null);
        return CompletableFuture.completedFuture(new RecordMetadata(partition, offset, 0, kafka.nowMs(), 0, 0));
    }
}
