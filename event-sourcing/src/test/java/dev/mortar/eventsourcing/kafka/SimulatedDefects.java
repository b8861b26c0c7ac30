package dev.mortar.eventsourcing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Plants defects around the real lane and follower: in what they read and write, and in the rules they call. */
record SimulatedDefects(Set<PlantedDefect> planted) {
    private static final int TIMERS_SKIPPED_ONE_IN = 3;
    private static final int EVENTS_LOST_ONE_IN = 40;

    /**
     * A fact in the JSON of an entry of a service.
     *
     * @param readAs the text that a decider reads if it forgets the fact
     */
    private record Fact(PlantedDefect forgottenBy, String noun, Pattern text, String readAs) {
        Fact(PlantedDefect forgottenBy, String noun, String text, String readAs) {
            this(forgottenBy, noun, Pattern.compile(text), readAs);
        }
    }

    private static final List<Fact> FACTS = List.of(
            new Fact(
                    PlantedDefect.PARCEL_END_FORGOTTEN,
                    "pickup",
                    "\"state\":\"(DELIVERED|RETURNED|LOST)\"",
                    "\"state\":\"SHIPPED\""),
            new Fact(PlantedDefect.RECEIPT_FORGOTTEN, "inventory", "\"arrived\":\\[[^]]*]", "\"arrived\":[]"),
            new Fact(
                    PlantedDefect.HOLD_AGE_FORGOTTEN,
                    "inventory",
                    "\"heldAt\":\"[^\"]*\"",
                    "\"heldAt\":\"2999-01-01T00:00:00Z\""));

    boolean has(PlantedDefect defect) {
        return planted.contains(defect);
    }

    private ConsumerRecord<String, byte[]> command(ConsumerRecord<String, byte[]> record, long instanceClockMs) {
        boolean byInstanceClock = has(PlantedDefect.DECIDE_BY_INSTANCE_CLOCK);
        boolean withoutSource = has(PlantedDefect.SKIP_DEDUPE_OF_EVENTS);
        boolean withoutGrants = has(PlantedDefect.OWNER_NOT_ASKED);
        if (!byInstanceClock && !withoutSource && !withoutGrants) {
            return record;
        }
        Headers headers = new RecordHeaders(record.headers().toArray());
        if (withoutSource) {
            headers.remove("source");
        }
        if (withoutGrants) {
            headers.remove("grants");
        }
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                byInstanceClock ? instanceClockMs : record.timestamp(),
                record.timestampType(),
                0,
                0,
                record.key(),
                record.value(),
                headers,
                record.leaderEpoch());
    }

    /** A record as it is sent in a transaction; null when it is lost. */
    @Nullable
    ProducerRecord<String, byte[]> inTransaction(ProducerRecord<String, byte[]> record) {
        if (has(PlantedDefect.TEAR_TRANSACTION)
                && isEvent(record)
                && Math.floorMod(Arrays.hashCode(record.value()), EVENTS_LOST_ONE_IN) == 0) {
            return null;
        }
        Mark mark = Mark.of(record.headers());
        if (mark != null && has(PlantedDefect.MARK_LOST)) {
            return with(record, record.value(), null);
        }
        if (mark != null && has(PlantedDefect.MARK_WITHOUT_SOURCES)) {
            return with(record, record.value(), new Mark(mark.topicId(), mark.offset(), mark.leaderEpoch(), List.of()));
        }
        if (has(PlantedDefect.ANSWER_BEFORE_ITS_EVENTS)
                && record.topic().endsWith(".replies")
                && record.value() != null) {
            Answer answer = Json.read(record.value(), Answer.class);
            Answer hasty = new Answer(
                    answer.commandId(),
                    answer.requestHash(),
                    answer.repeated(),
                    answer.sequence(),
                    0,
                    answer.now(),
                    answer.refusal());
            return with(record, Json.write(hasty), mark);
        }
        return record;
    }

    private static ProducerRecord<String, byte[]> with(
            ProducerRecord<String, byte[]> record, byte @Nullable [] value, @Nullable Mark mark) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        headers.remove(Mark.HEADER);
        if (mark != null) {
            mark.addTo(headers);
        }
        return new ProducerRecord<>(record.topic(), record.partition(), null, record.key(), value, headers);
    }

    boolean isInTransaction(ProducerRecord<String, byte[]> record) {
        return !has(PlantedDefect.SEND_BEFORE_COMMIT) || !isEvent(record);
    }

    private static boolean isEvent(ProducerRecord<String, byte[]> record) {
        return record.topic().endsWith(".events");
    }

    /** True when a timer's command is sent. */
    boolean isSent(ProducerRecord<String, byte[]> command) {
        return !has(PlantedDefect.SKIP_DUE_TIMER)
                || Math.floorMod(Arrays.hashCode(command.value()), TIMERS_SKIPPED_ONE_IN) != 0;
    }

    /** The lane of an instance. */
    <C, S, V, E> Lane<C, S, V, E> lane(Lane.Parts<C, S, V, E> parts, Collection<Integer> partitions) {
        boolean storeFirst = has(PlantedDefect.OVERLAY_AFTER_STORE);
        boolean forgetful = has(PlantedDefect.SKIP_DEDUPE_OF_REQUESTS);
        boolean together = has(PlantedDefect.SOURCES_NOT_BY_PARTITION);
        String noun = parts.definition().noun();
        return new Lane<>(parts, partitions) {
            @Override
            public <T> @Nullable T get(String key, Form<T> form) {
                if (forgetful && key.startsWith("r|")) {
                    return null;
                }
                if (together && key.startsWith("o|")) {
                    return highestSource(key, form);
                }
                byte[] stored = storeFirst ? parts.store().get(key) : null;
                T value = stored == null ? super.get(key, form) : form.read(stored);
                return value == null || !key.startsWith("e|") ? value : remembered(noun, value, form);
            }

            /** Of all own partitions. As bytes, places have the order of their offsets and indexes. */
            private <T> @Nullable T highestSource(String key, Form<T> form) {
                String source = key.substring(key.indexOf('|', 2));
                T highest = null;
                for (int partition : partitions) {
                    T place = super.get("o|" + partition + source, form);
                    if (place != null
                            && (highest == null
                                    || Arrays.compareUnsigned(form.write(place), form.write(highest)) > 0)) {
                        highest = place;
                    }
                }
                return highest;
            }
        };
    }

    /** An entry of a service as a decider gets it that forgets facts. */
    private <T> T remembered(String noun, T entry, Form<T> form) {
        List<Fact> forgotten = FACTS.stream()
                .filter(fact -> has(fact.forgottenBy) && fact.noun.equals(noun))
                .toList();
        if (forgotten.isEmpty()) {
            return entry;
        }
        // The header of a row is no text. In this charset each byte is one character.
        String row = new String(form.write(entry), StandardCharsets.ISO_8859_1);
        for (Fact fact : forgotten) {
            row = fact.text.matcher(row).replaceAll(fact.readAs);
        }
        return form.read(row.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The consumer of a lane's commands. */
    SimulatedConsumer commands(
            SimulatedKafka kafka, Supplier<RandomGenerator> random, int recordsMax, LongSupplier instanceClockMs) {
        return new SimulatedConsumer(kafka, random, recordsMax, true) {
            @Override
            long sought(TopicPartition partition, long offset) {
                return has(PlantedDefect.MARK_PASSED_OVER) ? kafka.end(partition) : offset;
            }

            @Override
            ConsumerRecord<String, byte[]> given(ConsumerRecord<String, byte[]> record) {
                return command(record, instanceClockMs.getAsLong());
            }
        };
    }

    /**
     * How far a lane believes its follower to be.
     *
     * @param takesOver true from the takeover until the first transaction has been compared with the follower
     * @param endAtTakeOver end of the partition when the former owner was fenced
     */
    long followed(long next, boolean takesOver, long endAtTakeOver) {
        if (takesOver) {
            return has(PlantedDefect.TAKE_OVER_WITHOUT_CATCHING_UP) ? endAtTakeOver : next;
        }
        return has(PlantedDefect.OVERLAY_EVICTED_EARLY) ? Long.MAX_VALUE : next;
    }
}
