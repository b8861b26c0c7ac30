package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** Who comes while enough are being answered is told to come again; health and metrics are always answered. */
class RequestLimitTest {
    private final RequestLimit limit = new RequestLimit(1);

    @Test
    void oneTooManyIsToldToComeAgain() throws Exception {
        List<MockHttpServletResponse> meanwhile = new ArrayList<>();
        MockHttpServletResponse first = answer("/v1/orders", () -> {
            meanwhile.add(answer("/v1/orders", () -> {}));
            meanwhile.add(answer("/readyz", () -> {}));
        });
        assertThat(first.getStatus()).isEqualTo(200);
        assertThat(meanwhile).extracting(MockHttpServletResponse::getStatus).containsExactly(503, 200);
        MockHttpServletResponse refused = meanwhile.getFirst();
        assertThat(refused.getContentType()).startsWith("application/problem+json");
        assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
        assertThat(JsonMapper.shared()
                        .readTree(refused.getContentAsString())
                        .path("status")
                        .asInt())
                .isEqualTo(503);
    }

    @Test
    void streamsLeaveRoomForOthersAndAreBoundedThemselves() throws Exception {
        List<Integer> meanwhile = new ArrayList<>();
        List<Boolean> streams = new ArrayList<>();
        answer("/v1/orders/o/stream", request -> {
            streams.add(RequestLimit.beginStream(request));
            meanwhile.add(answer("/v1/orders", () -> {}).getStatus());
            answer("/v1/orders/o/stream", another -> streams.add(RequestLimit.beginStream(another)));
        });
        answer("/v1/orders/o/stream", request -> streams.add(RequestLimit.beginStream(request)));
        assertThat(meanwhile).containsExactly(200);
        assertThat(streams).containsExactly(true, false, true);
        assertThat(answer("/v1/orders", () -> {}).getStatus()).isEqualTo(200);
    }

    @Test
    void aRequestThatFailedIsNotCountedAnyMore() throws Exception {
        assertThatThrownBy(() -> answer("/v1/orders", () -> {
                    throw new ServletException("failed");
                }))
                .hasMessage("failed");
        assertThat(answer("/v1/orders", () -> {}).getStatus()).isEqualTo(200);
    }

    @FunctionalInterface
    private interface Answering {
        void run() throws ServletException, IOException;
    }

    @FunctionalInterface
    private interface AnsweringOf {
        void run(HttpServletRequest request) throws ServletException, IOException;
    }

    private MockHttpServletResponse answer(String path, Answering answering) throws ServletException, IOException {
        return answer(path, _ -> answering.run());
    }

    private MockHttpServletResponse answer(String path, AnsweringOf answering) throws ServletException, IOException {
        var response = new MockHttpServletResponse();
        limit.doFilter(
                new MockHttpServletRequest("POST", path),
                response,
                (request, _) -> answering.run((HttpServletRequest) request));
        return response;
    }
}
