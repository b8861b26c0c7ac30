package dev.mortar.eventsourcing.kafka;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON for the private data of a service: commands, entries, replies, rows of views. A value of a sealed interface has
 * its simple record name as {@code type}. A component that is not {@link Nullable} must have a value: JSON without it
 * cannot be read, so a command that lacks a field is refused before the decider sees it.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(new SealedTypes())
            .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final ClassValue<ObjectWriter> WRITERS = new ClassValue<>() {
        @Override
        protected ObjectWriter computeValue(Class<?> rootType) {
            return MAPPER.writerFor(rootType);
        }
    };

    private static final ClassValue<ObjectReader> READERS = new ClassValue<>() {
        @Override
        protected ObjectReader computeValue(Class<?> type) {
            return MAPPER.readerFor(type);
        }
    };

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    static byte[] write(@Nullable Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** Writes a value as the root type, so that the JSON has a {@code type} if the root type is sealed. */
    static byte[] write(Class<?> rootType, Object value) {
        return WRITERS.get(rootType).writeValueAsBytes(value);
    }

    static <T> T read(byte[] json, Class<T> type) {
        return READERS.get(type).readValue(json);
    }

    /** Finds the sealed interface of a record, so that the model needs no annotations. */
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        private static final JsonTypeInfo.Value BY_NAME =
                JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "type", null, false, null);

        @Override
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            return sealedRoot(annotated.getRawType()) != null
                    ? BY_NAME
                    : super.findPolymorphicTypeInfo(config, annotated);
        }

        @Override
        public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass type) {
            return sealedRoot(type.getRawType()) != null
                    ? type.getRawType().getSimpleName()
                    : super.findTypeName(config, type);
        }

        @Override
        public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
            return annotated instanceof AnnotatedParameter parameter && !isNullable(parameter)
                    ? JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL)
                    : super.findSetterInfo(config, annotated);
        }

        private static boolean isNullable(AnnotatedParameter parameter) {
            var constructor = (Executable) parameter.getOwner().getMember();
            return constructor.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(Nullable.class);
        }

        private static @Nullable Class<?> sealedRoot(@Nullable Class<?> type) {
            if (type == null || type.isEnum() || type.getName().startsWith("java.")) {
                return null;
            }
            if (type.isSealed()) {
                return type;
            }
            for (Class<?> parent : type.getInterfaces()) {
                Class<?> root = sealedRoot(parent);
                if (root != null) {
                    return root;
                }
            }
            return null;
        }
    }
}
