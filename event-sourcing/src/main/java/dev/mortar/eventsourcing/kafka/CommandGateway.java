package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.http.CommandRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.NullNode;

/**
 * Carries commands into {@code <noun>.commands} and the decider's replies back to the instance that asked: it listens
 * to one partition of {@code <noun>.replies} and names it in each command.
 *
 * @param <C> commands
 */
public final class CommandGateway<C> {

    private static final Logger LOG = LoggerFactory.getLogger(CommandGateway.class);
    private static final int DELIVERY_TIMEOUT_MS = 8_000;
    private static final int MAX_BLOCK_MS = 3_000;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ASYNC_REPLY_MAX = Duration.ofMinutes(2);

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final KafkaSettings settings;
    private final Duration replyTimeout;
    private final Timer replyTime;
    private final Map<String, CompletableFuture<Reply>> waiting = new ConcurrentHashMap<>();

    private volatile @Nullable Connection connection;

    private record Connection(
            Producer<String, byte[]> producer, Consumer<String, byte[]> consumer, int replyPartition, Thread reader) {}

    CommandGateway(
            ServiceDefinition<C, ?, ?, ?> definition,
            KafkaSettings settings,
            Duration replyTimeout,
            MeterRegistry meters) {
        this.definition = definition;
        this.settings = settings;
        this.replyTimeout = replyTimeout;
        this.replyTime = Timer.builder("mortar.reply.time")
                .tag("service", definition.noun)
                .publishPercentileHistogram()
                .register(meters);
        meters.gaugeMapSize("mortar.replies.awaited", List.of(), waiting);
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param statusPath where to look for the outcome when the reply does not come in time
     * @throws CommandRejected when the decider refused it
     * @throws CommandPending when it is in the log and was not decided in time
     * @throws KafkaUnavailable when it is not known to be in the log
     */
    public Reply send(C command, CommandRequest request, String statusPath) {
        return send(command, command, request, statusPath);
    }

    /**
     * Sends a command to which the service added facts that the request does not name, and waits for its reply.
     *
     * @param asked the command without these facts: the same request again is recognised by it, also when the facts
     *     have changed since
     */
    public Reply send(C command, C asked, CommandRequest request, String statusPath) {
        CompletableFuture<Reply> reply = sendAsync(command, asked, request);
        try {
            return reply.get(replyTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            reply.cancel(false);
            throw new CommandPending(statusPath);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandPending(statusPath);
        } catch (ExecutionException e) {
            throw asUnchecked(e.getCause());
        }
    }

    private static RuntimeException asUnchecked(@Nullable Throwable cause) {
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    /** Sends a command; the future fails as {@link #send} throws. */
    public CompletableFuture<Reply> sendAsync(C command, CommandRequest request) {
        return sendAsync(command, command, request);
    }

    private CompletableFuture<Reply> sendAsync(C command, C asked, CommandRequest request) {
        Connection open = connection;
        if (open == null) {
            return CompletableFuture.failedFuture(new KafkaUnavailable("Not connected to Kafka yet", null));
        }
        String replyTo = open.replyPartition() + "|" + UUID.randomUUID();
        long startedNs = System.nanoTime();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        waiting.put(replyTo, reply);
        reply.orTimeout(ASYNC_REPLY_MAX.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            waiting.remove(replyTo);
            if (failure == null) {
                replyTime.record(System.nanoTime() - startedNs, TimeUnit.NANOSECONDS);
            }
        });
        try {
            open.producer()
                    .send(
                            record(definition, settings.prefixed(""), command, asked, request, replyTo),
                            (metadata, failure) -> {
                                if (failure != null) {
                                    reply.completeExceptionally(
                                            new KafkaUnavailable("The command could not be written", failure));
                                }
                            });
        } catch (KafkaException | IllegalStateException e) {
            reply.completeExceptionally(new KafkaUnavailable("The command could not be written", e));
        }
        return reply;
    }

    /** A command as a record of {@code <noun>.commands}; the reply goes to {@code replyTo}. */
    static <C> ProducerRecord<String, byte[]> record(
            ServiceDefinition<C, ?, ?, ?> definition,
            String prefix,
            C command,
            C asked,
            CommandRequest request,
            String replyTo) {
        return new ProducerRecord<>(
                prefix + definition.commandsTopic(),
                null,
                definition.aggregateId.apply(command),
                Json.write(definition.commandType, command),
                CommandHeaders.of(request, replyTo, sha256(Json.write(definition.commandType, asked)))
                        .toHeaders());
    }

    /** Connects; returns when replies can no longer be missed. */
    void start(int replyPartitions) {
        Producer<String, byte[]> producer =
                new KafkaProducer<>(settings.producer("gateway", DELIVERY_TIMEOUT_MS, MAX_BLOCK_MS));
        Map<String, Object> consumerSettings = settings.consumer("replies");
        Consumer<String, byte[]> consumer = new KafkaConsumer<>(consumerSettings);
        int partition = ThreadLocalRandom.current().nextInt(replyPartitions);
        var replies = new TopicPartition(settings.prefixed(definition.repliesTopic()), partition);
        consumer.assign(List.of(replies));
        consumer.seekToEnd(List.of(replies));
        consumer.position(replies);
        Thread reader =
                Thread.ofPlatform().name(definition.noun + "-replies").daemon().start(() -> readReplies(consumer));
        connection = new Connection(producer, consumer, partition, reader);
    }

    private void readReplies(Consumer<String, byte[]> consumer) {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    CompletableFuture<Reply> reply = waiting.get(record.key());
                    if (reply != null) {
                        complete(reply, record.value());
                    }
                }
            }
        } catch (WakeupException stopped) {
            LOG.debug("no longer reading replies");
        } catch (KafkaException e) {
            LOG.error("Reading replies ended; requests are answered 202 until the service is restarted", e);
        }
    }

    private static void complete(CompletableFuture<Reply> waiting, byte[] json) {
        try {
            ReplyRecord reply = Json.read(json, ReplyRecord.class);
            if (reply.rejection() != null) {
                waiting.completeExceptionally(new CommandRejected(reply.rejection()));
            } else {
                waiting.complete(new Reply(
                        reply.sequence(),
                        reply.repeated(),
                        reply.state() == null ? NullNode.getInstance() : reply.state()));
            }
        } catch (RuntimeException e) {
            waiting.completeExceptionally(e);
        }
    }

    boolean isReady() {
        Connection open = connection;
        return open != null && open.reader().isAlive();
    }

    /** Whether it reads no replies any more and never will. */
    boolean gaveUp() {
        return connection != null && !isReady();
    }

    void stop() {
        Connection open = connection;
        if (open != null) {
            open.producer().close(Duration.ofSeconds(5));
            open.consumer().wakeup();
        }
    }

    private static String sha256(byte[] json) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
