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
 * The stopped partitions of a lane, and the commands that operators want to park. Any thread may list and park; the
 * lane's thread calls the other methods.
 */
final class StoppedPartitions {
    private final Map<Integer, Stopped> stopped = new ConcurrentHashMap<>();
    private final Queue<Park> asked = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Park> parking = new HashMap<>();

    /**
     * A partition that is stopped until an operator or a new release helps. The offset is that of the command that may
     * be parked, or null if no command is at fault.
     */
    record Stopped(int partition, @Nullable Long offset, String why) {}

    /** This instance does not decide the partition, or it is not stopped at this command. */
    static final class NotStoppedHere extends RuntimeException {
        NotStoppedHere(String message) {
            super(message);
        }
    }

    private record Park(int partition, long offset, String cause, CompletableFuture<Void> done) {}

    Map<Integer, Stopped> all() {
        return Map.copyOf(stopped);
    }

    /**
     * Makes the command at which a partition is stopped a dead letter. The partition then continues after it.
     *
     * @return completes when the dead letter is committed. Fails with {@link NotStoppedHere} if the partition is not
     *     stopped at this command, and with {@link KafkaUnavailable} if the lane is given up first
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

    /** The partitions that continue, because the command at which they are stopped will be parked. */
    List<Integer> goOn() {
        List<Integer> goOn = new ArrayList<>();
        for (Park park = asked.poll(); park != null; park = asked.poll()) {
            int partition = park.partition();
            Stopped at = stopped.get(partition);
            if (at == null || !Objects.equals(at.offset(), park.offset())) {
                String why = "Partition " + partition + " is not stopped at a command at offset " + park.offset();
                park.done().completeExceptionally(new NotStoppedHere(why));
            } else {
                parking.put(partition, new Park(partition, park.offset(), park.cause() + "; " + at.why(), park.done()));
                stopped.remove(partition);
                goOn.add(partition);
            }
        }
        return goOn;
    }

    /** The cause with which this command has to be parked; null if it has to be decided. */
    @Nullable
    String parked(int partition, long offset) {
        Park park = parking.get(partition);
        return park != null && park.offset() == offset ? park.cause() : null;
    }

    /** Completes the parked commands of a committed batch, given its last command by partition. */
    void committed(IntFunction<@Nullable Mark> lastDecided) {
        parking.values().removeIf(park -> {
            Mark last = lastDecided.apply(park.partition());
            return last != null && last.offset() >= park.offset() && park.done().complete(null);
        });
    }

    /** Forgets everything, because the lane is given up. The next owner stops at the same commands. */
    void giveUp() {
        stopped.clear();
        var givenUp = new KafkaUnavailable("The lane was given up while a command was parked", null);
        parking.values().forEach(park -> park.done().completeExceptionally(givenUp));
        parking.clear();
    }
}
