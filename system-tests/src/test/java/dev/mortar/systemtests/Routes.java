package dev.mortar.systemtests;

import static java.util.Comparator.comparing;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.localstack.Service;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The routes of all services, read from their controllers. */
final class Routes {
    private Routes() {}

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
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        return scanner.findCandidateComponents("dev.mortar." + service).stream()
                .map(found -> type(found.getBeanClassName()));
    }

    private static Class<?> type(@Nullable String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
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
