package dev.mortar.audit;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Fields that later events repeat, either of the first event of their aggregate or of their cause. */
final class RepeatedFields {
    private final Findings findings;
    private final Invariant invariant;
    private final List<String> names;
    private final Map<String, Set<String>> exceptions;
    private final ClassValue<int[]> positions = new ClassValue<>() {
        @Override
        protected int[] computeValue(Class<?> type) {
            var schema = SpecificData.get().getSchema(type);
            var without = exceptions.getOrDefault(schema.getName(), Set.of());
            return names.stream()
                    .mapToInt(name -> {
                        var field = schema.getField(name);
                        return field == null || without.contains(name) ? -1 : field.pos();
                    })
                    .toArray();
        }
    };

    /** @param exceptions by event type: the fields that mean something else in it */
    RepeatedFields(Findings findings, Invariant invariant, List<String> names, Map<String, Set<String>> exceptions) {
        this.findings = findings;
        this.invariant = invariant;
        this.names = names;
        this.exceptions = exceptions;
    }

    /** The values of the fields in an event; null where it has no such field. */
    @Nullable
    Object[] of(SpecificRecord event) {
        var at = positions.get(event.getClass());
        var values = new Object[at.length];
        for (int i = 0; i < at.length; i++) {
            values[i] = at[i] < 0 ? null : event.get(at[i]);
        }
        return values;
    }

    /** Compares the event that is being judged with the first one, which has all the fields. */
    void check(@Nullable Object[] first) {
        var event = findings.event().event();
        compare(first, event, positions.get(event.getClass()));
    }

    /** Compares the fields that both the event that is being judged and its cause have. */
    void checkCause(LoggedEvent cause) {
        var event = findings.event().event();
        var at = positions.get(event.getClass()).clone();
        var causeAt = positions.get(cause.event().getClass());
        for (int i = 0; i < at.length; i++) {
            at[i] = causeAt[i] < 0 ? -1 : at[i];
        }
        compare(of(cause.event()), event, at);
    }

    private void compare(@Nullable Object[] expected, SpecificRecord event, int[] at) {
        int same = 0;
        while (same < at.length && (at[same] < 0 || Objects.equals(expected[same], event.get(at[same])))) {
            same++;
        }
        if (same == at.length) {
            findings.holds(invariant);
        } else {
            var sentence = "%s is %s; it has to be %s";
            findings.broken(invariant, sentence, names.get(same), event.get(at[same]), expected[same]);
        }
    }
}
