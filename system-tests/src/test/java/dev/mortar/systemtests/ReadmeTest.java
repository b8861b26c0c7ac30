package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.registry.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README names is there. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> SERVICES = List.of("Order", "Inventory", "Pickup", "Returns", "Notification");

    @Test
    void everyCommandAndEventItNamesExists() {
        Set<String> events = Contract.topics().stream()
                .flatMap(topic -> topic.types().stream())
                .map(type -> type.schema().getName())
                .collect(Collectors.toSet());
        Set<String> commands = SERVICES.stream().flatMap(ReadmeTest::commandsOf).collect(Collectors.toSet());

        assertThat(matches("README.md", "`((?:[A-Z][a-z]+){2,})`"))
                .contains("PlaceOrder", "OrderPlaced")
                .allMatch(name -> events.contains(name) || commands.contains(name));
    }

    @Test
    void everyVariableOfAServiceHasMortarsPrefixAndEveryOneItNamesIsRead() {
        Set<String> read = SERVICES.stream()
                .map(noun -> noun.toLowerCase(Locale.ROOT) + "-service/src/main/resources/application.yaml")
                .flatMap(file -> matches(file, "\\$\\{([A-Z_]+)").stream())
                .collect(Collectors.toSet());
        read.addAll(matches("event-sourcing/src/main/resources/mortar.yaml", "\\$\\{([A-Z_]+)"));
        read.addAll(matches("local-stack/src/main/java/dev/mortar/localstack/Topics.java", "\"(MORTAR_[A-Z_]+)\""));

        assertThat(read)
                .contains("MORTAR_ORDER_DECIDE_WITHIN")
                .allMatch(name -> name.matches("(MORTAR|KAFKA|SCHEMA|SERVER|SPRING)_.*"));
        assertThat(read).containsAll(matches("README.md", "`(MORTAR_[A-Z_]+)`"));
    }

    private static Stream<String> commandsOf(String noun) {
        try {
            String name = "dev.mortar." + noun.toLowerCase(Locale.ROOT) + "." + noun + "Command";
            return Stream.of(Class.forName(name).getPermittedSubclasses()).map(Class::getSimpleName);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<String> matches(String file, String pattern) {
        try {
            return Pattern.compile(pattern)
                    .matcher(Files.readString(ROOT.resolve(file)))
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
