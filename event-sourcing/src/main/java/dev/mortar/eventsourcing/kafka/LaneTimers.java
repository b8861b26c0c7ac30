package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the commands of deadlines that are due by the broker's clock. The decider checks the deadline again, so a
 * command that is sent too early or twice has no effect.
 *
 * <p>The timers learn the broker's clock from the append times of commands. Any command gives a lower bound; one that
 * this lane has just sent gives almost the exact time. While any deadline is pending, they send the earliest one's
 * command every 60 seconds, even if it is early, because this instance's own clock may be wrong.
 */
final class LaneTimers<C, S, V, E> {
    static final int PER_RUN_MAX = 1_000;
    /** With the time between two polls, a command is sent well within a second of its deadline. */
    private static final Duration INTERVAL = Duration.ofMillis(300);

    private static final Duration RESEND = Duration.ofSeconds(5);
    private static final Duration PROBE = Duration.ofSeconds(60);
    private static final Instant ANY_TIME = Instant.ofEpochMilli(Long.MAX_VALUE / 2_000);

    private final ServiceDefinition<C, S, V, E> definition;
    private final String prefix;
    private final Producer<String, byte[]> sender;
    private final LongSupplier clockMs;
    private final Supplier<UUID> ids;
    private final Map<Sent, Long> sentAtMs = new HashMap<>();
    private long brokerAheadMs;
    private long lastRunMs;
    private long lastSentMs;
    private @Nullable UUID lastId;

    private record Sent(String entryKey, Instant at) {}

    /**
     * Timers that have sent no commands yet.
     *
     * @param sender writes commands outside transactions
     * @param clockMs this instance's clock, in milliseconds since 1970
     */
    LaneTimers(
            ServiceDefinition<C, S, V, E> definition,
            String prefix,
            Producer<String, byte[]> sender,
            LongSupplier clockMs,
            Supplier<UUID> ids) {
        this.definition = definition;
        this.prefix = prefix;
        this.sender = sender;
        this.clockMs = clockMs;
        this.ids = ids;
    }

    void learn(ConsumerRecord<String, byte[]> command) {
        long nowMs = clockMs.getAsLong();
        long aheadMs = command.timestamp() - nowMs;
        boolean justSent = nowMs - lastSentMs < RESEND.toMillis()
                && String.valueOf(lastId).equals(CommandHeaders.text(command.headers(), "command-id"));
        brokerAheadMs = justSent ? aheadMs : Math.max(brokerAheadMs, aheadMs);
    }

    /** Sends the commands of due deadlines in these partitions, at most once in {@link #INTERVAL}. */
    void run(Collection<Integer> partitions, Lane<C, S, V, E> committed) {
        long nowMs = clockMs.getAsLong();
        if (nowMs - lastRunMs < INTERVAL.toMillis() && nowMs >= lastRunMs) {
            return;
        }
        lastRunMs = nowMs;
        Instant brokerNow = Instant.ofEpochMilli(nowMs + brokerAheadMs);
        boolean probe = nowMs - lastSentMs >= PROBE.toMillis() || nowMs < lastSentMs;
        Set<Sent> due = new HashSet<>();
        for (int partition : partitions) {
            String from = PartitionRows.deadlineKey(partition, Instant.EPOCH);
            SortedSet<String> keys =
                    committed.keys(from, PartitionRows.deadlineKey(partition, brokerNow.plusMillis(1)), PER_RUN_MAX);
            if (keys.isEmpty() && probe) {
                keys = committed.keys(from, PartitionRows.deadlineKey(partition, ANY_TIME), 1);
            }
            for (String key : keys) {
                Sent sent = send(PartitionRows.entryOfDeadline(key), committed, nowMs);
                if (sent != null) {
                    due.add(sent);
                }
            }
        }
        sentAtMs.keySet().retainAll(due);
    }

    private @Nullable Sent send(String entryKey, Changes.Below committed, long nowMs) {
        Row<V> entry = committed.get(PartitionRows.entryKey(entryKey), definition.entryForm);
        Deadline<C> deadline = entry == null ? null : definition.deadlines.apply(entry.value());
        if (deadline == null) {
            return null;
        }
        Sent sent = new Sent(entryKey, deadline.at());
        Long before = sentAtMs.get(sent);
        if (before == null || nowMs - before >= RESEND.toMillis() || nowMs < before) {
            sentAtMs.put(sent, nowMs);
            CommandHeaders headers = CommandHeaders.ofTimer(definition.noun, ids.get());
            lastId = headers.commandId();
            lastSentMs = nowMs;
            sender.send(definition.record(prefix, deadline.command(), headers));
        }
        return sent;
    }
}
