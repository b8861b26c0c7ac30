package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CAUSE_COMMITTED;
import static dev.mortar.audit.Invariant.CAUSE_EXISTS;
import static dev.mortar.audit.Invariant.CAUSE_FITS;
import static dev.mortar.audit.Invariant.CLOCK;
import static dev.mortar.audit.Invariant.COMMAND_WHOLE;
import static dev.mortar.audit.Invariant.CORRELATION;
import static dev.mortar.audit.Invariant.EVENT_ID;
import static dev.mortar.audit.Invariant.EVENT_ID_UNIQUE;
import static dev.mortar.audit.Invariant.HEADERS_REPEAT_EVENT;
import static dev.mortar.audit.Invariant.KEY_IS_AGGREGATE;
import static dev.mortar.audit.Invariant.ONE_PARTITION;
import static dev.mortar.audit.Invariant.PARTITION_OF_KEY;
import static dev.mortar.audit.Invariant.POSITION;
import static dev.mortar.audit.Invariant.SEQUENCE;
import static dev.mortar.audit.Invariant.TYPE_OF_TOPIC;

import dev.mortar.audit.EventIds.Known;
import dev.mortar.audit.LoggedEvent.Identity;
import dev.mortar.schemas.EventMeta;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The log itself: identity, order, wholeness and cause of every event.
 *
 * <p>Per aggregate it remembers the last sequence and the partition in the {@link Streams} of its judge, per partition
 * the last position and the command that is being written; per event only what {@link EventIds} keeps.
 */
final class LogAudit {
    private final AuditRules rules;
    private final Findings findings;
    private final Places places = new Places();
    private final EventIds ids;
    private final Map<String, Map<Integer, Partition>> partitions = new HashMap<>();
    private final Map<String, Streams<?>> streams;
    private final Set<UUID> aborted = new HashSet<>();

    /** @param streams of every event topic */
    LogAudit(AuditRules rules, Findings findings, Map<String, Streams<?>> streams) {
        this.rules = rules;
        this.findings = findings;
        this.streams = streams;
        ids = new EventIds(rules.idsInMemory());
    }

    private static final class Partition {
        long position;
        int index;
        int count;

        @Nullable
        LoggedEvent last;
    }

    EventIds ids() {
        return ids;
    }

    void aborted(LoggedEvent event) {
        findings.holds(CAUSE_COMMITTED);
        aborted.add(EventType.meta(event).getEventId());
    }

    /**
     * Judges the next event.
     *
     * @param cause what is known of its cause; null when it names none, or none that is in memory
     * @param onTrust true when the cause may have been forgotten
     * @return false when it is so strange that nobody else should look at it
     */
    boolean accept(LoggedEvent event, Identity identity, @Nullable Known cause, boolean onTrust) {
        var place = event.place();
        var type = identity.type();
        if (!type.topic().equals(place.topic())) {
            findings.broken(TYPE_OF_TOPIC, event.type() + " does not belong on " + place.topic(), event);
            return false;
        }
        findings.holds(TYPE_OF_TOPIC);
        var meta = identity.meta();
        var aggregate = type.key(event.event());
        findings.check(
                KEY_IS_AGGREGATE,
                aggregate.equals(event.key()),
                () -> "The key is " + event.key() + ", the event is about " + aggregate,
                event);
        var mislabelled = event.mislabelled();
        if (mislabelled != null) {
            findings.check(HEADERS_REPEAT_EVENT, mislabelled.isEmpty(), () -> mislabelled, event);
        }
        if (rules.partitions() > 0) {
            int expected = Utils.toPositive(identity.keyHash()) % rules.partitions();
            findings.check(
                    PARTITION_OF_KEY,
                    expected == place.partition(),
                    () -> "Key " + event.key() + " belongs in partition " + expected,
                    event);
        }
        inStream(event, meta, aggregate);
        inPartition(event, meta);
        identity(event, identity, cause, onTrust);
        return true;
    }

    private void inStream(LoggedEvent event, EventMeta meta, String aggregate) {
        var place = event.place();
        var stream = Objects.requireNonNull(streams.get(place.topic())).opened(aggregate, place.partition());
        findings.check(
                ONE_PARTITION,
                stream.partition == place.partition(),
                () -> aggregate + " began in partition " + stream.partition + " and goes on in " + place.partition(),
                event);
        long expected = stream.sequence + 1;
        findings.check(
                SEQUENCE,
                meta.getSequence() == expected,
                () -> "Sequence " + meta.getSequence() + " of " + aggregate + " where " + expected + " is next",
                event);
        stream.sequence = meta.getSequence();
        stream.recordedAt(meta.getRecordedAt());
    }

    private void inPartition(LoggedEvent event, EventMeta meta) {
        var place = event.place();
        var partition = partitions
                .computeIfAbsent(place.topic(), _ -> new HashMap<>())
                .computeIfAbsent(place.partition(), _ -> new Partition());
        var last = partition.last;
        long expected = partition.position + 1;
        findings.check(
                POSITION,
                meta.getPosition() == expected,
                () -> "Position " + meta.getPosition() + " in " + place.topic() + '/' + place.partition() + " where "
                        + expected + " is next",
                last,
                event);
        partition.position = meta.getPosition();

        boolean begins = meta.getIndex() == 0;
        boolean ended = last == null || partition.index + 1 == partition.count;
        if (begins) {
            findings.check(
                    COMMAND_WHOLE,
                    ended && meta.getCount() > 0,
                    () -> "Command " + (last == null ? "" : EventType.meta(last).getCommandId()) + " produced "
                            + partition.count + " events and only " + (partition.index + 1) + " are there",
                    last,
                    event);
        } else {
            var before = last == null ? null : EventType.meta(last);
            findings.check(
                    COMMAND_WHOLE,
                    before != null
                            && before.getCommandId().equals(meta.getCommandId())
                            && before.getCount() == meta.getCount()
                            && before.getIndex() + 1 == meta.getIndex()
                            && meta.getIndex() < meta.getCount()
                            && before.getRecordedAt().equals(meta.getRecordedAt())
                            && Objects.equals(before.getCausationId(), meta.getCausationId())
                            && before.getCorrelationId().equals(meta.getCorrelationId())
                            && before.getActor().equals(meta.getActor()),
                    () -> "Event " + meta.getIndex() + " of " + meta.getCount() + " of command " + meta.getCommandId()
                            + " does not follow the one before it",
                    last,
                    event);
        }
        if (last != null) {
            var before = EventType.meta(last).getRecordedAt();
            findings.check(
                    CLOCK,
                    !meta.getRecordedAt().isBefore(before),
                    () -> "Recorded at " + meta.getRecordedAt() + ", after an event recorded at " + before,
                    last,
                    event);
        }
        partition.index = meta.getIndex();
        partition.count = meta.getCount();
        partition.last = event;
    }

    private void identity(LoggedEvent event, Identity identity, @Nullable Known cause, boolean onTrust) {
        var meta = identity.meta();
        var type = identity.type();
        findings.check(
                EVENT_ID,
                identity.idIsDerived(),
                () -> "Event id " + meta.getEventId() + " is not that of event " + meta.getIndex() + " of command "
                        + meta.getCommandId(),
                event);
        var known = new Known(
                places.pack(event.place()),
                Streams.micros(meta.getRecordedAt()),
                type.number(),
                correlation(meta.getCorrelationId()));
        var earlier = ids.put(meta.getEventId(), known);
        findings.check(
                EVENT_ID_UNIQUE,
                earlier == null,
                () -> "Event " + meta.getEventId() + " lies already at "
                        + (earlier == null ? "" : places.unpack(earlier.place())),
                event);
        var causationId = meta.getCausationId();
        if (causationId == null) {
            findings.check(
                    CAUSE_FITS, type.spontaneous(), () -> type.name() + " has no cause and never comes alone", event);
        } else if (cause != null) {
            findings.holds(CAUSE_EXISTS);
            follows(known, cause, event);
        } else if (onTrust) {
            ids.refer(causationId, known);
        } else if (aborted.contains(causationId)) {
            findings.broken(CAUSE_COMMITTED, "Its cause " + causationId + " was aborted", event);
        } else {
            findings.broken(CAUSE_EXISTS, "Its cause " + causationId + " is not in the log", event);
        }
    }

    /** @param event the effect, as evidence; null when it is no longer at hand */
    private void follows(Known effect, Known cause, @Nullable LoggedEvent event) {
        var effectType = EventType.numbered(effect.type());
        var causeType = EventType.numbered(cause.type());
        findings.check(
                CAUSE_FITS,
                effectType.mayFollow(causeType),
                () -> effectType.name() + " at " + places.unpack(effect.place()) + " never follows from "
                        + causeType.name() + " at " + places.unpack(cause.place()),
                event);
        findings.check(
                CORRELATION,
                effect.correlation() == cause.correlation(),
                () -> effectType.name() + " at " + places.unpack(effect.place())
                        + " has another correlation id than its cause " + causeType.name() + " at "
                        + places.unpack(cause.place()),
                event);
        findings.check(
                CLOCK,
                effect.recordedAtMicros() >= cause.recordedAtMicros(),
                () -> effectType.name() + " at " + places.unpack(effect.place()) + " was recorded before its cause "
                        + causeType.name() + " at " + places.unpack(cause.place()),
                event);
    }

    void finish() {
        partitions.values().stream()
                .flatMap(byNumber -> byNumber.values().stream())
                .forEach(partition -> findings.check(
                        COMMAND_WHOLE,
                        partition.last == null || partition.index + 1 == partition.count,
                        () -> "The partition ends within a command: " + (partition.index + 1) + " of " + partition.count
                                + " events are there",
                        partition.last));
        ids.join(new EventIds.Joined() {
            @Override
            public void twice(Known first, Known second) {
                // What was still in memory was reported when it came.
                findings.broken(
                        EVENT_ID_UNIQUE,
                        EventType.numbered(second.type()).name() + " at " + places.unpack(second.place())
                                + " has the event id of " + places.unpack(first.place()));
            }

            @Override
            public void cause(Known effect, @Nullable Known cause) {
                if (cause == null) {
                    findings.broken(
                            CAUSE_EXISTS,
                            "The cause of " + EventType.numbered(effect.type()).name() + " at "
                                    + places.unpack(effect.place()) + " is not in the log");
                } else {
                    findings.holds(CAUSE_EXISTS);
                    follows(effect, cause, null);
                }
            }
        });
        ids.close();
    }

    private static long correlation(String id) {
        return (long) (id.length() & 0xffff) << 32 | id.hashCode() & 0xffff_ffffL;
    }
}
