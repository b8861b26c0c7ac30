package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes the changes of an order as server-sent events, each with the current order. */
@Component
class OrderStream {

    private static final Duration STREAM_MAX = Duration.ofMinutes(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Views views;
    private final JsonMapper json;
    private volatile boolean closing;

    OrderStream(Views views, JsonMapper json) {
        this.views = views;
        this.json = json;
    }

    /**
     * Writes until the client leaves, its token ends, the service stops, or 30 minutes have passed.
     *
     * @param first the current order
     * @param lastEventId sequence of the order that the client has already
     * @param until when the client's token ends
     */
    void write(String orderId, Row<Order> first, long lastEventId, Instant until, HttpServletResponse response)
            throws IOException {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        PrintWriter out = response.getWriter();
        Row<Order> row = first;
        long lastSent = lastEventId;
        long startedNs = System.nanoTime();
        long lastWriteNs = startedNs - HEARTBEAT.toNanos();
        while (!closing
                && System.nanoTime() - startedNs < STREAM_MAX.toNanos()
                && Instant.now().isBefore(until)
                && !out.checkError()) {
            if (row.sequence() > lastSent) {
                lastSent = row.sequence();
                out.write("event: order\nid: " + lastSent + "\ndata: "
                        + json.writeValueAsString(OrderResponse.of(row.value())) + "\n\n");
                lastWriteNs = System.nanoTime();
            } else if (System.nanoTime() - lastWriteNs >= HEARTBEAT.toNanos()) {
                out.write(": still here\n\n");
                lastWriteNs = System.nanoTime();
            }
            // checkError() also flushes the stream.
            long newest = lastSent;
            if (!out.checkError()) {
                row = views.await(OrderDefinition.ORDERS, orderId, "", found -> found.sequence() > newest, POLL)
                        .orElse(row);
            }
        }
    }

    /** Ends all streams, so that they do not delay a graceful shutdown. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }
}
