package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.RecordedAt;
import dev.mortar.schemas.EventMeta;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Binds a service's events to the generated Avro records of the same names, and their components to the fields of the
 * same names: records to records, lists to arrays, enums to enums by symbol.
 *
 * <ul>
 *   <li>{@link FieldName} names a field that is not called as its component.
 *   <li>A component that is a record, where Avro has none, stands for several fields of the event itself. It is null
 *       when all of them are.
 *   <li>A component with {@link RecordedAt} is the time in the event's meta block, unless a field of its name is set.
 *   <li>An enum field without a component is always its default, which cannot be UNKNOWN.
 *   <li>A symbol that this version does not know is refused: a newer version wrote the event.
 * </ul>
 *
 * An event that does not fit its Avro record is refused when the binder is made, so its service does not start.
 *
 * @param <E> events, a sealed interface of records
 */
public final class EventBinder<E> {

    private static final SpecificData AVRO = SpecificData.get();
    /** The symbol that stands for those of newer versions. */
    private static final String UNKNOWN = "UNKNOWN";

    private final Map<Class<?>, Fields> events;
    private final EventReader<E> reader;

    private EventBinder(Map<Class<?>, Fields> events, EventReader<E> reader) {
        this.events = events;
        this.reader = reader;
    }

    /**
     * A binder of all events that a sealed interface permits.
     *
     * @param schemas package of the generated records
     * @throws IllegalArgumentException when an event does not fit its Avro record
     */
    public static <E> EventBinder<E> of(Class<E> type, String schemas) {
        Map<Class<?>, Fields> events = new LinkedHashMap<>();
        EventReader<E> reader = EventReader.create();
        for (Class<?> event : type.getPermittedSubclasses()) {
            Class<? extends SpecificRecord> generated = generated(event, schemas);
            Fields fields = Fields.of(event, AVRO.getSchema(generated), Set.of("meta"));
            events.put(event, fields);
            reader = reader.on(
                    generated,
                    record -> type.cast(
                            fields.read(record, EventRecords.metaOf(record).getRecordedAt())));
        }
        return new EventBinder<>(events, reader);
    }

    private static Class<? extends SpecificRecord> generated(Class<?> event, String schemas) {
        try {
            return Class.forName(schemas + "." + event.getSimpleName()).asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(event.getName() + " has no Avro record in " + schemas, e);
        }
    }

    /** Reads the events. */
    public EventReader<E> reader() {
        return reader;
    }

    /** The event of an Avro record. */
    public E read(SpecificRecord record) {
        return reader.read(record);
    }

    /** The Avro record of an event. */
    public SpecificRecord write(E event, EventMeta meta) {
        SpecificRecord record =
                Objects.requireNonNull(events.get(event.getClass())).write(event);
        record.put(0, meta);
        return record;
    }

    /** How a value other than null is read from Avro and written to it. */
    private record Codec(UnaryOperator<Object> read, UnaryOperator<Object> write) {

        static final Codec SAME = new Codec(UnaryOperator.identity(), UnaryOperator.identity());

        static Codec of(Type type, Schema schema, String name) {
            Class<?> own = type instanceof ParameterizedType list ? (Class<?>) list.getRawType() : (Class<?>) type;
            return switch (schema.getType()) {
                case UNION -> of(type, notNull(schema), name);
                case RECORD -> {
                    Fields fields = Fields.of(own, schema, Set.of());
                    yield new Codec(avro -> fields.read((SpecificRecord) avro, Instant.MIN), fields::write);
                }
                case ARRAY -> {
                    check(type instanceof ParameterizedType && own == List.class, name + " is no list");
                    Type each = ((ParameterizedType) type).getActualTypeArguments()[0];
                    Codec codec = of(each, schema.getElementType(), name);
                    yield new Codec(list -> all(list, codec.read), list -> all(list, codec.write));
                }
                case ENUM -> ofEnum(own, schema, name);
                default -> {
                    if (own == LocalDate.class && schema.getType() == Schema.Type.STRING) {
                        yield new Codec(text -> LocalDate.parse((String) text), Object::toString);
                    }
                    Class<?> boxed = MethodType.methodType(own).wrap().returnType();
                    check(boxed == simple(schema), name + " is " + own.getName() + ", but Avro has " + schema);
                    yield SAME;
                }
            };
        }

        private static Codec ofEnum(Class<?> own, Schema schema, String name) {
            check(own.isEnum(), name + " is no enum");
            Map<String, Object> constants = constants(own);
            Map<String, Object> symbols = constants(AVRO.getClass(schema));
            check(symbols.keySet().containsAll(constants.keySet()), name + " has constants that Avro has not");
            return new Codec(
                    symbol -> {
                        Object constant = constants.get(symbol.toString());
                        check(constant != null, name + " cannot be " + symbol + " in this version");
                        return Objects.requireNonNull(constant);
                    },
                    constant -> Objects.requireNonNull(symbols.get(((Enum<?>) constant).name())));
        }

        private static Map<String, Object> constants(Class<?> type) {
            return Stream.of(type.getEnumConstants())
                    .collect(Collectors.toMap(constant -> ((Enum<?>) constant).name(), constant -> constant));
        }

        private static Schema notNull(Schema union) {
            List<Schema> types = union.getTypes().stream()
                    .filter(each -> each.getType() != Schema.Type.NULL)
                    .toList();
            check(types.size() == 1, union + " is more than a type or null");
            return types.getFirst();
        }

        private static List<Object> all(Object list, UnaryOperator<Object> mapping) {
            return ((List<?>) list).stream().<Object>map(mapping::apply).toList();
        }

        /** The class that generated records have for a simple type. */
        private static Class<?> simple(Schema schema) {
            if (schema.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
                return Instant.class;
            }
            return switch (schema.getType()) {
                case STRING -> LogicalTypes.uuid().equals(schema.getLogicalType()) ? UUID.class : String.class;
                case LONG -> Long.class;
                case INT -> Integer.class;
                case BOOLEAN -> Boolean.class;
                case DOUBLE -> Double.class;
                default -> throw new IllegalArgumentException(schema + " is no type of an event");
            };
        }
    }

    /**
     * A component of a record.
     *
     * @param field position of its field
     * @param codec of its field; null when it has none
     * @param part the fields that it stands for, when it is a part
     * @param recorded true when it is the time at which the event was recorded, unless its field is set
     */
    private record Component(
            Method accessor,
            int field,
            @Nullable Codec codec,
            @Nullable Fields part,
            boolean recorded) {

        @Nullable
        Object read(SpecificRecord record, Instant recordedAt) {
            if (part != null) {
                return part.readPart(record, recordedAt);
            }
            Object value = codec == null ? null : record.get(field);
            if (value == null || codec == null) {
                return recorded ? recordedAt : null;
            }
            return codec.read.apply(value);
        }

        void write(Object own, SpecificRecord record) throws ReflectiveOperationException {
            Object value = accessor.invoke(own);
            if (value == null) {
                return;
            }
            if (part != null) {
                part.write(value, record);
            } else if (codec != null) {
                record.put(field, codec.write.apply(value));
            }
        }
    }

    /**
     * The components of a record and the fields of an Avro record that they stand for.
     *
     * @param constants values of the fields that no component stands for, by position
     */
    private record Fields(
            Constructor<?> constructor, Schema schema, List<Component> components, Map<Integer, Object> constants) {

        /**
         * Those of a record that stands for a whole Avro record.
         *
         * @param without fields that the record does not have to have
         */
        static Fields of(Class<?> type, Schema schema, Set<String> without) {
            Set<String> bound = new HashSet<>(without);
            Fields part = part(type, schema, bound);
            Map<Integer, Object> constants = new HashMap<>();
            for (Schema.Field field : schema.getFields()) {
                if (!bound.contains(field.name())) {
                    check(isConstant(field), type.getName() + " has no component for " + field.name());
                    constants.put(field.pos(), AVRO.getDefaultValue(field));
                }
            }
            return new Fields(part.constructor, schema, part.components, constants);
        }

        /** Those of a record that stands for some fields of an Avro record. */
        private static Fields part(Class<?> type, Schema schema, Set<String> bound) {
            check(type.isRecord(), type.getName() + " is no record, but Avro has " + schema.getFullName());
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return new Fields(
                        constructor,
                        schema,
                        Stream.of(components)
                                .map(component -> component(type, component, schema, bound))
                                .toList(),
                        Map.of());
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("a record without its constructor", e);
            }
        }

        private static Component component(Class<?> type, RecordComponent component, Schema schema, Set<String> bound) {
            String name = type.getName() + "." + component.getName();
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            boolean recorded = component.isAnnotationPresent(RecordedAt.class);
            FieldName names = component.getAnnotation(FieldName.class);
            Schema.Field field = Stream.of(names == null ? new String[] {component.getName()} : names.value())
                    .map(schema::getField)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
            if (component.getType().isRecord() && (field == null || !isRecord(field.schema()))) {
                return new Component(accessor, -1, null, part(component.getType(), schema, bound), false);
            }
            if (field == null && recorded) {
                return new Component(accessor, -1, null, null, true);
            }
            check(field != null, name + " has no field in " + schema.getFullName());
            bound.add(Objects.requireNonNull(field).name());
            return new Component(
                    accessor, field.pos(), Codec.of(component.getGenericType(), field.schema(), name), null, recorded);
        }

        private static boolean isConstant(Schema.Field field) {
            return field.schema().getType() == Schema.Type.ENUM
                    && field.hasDefaultValue()
                    && !AVRO.getDefaultValue(field).toString().equals(UNKNOWN);
        }

        private static boolean isRecord(Schema schema) {
            return schema.isUnion()
                    ? schema.getTypes().stream().anyMatch(Fields::isRecord)
                    : schema.getType() == Schema.Type.RECORD;
        }

        Object read(SpecificRecord record, Instant recordedAt) {
            return make(values(record, recordedAt));
        }

        private @Nullable Object readPart(SpecificRecord record, Instant recordedAt) {
            @Nullable Object[] values = values(record, recordedAt);
            return Stream.of(values).allMatch(Objects::isNull) ? null : make(values);
        }

        private @Nullable Object[] values(SpecificRecord record, Instant recordedAt) {
            @Nullable Object[] values = new Object[components.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = components.get(i).read(record, recordedAt);
            }
            return values;
        }

        private Object make(@Nullable Object[] values) {
            try {
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("it is no " + constructor.getName(), e);
            }
        }

        SpecificRecord write(Object own) {
            var record = (SpecificRecord) SpecificData.newInstance(AVRO.getClass(schema), schema);
            constants.forEach(record::put);
            write(own, record);
            return record;
        }

        private void write(Object own, SpecificRecord record) {
            try {
                for (Component component : components) {
                    component.write(own, record);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void check(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalArgumentException(fault);
        }
    }
}
