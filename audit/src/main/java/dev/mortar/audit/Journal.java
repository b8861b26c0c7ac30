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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the history of the clients, one JSON object a line. */
final class Journal {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Journal() {}

    static List<ClientRequest> read(Path file) {
        var requests = new ArrayList<ClientRequest>();
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            lines.filter(line -> !line.isBlank()).forEach(line -> {
                try {
                    requests.add(request(JSON.readTree(line)));
                } catch (RuntimeException e) {
                    throw new LogReader.Unreadable(
                            "Line " + (requests.size() + 1) + " of " + file + " is no request: " + e.getMessage());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be read", e);
        }
        return requests;
    }

    private static ClientRequest request(JsonNode line) {
        return new ClientRequest(
                line.required("key").asString(),
                line.required("route").asString(),
                line.path("aggregateId").asString(null),
                ClientRequest.Outcome.valueOf(
                        line.required("outcome").asString().toUpperCase(Locale.ROOT)),
                Instant.parse(line.required("at").asString()),
                line.path("goods").isArray() ? goods(line.path("goods")) : null);
    }

    private static Map<String, Long> goods(JsonNode lines) {
        return Sums.sum(
                lines.values(),
                line -> Goods.key(
                        line.required("sku").asString(),
                        Unit.valueOf(line.path("unit").asString("EACH"))),
                line -> line.required("quantity").asLong());
    }
}
