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

    /** Compares the fields that both the judged event and an earlier one have. Null: the earlier one is forgotten. */
    void check(@Nullable SpecificRecord earlier) {
        if (earlier == null) {
            return;
        }
        var event = findings.event().event();
        var at = positions.get(event.getClass());
        var before = positions.get(earlier.getClass());
        for (int i = 0; i < at.length; i++) {
            boolean isRepeated = at[i] >= 0 && before[i] >= 0;
            if (isRepeated && !Objects.equals(earlier.get(before[i]), event.get(at[i]))) {
                findings.same(invariant, names.get(i), event.get(at[i]), earlier.get(before[i]));
                return;
            }
        }
        findings.holds(invariant);
    }
}
