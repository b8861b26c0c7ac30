package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.ClientRequest.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @Test
    void mayNameTheGoodsOfARequest(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("journal.jsonl"), """
                {"key":"k1","route":"POST /v1/locations/oslo-1/receipts","aggregateId":"DN-7","outcome":"ok",\
                "at":"2026-11-22T10:00:00Z","goods":[{"sku":"C","quantity":2},{"sku":"C","quantity":3},\
                {"sku":"F","quantity":250,"unit":"GRAM"},{"sku":"G","quantity":0}]}
                {"key":"k2","route":"POST /v1/orders","aggregateId":null,"outcome":"unknown","at":"2026-11-22T10:00:00Z"}
                """);

        assertThat(ClientRequest.read(file))
                .containsExactly(
                        new ClientRequest(
                                "k1",
                                "POST /v1/locations/oslo-1/receipts",
                                "DN-7",
                                Outcome.OK,
                                Instant.parse("2026-11-22T10:00:00Z"),
                                Map.of("C", 5L, "F|GRAM", 250L)),
                        new ClientRequest(
                                "k2",
                                "POST /v1/orders",
                                null,
                                Outcome.UNKNOWN,
                                Instant.parse("2026-11-22T10:00:00Z"),
                                null));
    }
}
