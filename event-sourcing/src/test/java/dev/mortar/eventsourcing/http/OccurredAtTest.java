package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.CommandRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.MethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;

class OccurredAtTest {

    @Test
    void isReadFromItsHeader() throws Exception {
        assertThat(resolve("2026-06-01T12:00:00.123456Z").occurredAt())
                .isEqualTo(Instant.parse("2026-06-01T12:00:00.123456Z"));
    }

    @Test
    void isCutToWhatEventsHold() throws Exception {
        assertThat(resolve("2026-06-01T12:00:00.123456789Z").occurredAt())
                .isEqualTo(Instant.parse("2026-06-01T12:00:00.123456Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z", "yesterday", ""})
    void isRefusedWhenNoSchemaCouldHoldIt(String header) {
        assertThatThrownBy(() -> resolve(header))
                .isInstanceOfSatisfying(
                        BadRequest.class, bad -> assertThat(bad.field()).isEqualTo("Mortar-Occurred-At"));
    }

    private static CommandRequest resolve(String occurredAt) throws Exception {
        var request = new MockHttpServletRequest("POST", "/v1/things");
        request.addHeader("Idempotency-Key", "key");
        request.addHeader("Mortar-Occurred-At", occurredAt);
        var parameter = new MethodParameter(OccurredAtTest.class.getDeclaredMethod("command", CommandRequest.class), 0);
        return (CommandRequest)
                new RequestArguments().resolveArgument(parameter, null, new ServletWebRequest(request), null);
    }

    @SuppressWarnings("UnusedVariable")
    private static void command(CommandRequest request) {}
}
