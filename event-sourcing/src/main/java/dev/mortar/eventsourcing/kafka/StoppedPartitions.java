package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The partitions of this instance's lanes that decide nothing until a person or a release helps. */
interface StoppedPartitions {

    /** A parked command is committed well within this time. */
    Duration PARKED_WITHIN = Duration.ofSeconds(30);

    /**
     * A partition that is stopped.
     *
     * @param offset in {@code <noun>.commands} of the command that may be parked; null when no command is at fault
     */
    record Stopped(int partition, @Nullable Long offset, String why) {}

    /** This instance does not decide the partition, or it is not stopped at this command. */
    final class NotStoppedHere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotStoppedHere(String message) {
            super(message);
        }
    }

    /** All of them, by partition. */
    List<Stopped> list();

    /**
     * Makes the command at which a partition is stopped a dead letter. The partition then goes on behind it.
     *
     * @param reason a code
     * @throws NotStoppedHere when there is nothing to park
     * @throws KafkaUnavailable when the outcome is not known; then the list shows it
     */
    void park(int partition, long offset, String reason, Actor actor);

    /** Those of these lanes. */
    static StoppedPartitions of(Supplier<? extends Collection<? extends Lane<?, ?, ?, ?>>> lanes) {
        return new StoppedPartitions() {
            @Override
            public List<Stopped> list() {
                return lanes.get().stream()
                        .flatMap(lane -> lane.stopped().values().stream())
                        .sorted(Comparator.comparingInt(Stopped::partition))
                        .toList();
            }

            @Override
            public void park(int partition, long offset, String reason, Actor actor) {
                Lane<?, ?, ?, ?> stopped = lanes.get().stream()
                        .filter(lane -> lane.stopped().containsKey(partition))
                        .findFirst()
                        .orElseThrow(() -> new NotStoppedHere("Partition " + partition
                                + " is not stopped on this instance. Ask the instance whose list shows it"));
                try {
                    stopped.park(partition, offset, reason, actor).get(PARKED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
                } catch (ExecutionException e) {
                    throw (RuntimeException) Objects.requireNonNull(e.getCause());
                } catch (TimeoutException e) {
                    throw new KafkaUnavailable("The command was not parked in " + PARKED_WITHIN, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new KafkaUnavailable("Interrupted while a command was parked", e);
                }
            }
        };
    }
}
