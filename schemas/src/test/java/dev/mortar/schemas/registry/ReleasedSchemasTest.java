package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleasedSchemasTest {
    private static final String NAME = "dev.mortar.schemas.order.OrderPlaced";
    private static final String FIRST = """
            {"type":"record","name":"OrderPlaced","namespace":"dev.mortar.schemas.order","doc":"Placed.",
             "topic":"order.events","key":"orderId","fields":[
              {"name":"orderId","type":"string"},
              {"name":"quantity","type":"int"},
              {"name":"placedAt","type":["null",{"type":"long","logicalType":"timestamp-micros"}],"default":null}]}""";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void nothingThatWasReleasedWasChangedOrIsBroken() {
        var released = new ReleasedSchemas(Path.of("released"));

        assertThat(released.problems()).isEmpty();
        assertThat(released.violations(released.working(Contract.topics())))
                .as("working schemas against every released version")
                .isEmpty();
    }

    @Test
    void releasesWhatDiffersAndNothingTwice() {
        assertThat(release(FIRST)).contains("released " + NAME + "/1.avsc").contains("1 of 1");
        assertThat(release(FIRST)).isEqualTo("0 of 1 records have a new version" + System.lineSeparator());
        assertThat(release(FIRST.replace("Placed.", "It was placed."))).contains("released " + NAME + "/2.avsc");

        assertThat(released().versions().get(NAME)).hasSize(2);
        assertThat(released().problems()).isEmpty();
        assertThat(folder.resolve(NAME).resolve("1.avsc")).content().contains("\"Placed.\"");
    }

    @Test
    void publishesTheWholeContractWithoutWhatOnlyThisRepositoryMeans() {
        var working = released().working(Contract.topics());

        assertThat(working).containsKey(NAME);
        assertThat(working.values())
                .allSatisfy(schema -> assertThat(schema.toString())
                        .doesNotContain("avro.java.string")
                        .doesNotContain("\"listeners\":")
                        .doesNotContain("\"readers\":")
                        .contains("\"topic\":"));
    }

    @Test
    void noticesEveryChangeByHand() throws IOException {
        release(FIRST);
        var file = folder.resolve(NAME).resolve("1.avsc");
        var text = Files.readString(file);

        Files.writeString(file, text.replace("Placed.", "placed."));
        assertThat(released().problems()).containsExactly(NAME + "/1.avsc was changed after its release");
        Files.delete(file);
        assertThat(released().problems()).containsExactly(NAME + "/1.avsc was released and is missing");
        Files.writeString(file, text);
        assertThat(released().problems()).isEmpty();
        Files.writeString(folder.resolve(NAME).resolve("3.avsc"), text);
        assertThat(released().problems())
                .containsExactly(
                        NAME + "/3.avsc was not written by a release: SHA256SUMS does not list it",
                        NAME + " has 2 versions and no version 2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"name":"quantity","type":"int"}, ~ ``                                                    ~ READER_FIELD_MISSING_DEFAULT_VALUE
            {"name":"quantity","type":"int"}  ~ {"name":"quantity","type":"int"},{"name":"b","type":"string"} ~ READER_FIELD_MISSING_DEFAULT_VALUE
            {"name":"quantity","type":"int"}  ~ {"name":"quantity","type":"long"}                     ~ TYPE_MISMATCH
            {"name":"quantity","type":"int"}  ~ {"name":"quantity","type":["null","int"],"default":null} ~ TYPE_MISMATCH
            timestamp-micros                  ~ timestamp-millis                                      ~ timestamp-micros became timestamp-millis
            "order.events"                    ~ "sales.events"                                        ~ unlike version 1 in its @topic
            "key":"orderId"                   ~ "key":"quantity"                                      ~ unlike version 1 in its @key
            "name":"OrderPlaced"              ~ "name":"OrderTaken"                                   ~ was released and is missing
            """)
    void catchesEveryKindOfBreak(String before, String after, String violation) {
        release(FIRST);
        var working = schema(FIRST.replace(before, after));

        assertThat(released().violations(Map.of(working.getFullName(), working)))
                .anySatisfy(found -> assertThat(found).startsWith(NAME).contains(violation));
    }

    @Test
    void checksAgainstEveryVersionAndNotOnlyTheLast() {
        release(FIRST);
        var added = "{\"name\":\"orderId\",\"type\":\"string\"},{\"name\":\"note\",\"type\":\"%s\",\"default\":%s}";
        release(FIRST.replace("{\"name\":\"orderId\",\"type\":\"string\"}", added.formatted("string", "\"\"")));
        release(FIRST);
        var reused = schema(FIRST.replace("{\"name\":\"orderId\",\"type\":\"string\"}", added.formatted("long", "0")));

        assertThat(released().violations(Map.of(NAME, reused)))
                .isNotEmpty()
                .allSatisfy(violation -> assertThat(violation).contains("version 2"));
    }

    @Test
    void letsARecordGrowByWhatIsNullable() {
        release(FIRST);
        var grown = schema(
                FIRST.replace(
                        "{\"name\":\"quantity\",\"type\":\"int\"}",
                        "{\"name\":\"quantity\",\"type\":\"int\"},{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null}"));

        assertThat(released().violations(Map.of(NAME, grown))).isEmpty();
    }

    private ReleasedSchemas released() {
        return new ReleasedSchemas(folder);
    }

    private String release(String json) {
        var output = new ByteArrayOutputStream();
        released().release(Map.of(NAME, schema(json)), new PrintStream(output, true, StandardCharsets.UTF_8));
        return output.toString(StandardCharsets.UTF_8);
    }

    private static Schema schema(String json) {
        return new Schema.Parser().parse(json);
    }
}
