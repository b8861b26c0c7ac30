package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.Contract;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Translates generated Avro records into a service's own words. It does not know a record that it has no word for.
 *
 * @param <E> events in the service's own words
 */
public final class EventReader<E> {

    private record Type<E>(Class<? extends SpecificRecord> generated, Function<SpecificRecord, ? extends E> read) {}

    private final Map<String, Type<E>> readers;
    private final Set<String> ignored;

    private EventReader(Map<String, Type<E>> readers, Set<String> ignored) {
        this.readers = readers;
        this.ignored = ignored;
    }

    /**
     * A reader of all records that a sealed interface permits. Each is named as its Avro record in the contract, and
     * its components are some of its fields ({@link RecordBinding}).
     *
     * @throws IllegalArgumentException if a record does not fit the contract
     */
    public static <E> EventReader<E> of(Class<E> type) {
        EventReader<E> reader = create();
        for (Class<?> event : type.getPermittedSubclasses()) {
            RecordBinding<? extends E> binding = RecordBinding.reading(event.asSubclass(type), schema(event));
            reader = reader.on(
                    SpecificData.get().getClass(schema(event)).asSubclass(SpecificRecord.class), binding::read);
        }
        return reader;
    }

    private static Schema schema(Class<?> event) {
        return Contract.topics().stream()
                .flatMap(topic -> topic.types().stream())
                .map(Contract.RecordType::schema)
                .filter(schema -> schema.getName().equals(event.getSimpleName()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(event.getName() + " has no record in the contract"));
    }

    /** A reader that knows nothing yet. */
    public static <E> EventReader<E> create() {
        return new EventReader<>(Map.of(), Set.of());
    }

    /** This reader, knowing one more type. */
    public <A extends SpecificRecord> EventReader<E> on(Class<A> type, Function<A, ? extends E> read) {
        Map<String, Type<E>> more = new LinkedHashMap<>(readers);
        more.put(
                SpecificData.get().getSchema(type).getFullName(),
                new Type<>(type, record -> read.apply(type.cast(record))));
        return new EventReader<>(more, ignored);
    }

    /**
     * This reader, ignoring some types.
     *
     * @param names simple names of the types, separated by spaces or line breaks
     */
    public EventReader<E> ignoring(String names) {
        return new EventReader<>(readers, Set.of(names.strip().split("\\s+")));
    }

    /**
     * Checks that each type of the topics is either read or ignored, and that the contract names the service as a
     * listener of those that are read.
     *
     * @param noun of the service that reads
     * @throws IllegalArgumentException when it is not so
     */
    void checkComplete(String noun, Collection<String> topics) {
        Set<String> unused = new HashSet<>(ignored);
        for (Contract.Topic topic : Contract.topics()) {
            if (!topics.contains(topic.name())) {
                continue;
            }
            boolean foreign = !topic.name().startsWith(noun + ".");
            for (Contract.RecordType type : topic.types()) {
                String name = type.schema().getName();
                boolean read = knows(type.schema().getFullName());
                if (read == unused.remove(name)) {
                    throw new IllegalArgumentException(noun + "-service has to either read or ignore " + name);
                }
                if (foreign && read != type.listeners().contains(noun + "-service")) {
                    throw new IllegalArgumentException("the contract has to name " + noun + "-service as a listener of "
                            + name + " if it reads it, and only then");
                }
            }
        }
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException(noun + "-service ignores " + unused + ", which " + topics + " have not");
        }
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
