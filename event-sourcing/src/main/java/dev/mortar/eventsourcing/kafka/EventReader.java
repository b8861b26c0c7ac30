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

/** Translates some types of generated Avro records into a service's own types. */
public final class EventReader<E> {
    private record Type<E>(Class<? extends SpecificRecord> generated, Function<SpecificRecord, ? extends E> read) {}

    private final Map<String, Type<E>> readers;
    private final Set<String> ignored;

    private EventReader(Map<String, Type<E>> readers, Set<String> ignored) {
        this.readers = readers;
        this.ignored = ignored;
    }

    /**
     * A reader of all records that a sealed interface permits. Each has the name of its Avro record in the contract,
     * and its components are some of the Avro fields ({@link RecordBinding}).
     *
     * @throws IllegalArgumentException if a record does not match the contract
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

    /** A reader without any type yet. */
    public static <E> EventReader<E> create() {
        return new EventReader<>(Map.of(), Set.of());
    }

    /** This reader with one more type. */
    public <A extends SpecificRecord> EventReader<E> on(Class<A> type, Function<A, ? extends E> read) {
        Map<String, Type<E>> more = new LinkedHashMap<>(readers);
        more.put(
                SpecificData.get().getSchema(type).getFullName(),
                new Type<>(type, record -> read.apply(type.cast(record))));
        return new EventReader<>(more, ignored);
    }

    /** This reader with some ignored types: their simple names, separated by spaces or line breaks. */
    public EventReader<E> ignoring(String names) {
        return new EventReader<>(readers, Set.of(names.strip().split("\\s+")));
    }

    /**
     * Checks that the service reads or ignores each type of the topics, and that the contract names it as a listener of
     * exactly the types that it reads.
     *
     * @throws IllegalArgumentException if the check fails
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
                    throw new IllegalArgumentException(noun + "-service must either read or ignore " + name);
                }
                if (foreign && read != type.listeners().contains(noun + "-service")) {
                    throw new IllegalArgumentException("the contract must name " + noun + "-service as a listener of "
                            + name + " if and only if the service reads it");
                }
            }
        }
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException(noun + "-service ignores " + unused + ", which are not in " + topics);
        }
    }

    /** An empty record of each known type, for looking its schema up in a registry. */
    List<SpecificRecord> emptyRecords() {
        return readers.values().stream()
                .map(type -> (SpecificRecord) SpecificData.newInstance(
                        type.generated(), SpecificData.get().getSchema(type.generated())))
                .toList();
    }

    /** Full names of the known types. */
    public Set<String> types() {
        return readers.keySet();
    }

    /** True if it knows the type with this full name ({@code ce_type}). */
    public boolean knows(String type) {
        return readers.containsKey(type);
    }

    /** The event as a type of the service. Throws {@link IllegalArgumentException} if the type is not known. */
    public E read(SpecificRecord record) {
        Type<E> type = readers.get(record.getSchema().getFullName());
        if (type == null) {
            throw new IllegalArgumentException(
                    "no reader for " + record.getSchema().getFullName());
        }
        return type.read().apply(record);
    }
}
