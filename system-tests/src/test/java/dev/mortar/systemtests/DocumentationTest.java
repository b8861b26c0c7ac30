package dev.mortar.systemtests;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.registry.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that README.md, CONTRIBUTING.md and the pages under docs/ name is there. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> SERVICES = List.of("Order", "Inventory", "Pickup", "Returns", "Notification");

    /** A command or an event in backticks. A name that is the text of a link is checked with the link. */
    private static final Pattern COMMAND_OR_EVENT = Pattern.compile("(?<!\\[)`((?:[A-Z][a-z]+){2,})`");

    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+?) *$");
    private static final Pattern INLINE_LINK = Pattern.compile("\\[([^\\[\\]]+)]\\(([^)\\s]+)\\)");
    private static final Pattern REFERENCE_LINK = Pattern.compile("\\[([^\\[\\]]+)]\\[([^\\[\\]]+)]");
    private static final Pattern REFERENCE = Pattern.compile("(?m)^\\[([^\\[\\]]+)]: (\\S+)$");
    private static final Pattern PATH = Pattern.compile("`([a-z][\\w-]*/[\\w./-]*)`");
    private static final Pattern JAVA_NAME = Pattern.compile("`(?:(\\w+)\\.)?(\\w+)`");

    /** A link and the file it leads to. */
    private record Link(String text, Path file, String anchor) {}

    @Test
    void everyCommandAndEventTheReadmeNamesExists() {
        Set<String> names = new HashSet<>();
        SERVICES.forEach(noun -> names.addAll(commandsOf(noun)));
        SERVICES.forEach(noun -> names.addAll(eventsOf(noun)));

        assertThat(matches(read("README.md"), COMMAND_OR_EVENT))
                .contains("PlaceOrder", "OrderPlaced")
                .isSubsetOf(names);
    }

    @ParameterizedTest
    @MethodSource("services")
    void theReadmeListsEveryCommandOfAServiceOnceAndAllItsEvents(String noun) {
        String section = section(read("README.md"), "### " + noun.toLowerCase(Locale.ROOT) + "-service");
        List<String> commands = section.lines()
                .map(line -> line.split("\\|"))
                .filter(cells ->
                        cells.length == 6 && COMMAND_OR_EVENT.matcher(cells[2]).find())
                .flatMap(cells -> matches(cells[2], COMMAND_OR_EVENT).stream())
                .toList();

        assertThat(commands).containsExactlyInAnyOrderElementsOf(commandsOf(noun));
        assertThat(matches(section, COMMAND_OR_EVENT)).containsAll(eventsOf(noun));
    }

    @Test
    void everyVariableOfAServiceHasMortarsPrefixAndEveryOneTheReadmeNamesIsRead() {
        Pattern variable = Pattern.compile("\\$\\{([A-Z_]+)");
        Set<String> used = SERVICES.stream()
                .map(noun -> noun.toLowerCase(Locale.ROOT) + "-service/src/main/resources/application.yaml")
                .flatMap(file -> matches(read(file), variable).stream())
                .collect(toSet());
        used.addAll(matches(read("event-sourcing/src/main/resources/mortar.yaml"), variable));
        used.addAll(matches(
                read("local-stack/src/main/java/dev/mortar/localstack/Topics.java"),
                Pattern.compile("\"(MORTAR_[A-Z_]+)\"")));

        assertThat(used)
                .contains("MORTAR_ORDER_DECIDE_WITHIN")
                .allMatch(name -> name.matches("(MORTAR|KAFKA|SCHEMA|SERVER|SPRING)_.*"));
        assertThat(used).containsAll(matches(read("README.md"), Pattern.compile("`(MORTAR_[A-Z_]+)`")));
    }

    @Test
    void theReadmeNamesTheJarsOfThisVersion() {
        String version = matches(read("pom.xml"), Pattern.compile("<artifactId>mortar</artifactId>\\s*<version>(.*)<"))
                .iterator()
                .next();

        assertThat(matches(read("README.md"), Pattern.compile("-service-(\\d.*?)-app\\.jar")))
                .containsOnly(version);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToAFileAndAHeading(String page) {
        assertThat(linksOf(page)).allSatisfy(link -> {
            assertThat(link.file()).exists();
            if (!link.anchor().isEmpty()) {
                assertThat(anchorsOf(link.file())).contains(link.anchor());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyNameThatLinksToAClassIsDeclaredThere(String page) {
        assertThat(linksOf(page))
                .filteredOn(link -> link.file().toString().endsWith(".java"))
                .allSatisfy(link -> {
                    Matcher name = JAVA_NAME.matcher(link.text());
                    if (name.matches()) {
                        assertThat(declaration(name.group(2))
                                        .matcher(read(link.file()))
                                        .find())
                                .as("%s declares %s", link.file(), name.group(2))
                                .isTrue();
                        if (name.group(1) != null) {
                            assertThat(link.file()).hasFileName(name.group(1) + ".java");
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyPathInAFolderOfTheProjectExists(String page) {
        assertThat(matches(read(page), PATH))
                .filteredOn(path -> Files.exists(ROOT.resolve(path.substring(0, path.indexOf('/')))))
                .allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
    }

    static List<String> services() {
        return SERVICES;
    }

    static List<String> pages() {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<String> pages = new ArrayList<>(List.of("README.md", "CONTRIBUTING.md"));
            docs.map(file -> ROOT.relativize(file).toString())
                    .filter(file -> file.endsWith(".md"))
                    .sorted()
                    .forEach(pages::add);
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> commandsOf(String noun) {
        try {
            String name = "dev.mortar." + noun.toLowerCase(Locale.ROOT) + "." + noun + "Command";
            return recordsOf(Class.forName(name)).collect(toSet());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<String> recordsOf(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(DocumentationTest::recordsOf)
                : Stream.of(type.getSimpleName());
    }

    private static Set<String> eventsOf(String noun) {
        return Contract.topics().stream()
                .filter(topic -> topic.name().equals(noun.toLowerCase(Locale.ROOT) + ".events"))
                .flatMap(topic -> topic.types().stream())
                .map(type -> type.schema().getName())
                .collect(toSet());
    }

    /** A type, a method or a constant of this name. */
    private static Pattern declaration(String name) {
        return Pattern.compile("\\b(class|record|interface|enum) " + name + "\\b|[\\w>\\]] " + name + "( =|\\()");
    }

    /** All links of a page but those to other sites. */
    private static List<Link> linksOf(String page) {
        String text = withoutFences(read(page));
        Map<String, String> references =
                REFERENCE.matcher(text).results().collect(toMap(match -> match.group(1), match -> match.group(2)));
        List<Link> links = new ArrayList<>();
        references.forEach((label, target) -> links.add(link(page, label, target)));
        INLINE_LINK.matcher(text).results().forEach(match -> links.add(link(page, match.group(1), match.group(2))));
        REFERENCE_LINK.matcher(text).results().forEach(match -> {
            String target = references.get(match.group(2));
            links.add(link(page, match.group(1), Objects.requireNonNull(target, match.group())));
        });
        return links.stream()
                .filter(link -> !link.file().toString().contains(":"))
                .toList();
    }

    private static Link link(String page, String text, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path from = ROOT.resolve(page);
        return new Link(
                text,
                path.isEmpty() ? from : from.resolveSibling(path).normalize(),
                hash < 0 ? "" : target.substring(hash + 1));
    }

    /** The anchors that GitHub gives the headings of a page. */
    private static Set<String> anchorsOf(Path page) {
        return matches(withoutFences(read(page)), HEADING).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(toSet());
    }

    private static String withoutFences(String text) {
        return FENCED.matcher(text).replaceAll("");
    }

    /** From a heading to the next one. */
    private static String section(String text, String heading) {
        int start = text.indexOf(heading + "\n");
        assertThat(start).as(heading).isNotNegative();
        int end = text.indexOf("\n#", start + heading.length());
        return text.substring(start, end < 0 ? text.length() : end);
    }

    private static Set<String> matches(String text, Pattern pattern) {
        return pattern.matcher(text).results().map(match -> match.group(1)).collect(toSet());
    }

    private static String read(String file) {
        return read(ROOT.resolve(file));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
