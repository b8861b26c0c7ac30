package dev.mortar.eventsourcing.kafka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Translates generated Avro records into a service's own words; what it has no word for, it does not know.
 *
 * @param <E> events in the service's own words
 */
public final class EventReader<E> {

    private record Type<E>(Class<? extends SpecificRecord> generated, Function<SpecificRecord, ? extends E> read) {}

    private final Map<String, Type<E>> readers;

    private EventReader(Map<String, Type<E>> readers) {
        this.readers = readers;
    }

    /** A reader that knows nothing yet. */
    public static <E> EventReader<E> create() {
        return new EventReader<>(Map.of());
    }

    /** This reader, knowing one more type. */
    public <A extends SpecificRecord> EventReader<E> on(Class<A> type, Function<A, ? extends E> read) {
        Map<String, Type<E>> more = new LinkedHashMap<>(readers);
        more.put(
                SpecificData.get().getSchema(type).getFullName(),
                new Type<>(type, record -> read.apply(type.cast(record))));
        return new EventReader<>(more);
    }

    /** An empty record of each type it knows, to ask a registry about. */
    List<SpecificRecord> emptyRecords() {
        return readers.values().stream()
                .map(type -> (SpecificRecord) SpecificData.newInstance(
                        type.generated(), SpecificData.get().getSchema(type.generated())))
                .toList();
    }

    /** Full names of the types it knows. */
    public Set<String> types() {
        return readers.keySet();
    }

    /** True when it knows the type with this full name ({@code ce_type}). */
    public boolean knows(String type) {
        return readers.containsKey(type);
    }

    /**
     * The event in the service's own words.
     *
     * @throws IllegalArgumentException when the type is not known
     */
    public E read(SpecificRecord record) {
        Type<E> type = readers.get(record.getSchema().getFullName());
        if (type == null) {
            throw new IllegalArgumentException(
                    "no reader for " + record.getSchema().getFullName());
        }
        return type.read().apply(record);
    }
}
