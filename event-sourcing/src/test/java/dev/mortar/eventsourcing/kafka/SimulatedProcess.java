package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A service's process listener in a simulation: it reads committed events in batches, sends what the real reaction
 * makes of them, and commits how far it has read once all is written. Sends to one partition keep their order; those to
 * different ones do not. What a crash leaves in the network may still arrive, or not.
 */
public final class SimulatedProcess {
    private static final int RECORDS_PER_PARTITION_MAX = 5;
    private static final int LOST_ONE_IN = 25;
    private static final String TOPIC_ID = "id-of-";

    private final ServiceDefinition<?, ?, ?, ?> definition;
    private final SimulatedKafka log;
    private final Deserializer<SpecificRecord> deserializer;
    private final MeterRegistry meters;
    private final Set<PlantedDefect> defects;
    private final Map<Source, Progress> progress = new LinkedHashMap<>();
    private final Map<Target, Deque<ProducerRecord<String, byte[]>>> sends = new LinkedHashMap<>();
    private final List<Deque<ProducerRecord<String, byte[]>>> leftInTheNetwork = new ArrayList<>();
    private ProcessReaction<?, ?> reaction;
    private boolean uncommitted;

    private record Source(String topic, int partition) {}

    private record Target(String topic, int partition) {}

    private static final class Progress {
        private long position;
        private long committed;
    }

    /** @throws IllegalArgumentException when the service has no process */
    public SimulatedProcess(
            ServiceDefinition<?, ?, ?, ?> definition,
            SimulatedKafka log,
            Deserializer<SpecificRecord> deserializer,
            MeterRegistry meters,
            Set<PlantedDefect> defects) {
        this.definition = definition;
        this.log = log;
        this.deserializer = deserializer;
        this.meters = meters;
        this.defects = defects;
        Listening<?, ?> listening = definition.listening;
        if (listening == null) {
            throw new IllegalArgumentException(definition.noun + " listens to nothing");
        }
        for (String topic : listening.topics()) {
            for (int partition = 0; partition < log.partitions(); partition++) {
                progress.put(new Source(topic, partition), new Progress());
            }
        }
        reaction = reaction(definition);
    }

    /** Name of the service. */
    @Override
    public String toString() {
        return definition.noun + "-process";
    }

    private <C> ProcessReaction<?, C> reaction(ServiceDefinition<C, ?, ?, ?> of) {
        return reaction(of, Objects.requireNonNull(of.listening));
    }

    private <I, C> ProcessReaction<I, C> reaction(ServiceDefinition<C, ?, ?, ?> of, Listening<I, C> listening) {
        Map<String, String> topicIds = new LinkedHashMap<>();
        listening.topics().forEach(topic -> topicIds.put(topic, idOf(topic)));
        ParkedKeys parked = new ParkedKeys();
        log.committed(of.deadLettersTopic()).forEach(entry -> parked.learn(entry.asConsumerRecord()));
        return new ProcessReaction<>(of, listening, "", deserializer, topicIds, parked, meters);
    }

    static String idOf(String topic) {
        return TOPIC_ID + topic;
    }

    /** The topic that an id in a source position means. */
    static String topicOf(String topicId) {
        return topicId.substring(TOPIC_ID.length());
    }

    /** True when a step would do something. */
    public boolean hasWork() {
        return !sends.isEmpty()
                || uncommitted
                || progress.entrySet().stream().anyMatch(each -> next(each.getKey(), each.getValue()) != null);
    }

    /** True between reading a batch and committing it. */
    public boolean isBusy() {
        return uncommitted || !sends.isEmpty();
    }

    /** Writes one of the records that are due, or commits, or reads the next batch. */
    public void step(RandomGenerator random) {
        if (!sends.isEmpty()) {
            List<Target> targets = List.copyOf(sends.keySet());
            Target target = targets.get(random.nextInt(targets.size()));
            Deque<ProducerRecord<String, byte[]>> queue = Objects.requireNonNull(sends.get(target));
            boolean overtake = defects.contains(PlantedDefect.REORDER_SENDS) && random.nextBoolean();
            ProducerRecord<String, byte[]> sent = overtake ? queue.removeLast() : queue.removeFirst();
            if (!defects.contains(PlantedDefect.LOSE_COMMAND) || random.nextInt(LOST_ONE_IN) > 0) {
                append(sent);
            }
            if (queue.isEmpty()) {
                sends.remove(target);
            }
        } else if (uncommitted) {
            commit();
        } else {
            read(random);
            if (defects.contains(PlantedDefect.COMMIT_BEFORE_SEND)) {
                commit();
            }
        }
    }

    private void commit() {
        progress.values().forEach(each -> each.committed = each.position);
        uncommitted = false;
    }

    private void read(RandomGenerator random) {
        List<Source> waiting = new ArrayList<>();
        progress.forEach((source, reached) -> {
            if (next(source, reached) != null) {
                waiting.add(source);
            }
        });
        int partitions = waiting.isEmpty() ? 0 : 1 + random.nextInt(waiting.size());
        for (int i = 0; i < partitions; i++) {
            Source source = waiting.remove(random.nextInt(waiting.size()));
            Progress reached = Objects.requireNonNull(progress.get(source));
            int records = 1 + random.nextInt(RECORDS_PER_PARTITION_MAX);
            for (int n = 0; n < records; n++) {
                Entry entry = next(source, reached);
                if (entry == null) {
                    break;
                }
                reached.position = entry.offset() + 1;
                uncommitted = true;
                ConsumerRecord<String, byte[]> record = entry.asConsumerRecord();
                reaction.react(record).forEach(this::enqueue);
            }
        }
    }

    private @Nullable Entry next(Source source, Progress reached) {
        return defects.contains(PlantedDefect.READ_UNCOMMITTED)
                ? log.uncommitted(source.topic, source.partition, reached.position)
                : log.committed(source.topic, source.partition, reached.position);
    }

    private void enqueue(ProducerRecord<String, byte[]> record) {
        sends.computeIfAbsent(new Target(record.topic(), log.home(record.key())), target -> new ArrayDeque<>())
                .add(record);
    }

    private void append(ProducerRecord<String, byte[]> record) {
        log.append(record);
    }

    /** Dies at this point; another instance begins where this one last committed. */
    public void crash() {
        leftInTheNetwork.addAll(sends.values());
        sends.clear();
        uncommitted = false;
        progress.values().forEach(each -> each.position = each.committed);
        reaction = reaction(definition);
    }

    /** Crashes, and the group begins again with the first event. */
    public void reset() {
        progress.values().forEach(each -> each.committed = 0);
        crash();
    }

    /** True when sends of an instance that died may still arrive. */
    public boolean hasLeftovers() {
        return !leftInTheNetwork.isEmpty();
    }

    /** The next of these arrives, or they are lost for ever. */
    public void stepLeftovers(RandomGenerator random) {
        int index = random.nextInt(leftInTheNetwork.size());
        Deque<ProducerRecord<String, byte[]>> queue = leftInTheNetwork.get(index);
        if (random.nextBoolean()) {
            append(queue.removeFirst());
        } else {
            queue.clear();
        }
        if (queue.isEmpty()) {
            leftInTheNetwork.remove(index);
        }
    }
}
