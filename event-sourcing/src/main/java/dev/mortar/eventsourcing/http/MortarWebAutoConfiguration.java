package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.values.IdText;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.customizers.ParameterCustomizer;
import org.springdoc.core.customizers.PropertyCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.core.env.Environment;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.std.StdConvertingDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.ext.javatime.deser.InstantDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.module.SimpleDeserializers;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.util.StdConverter;

/** The HTTP settings that all services share. */
@AutoConfiguration
@Import(ProblemAdvice.class)
public class MortarWebAutoConfiguration implements WebMvcConfigurer {
    private static final String KEY = "The same for every retry of this request";
    private static final String MIN_SEQUENCE = "Wait briefly until the answer shows at least this sequence";

    private static final String LOCATION =
            "The store where an associate, lead or till acts. Required if the token" + " lists several.";
    private static final String ON_BEHALF_OF = "The party for whom a service speaks: SHOPPER id or TILL id locationId.";
    private static final String OCCURRED_AT = "When it happened by the caller's clock, an ISO 8601 instant such as"
            + " 2026-06-01T12:00:00Z. Events carry it as occurredAt. Default: now.";
    private static final String CORRELATION_ID = "All events that follow from this request, in all services, carry this"
            + " id as correlationId. Default: the command id.";

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new RequestArguments());
    }

    /** Adds the headers of {@link CommandRequest} and {@link QueryRequest} to the API description. */
    @Bean
    OperationCustomizer requestHeaders() {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, CommandRequest.class, QueryRequest.class);
        return (operation, handler) -> {
            for (MethodParameter parameter : handler.getMethodParameters()) {
                if (parameter.getParameterType() == CommandRequest.class) {
                    boolean required = !parameter.hasParameterAnnotation(Keyless.class);
                    operation
                            .addParametersItem(header("Idempotency-Key", KEY).required(required))
                            .addParametersItem(header("Mortar-Location", LOCATION))
                            .addParametersItem(header("Mortar-On-Behalf-Of", ON_BEHALF_OF))
                            .addParametersItem(header("Mortar-Occurred-At", OCCURRED_AT))
                            .addParametersItem(header("X-Correlation-Id", CORRELATION_ID))
                            .addParametersItem(header("If-Match", "The last ETag that the caller received"))
                            .addParametersItem(header("Prefer", "wait=N: wait up to N seconds, at most 30"));
                } else if (parameter.getParameterType() == QueryRequest.class) {
                    operation.addParametersItem(header("Mortar-Min-Sequence", MIN_SEQUENCE));
                }
            }
            return operation;
        };
    }

    /**
     * Refuses scalars of the wrong type: 1 is not a text, 0 is not an enum constant and 1700000000 is not a time. The
     * mapper's own settings refuse the other conversions.
     */
    @Bean
    JsonMapperBuilderCustomizer scalarsAsTheyAre() {
        return builder -> builder.withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Enum, name -> name.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
                .addModule(moduleOf(new ArgumentsOfOperations()).addDeserializer(Instant.class, new TimeAsText()));
    }

    private static SimpleModule moduleOf(SimpleDeserializers deserializers) {
        SimpleModule module = new SimpleModule();
        module.setDeserializers(deserializers);
        return module;
    }

    /**
     * Actuator reads the arguments of a POST as texts and converts them itself, so there a number is allowed as a text.
     */
    private static final class ArgumentsOfOperations extends SimpleDeserializers {
        @Override
        public @Nullable ValueDeserializer<?> findMapDeserializer(
                MapType type,
                DeserializationConfig config,
                BeanDescription.Supplier description,
                @Nullable KeyDeserializer keys,
                @Nullable TypeDeserializer types,
                @Nullable ValueDeserializer<?> values) {
            if (!type.getKeyType().hasRawClass(String.class)
                    || !type.getContentType().hasRawClass(String.class)) {
                return null;
            }
            return new StdConvertingDeserializer<>(new StdConverter<Map<String, JsonNode>, Map<String, String>>() {
                @Override
                public Map<String, String> convert(Map<String, JsonNode> arguments) {
                    Map<String, String> texts = new HashMap<>();
                    arguments.forEach((name, value) -> {
                        if (!value.isNull()) {
                            texts.put(name, value.asString());
                        }
                    });
                    return texts;
                }
            });
        }
    }

    private static final class TimeAsText extends StdScalarDeserializer<Instant> {
        private TimeAsText() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) {
            return parser.hasToken(JsonToken.VALUE_STRING)
                    ? InstantDeserializer.INSTANT.deserialize(parser, context)
                    : (Instant) context.handleUnexpectedToken(Instant.class, parser);
        }
    }

    /** Describes the rules of ids, which are the same in all services. */
    @Bean
    OpenApiCustomizer rulesOfAllApis() {
        return api -> api.getInfo().setDescription(IdText.RULE + "\n\n" + IdText.OPAQUE_RULE);
    }

    @Bean
    PropertyCustomizer idsInBodies() {
        return (property, type) -> type.getCtxAnnotations() != null
                        && Arrays.stream(type.getCtxAnnotations())
                                .anyMatch(each -> each instanceof Fields.Id || each instanceof Fields.PersonId)
                ? shownAsId(property)
                : property;
    }

    @Bean
    ParameterCustomizer idsInPaths() {
        return (shown, parameter) -> {
            if (shown != null
                    && (parameter.hasParameterAnnotation(Fields.Id.class)
                            || parameter.hasParameterAnnotation(Fields.PersonId.class))) {
                shownAsId(shown.getSchema());
            }
            return shown;
        };
    }

    private static Schema<?> shownAsId(Schema<?> schema) {
        return schema.minLength(1)
                .maxLength(IdText.CHARACTERS_MAX)
                .pattern(IdText.PATTERN)
                .description(
                        schema.getDescription() == null ? IdText.RULE : schema.getDescription() + "\n" + IdText.RULE);
    }

    private static Parameter header(String name, String description) {
        return new HeaderParameter()
                .name(name)
                .description(description)
                .required(false)
                .schema(new StringSchema());
    }

    @Bean
    RequestLimit requestLimit(Environment environment) {
        return new RequestLimit(environment.getRequiredProperty("mortar.requests-at-once", Integer.class));
    }
}
