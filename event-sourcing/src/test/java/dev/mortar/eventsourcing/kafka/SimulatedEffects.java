package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The group through which a service's effect hears of the service's own committed events, in a simulation.
 *
 * @param <E> the service's events
 */
public final class SimulatedEffects<E> {
    private final ServiceDefinition<?, ?, ?, E> definition;
    private final SimulatedKafka log;
    private final Fold<?, ?, ?, E> fold;
    private final long[] positions;
    private final long[] committed;

    /** Begins with the first event. */
    public SimulatedEffects(
            ServiceDefinition<?, ?, ?, E> definition, SimulatedKafka log, Deserializer<SpecificRecord> deserializer) {
        this.definition = definition;
        this.log = log;
        this.fold = new Fold<>(definition, deserializer, Duration.ZERO);
        positions = new long[log.partitions()];
        committed = new long[log.partitions()];
    }

    /** True when there is an event to hear of. */
    public boolean hasNext(int partition) {
        return next(partition) != null;
    }

    private @Nullable Entry next(int partition) {
        return log.committed(definition.eventsTopic(), partition, positions[partition]);
    }

    /** Brings the next event. */
    public void bring(int partition, Consumer<Recorded<E>> effect) {
        Entry entry = Objects.requireNonNull(next(partition));
        positions[partition] = entry.offset() + 1;
        effect.accept(fold.read(entry.asConsumerRecord()));
    }

    /** Commits how far it has heard. */
    public void commit() {
        System.arraycopy(positions, 0, committed, 0, positions.length);
    }

    /** Dies; the next begins where this one last committed. */
    public void crash() {
        System.arraycopy(committed, 0, positions, 0, positions.length);
    }

    /** The group begins again with the first event. */
    public void reset() {
        java.util.Arrays.fill(committed, 0);
        crash();
    }
}
