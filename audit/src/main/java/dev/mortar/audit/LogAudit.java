package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.EventIds.Known;
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
 * The promises about the log itself: identity, order, wholeness and cause of every event. They are the same for all
 * event types.
 */
final class LogAudit {
    private final AuditRules rules;
    private final Findings findings;
    final EventIds ids;
    /** The last event of each partition, by topic and partition. */
    private final Map<String, Map<Integer, LoggedEvent>> last = new HashMap<>();

    private final Map<String, Aggregates<?>> aggregates;
    private final Set<UUID> aborted = new HashSet<>();

    /** @param aggregates of every event topic */
    LogAudit(Findings findings, Map<String, Aggregates<?>> aggregates) {
        rules = findings.rules;
        this.findings = findings;
        this.aggregates = aggregates;
        ids = new EventIds(rules.idsInMemory());
    }

    void aborted(LoggedEvent event) {
        findings.holds(CAUSE_COMMITTED);
        aborted.add(event.meta().getEventId());
    }

    /**
     * Judges the next event.
     *
     * @param cause the known facts of its cause; null if it names none, or none that is in memory
     * @param mayBeForgotten whether the files may hold its cause
     * @return false if its type belongs on another topic, so that no auditor can judge it
     */
    boolean accept(LoggedEvent event, @Nullable Known cause, boolean mayBeForgotten) {
        var identity = event.identified();
        var topic = event.recordId().topic();
        int partition = event.recordId().partition();
        if (!findings.same(TYPE_OF_TOPIC, "The topic", topic, identity.type().topic())) {
            return false;
        }
        var aggregate = identity.type().key(event.event());
        findings.same(KEY_IS_AGGREGATE, "The key", event.key(), aggregate);
        if (event.mislabelled() != null) {
            findings.check(HEADERS_REPEAT_EVENT, event.mislabelled().isEmpty(), "%s", event.mislabelled());
        }
        if (rules.partitions() > 0) {
            int expected = Utils.toPositive(identity.keyHash()) % rules.partitions();
            findings.same(PARTITION_OF_KEY, "The partition of the key", partition, expected);
        }
        var stream = Objects.requireNonNull(aggregates.get(topic)).begin(aggregate, partition);
        findings.same(ONE_PARTITION, "The partition of the aggregate", partition, stream.partition);
        findings.same(SEQUENCE, "The sequence", event.meta().getSequence(), stream.sequence + 1);
        stream.last(event);
        inPartition(event, last.computeIfAbsent(topic, _ -> new HashMap<>()).put(partition, event));
        findings.context();
        identity(event, cause, mayBeForgotten);
        return true;
    }

    private void inPartition(LoggedEvent event, @Nullable LoggedEvent previous) {
        findings.context(previous);
        var meta = event.meta();
        var before = previous == null ? null : previous.meta();
        long expected = before == null ? 1 : before.getPosition() + 1;
        findings.same(POSITION, "The position in the partition", meta.getPosition(), expected);
        boolean begins = (previous == null || previous.isLastOfCommand()) && meta.getCount() > 0;
        boolean isWhole = meta.getIndex() == 0 ? begins : before != null && continues(before, meta);
        var command = meta.getCommandId();
        findings.check(COMMAND_WHOLE, isWhole, "Event %s of command %s is out of order", meta.getIndex(), command);
        if (before != null) {
            boolean isInOrder = !meta.getRecordedAt().isBefore(before.getRecordedAt());
            var sentence = "Recorded at %s, after an event recorded at %s";
            findings.check(CLOCK, isInOrder, sentence, meta.getRecordedAt(), before.getRecordedAt());
        }
    }

    private static boolean continues(EventMeta before, EventMeta meta) {
        return before.getCommandId().equals(meta.getCommandId())
                && before.getCount() == meta.getCount()
                && before.getIndex() + 1 == meta.getIndex()
                && meta.getIndex() < meta.getCount()
                && before.getRecordedAt().equals(meta.getRecordedAt())
                && Objects.equals(before.getCausationId(), meta.getCausationId())
                && before.getCorrelationId().equals(meta.getCorrelationId())
                && before.getActor().equals(meta.getActor());
    }

    private void identity(LoggedEvent event, @Nullable Known cause, boolean mayBeForgotten) {
        var meta = event.meta();
        var type = event.identified().type();
        var derived = "The event id %s does not follow from command %s";
        findings.check(EVENT_ID, event.identified().idIsDerived(), derived, meta.getEventId(), meta.getCommandId());
        var known = Known.of(event);
        var earlier = ids.put(known);
        var twice = "Event id %s is also that of %s";
        findings.check(EVENT_ID_UNIQUE, earlier == null, twice, meta.getEventId(), earlier);
        var causationId = meta.getCausationId();
        if (causationId == null) {
            findings.check(CAUSE_FITS, type.spontaneous(), "%s names no cause, and never comes alone", type.name());
        } else if (cause != null) {
            follows(known, cause);
        } else if (mayBeForgotten) {
            ids.refer(causationId, known);
        } else if (aborted.contains(causationId)) {
            findings.broken(CAUSE_COMMITTED, "Its cause %s was aborted", causationId);
        } else {
            findings.broken(CAUSE_EXISTS, "Its cause %s is not in the log", causationId);
        }
    }

    private void follows(Known effect, Known cause) {
        findings.holds(CAUSE_EXISTS);
        boolean isFitting = effect.type().mayFollow(cause.type());
        findings.check(CAUSE_FITS, isFitting, "%s names %s as its cause, and never follows from it", effect, cause);
        boolean isCorrelated = effect.hasCorrelationOf(cause);
        findings.check(CORRELATION, isCorrelated, "%s has another correlation id than its cause %s", effect, cause);
        boolean isInOrder = effect.recordedAtMicros() >= cause.recordedAtMicros();
        findings.check(CLOCK, isInOrder, "%s was recorded before its cause %s", effect, cause);
    }

    void finish() {
        last.values().stream().flatMap(each -> each.values().stream()).forEach(event -> {
            findings.context(event);
            var command = event.meta().getCommandId();
            findings.check(COMMAND_WHOLE, event.isLastOfCommand(), "The partition ends within command %s", command);
        });
        findings.context();
        // Ids that were still in memory were reported when the second event came.
        ids.join(
                (first, second) -> findings.broken(EVENT_ID_UNIQUE, "%s has the event id of %s", second, first),
                (effect, cause) -> {
                    if (cause == null) {
                        findings.broken(CAUSE_EXISTS, "The cause of %s is not in the log", effect);
                    } else {
                        follows(effect, cause);
                    }
                });
    }
}
