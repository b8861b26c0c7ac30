package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.FieldName;
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
 * Binds the components of a Java record to the fields with the same names in a generated Avro record: records to
 * records, lists to arrays, enums to enums by symbol.
 *
 * <ul>
 *   <li>{@link FieldName} names the field if the component has another name.
 *   <li>A component that is a record, where Avro has none of that name, stands for several fields. It is null if all
 *       are.
 *   <li>Reading refuses a symbol that is not a constant of the component's enum, because a newer version wrote it.
 * </ul>
 */
public final class RecordBinding<T> {
    private static final SpecificData AVRO = SpecificData.get();
    /** The symbol that stands for symbols of newer versions. */
    private static final String UNKNOWN = "UNKNOWN";

    private final Class<T> type;
    private final Fields fields;

    private RecordBinding(Class<T> type, Fields fields) {
        this.type = type;
        this.fields = fields;
    }

    /**
     * A binding that reads and writes. An enum field without a component is written as its default, unless that is
     * UNKNOWN.
     *
     * @throws IllegalArgumentException if a component has no field, a field has no component, or their types differ
     */
    public static <T> RecordBinding<T> of(Class<T> type, Class<? extends SpecificRecord> generated) {
        return new RecordBinding<>(type, Fields.all(type, AVRO.getSchema(generated), Set.of()));
    }

    /** As {@link #of}, for an event. The caller writes its meta block. */
    static <T> RecordBinding<T> ofEvent(Class<T> type, Class<? extends SpecificRecord> generated) {
        return new RecordBinding<>(type, Fields.all(type, AVRO.getSchema(generated), Set.of("meta")));
    }

    /**
     * A binding that only reads. It skips fields without a component.
     *
     * @throws IllegalArgumentException if a component has no field, or their types differ
     */
    static <T> RecordBinding<T> reading(Class<T> type, Schema schema) {
        return new RecordBinding<>(type, Fields.some(type, schema, new HashSet<>(), false));
    }

    /**
     * The Java record of an Avro record.
     *
     * @throws IllegalArgumentException if this version does not know a symbol, or the Java record refuses the values
     */
    public T read(SpecificRecord record) {
        return type.cast(fields.read(record));
    }

    public SpecificRecord write(T own) {
        return fields.write(own);
    }

    /** Converts non-null values from and to Avro. */
    private record Codec(UnaryOperator<Object> read, UnaryOperator<Object> write) {
        static final Codec SAME = new Codec(UnaryOperator.identity(), UnaryOperator.identity());

        static Codec of(Type type, Schema schema, boolean whole, String name) {
            Class<?> own = type instanceof ParameterizedType list ? (Class<?>) list.getRawType() : (Class<?>) type;
            return switch (schema.getType()) {
                case UNION -> of(type, notNull(schema), whole, name);
                case RECORD -> {
                    Fields fields = whole
                            ? Fields.all(own, schema, Set.of())
                            : Fields.some(own, schema, new HashSet<>(), false);
                    yield new Codec(avro -> fields.read((SpecificRecord) avro), fields::write);
                }
                case ARRAY -> {
                    check(type instanceof ParameterizedType && own == List.class, name + " is not a list");
                    Type each = ((ParameterizedType) type).getActualTypeArguments()[0];
                    Codec codec = of(each, schema.getElementType(), whole, name);
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
            check(own.isEnum(), name + " is not an enum");
            Map<String, Object> constants = constants(own);
            Map<String, Object> symbols = constants(AVRO.getClass(schema));
            check(symbols.keySet().containsAll(constants.keySet()), name + " has constants that are missing in Avro");
            return new Codec(
                    symbol -> {
                        Object constant = constants.get(symbol.toString());
                        if (constant == null) {
                            throw new IllegalArgumentException(name + " cannot be " + symbol + " in this version");
                        }
                        return constant;
                    },
                    constant -> Objects.requireNonNull(symbols.get(((Enum<?>) constant).name())));
        }

        private static Map<String, Object> constants(Class<?> type) {
            return Stream.of(type.getEnumConstants())
                    .collect(Collectors.toMap(constant -> ((Enum<?>) constant).name(), constant -> constant));
        }

        private static List<Object> all(Object list, UnaryOperator<Object> mapping) {
            return ((List<?>) list).stream().<Object>map(mapping::apply).toList();
        }

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
                default -> throw new IllegalArgumentException(schema + " is not a supported type of a component");
            };
        }
    }

    /**
     * A component and its field, or a component that stands for several fields (a part).
     *
     * @param record position of the nested record that has the field; -1 if the record itself has it
     * @param field position of the field; -1 for a part
     * @param codec of the field; null for a part
     * @param part reads from and writes to the record itself; null for a field
     */
    private record Component(
            Method accessor,
            int record,
            int field,
            @Nullable Codec codec,
            @Nullable Fields part) {

        @Nullable
        Object read(SpecificRecord from) {
            if (part != null) {
                @Nullable Object[] values = part.values(from);
                return Stream.of(values).allMatch(Objects::isNull) ? null : part.make(values);
            }
            Object value = (record < 0 ? from : (SpecificRecord) from.get(record)).get(field);
            return value == null ? null : Objects.requireNonNull(codec).read.apply(value);
        }

        void write(Object own, SpecificRecord to) throws ReflectiveOperationException {
            Object value = record < 0 ? accessor.invoke(own) : null;
            if (value != null && part != null) {
                part.write(value, to);
            } else if (value != null) {
                to.put(field, Objects.requireNonNull(codec).write.apply(value));
            }
        }
    }

    /** The components of a Java record, and the values of fields without a component, by position. */
    private record Fields(
            Constructor<?> constructor, Schema schema, List<Component> components, Map<Integer, Object> constants) {
        /** Components for all fields of an Avro record, except those that the caller writes. */
        static Fields all(Class<?> type, Schema schema, Set<String> unbound) {
            Set<String> bound = new HashSet<>(unbound);
            Fields some = some(type, schema, bound, true);
            Map<Integer, Object> constants = new HashMap<>();
            for (Schema.Field field : schema.getFields()) {
                if (!bound.contains(field.name())) {
                    check(isConstant(field), type.getName() + " has no component for " + field.name());
                    constants.put(field.pos(), AVRO.getDefaultValue(field));
                }
            }
            return new Fields(some.constructor, schema, some.components, constants);
        }

        /**
         * Components for some fields of an Avro record. Adds the names of these fields to {@code bound}. If
         * {@code whole}, nested records have to be bound completely.
         */
        static Fields some(Class<?> type, Schema schema, Set<String> bound, boolean whole) {
            check(type.isRecord(), type.getName() + " is not a record, but Avro has " + schema.getFullName());
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                List<Component> list = Stream.of(components)
                        .map(component -> component(type, component, schema, bound, whole))
                        .toList();
                return new Fields(constructor, schema, list, Map.of());
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every record has its constructor", e);
            }
        }

        private static Component component(
                Class<?> type, RecordComponent component, Schema schema, Set<String> bound, boolean whole) {
            String name = type.getName() + "." + component.getName();
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            FieldName given = component.getAnnotation(FieldName.class);
            String[] path = (given == null ? component.getName() : given.value()).split("\\.");
            Schema.Field first = schema.getField(path[0]);
            if (component.getType().isRecord() && (first == null || record(first.schema()) == null)) {
                return new Component(accessor, -1, -1, null, some(component.getType(), schema, bound, whole));
            }
            if (first == null) {
                throw new IllegalArgumentException(name + " has no field in " + schema.getFullName());
            }
            bound.add(first.name());
            Schema inner = path.length == 2 ? Objects.requireNonNull(record(first.schema()), name) : null;
            Schema.Field field = inner == null ? first : inner.getField(path[1]);
            if (field == null) {
                throw new IllegalArgumentException(name + " has no field in " + first.name());
            }
            Codec codec = Codec.of(component.getGenericType(), field.schema(), whole, name);
            return new Component(accessor, inner == null ? -1 : first.pos(), field.pos(), codec, null);
        }

        private static boolean isConstant(Schema.Field field) {
            return field.schema().getType() == Schema.Type.ENUM
                    && field.hasDefaultValue()
                    && !AVRO.getDefaultValue(field).toString().equals(UNKNOWN);
        }

        private static @Nullable Schema record(Schema schema) {
            Schema type = schema.isUnion() ? notNull(schema) : schema;
            return type.getType() == Schema.Type.RECORD ? type : null;
        }

        Object read(SpecificRecord record) {
            return make(values(record));
        }

        private @Nullable Object[] values(SpecificRecord record) {
            @Nullable Object[] values = new Object[components.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = components.get(i).read(record);
            }
            return values;
        }

        private Object make(@Nullable Object[] values) {
            try {
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e);
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

    private static Schema notNull(Schema union) {
        List<Schema> types = union.getTypes().stream()
                .filter(each -> each.getType() != Schema.Type.NULL)
                .toList();
        check(types.size() == 1, union + " must be one type and null");
        return types.getFirst();
    }

    private static void check(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalArgumentException(fault);
        }
    }
}
