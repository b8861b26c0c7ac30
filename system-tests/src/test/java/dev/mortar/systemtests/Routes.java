package dev.mortar.systemtests;

import static java.util.Comparator.comparing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.localstack.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The routes of all services, read from their controllers or from the page that shows them. */
final class Routes {
    static final Path PAGE = Path.of("..", "docs", "rights.md");

    private static final Pattern ROW = Pattern.compile("\\| (\\w+) \\| `(\\w+) (\\S+)` \\|(.*)\\|");

    private Routes() {}

    /** The routes as the page shows them. Tests with a stack have no services on their class path. */
    static List<Route> ofPage() {
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

    /**
     * A route.
     *
     * @param path with variables, such as {@code /v1/orders/{orderId}}
     * @param grants null if the handler has none
     */
    record Route(
            String service,
            String method,
            String path,
            @Nullable List<Grant> grants) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    static List<Route> all() {
        return Service.ALL.stream()
                .flatMap(service -> controllers(service).flatMap(type -> routes(service, type)))
                .sorted(comparing(Route::service, comparing(Service.ALL::indexOf))
                        .thenComparing(Route::path)
                        .thenComparing(Route::method))
                .toList();
    }

    private static Stream<Class<?>> controllers(String service) {
        return new ClassFileImporter()
                .importPackages("dev.mortar." + service).stream()
                        .filter(type -> type.isAnnotatedWith(RestController.class))
                        .map(JavaClass::reflect);
    }

    private static Stream<Route> routes(String service, Class<?> controller) {
        RequestMapping ofType = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
        String base = ofType == null ? "" : ofType.path()[0];
        List<Route> routes = new ArrayList<>();
        for (Method handler : controller.getDeclaredMethods()) {
            RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(handler, RequestMapping.class);
            if (mapping != null) {
                Access access = handler.getAnnotation(Access.class);
                String path = base + (mapping.path().length == 0 ? "" : mapping.path()[0]);
                routes.add(new Route(
                        service, mapping.method()[0].name(), path, access == null ? null : List.of(access.value())));
            }
        }
        return routes.stream();
    }
}
