package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.EventMeta;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * Binds a service's events to the generated Avro records with the same names ({@link RecordBinding}). If they do not
 * match, the binder cannot be created, so the service does not start.
 */
public final class EventBinder<E> {
    private final BiFunction<E, EventMeta, SpecificRecord> writer;
    private final EventReader<E> reader;

    EventBinder(BiFunction<E, EventMeta, SpecificRecord> writer, EventReader<E> reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /**
     * A binder of all events that a sealed interface permits, to generated records in a package.
     *
     * @throws IllegalArgumentException if an event does not match its Avro record
     */
    public static <E> EventBinder<E> of(Class<E> type, String schemas) {
        Map<Class<?>, RecordBinding<? extends E>> events = new LinkedHashMap<>();
        EventReader<E> reader = EventReader.create();
        for (Class<?> event : type.getPermittedSubclasses()) {
            Class<? extends SpecificRecord> generated = generated(event, schemas);
            RecordBinding<? extends E> binding = RecordBinding.ofEvent(event.asSubclass(type), generated);
            events.put(event, binding);
            reader = reader.on(generated, binding::read);
        }
        return new EventBinder<>(
                (event, meta) -> {
                    SpecificRecord record = write(Objects.requireNonNull(events.get(event.getClass())), event);
                    record.put(0, meta);
                    return record;
                },
                reader);
    }

    private static Class<? extends SpecificRecord> generated(Class<?> event, String schemas) {
        try {
            return Class.forName(schemas + "." + event.getSimpleName()).asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(event.getName() + " has no Avro record in " + schemas, e);
        }
    }

    public EventReader<E> reader() {
        return reader;
    }

    public E read(SpecificRecord record) {
        return reader.read(record);
    }

    public SpecificRecord write(E event, EventMeta meta) {
        return writer.apply(event, meta);
    }

    @SuppressWarnings("unchecked")
    private static <T> SpecificRecord write(RecordBinding<T> binding, Object event) {
        return binding.write((T) event);
    }
}
