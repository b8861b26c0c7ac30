package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.LinkEnded;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads the header {@code Authorization: MortarLink <link>}. */
final class OrderLinkFilter extends OncePerRequestFilter {
    private static final String PREFIX = OrderLinks.SCHEME + " ";

    private final OrderLinks links;
    private final CallLimits limits;
    private final AuthenticationEntryPoint refusal;

    OrderLinkFilter(OrderLinks links, CallLimits limits, AuthenticationEntryPoint refusal) {
        this.links = links;
        this.limits = limits;
        this.refusal = refusal;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.startsWith(PREFIX)) {
            limits.checkRefused(request);
            OrderLinks.Opened opened = links.open(header.substring(PREFIX.length()));
            if (opened == null) {
                refusal.commence(request, response, new BadCredentialsException("The link is not valid"));
                return;
            }
            if (!Instant.now().isBefore(opened.endsAt())) {
                refusal.commence(request, response, new LinkEnded());
                return;
            }
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(
                    new Identity(opened.orderId(), Set.of(Role.ORDER_LINK), List.of(), false, opened.endsAt()));
            SecurityContextHolder.setContext(context);
        }
        chain.doFilter(request, response);
    }
}
