package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.http.RateLimit;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses callers that no {@link Access} of the route grants, and keeps the {@link Caller} for the handler. A handler
 * without the annotation refuses everybody; the API description needs any token. It also limits how often a shopper
 * takes goods from others.
 */
final class AccessInterceptor implements HandlerInterceptor {
    private final RateLimit goods = new RateLimit("goods", Duration.ofMinutes(1));
    private final int goodsMax;

    /** @param goodsMax calls of a shopper in a minute that take goods from others */
    AccessInterceptor(int goodsMax) {
        this.goodsMax = goodsMax;
    }

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
        Caller caller = Callers.of(request, identity, granted);
        request.setAttribute(Caller.class.getName(), caller);
        if (access.takesGoods() && caller.actor().type() == Actor.Type.SHOPPER) {
            goods.count(caller.actor().id(), goodsMax);
        }
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
