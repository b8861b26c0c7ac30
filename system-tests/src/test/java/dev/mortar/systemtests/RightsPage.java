package dev.mortar.systemtests;

import dev.mortar.eventsourcing.Grant;
import dev.mortar.simulation.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The page that shows the routes and their grants. */
final class RightsPage {
    static final Path PAGE = Path.of("..", "docs", "rights.md");

    private static final Pattern ROW = Pattern.compile("\\| (\\w+) \\| `(\\w+) (\\S+)` \\|(.*)\\|");

    private RightsPage() {}

    /** The routes as the page shows them. Tests with a stack have no services on their class path. */
    static List<Route> routes() {
        try (Stream<String> lines = Files.lines(PAGE)) {
            return lines.map(ROW::matcher)
                    .filter(Matcher::matches)
                    .map(row -> new Route(row.group(1), row.group(2), row.group(3), grants(row.group(4))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Grant> grants(String cells) {
        String[] objects = cells.split("\\|", -1);
        return Stream.of(Grant.values())
                .filter(grant -> {
                    int column = grant.role() == null ? 0 : grant.role().ordinal() + 1;
                    return List.of(objects[column].strip().split(", ", -1)).contains(grant.objects());
                })
                .toList();
    }
}
