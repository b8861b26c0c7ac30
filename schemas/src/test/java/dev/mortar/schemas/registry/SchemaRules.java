package dev.mortar.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** What every schema of the contract keeps to. Each rule gives a sentence for each place that breaks it. */
final class SchemaRules {
    private static final Pattern TYPE_NAME = Pattern.compile("([A-Z][a-z0-9]+)+");
    private static final Pattern FIELD_NAME = Pattern.compile("[a-z][a-z0-9]*([A-Z][a-z0-9]+)*");
    private static final Pattern SYMBOL = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
    private static final Pattern NAMESPACE = Pattern.compile("dev\\.mortar\\.schemas(\\.[a-z]+)?");
    private static final Pattern TOPIC = Pattern.compile("[a-z]+\\.[a-z]+(-[a-z]+)*");
    private static final Pattern NAME_OF_AN_INSTANT = Pattern.compile(".*(At|Until|Deadline)|until|deadline");
    private static final String META = "dev.mortar.schemas.EventMeta";

    private SchemaRules() {}

    /** How a record on a topic, or a type inside it, breaks the rules; empty when it keeps to them. */
    static List<String> violations(Schema onTopic, boolean isEvent) {
        var violations = new ArrayList<String>();
        if (isEvent) {
            checkMeta(onTopic, violations);
        }
        checkTopicAndKey(onTopic, isEvent, violations);
        Contract.namedTypesIn(onTopic).forEach(type -> checkNamedType(type, violations));
        return violations;
    }

    private static void checkMeta(Schema event, List<String> violations) {
        var fields = event.getFields();
        if (fields.isEmpty()
                || !fields.getFirst().name().equals("meta")
                || !fields.getFirst().schema().getFullName().equals(META)) {
            violations.add(event.getName() + ": an event begins with meta of EventMeta");
        }
    }

    private static void checkTopicAndKey(Schema record, boolean isEvent, List<String> violations) {
        var topic = record.getProp("topic");
        var isEventTopic = topic != null && topic.endsWith(".events");
        if (topic == null || !TOPIC.matcher(topic).matches() || isEventTopic != isEvent) {
            violations.add(
                    record.getName() + ": an event lies on <noun>.events, any other record on another <noun>.<plural>");
        }
        var key = record.getProp("key");
        var parts = key == null ? List.of("") : List.of(key.split("\\|"));
        for (int i = 0; i < parts.size(); i++) {
            var field = record.getField(parts.get(i));
            var allowed = i == 0 ? List.of(Schema.Type.STRING) : List.of(Schema.Type.STRING, Schema.Type.INT);
            if (field == null || !allowed.contains(field.schema().getType())) {
                violations.add(record.getName() + ": the key is a string field of the record, or several fields joined"
                        + " by |, of which the later ones may be whole numbers");
            }
        }
    }

    private static void checkNamedType(Schema type, List<String> violations) {
        var name = type.getName();
        if (!TYPE_NAME.matcher(name).matches()
                || !NAMESPACE.matcher(type.getNamespace()).matches()) {
            violations.add(type.getFullName() + ": a type is named in CamelCase and lies in dev.mortar.schemas.<noun>");
        }
        if (!isSentence(type.getDoc())) {
            violations.add(name + ": every type has a doc that is a sentence");
        }
        switch (type.getType()) {
            case ENUM -> checkEnum(type, violations);
            case RECORD -> type.getFields().forEach(field -> checkField(name + "." + field.name(), field, violations));
            default -> violations.add(name + ": only records and enums have names");
        }
    }

    private static void checkEnum(Schema type, List<String> violations) {
        if (!"UNKNOWN".equals(type.getEnumDefault()) || !type.getEnumSymbols().contains("UNKNOWN")) {
            violations.add(type.getName() + ": the default of an enum is UNKNOWN");
        }
        if (!type.getEnumSymbols().stream()
                .allMatch(symbol -> SYMBOL.matcher(symbol).matches())) {
            violations.add(type.getName() + ": symbols are named in UPPER_CASE");
        }
    }

    private static void checkField(String place, Schema.Field field, List<String> violations) {
        if (!FIELD_NAME.matcher(field.name()).matches()) {
            violations.add(place + ": fields are named in camelCase");
        }
        if (!isSentence(field.doc())) {
            violations.add(place + ": every field has a doc that is a sentence");
        }
        checkType(place, field.schema(), violations);
        if (field.schema().getType() == Schema.Type.UNION && !JsonProperties.NULL_VALUE.equals(field.defaultVal())) {
            violations.add(place + ": the default of a nullable field is null");
        }
        var type = withoutNull(field.schema());
        var isInstant = type.getLogicalType() instanceof LogicalTypes.TimestampMicros;
        var saysInstant = String.valueOf(field.doc()).contains("microseconds since 1970 UTC");
        if (!isInstant
                && (saysInstant || NAME_OF_AN_INSTANT.matcher(field.name()).matches())) {
            violations.add(place + ": an instant is timestamp-micros");
        }
        if (isInstant && !saysInstant) {
            violations.add(place + ": the doc of an instant names its unit");
        }
    }

    private static void checkType(String place, Schema type, List<String> violations) {
        var logical = type.getLogicalType() == null ? "" : type.getLogicalType().getName();
        if (!List.of("", "uuid", "timestamp-micros").contains(logical)) {
            violations.add(place + ": the only logical types are uuid and timestamp-micros, not " + logical);
        }
        switch (type.getType()) {
            case UNION -> {
                var types = type.getTypes();
                if (types.size() != 2 || types.getFirst().getType() != Schema.Type.NULL) {
                    violations.add(place + ": a union is null and one more, null first");
                }
                types.forEach(branch -> checkType(place, branch, violations));
            }
            case ARRAY -> checkType(place, type.getElementType(), violations);
            case MAP -> checkType(place, type.getValueType(), violations);
            case FLOAT, BYTES -> violations.add(place + ": no float, no bytes");
            default -> {}
        }
    }

    private static Schema withoutNull(Schema schema) {
        return schema.getType() == Schema.Type.UNION
                ? schema.getTypes().stream()
                        .filter(branch -> branch.getType() != Schema.Type.NULL)
                        .findFirst()
                        .orElse(schema)
                : schema;
    }

    private static boolean isSentence(@Nullable String doc) {
        return doc != null && doc.strip().endsWith(".") && doc.strip().length() > 3;
    }
}
