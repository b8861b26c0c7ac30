package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.CommandRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to {@code <noun>.commands} and returns their answers. A request first registers as waiting, then
 * checks whether it was answered before, and then sends its command, so it cannot miss its answer. A lane of this
 * instance answers right after its commit; the follower answers all other requests.
 */
public final class CommandGateway<C> implements Lane.Answers {
    private static final Duration ASYNC_REPLY_MAX = Duration.ofMinutes(2);

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final KafkaSettings settings;
    private final Duration replyTimeout;
    private final Duration remembered;
    private final Timer replyTime;
    /** By command id. Two callers may send the same request at the same time. */
    private final Map<UUID, List<Waiting<C>>> waiting = new ConcurrentHashMap<>();

    private volatile @Nullable Connection connection;

    private record Waiting<C>(C command, String requestHash, CompletableFuture<Reply> reply) {}

    private record Connection(Producer<String, byte[]> producer, LocalStore store, int partitions) {}

    CommandGateway(ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        this.definition = definition;
        this.settings = settings;
        this.replyTimeout = settings.properties().replyTimeout();
        // The clocks of instance and broker differ, so requests are recognised a little longer here.
        this.remembered =
                settings.properties().rememberCommands().multipliedBy(25).dividedBy(24);
        this.replyTime = Timer.builder("mortar.reply.time")
                .tag("service", definition.noun)
                .publishPercentileHistogram()
                .register(meters);
        meters.gaugeMapSize("mortar.replies.awaited", List.of(), waiting);
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param statusPath where the caller can find the outcome if the reply does not come in time
     * @throws CommandRejected when the decider refused it
     * @throws CommandPending when the command is in the log but was not decided in time
     * @throws KafkaUnavailable when it is not certain that the command is in the log
     */
    public Reply send(C command, CommandRequest request, String statusPath) {
        return send(command, command, request, statusPath);
    }

    /**
     * Sends a command to which the service added facts, and waits for its reply.
     *
     * @param asked the command without these facts; it identifies a repeat even if the facts have changed since
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

    /**
     * Sends a command. The future fails with {@link CommandRejected}, {@link KafkaUnavailable}, or a
     * {@link TimeoutException} after two minutes without a reply.
     */
    public CompletableFuture<Reply> sendAsync(C command, CommandRequest request) {
        return sendAsync(command, command, request);
    }

    private CompletableFuture<Reply> sendAsync(C command, C asked, CommandRequest request) {
        Connection open = connection;
        if (open == null) {
            return CompletableFuture.failedFuture(new KafkaUnavailable("Not connected to Kafka yet", null));
        }
        String requestHash = requestHash(definition, asked);
        CompletableFuture<Reply> reply =
                await(request.commandId(), new Waiting<>(command, requestHash, new CompletableFuture<>()));
        PartitionRows rows = rows(open, command);
        Answer earlier = remembered(rows, request.commandId());
        if (earlier != null) {
            if (!earlier.requestHash().equals(requestHash)) {
                reply.completeExceptionally(new CommandRejected(Refusal.of(new Refusal.KeyReused())));
            } else if (earlier.eventPosition() <= rows.position()) {
                answered(earlier);
            }
            return reply;
        }
        try {
            var record = definition.record(settings.prefixed(""), command, CommandHeaders.of(request, requestHash));
            open.producer().send(record, (_, failure) -> {
                if (failure != null) {
                    reply.completeExceptionally(new KafkaUnavailable("The command could not be written", failure));
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            reply.completeExceptionally(new KafkaUnavailable("The command could not be written", e));
        }
        return reply;
    }

    private CompletableFuture<Reply> await(UUID commandId, Waiting<C> added) {
        long startedNs = System.nanoTime();
        waiting.computeIfAbsent(commandId, id -> new CopyOnWriteArrayList<>()).add(added);
        CompletableFuture<Reply> reply = added.reply;
        reply.orTimeout(ASYNC_REPLY_MAX.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            waiting.computeIfPresent(commandId, (id, all) -> {
                all.remove(added);
                return all.isEmpty() ? null : all;
            });
            if (failure == null) {
                replyTime.record(System.nanoTime() - startedNs, TimeUnit.NANOSECONDS);
            }
        });
        return reply;
    }

    private @Nullable Answer remembered(PartitionRows rows, UUID commandId) {
        Answer earlier = rows.answer(commandId);
        return earlier != null && earlier.now().plus(remembered).isAfter(Instant.now()) ? earlier : null;
    }

    private PartitionRows rows(Connection open, C command) {
        return new PartitionRows(
                EventRecords.partition(definition.aggregateId.apply(command), open.partitions),
                new Changes(open.store::get));
    }

    @Override
    public boolean isAwaited(Answer answer) {
        return waiting.containsKey(answer.commandId());
    }

    @Override
    public void decided(Answer answer, @Nullable Reply reply) {
        complete(answer, _ -> reply);
    }

    /** Completes a request when its answer and its events are folded. */
    void answered(Answer answer) {
        Connection open = connection;
        if (open != null || answer.refusal() != null) {
            complete(
                    answer,
                    command -> Reply.to(definition, command, answer, rows(Objects.requireNonNull(open), command)));
        }
    }

    private void complete(Answer answer, Function<C, @Nullable Reply> reply) {
        for (Waiting<C> each : List.copyOf(waiting.getOrDefault(answer.commandId(), List.of()))) {
            if (each.requestHash.equals(answer.requestHash())) {
                try {
                    if (answer.refusal() != null) {
                        throw new CommandRejected(answer.refusal());
                    }
                    each.reply.complete(reply.apply(each.command));
                } catch (RuntimeException e) {
                    each.reply.completeExceptionally(e);
                }
            }
        }
    }

    /** Starts to accept requests, and answers them from this store. */
    void connect(Producer<String, byte[]> producer, LocalStore store, int partitions) {
        connection = new Connection(producer, store, partitions);
    }

    void disconnect() {
        connection = null;
    }

    /** Distinguishes a repeat from another request with the same key. */
    static <C> String requestHash(ServiceDefinition<C, ?, ?, ?> definition, C asked) {
        try {
            byte[] json = Json.write(definition.commandType, asked);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
