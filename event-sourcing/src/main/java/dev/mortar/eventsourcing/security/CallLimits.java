package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.RateLimit;
import dev.mortar.eventsourcing.http.RequestLimit;
import dev.mortar.eventsourcing.http.TooManyRequests;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Limits the requests of a minute, in this instance. Requests without a token and refused tokens are counted by remote
 * address, each with a count of its own. Other requests are counted by role and id. Probes are not limited.
 */
final class CallLimits {
    private final RateLimit limit = new RateLimit("requests", Duration.ofMinutes(1));
    private final SecuritySettings settings;
    private final HandlerExceptionResolver problems;

    CallLimits(SecuritySettings settings, HandlerExceptionResolver problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /** Comes before the token is verified. */
    OncePerRequestFilter byAddress() {
        return new ByAddress();
    }

    /** Comes after the token is verified. */
    OncePerRequestFilter byCaller() {
        return new ByCaller();
    }

    /**
     * Comes before the signature of an unknown token or link is checked, so that a flood of bad ones costs no checks.
     *
     * @throws TooManyRequests if too many of this address were refused
     */
    void checkRefused(HttpServletRequest request) {
        limit.check(refused(request), settings.anonymousRequestsPerMinute());
    }

    private static String refused(HttpServletRequest request) {
        return "refused " + request.getRemoteAddr();
    }

    private abstract class Limited extends OncePerRequestFilter {
        /** @throws TooManyRequests if the request is one too many */
        abstract void count(HttpServletRequest request);

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return RequestLimit.isProbe(request);
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            try {
                count(request);
                chain.doFilter(request, response);
            } catch (TooManyRequests tooMany) {
                MortarSecurityAutoConfiguration.refuse(
                        problems, request, response, tooMany, HttpStatus.TOO_MANY_REQUESTS);
            }
        }
    }

    private final class ByAddress extends Limited {
        @Override
        void count(HttpServletRequest request) {
            if (!hasToken(request)) {
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
