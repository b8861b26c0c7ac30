package dev.mortar.eventsourcing.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests with 503 while too many are being answered. Each request has its own thread, so a rush of callers
 * could use all memory. Probes are not counted. Streams have a limit of their own, of the same size, so open streams do
 * not block other requests.
 */
public final class RequestLimit extends OncePerRequestFilter {
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String REFUSAL = """
            {"type":"about:blank","title":"Service Unavailable","status":503,\
            "detail":"Too many requests are being answered. Repeat the request with the same key."}""";

    private static final String SLOT = RequestLimit.class.getName();

    private final Semaphore free;
    private final Semaphore freeForStreams;

    /** The permit that a request holds. */
    private final class Slot {
        private Semaphore taken = free;

        boolean toStream() {
            if (!freeForStreams.tryAcquire()) {
                return false;
            }
            leave();
            taken = freeForStreams;
            return true;
        }

        void leave() {
            taken.release();
        }
    }

    /** @param atOnceMax requests that are answered at the same time, at least one */
    RequestLimit(int atOnceMax) {
        if (atOnceMax < 1) {
            throw new IllegalArgumentException("mortar.requests-at-once must be at least 1, not " + atOnceMax);
        }
        free = new Semaphore(atOnceMax);
        freeForStreams = new Semaphore(atOnceMax);
    }

    /**
     * Marks the answer as a stream. False if too many streams are open. A request that did not come through this filter
     * is not counted.
     */
    public static boolean beginStream(HttpServletRequest request) {
        return !(request.getAttribute(SLOT) instanceof Slot slot) || slot.toStream();
    }

    /** Whether an orchestrator asks for liveness or readiness, at the port of the API or of management. */
    public static boolean isProbe(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.equals("/livez") || path.equals("/readyz") || path.startsWith("/actuator/health");
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return isProbe(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!free.tryAcquire()) {
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
            response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getWriter().write(REFUSAL);
            return;
        }
        var slot = new Slot();
        request.setAttribute(SLOT, slot);
        try {
            chain.doFilter(request, response);
        } finally {
            slot.leave();
        }
    }
}
