package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The answer of a service.
 *
 * @param request method, URL and key, for messages
 * @param headers by name in lower case, the first of each
 * @param body a missing node when there was none
 */
record Answer(String request, int status, Map<String, String> headers, JsonNode body) {

    /** This answer, which has one of these statuses. */
    Answer is(Integer... statuses) {
        assertThat(status).as("%s answered %s", request, body).isIn((Object[]) statuses);
        return this;
    }

    /** Whether the request has to be made again: Kafka was away, or the decision was not there in time. */
    boolean isUndecided() {
        return status == 503 || status == 202;
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    long sequence() {
        return Long.parseLong(header("etag").replace("\"", ""));
    }

    String text(String pointer) {
        return body.at(pointer).asString("");
    }

    long number(String pointer) {
        return body.at(pointer).asLong(Long.MIN_VALUE);
    }

    Stream<JsonNode> each(String pointer) {
        return body.at(pointer).valueStream();
    }
}
