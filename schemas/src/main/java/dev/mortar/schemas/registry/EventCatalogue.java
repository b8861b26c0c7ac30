package dev.mortar.schemas.registry;

import dev.mortar.schemas.registry.Contract.RecordType;
import dev.mortar.schemas.registry.Contract.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;

/** Writes the page {@code docs/events.md}, which describes the contract. */
public final class EventCatalogue {
    static final String REFRESH_COMMAND = "mvn -q -pl schemas compile exec:exec@event-catalogue";

    private static final String NAMESPACE = "dev.mortar.schemas.";

    private EventCatalogue() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("Usage: EventCatalogue <file>");
        }
        Files.writeString(Path.of(args[0]), markdown(Contract.topics()));
    }

    static String markdown(List<Topic> topics) {
        var page = new StringBuilder("""
                # Events and state topics

                Generated from `schemas/src/main/avro` by `%s`. Change it there.

                Topics are named without the prefix of an environment. Records are Avro in Confluent's wire format; keys are UTF-8
                text. Compatibility is FULL_TRANSITIVE for every record, so any service, old or new, can read any record, old or new. Events
                are written in transactions. Read them with `isolation.level=read_committed`; other readers also see aborted events.

                An event has the headers of CloudEvents in binary mode, so readers can filter without decoding: `ce_type` is the full
                name of its record, `ce_id` its `eventId`, `ce_source` the service that wrote it, `ce_subject` its key and `ce_time` its
                `occurredAt`. `traceparent` names the event's decision in the trace of the original request, if the request had one.

                | Topic | Key | Retention | Owner | Records |
                |---|---|---|---|---|
                """.formatted(REFRESH_COMMAND));
        for (var topic : topics) {
            var link = "[`" + topic.name() + "`](#" + anchor(topic.name()) + ")";
            var records = String.valueOf(topic.types().size());
            row(page, link, "`" + cell(topic.key()) + "`", retention(topic), topic.owner(), records);
        }
        topics.forEach(topic -> topic(page, topic));
        page.append("\n## Values\n\nThe records and enums inside the records.\n");
        topics.stream()
                .flatMap(topic -> topic.types().stream())
                .flatMap(type -> Contract.namedTypesIn(type.schema()).skip(1))
                .distinct()
                .sorted(Comparator.comparing(EventCatalogue::shortName))
                .forEach(value -> value(page, value));
        return page.toString();
    }

    private static void topic(StringBuilder page, Topic topic) {
        page.append("\n## %s\n\nKey `%s`. Retention: %s. Written by %s alone.\n"
                .formatted(topic.name(), topic.key(), retention(topic), topic.owner()));
        topic.types().forEach(type -> type(page, topic, type));
    }

    private static void type(StringBuilder page, Topic topic, RecordType type) {
        var schema = type.schema();
        page.append("\n### %s\n\n%s\n\n`%s`, subject `%s`."
                .formatted(schema.getName(), schema.getDoc(), schema.getFullName(), topic.subject("", type)));
        if (!topic.hasEvents()) {
            page.append(type.readers().isEmpty() ? " No service keeps a copy." : "");
            page.append(sentence(type.readers().stream(), " A copy is kept by "));
        } else {
            var actors = type.listeners();
            var others = topic.types().stream()
                    .flatMap(each -> each.listeners().stream())
                    .distinct()
                    .filter(service -> !actors.contains(service));
            page.append(actors.isEmpty() ? " No service acts on it." : sentence(actors.stream(), " Acted on by "));
            page.append(sentence(others, " Ignored by "));
        }
        page.append("\n\n");
        fields(page, schema);
    }

    private static String sentence(Stream<String> services, String verb) {
        String names = services.collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : verb + names + ".";
    }

    private static void value(StringBuilder page, Schema value) {
        page.append("\n### %s\n\n%s\n\n".formatted(shortName(value), value.getDoc()));
        if (value.getType() == Schema.Type.ENUM) {
            page.append("One of `")
                    .append(String.join("`, `", value.getEnumSymbols()))
                    .append("`.\n");
        } else {
            fields(page, value);
        }
    }

    private static void fields(StringBuilder page, Schema record) {
        page.append("| Field | Type | Meaning |\n|---|---|---|\n");
        for (var field : record.getFields()) {
            row(page, "`" + field.name() + "`", typeText(field.schema()) + defaultText(field), cell(field.doc()));
        }
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String typeText(Schema schema) {
        if (schema.getLogicalType() != null) {
            return schema.getLogicalType().getName();
        }
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> "[" + schema.getName() + "](#" + anchor(shortName(schema)) + ")";
            case ARRAY -> "list of " + typeText(schema.getElementType());
            case MAP -> "map of " + typeText(schema.getValueType());
            case UNION ->
                schema.getTypes().stream()
                        .map(branch -> branch.getType() == Schema.Type.NULL ? "null" : typeText(branch))
                        .sorted((a, b) -> Boolean.compare(a.equals("null"), b.equals("null")))
                        .collect(Collectors.joining(" or "));
            case STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN, NULL ->
                schema.getType().getName();
        };
    }

    private static String defaultText(Schema.Field field) {
        var value = field.defaultVal();
        return value == null || value.equals(JsonProperties.NULL_VALUE) ? "" : ", default `" + value + "`";
    }

    private static String retention(Topic topic) {
        return switch (topic.kind()) {
            case EVENT -> "unlimited";
            case STATE -> "the newest record of each key (compacted)";
            case RECORD -> "a limited time";
        };
    }

    private static String shortName(Schema schema) {
        return schema.getFullName().substring(NAMESPACE.length());
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replace(".", "");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
