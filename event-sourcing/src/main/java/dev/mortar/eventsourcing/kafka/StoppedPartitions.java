package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
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
 * The partitions at which a lane has stopped, and the commands at which operators want it to go on. Any thread may list
 * and park; the thread of the lane does the rest.
 */
final class StoppedPartitions {

    private final Map<Integer, Stopped> stopped = new ConcurrentHashMap<>();
    private final Queue<Park> asked = new ConcurrentLinkedQueue<>();
    /** The commands that the next batches park, by partition. */
    private final Map<Integer, Park> parking = new HashMap<>();

    /**
     * A partition that decides nothing until a person or a release helps.
     *
     * @param offset in {@code <noun>.commands} of the command that may be parked; null when no command is at fault
     */
    record Stopped(int partition, @Nullable Long offset, String why) {}

    /** This instance does not decide the partition, or it is not stopped at this command. */
    static final class NotStoppedHere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotStoppedHere(String message) {
            super(message);
        }
    }

    private record Park(int partition, long offset, String cause, CompletableFuture<Void> done) {}

    /** All of them, by number. */
    Map<Integer, Stopped> all() {
        return Map.copyOf(stopped);
    }

    /**
     * Makes the command at which a partition is stopped a dead letter. The partition then goes on behind it.
     *
     * @param reason a code
     * @return done when it is committed. It fails with {@link NotStoppedHere} when the partition is not stopped at this
     *     command, and with {@link KafkaUnavailable} when the lane is given up before
     */
    CompletableFuture<Void> park(int partition, long offset, String reason, Actor actor) {
        String cause = "parked by an operator: " + reason + " (" + CommandHeaders.actorText(actor) + ")";
        Park park = new Park(partition, offset, cause, new CompletableFuture<>());
        asked.add(park);
        return park.done();
    }

    void add(Stopped at) {
        stopped.put(at.partition(), at);
    }

    /** Partitions that go on, because the command at which they are stopped is to be parked. */
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

    /** The cause with which this command is to be parked; null when it is to be decided. */
    @Nullable
    String parked(int partition, long offset) {
        Park park = parking.get(partition);
        return park != null && park.offset() == offset ? park.cause() : null;
    }

    /**
     * Takes in that a batch is committed.
     *
     * @param lastDecided the last command in it by partition, or null
     */
    void committed(IntFunction<@Nullable Mark> lastDecided) {
        parking.values().removeIf(park -> {
            Mark last = lastDecided.apply(park.partition());
            return last != null && last.offset() >= park.offset() && park.done().complete(null);
        });
    }

    /** Takes in that the lane is given up. The next owner stops at the same commands. */
    void giveUp() {
        stopped.clear();
        parking.values()
                .forEach(park -> park.done()
                        .completeExceptionally(
                                new KafkaUnavailable("The lane was given up while a command was parked", null)));
        parking.clear();
    }
}
