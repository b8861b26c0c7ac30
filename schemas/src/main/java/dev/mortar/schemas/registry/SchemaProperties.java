package dev.mortar.schemas.registry;

import java.util.Set;
import org.apache.avro.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Removes properties from a schema that are only used in Java or in this repository. */
final class SchemaProperties {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String JAVA_STRING = "avro.java.string";

    private SchemaProperties() {}

    static Schema withoutJavaString(Schema schema) {
        return without(schema, Set.of(JAVA_STRING));
    }

    static Schema without(Schema schema, Set<String> properties) {
        var tree = JSON.readTree(schema.toString());
        remove(tree, properties);
        return new Schema.Parser().parse(tree.toString());
    }

    private static void remove(JsonNode node, Set<String> properties) {
        if (node instanceof ObjectNode object) {
            object.remove(properties);
        }
        node.forEach(child -> remove(child, properties));
    }
}
