package dev.mortar.simulation;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.localstack.Service;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A route of a service.
 *
 * @param path with variables, such as {@code /v1/orders/{orderId}}
 * @param grants null if the handler has none
 */
public record Route(
        String service,
        String method,
        String path,
        @Nullable List<Grant> grants) {
    @Override
    public String toString() {
        return method + " " + path;
    }

    /** The routes of all services, with the grants of their handlers, read from the controllers on the class path. */
    public static List<Route> all() {
        return Service.ALL.stream()
                .flatMap(service -> controllers(service).flatMap(type -> of(service, type)))
                .sorted(Comparator.comparing(Route::service, Comparator.comparing(Service.ALL::indexOf))
                        .thenComparing(Route::path)
                        .thenComparing(Route::method))
                .toList();
    }

    private static Stream<Class<?>> controllers(String service) {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        return scanner.findCandidateComponents("dev.mortar." + service).stream()
                .map(found -> ClassUtils.resolveClassName(Objects.requireNonNull(found.getBeanClassName()), null));
    }

    private static Stream<Route> of(String service, Class<?> controller) {
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
