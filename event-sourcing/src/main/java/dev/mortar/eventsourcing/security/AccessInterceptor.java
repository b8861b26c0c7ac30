package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses callers that no {@link Access} of the route grants, and keeps the {@link Caller} for the handler. A handler
 * without the annotation refuses everybody; the API description needs any token.
 */
final class AccessInterceptor implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method) || request.getDispatcherType() == DispatcherType.ERROR) {
            return true;
        }
        Identity identity = identity();
        if (method.getBeanType().getName().startsWith("org.springdoc.")) {
            if (identity == null) {
                throw new InsufficientAuthenticationException("A token is required");
            }
            return true;
        }
        Access access = method.getMethodAnnotation(Access.class);
        if (access == null) {
            throw AccessDenied.role(null);
        }
        List<Grant> granted = List.of(access.value());
        request.setAttribute(Caller.class.getName(), Callers.of(request, identity, granted));
        if (!granted.contains(Grant.PUBLIC)) {
            response.setHeader("Cache-Control", "no-store");
        }
        return true;
    }

    private static @Nullable Identity identity() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication instanceof Identity identity ? identity : null;
    }
}
