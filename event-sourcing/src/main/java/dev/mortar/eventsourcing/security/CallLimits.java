package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.RateLimit;
import dev.mortar.eventsourcing.http.TooManyRequests;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Limits the requests of a minute, in this instance. Requests without a token and refused tokens are counted by remote
 * address, each with a count of its own. Other requests are counted by role and id. Health is not limited.
 */
final class CallLimits {
    private final RateLimit limit = new RateLimit("requests", Duration.ofMinutes(1));
    private final RequestMatcher health = EndpointRequest.to(HealthEndpoint.class);
    private final SecuritySettings settings;
    private final HandlerExceptionResolver problems;

    CallLimits(SecuritySettings settings, HandlerExceptionResolver problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /** Comes before the token is verified, so that a flood of bad tokens costs no signature checks. */
    OncePerRequestFilter byAddress() {
        return new ByAddress();
    }

    /** Comes after the token is verified. */
    OncePerRequestFilter byCaller() {
        return new ByCaller();
    }

    private abstract class Limited extends OncePerRequestFilter {
        /** @throws TooManyRequests if the request is one too many */
        abstract void count(HttpServletRequest request);

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return health.matches(request);
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            try {
                count(request);
            } catch (TooManyRequests tooMany) {
                problems.resolveException(request, response, null, tooMany);
                return;
            }
            chain.doFilter(request, response);
        }
    }

    private final class ByAddress extends Limited {
        @Override
        void count(HttpServletRequest request) {
            if (hasToken(request)) {
                limit.check(refused(request), settings.anonymousRequestsPerMinute());
            } else {
                limit.count("address " + request.getRemoteAddr(), settings.anonymousRequestsPerMinute());
            }
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            super.doFilterInternal(request, response, chain);
            if (hasToken(request) && response.getStatus() == HttpStatus.UNAUTHORIZED.value()) {
                limit.use(refused(request), settings.anonymousRequestsPerMinute());
            }
        }

        private static boolean hasToken(HttpServletRequest request) {
            return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        }

        private static String refused(HttpServletRequest request) {
            return "refused " + request.getRemoteAddr();
        }
    }

    private final class ByCaller extends Limited {
        @Override
        void count(HttpServletRequest request) {
            if (SecurityContextHolder.getContext().getAuthentication() instanceof Identity caller) {
                Role role = caller.roles().stream()
                        .max(Comparator.comparingInt(this::max))
                        .orElse(null);
                limit.count(role + " " + caller.id(), role == null ? settings.anonymousRequestsPerMinute() : max(role));
            }
        }

        private int max(Role role) {
            return Objects.requireNonNull(settings.requestsPerMinute().get(role));
        }
    }
}
