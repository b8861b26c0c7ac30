package dev.mortar.audit;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Fields by name that events repeat, of the first event of what they are about or of their cause. */
final class Repeats {
    private final Findings findings;
    private final Invariant invariant;
    private final List<String> names;
    private final Map<String, Set<String>> notPassedOn;
    private final ClassValue<int[]> positions = new ClassValue<>() {
        @Override
        protected int[] computeValue(Class<?> type) {
            var schema = SpecificData.get().getSchema(type);
            var without = notPassedOn.getOrDefault(schema.getName(), Set.of());
            return names.stream()
                    .mapToInt(name -> {
                        var field = schema.getField(name);
                        return field == null || without.contains(name) ? -1 : field.pos();
                    })
                    .toArray();
        }
    };

    /** @param notPassedOn by type of event: the fields that mean something else in it */
    Repeats(Findings findings, Invariant invariant, List<String> names, Map<String, Set<String>> notPassedOn) {
        this.findings = findings;
        this.invariant = invariant;
        this.names = names;
        this.notPassedOn = notPassedOn;
    }

    /** What an event has in the fields; null where it has no such field. */
    @Nullable
    Object[] of(SpecificRecord event) {
        var at = positions.get(event.getClass());
        var values = new Object[at.length];
        for (int i = 0; i < at.length; i++) {
            values[i] = at[i] < 0 ? null : event.get(at[i]);
        }
        return values;
    }

    /** Compares what a later event has in the fields with what the first had, which has them all. */
    void check(@Nullable Object[] first, LoggedEvent later) {
        var at = positions.get(later.event().getClass());
        int same = 0;
        while (same < at.length
                && (at[same] < 0 || Objects.equals(first[same], later.event().get(at[same])))) {
            same++;
        }
        int differs = same;
        findings.check(
                invariant,
                differs == at.length,
                () -> names.get(differs) + " is " + later.event().get(at[differs]) + ", it was " + first[differs],
                later);
    }

    /** Compares the fields that an event and its cause both have. */
    void check(LoggedEvent cause, LoggedEvent effect) {
        var from = positions.get(cause.event().getClass());
        var to = positions.get(effect.event().getClass());
        int same = 0;
        while (same < from.length
                && (from[same] < 0
                        || to[same] < 0
                        || Objects.equals(
                                cause.event().get(from[same]), effect.event().get(to[same])))) {
            same++;
        }
        int differs = same;
        findings.check(
                invariant,
                differs == from.length,
                () -> names.get(differs) + " is " + effect.event().get(to[differs]) + ", its cause says "
                        + cause.event().get(from[differs]),
                cause,
                effect);
    }
}
