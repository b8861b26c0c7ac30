package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventCatalogueTest {

    @Test
    void theCommittedPageSaysWhatTheSchemasSay() {
        assertThat(Path.of("..", "docs", "events.md"))
                .as("docs/events.md is stale; refresh it from the root folder by: " + EventCatalogue.REFRESH_COMMAND)
                .hasContent(EventCatalogue.markdown(Contract.topics()));
    }

    @Test
    void namesEveryTopicRecordAndFieldWithItsDoc(@TempDir Path folder) throws IOException {
        var file = folder.resolve("events.md");
        EventCatalogue.main(new String[] {file.toString()});
        var page = Files.readString(file);

        for (var topic : Contract.topics()) {
            assertThat(page).contains("\n## " + topic.name() + "\n");
            for (var type : topic.types()) {
                assertThat(page)
                        .contains("\n### " + type.schema().getName() + "\n\n"
                                + type.schema().getDoc());
                for (var field : type.schema().getFields()) {
                    assertThat(page).containsPattern("\\| `" + field.name() + "` \\| .+ \\| .+ \\|");
                }
            }
        }
        assertThat(page)
                .contains("Acted on by inventory-service")
                .contains("No service acts on it.")
                .contains("Retention: unlimited")
                .contains("`locationId\\|sku`");
    }
}
