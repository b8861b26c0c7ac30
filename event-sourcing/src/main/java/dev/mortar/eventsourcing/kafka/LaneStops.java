package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.StoppedPartitions.NotStoppedHere;
import dev.mortar.eventsourcing.kafka.StoppedPartitions.Stopped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a lane has stopped at, and the commands that people want to be dead letters. Any thread may ask;
 * the lane's thread does the rest.
 */
final class LaneStops {

    private final Map<Integer, Stopped> stopped = new ConcurrentHashMap<>();
    private final Queue<Park> asked = new ConcurrentLinkedQueue<>();
    /** The commands that the next batches park, by partition. */
    private final Map<Integer, Park> parking = new HashMap<>();

    private record Park(int partition, long offset, String cause, CompletableFuture<Void> done) {}

    /** Partitions that are stopped, by number. */
    Map<Integer, Stopped> stopped() {
        return Map.copyOf(stopped);
    }

    /** As {@link Lane#park}. */
    CompletableFuture<Void> park(int partition, long offset, String reason, Actor actor) {
        String cause = "parked by an operator: " + reason + " (" + CommandHeaders.actorText(actor) + ")";
        Park park = new Park(partition, offset, cause, new CompletableFuture<>());
        asked.add(park);
        return park.done();
    }

    void stop(Stopped at) {
        stopped.put(at.partition(), at);
    }

    /** Partitions that go on, as what they are stopped at is to be parked. */
    List<Integer> goOn() {
        List<Integer> goOn = new ArrayList<>();
        for (Park park = asked.poll(); park != null; park = asked.poll()) {
            int partition = park.partition();
            Stopped at = stopped.get(partition);
            if (at == null || !Objects.equals(at.offset(), park.offset())) {
                park.done()
                        .completeExceptionally(new NotStoppedHere(
                                "Partition " + partition + " is not stopped at a command at offset " + park.offset()));
            } else {
                parking.put(partition, new Park(partition, park.offset(), park.cause() + "; " + at.why(), park.done()));
                stopped.remove(partition);
                goOn.add(partition);
            }
        }
        return goOn;
    }

    /** Why the command at this place is to be parked; null when it is to be decided. */
    @Nullable
    String parked(int partition, long offset) {
        Park park = parking.get(partition);
        return park != null && park.offset() == offset ? park.cause() : null;
    }

    /**
     * A batch is committed.
     *
     * @param lastDecided the last command in it by partition, or null
     */
    void committed(IntFunction<@Nullable Mark> lastDecided) {
        parking.values().removeIf(park -> {
            Mark last = lastDecided.apply(park.partition());
            return last != null && last.offset() >= park.offset() && park.done().complete(null);
        });
    }

    /** The lane is given up: whoever decides next stops at the same commands. */
    void giveUp() {
        stopped.clear();
        parking.values()
                .forEach(park -> park.done()
                        .completeExceptionally(
                                new KafkaUnavailable("The lane was given up while a command was parked", null)));
        parking.clear();
    }
}
