package dev.mortar.audit;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Fields that later events repeat, either of the first event of their aggregate or of their cause. */
final class RepeatedFields {
    private final Findings findings;
    private final Invariant invariant;
    private final List<String> names;
    private final ClassValue<int[]> positions;

    /** @param exceptions by event type: the field that means something else in it */
    RepeatedFields(Findings findings, Invariant invariant, Map<String, String> exceptions, String... names) {
        this.findings = findings;
        this.invariant = invariant;
        this.names = List.of(names);
        positions = new ClassValue<>() {
            @Override
            protected int[] computeValue(Class<?> type) {
                var schema = SpecificData.get().getSchema(type);
                return Stream.of(names)
                        .map(name -> name.equals(exceptions.get(schema.getName())) ? null : schema.getField(name))
                        .mapToInt(field -> field == null ? -1 : field.pos())
                        .toArray();
            }
        };
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

    /** Compares the event that is being judged with the first one, which has all the fields. Null: it is forgotten. */
    void check(@Nullable Object @Nullable [] first) {
        if (first != null) {
            compare(first, null);
        }
    }

    /** Compares the fields that both the event that is being judged and its cause have. */
    void checkCause(LoggedEvent cause) {
        compare(of(cause.event()), positions.get(cause.event().getClass()));
    }

    /** @param named positions of the fields in the expected event, negative for those that it does not have */
    private void compare(@Nullable Object[] expected, int @Nullable [] named) {
        var event = findings.event().event();
        var at = positions.get(event.getClass());
        for (int i = 0; i < at.length; i++) {
            boolean isRepeated = at[i] >= 0 && (named == null || named[i] >= 0);
            if (isRepeated && !Objects.equals(expected[i], event.get(at[i]))) {
                findings.same(invariant, names.get(i), event.get(at[i]), expected[i]);
                return;
            }
        }
        findings.holds(invariant);
    }
}
