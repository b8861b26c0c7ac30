package dev.mortar.eventsourcing.kafka;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
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
                return stored == null ? super.get(key, form) : form.read(stored);
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
