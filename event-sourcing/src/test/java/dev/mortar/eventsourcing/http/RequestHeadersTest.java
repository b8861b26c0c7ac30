package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;

class RequestHeadersTest {
    @ParameterizedTest
    @CsvSource({"X-Correlation-Id,''", "Idempotency-Key,''"})
    void anInvisibleTwinIsRefusedByItsCodePoint(String header, String before) {
        for (int codePoint : new int[] {0xA0, 0x202F, 0x2007, 0x200B, 0xFEFF, 0x200F, 0xAD, 0x85, 0x2003, 0xE0041}) {
            assertThatExceptionOfType(BadRequest.class)
                    .isThrownBy(() -> resolve(header, utf8(before + "SKU" + Character.toString(codePoint))))
                    .satisfies(refusal -> {
                        assertThat(refusal.status()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
                        assertThat(refusal.field()).isEqualTo(header);
                    })
                    .withMessageContaining("has U+%04X at character 4", codePoint);
        }
    }

    @Test
    void aHeaderIsUtf8AndElseLatin1() throws Exception {
        assertThat(resolve("X-Correlation-Id", utf8("å-1")).correlationId()).isEqualTo("å-1");
        assertThat(resolve("X-Correlation-Id", "å-1").correlationId()).isEqualTo("å-1");
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> resolve("X-Correlation-Id", "c1\u00a0"))
                .withMessageContaining("U+00A0 at character 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anna@example.com", "+4790012345", "555-123-4567"})
    void aCorrelationIdNamesNobody(String id) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> resolve("X-Correlation-Id", id))
                .withMessageContaining("opaque");
    }

    @Test
    void occurredAtIsCutToWhatEventsHold() throws Exception {
        Instant cut = Instant.parse("2026-06-01T12:00:00.123456Z");
        assertThat(resolve("Mortar-Occurred-At", "2026-06-01T12:00:00.123456Z").occurredAt())
                .isEqualTo(cut);
        assertThat(resolve("Mortar-Occurred-At", "2026-06-01T12:00:00.123456789Z")
                        .occurredAt())
                .isEqualTo(cut);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z", "yesterday", ""})
    void occurredAtIsRefusedWhenNoSchemaCouldHoldIt(String header) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> resolve("Mortar-Occurred-At", header))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("Mortar-Occurred-At"));
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static CommandRequest resolve(String header, String value) throws Exception {
        var request = new MockHttpServletRequest("POST", "/v1/things");
        if (!header.equals("Idempotency-Key")) {
            request.addHeader("Idempotency-Key", "key");
        }
        request.addHeader(header, value);
        request.setAttribute(Caller.class.getName(), Caller.system("test"));
        var parameter =
                new MethodParameter(RequestHeadersTest.class.getDeclaredMethod("command", CommandRequest.class), 0);
        return (CommandRequest)
                new RequestArguments().resolveArgument(parameter, null, new ServletWebRequest(request), null);
    }

    @SuppressWarnings("UnusedVariable")
    private static void command(CommandRequest request) {}
}
