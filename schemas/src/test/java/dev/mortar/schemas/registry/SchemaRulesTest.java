package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.EventMeta;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRulesTest {
    private static final String EVENT =
            """
            {"type":"record","name":"OrderPlaced","namespace":"dev.mortar.schemas.order","doc":"It was placed.",
             "topic":"order.events","key":"orderId","fields":[
              {"name":"meta","type":META,"doc":"Identity."},
              {"name":"orderId","type":"string","doc":"Id of the order."},
              {"name":"colour","doc":"Its colour.","default":"UNKNOWN",
               "type":{"type":"enum","name":"Colour","doc":"A colour.","symbols":["UNKNOWN","RED"],"default":"UNKNOWN"}},
              {"name":"note","type":["null","string"],"doc":"A note; null when none.","default":null},
              {"name":"weights","type":{"type":"array","items":"double"},"doc":"Weights in kilograms."},
              {"name":"paidAt","type":["null",{"type":"long","logicalType":"timestamp-micros"}],"default":null,
               "doc":"When it was paid, in microseconds since 1970 UTC; null before."}
             ]}""".replace("META", EventMeta.getClassSchema().toString());

    @Test
    void everySchemaOfTheContractKeepsToTheRules() {
        var topics = Contract.topics();

        assertThat(topics).isNotEmpty();
        for (var topic : topics) {
            for (var type : topic.types()) {
                assertThat(SchemaRules.violations(type.schema(), topic.hasEvents()))
                        .as(type.schema().getFullName())
                        .isEmpty();
            }
        }
    }

    @Test
    void aGoodEventBreaksNoRule() {
        assertThat(SchemaRules.violations(schema(EVENT), true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"name":"meta",                         ~ {"name":"header",                          ~ begins with meta
            "topic":"order.events"                  ~ "topic":"order.summaries"                  ~ lies on
            "topic":"order.events"                  ~ "topic":"Order.events"                     ~ lies on
            "topic":"order.events",                 ~                                            ~ lies on
            "key":"orderId",                        ~                                            ~ the key is
            "key":"orderId"                         ~ "key":"orderId|sku"                        ~ the key is
            "key":"orderId"                         ~ "key":"weights"                            ~ the key is
            "name":"OrderPlaced"                    ~ "name":"Order_Placed"                      ~ CamelCase
            schemas.order"                          ~ events.order"                              ~ CamelCase
            ,"doc":"It was placed."                 ~                                            ~ every type has a doc
            "doc":"It was placed."                  ~ "doc":"placed"                             ~ every type has a doc
            "doc":"A colour.",                      ~                                            ~ every type has a doc
            ,"doc":"Id of the order."               ~                                            ~ every field has a doc
            "doc":"Id of the order."                ~ "doc":""                                   ~ every field has a doc
            "symbols":["UNKNOWN","RED"],"default":"UNKNOWN" ~ "symbols":["UNKNOWN","RED"]        ~ default of an enum
            "symbols":["UNKNOWN","RED"],"default":"UNKNOWN" ~ "symbols":["UNKNOWN","RED"],"default":"RED" ~ default of an enum
            "RED"]                                  ~ "Red"]                                     ~ UPPER_CASE
            "name":"orderId"                        ~ "name":"order_id"                          ~ camelCase
            ["null","string"]                       ~ ["null","string","long"]                   ~ a union is null and one more
            ["null","string"],"doc":"A note; null when none.","default":null ~ ["string","null"],"doc":"A note.","default":"" ~ null first
            none.","default":null                   ~ none."                                     ~ default of a nullable
            "long","logicalType":"timestamp-micros" ~ "long","logicalType":"timestamp-millis"    ~ only logical types
            "long","logicalType":"timestamp-micros" ~ "long"                                     ~ an instant is
            "doc":"Weights in kilograms."           ~ "doc":"In microseconds since 1970 UTC."    ~ an instant is
            , in microseconds since 1970 UTC        ~                                            ~ names its unit
            "items":"double"                        ~ "items":"float"                            ~ no float
            """)
    void everyRuleCatchesWhatBreaksIt(String good, @Nullable String bad, String rule) {
        // The last place, because the meta block in the middle has docs of its own.
        int at = EVENT.lastIndexOf(good);
        assertThat(at).as("the sample contains %s", good).isNotNegative();
        var broken = EVENT.substring(0, at) + (bad == null ? "" : bad) + EVENT.substring(at + good.length());

        assertThat(SchemaRules.violations(schema(broken), true))
                .anySatisfy(violation -> assertThat(violation).contains(rule));
    }

    @Test
    void namesAndTopicsOfTheContractAreUnique() {
        var types = Contract.topics().stream()
                .flatMap(topic -> topic.types().stream())
                .map(type -> type.schema().getName())
                .toList();

        assertThat(types).doesNotHaveDuplicates();
        assertThat(Contract.topics().stream().map(Contract.Topic::name)).doesNotHaveDuplicates();
    }

    @Test
    void aTopicWithoutEventsHasOneSchema() {
        assertThat(Contract.topics().stream()
                        .filter(topic -> !topic.hasEvents())
                        .toList())
                .isNotEmpty()
                .allSatisfy(topic -> assertThat(topic.types()).hasSize(1));
    }

    private static Schema schema(String json) {
        return new Schema.Parser().parse(json);
    }
}
