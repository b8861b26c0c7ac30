package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.kafka.OwnedElsewhere;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Passes a query on to the instance that serves its key. */
public final class Forwarder {

    static final String FORWARDED = "Mortar-Forwarded";

    private static final Set<String> NOT_COPIED = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "upgrade",
            "expect",
            "http2-settings",
            "keep-alive",
            "date");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(40);
    private static final int BUFFER_BYTES = 8_192;

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    private Forwarder() {}

    /** Asks another instance on behalf of a request of its own, and gives its answer as it is. */
    public static ResponseEntity<byte[]> get(String owner, String pathAndQuery, Duration waitFor) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + owner + pathAndQuery))
                .timeout(ANSWER_TIMEOUT)
                .header(FORWARDED, "1")
                .header("Prefer", "wait=" + waitFor.toSeconds())
                .build();
        HttpResponse<byte[]> answer = send(request, HttpResponse.BodyHandlers.ofByteArray());
        ResponseEntity.BodyBuilder response = ResponseEntity.status(answer.statusCode());
        answer.headers().map().forEach((name, values) -> {
            if (isCopied(name)) {
                values.forEach(value -> response.header(name, value));
            }
        });
        return response.body(answer.body());
    }

    /** Passes the whole request on and its answer back, piece by piece, so that streams of events work as well. */
    static void forward(OwnedElsewhere elsewhere, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String query = request.getQueryString();
        HttpRequest.Builder outgoing = HttpRequest.newBuilder(URI.create(
                        "http://" + elsewhere.owner() + request.getRequestURI() + (query == null ? "" : "?" + query)))
                .timeout(ANSWER_TIMEOUT)
                .header(FORWARDED, "1");
        for (String name : Collections.list(request.getHeaderNames())) {
            if (isCopied(name)) {
                Collections.list(request.getHeaders(name)).forEach(value -> outgoing.header(name, value));
            }
        }
        HttpResponse<InputStream> answer = send(outgoing.build(), HttpResponse.BodyHandlers.ofInputStream());
        boolean streams = answer.headers()
                .firstValue("content-type")
                .filter(type -> type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE))
                .isPresent();
        if (streams && !RequestLimit.beginStream(request)) {
            answer.body().close();
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
            return;
        }
        response.setStatus(answer.statusCode());
        answer.headers().map().forEach((String name, List<String> values) -> {
            if (isCopied(name)) {
                values.forEach(value -> response.addHeader(name, value));
            }
        });
        try (InputStream in = answer.body()) {
            OutputStream out = response.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    private static boolean isCopied(String name) {
        return !name.startsWith(":") && !NOT_COPIED.contains(name.toLowerCase(Locale.ROOT));
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return CLIENT.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while forwarding", e);
        }
    }
}
