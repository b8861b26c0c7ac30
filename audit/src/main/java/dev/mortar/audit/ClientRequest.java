package dev.mortar.audit;

import dev.mortar.schemas.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client remembers of a request it made: one line of its journal.
 *
 * @param key idempotency key; the same key on a route is the same request, however often it was repeated
 * @param route method and path, with ids or with names in braces: {@code POST /v1/orders}
 * @param aggregateId id of what was to be made or moved; null when the client never heard it
 * @param at when it was made
 * @param goods what it named: quantities by SKU, with {@code |} and the unit behind it unless that is EACH; null when
 *     the client does not say
 */
public record ClientRequest(
        String key,
        String route,
        @Nullable String aggregateId,
        Outcome outcome,
        Instant at,
        @Nullable Map<String, Long> goods) {
    /** How a request ended, as far as the client knows; the stronger outcome of two comes first. */
    public enum Outcome {
        /** Acknowledged. */
        OK,
        /** Never answered. */
        UNKNOWN,
        /** Answered with a refusal. */
        REFUSED
    }

    /** Reads the history of the clients, one JSON object a line. */
    static List<ClientRequest> read(Path journal) {
        var requests = new ArrayList<ClientRequest>();
        try (var lines = Files.lines(journal, StandardCharsets.UTF_8)) {
            lines.filter(line -> !line.isBlank()).forEach(line -> {
                try {
                    requests.add(of(AuditState.JSON.readTree(line)));
                } catch (RuntimeException e) {
                    throw new LogReader.Unreadable(
                            "Line " + (requests.size() + 1) + " of " + journal + " is no request: " + e.getMessage());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be read", e);
        }
        return requests;
    }

    private static ClientRequest of(JsonNode line) {
        var outcome = line.required("outcome").asString().toUpperCase(Locale.ROOT);
        var goods = line.path("goods");
        return new ClientRequest(
                line.required("key").asString(),
                line.required("route").asString(),
                line.path("aggregateId").asString(null),
                Outcome.valueOf(outcome),
                Instant.parse(line.required("at").asString()),
                goods.isArray() ? Sums.sum(goods.values(), ClientRequest::goods, ClientRequest::quantity) : null);
    }

    private static String goods(JsonNode line) {
        var unit = Unit.valueOf(line.path("unit").asString("EACH"));
        return Sums.goods(line.required("sku").asString(), unit);
    }

    private static long quantity(JsonNode line) {
        return line.required("quantity").asLong();
    }
}
