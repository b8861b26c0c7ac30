package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.DeadLetter.Resolution;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A listener that parks and dies, people who retry elsewhere and give up in the middle, a group that is reset: step by
 * step in an order drawn from a seed. In the end every event has had its effect once, in order.
 */
class ParkedKeysTest {
    private static final String EVENTS = "till.events";
    private static final String LETTERS = "giftcard.dead-letters";
    private static final AvroSerializer<SpecificRecord> SERIALIZER = TestSerdes.events("parked-keys");
    private static final AvroDeserializer<SpecificRecord> DESERIALIZER = TestSerdes.deserializer("parked-keys");
    private static final int SEEDS = 400;
    private static final int STEPS = 120;
    private static final int PARTITIONS_OF_LETTERS = 2;

    private static final Logger PARKED = (Logger) LoggerFactory.getLogger(ProcessReaction.class);

    @BeforeAll
    static void logErrorsOnly() {
        PARKED.setLevel(Level.ERROR);
    }

    @AfterAll
    static void logAgain() {
        PARKED.setLevel(null);
    }

    @Test
    void everyEventHasItsEffectOnceAndInTheOrderOfItsKeyHoweverRetriesInterleave() {
        int parked = 0;
        int passedAfterwards = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed);
            run.steps(STEPS);
            run.end();
            assertThat(run.applied).as("seed %d", seed).isEqualTo(run.expected());
            parked += run.letters.size();
            passedAfterwards += run.passedAfterwards;
        }
        // A run in which nothing was parked, or nothing passed again afterwards, would prove nothing.
        assertThat(parked).isGreaterThan(SEEDS);
        assertThat(passedAfterwards).isGreaterThan(SEEDS);
    }

    /** Two people at work, each with a view of the letters of its own. */
    private static final class Operator {
        final DeadLetterIndex view = new DeadLetterIndex();
        int read;
        final Deque<DeadLetter> todo = new ArrayDeque<>();

        @Nullable
        DeadLetter sent;
    }

    private static final class Run {
        final Random random;
        final List<ConsumerRecord<String, byte[]>> events = new ArrayList<>();
        final List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
        final long[] endOfLetters = new long[PARTITIONS_OF_LETTERS];
        final Map<String, SourcePosition> decided = new HashMap<>();
        final Map<String, List<Long>> applied = new HashMap<>();
        final Set<Long> broken = new HashSet<>();
        final List<Operator> operators = List.of(new Operator(), new Operator());

        ParkedKeys parked = new ParkedKeys();
        ProcessReaction<Event, Command> reaction;
        int readByListener;
        int committed;
        int position;
        int passedAfterwards;

        Run(long seed) {
            random = new Random(seed);
            reaction = reaction(parked);
        }

        void steps(int count) {
            for (int step = 0; step < count; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> happen();
                    case 3, 4, 5, 6 -> listen();
                    case 7 -> restart(random.nextInt(6) == 0 ? 0 : committed);
                    case 8 -> mend();
                    default -> operate(operators.get(random.nextInt(operators.size())));
                }
            }
        }

        /** Everything is mended, retried, read and heard once more from the beginning. */
        void end() {
            broken.clear();
            for (int round = 0; round < 50 && (committed < events.size() || waits()); round++) {
                listen();
                operators.forEach(operator -> {
                    do {
                        operate(operator);
                    } while (!operator.todo.isEmpty() || operator.sent != null);
                });
            }
            restart(0);
            while (committed < events.size()) {
                listen();
            }
        }

        private boolean waits() {
            DeadLetterIndex all = new DeadLetterIndex();
            letters.forEach(all::learn);
            return !all.waiting().isEmpty();
        }

        Map<String, List<Long>> expected() {
            Map<String, List<Long>> expected = new HashMap<>();
            events.forEach(event -> expected.computeIfAbsent(event.key(), _ -> new ArrayList<>())
                    .add(event.offset()));
            return expected;
        }

        private void happen() {
            String key = "card-" + random.nextInt(3);
            long offset = events.size();
            var command = CommandHeaders.ofTimer("till", new UUID(0, 1));
            Instant now = Instant.EPOCH.plusSeconds(offset);
            var meta = EventRecords.meta(command, 0, 1, offset + 1, offset + 1, now);
            byte[] value = Objects.requireNonNull(SERIALIZER.serialize(
                    EVENTS, GiftCard.definition().binder().write(new Event.Charged(key, offset), meta)));
            events.add(new ConsumerRecord<>(EVENTS, 0, offset, key, value));
            if (random.nextInt(5) == 0) {
                broken.add(offset);
            }
        }

        private void mend() {
            broken.removeIf(_ -> random.nextBoolean());
        }

        private void listen() {
            List<ConsumerRecord<String, byte[]>> batch =
                    events.subList(position, Math.min(events.size(), position + 1 + random.nextInt(4)));
            if (batch.stream().anyMatch(parked::holdsBack)) {
                refresh();
            }
            for (ConsumerRecord<String, byte[]> event : batch) {
                List<ProducerRecord<String, byte[]>> out = reaction.react(event);
                out.forEach(this::append);
                if (random.nextInt(20) == 0) {
                    restart(committed);
                    return;
                }
            }
            position += batch.size();
            if (random.nextInt(4) > 0) {
                committed = position;
            }
        }

        private void restart(int at) {
            parked = new ParkedKeys();
            reaction = reaction(parked);
            readByListener = 0;
            refresh();
            committed = at;
            position = at;
        }

        private void refresh() {
            letters.subList(readByListener, letters.size()).forEach(parked::learn);
            readByListener = letters.size();
        }

        /** The next thing that somebody does who works through the letters; or gives up, or starts. */
        private void operate(Operator operator) {
            if (operator.sent != null) {
                append(operator.sent
                        .resolved(Resolution.now(State.RETRIED, Actor.system("operator"), null))
                        .resolution(LETTERS));
                operator.sent = null;
            } else if (operator.todo.isEmpty()) {
                letters.subList(operator.read, letters.size()).forEach(operator.view::learn);
                operator.read = letters.size();
                operator.todo.addAll(operator.view.waiting());
            } else if (random.nextInt(15) == 0) {
                operator.todo.clear();
            } else {
                DeadLetter letter = operator.todo.removeFirst();
                ConsumerRecord<String, byte[]> record = letters.stream()
                        .filter(each -> each.partition() == letter.partition() && each.offset() == letter.offset())
                        .findFirst()
                        .orElseThrow();
                try {
                    reaction.commands(EVENTS, record.headers(), record.value(), letter.retrySource("letters"))
                            .forEach(this::append);
                    operator.sent = letter;
                } catch (IllegalStateException stillBroken) {
                    operator.todo.removeIf(other -> other.sourceKey().equals(letter.sourceKey()));
                }
            }
        }

        private void append(ProducerRecord<String, byte[]> record) {
            if (record.topic().equals(LETTERS)) {
                int partition = record.partition() == null
                        ? Math.floorMod(record.key().hashCode(), PARTITIONS_OF_LETTERS)
                        : record.partition();
                long end = endOfLetters[partition]++;
                letters.add(new SimulatedKafka.Entry(
                                LETTERS, partition, end, 0, record.key(), record.value(), record.headers(), null, false)
                        .asConsumerRecord());
                return;
            }
            SourcePosition source = Objects.requireNonNull(
                    CommandHeaders.parse(record.headers()).source());
            SourcePosition highest = decided.get(source.stream());
            if (highest == null || source.isAfter(highest)) {
                decided.put(source.stream(), source);
                var charge = (Command.Charge) Json.read(Objects.requireNonNull(record.value()), Command.class);
                applied.computeIfAbsent(charge.cardId(), _ -> new ArrayList<>()).add(charge.amount());
                if (source.topicId().equals("id")
                        && letters.stream().anyMatch(each -> each.key().equals(charge.cardId()))) {
                    passedAfterwards++;
                }
            }
        }

        private ProcessReaction<Event, Command> reaction(ParkedKeys keys) {
            var definition = GiftCard.definition();
            var listening = new Listening<>(List.of(EVENTS), definition.reader(), this::react);
            var meters = new SimpleMeterRegistry();
            return new ProcessReaction<>(definition, listening, "", DESERIALIZER, Map.of(EVENTS, "id"), keys, meters);
        }

        private List<Command> react(Event event) {
            return switch (event) {
                case Event.Charged(String cardId, long amount) -> {
                    if (broken.contains(amount)) {
                        throw new IllegalStateException("broken");
                    }
                    yield List.of(new Command.Charge(cardId, amount));
                }
                case Event.Expired _ -> List.of();
            };
        }
    }
}
