package dev.mortar.chaos;

import dev.mortar.localstack.Service;
import dev.mortar.localstack.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** The consumer groups of services, and the records of topics, seen from outside. */
final class Groups {
    private static final Duration POLL = Duration.ofMillis(200);
    /** A member that was stopped is missed only when its session is over. */
    private static final Duration EMPTY_WITHIN = Duration.ofSeconds(60);

    private Groups() {}

    /** Sets the listeners of a stopped service back to the first event; names the groups. */
    static String resetToBeginning(Map<String, Object> client, String noun) throws InterruptedException {
        List<String> reset = new ArrayList<>();
        try (Admin admin = Topics.admin(client)) {
            for (String group : List.of(noun + "-process", noun + "-effects")) {
                Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
                committed(admin, group).keySet().forEach(each -> beginning.put(each, new OffsetAndMetadata(0)));
                if (!beginning.isEmpty()) {
                    reset.add(group + (alter(admin, group, beginning) ? "" : " COULD NOT BE RESET"));
                }
            }
        }
        return String.join(", ", reset);
    }

    private static boolean alter(Admin admin, String group, Map<TopicPartition, OffsetAndMetadata> offsets)
            throws InterruptedException {
        long endNs = System.nanoTime() + EMPTY_WITHIN.toNanos();
        while (System.nanoTime() < endNs) {
            try {
                admin.alterConsumerGroupOffsets(group, offsets).all().get();
                return true;
            } catch (ExecutionException e) {
                // It still has members.
                Thread.sleep(POLL);
            }
        }
        return false;
    }

    /** Whether the listeners and deciders of all services have taken every record there is for them. */
    static boolean haveTakenAll(Map<String, Object> client) throws InterruptedException {
        try (Admin admin = Topics.admin(client);
                var consumer = Topics.consumer(client, "read_committed")) {
            for (String noun : Service.ALL) {
                for (String group : List.of(noun + "-process", noun + "-effects", noun + "-decider")) {
                    Map<TopicPartition, OffsetAndMetadata> reached = committed(admin, group);
                    Map<TopicPartition, Long> ends = consumer.endOffsets(reached.keySet());
                    consumer.assign(reached.keySet());
                    reached.forEach(consumer::seek);
                    // The records behind a group may be ends of transactions alone, which nobody takes.
                    while (reached.keySet().stream()
                            .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                        if (!consumer.poll(POLL).isEmpty()) {
                            return false;
                        }
                    }
                }
            }
        }
        return true;
    }

    /** The sum of the ends of these topics, as readers of committed data see them. */
    static long ends(Map<String, Object> client, Collection<String> topics) {
        try (var consumer = Topics.consumer(client, "read_committed")) {
            return consumer.endOffsets(Topics.partitions(consumer, topics)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    /** All committed records of these topics, each partition in order. */
    static void read(
            Map<String, Object> client, Collection<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> to) {
        try (var consumer = Topics.consumer(client, "read_committed")) {
            List<TopicPartition> partitions = Topics.partitions(consumer, topics);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(POLL).forEach(to);
            }
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group)
            throws InterruptedException {
        try {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .filter(each -> each.getValue() != null)
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw new IllegalStateException("The offsets of " + group + " cannot be read", e);
        }
    }
}
