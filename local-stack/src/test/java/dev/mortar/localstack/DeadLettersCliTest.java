package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the output and the requests of the command line. System tests check the answers of the services. */
class DeadLettersCliTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Set<String> callers = new ConcurrentSkipListSet<>();
    private @Nullable HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open order 1/2",
                "show",
                "show order",
                "show order 1",
                "show basket 1/2",
                "retry order",
                "retry order 1/x",
                "discard order 1/2",
                "discard order 1/2 --reason",
                "park order 1/2",
                "park order --reason BUG_7",
                "park order 2/17 --reason BUG_7 --actor o1",
                "park order 1 --reason BUG_7",
                "order inventory",
                "order --state LOST",
                "--url order",
                "--url basket=http://127.0.0.1:1"
            })
    void whatCannotBeUnderstoodEndsWithTwoAndTheUsage(String arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(said()).startsWith("mortar: ").contains("./mortar dead-letters retry SERVICE");
    }

    @Test
    void aServiceThatDoesNotAnswerEndsWithOneAndIsNamed() {
        String nowhere = " --url returns=http://127.0.0.1:1";
        assertThat(run("returns" + nowhere)).isOne();
        assertThat(said()).contains("returns", "does not answer");
        assertThat(run("retry returns --all" + nowhere)).isOne();
    }

    @Test
    void helpSaysHow() {
        assertThat(run("--help")).isZero();
        assertThat(said()).contains("discard SERVICE PARTITION/OFFSET --reason CODE");
    }

    @Test
    void stoppedPartitionsAreListedAndTheirCommandIsParked() throws IOException {
        String there = serve("""
                {"waiting": 0, "stopped": [{"partition": 2, "offset": 17, "why": "the command at 17"}]}""");
        assertThat(run("order" + there)).isZero();
        assertThat(said()).contains("STOPPED: partition 2 decides nothing: the command at 17");

        assertThat(run("park order 2/17 --reason BUG_7" + there)).isZero();
        assertThat(said()).contains("order 2/17 parked");
        assertThat(asked.getLast())
                .startsWith("POST /actuator/deadletters/stopped/2/17 ")
                .contains("\"reason\":\"BUG_7\"")
                .doesNotContain("actor");
    }

    @Test
    void aLetterIsListedAndShownWithItsHistory() throws IOException {
        String letter = """
                {"partition": 2, "offset": 17, "state": "DISCARDED", "key": "card", "type": "dev.mortar.Charge",
                "source": "order.commands/1/9", "cause": "rejected", "at": "2026-05-30T08:00:00Z", "retryOf": "2/3",
                "resolvedBy": "ASSOCIATE a-7", "resolvedAt": "2026-05-31T08:00:00Z", "reason": "VOID"}""";
        String printed = """
                  2/17       2026-05-30T08:00:00Z  discarded Charge                       card
                             from order.commands/1/9: rejected
                             a retry of 2/3 that failed
                             by ASSOCIATE a-7 at 2026-05-31T08:00:00Z: VOID
                """;
        assertThat(run("order --state ALL"
                        + serve("{\"waiting\": 0, \"retried\": 0, \"discarded\": 1, \"letters\": [" + letter + "]}")))
                .isZero();
        assertThat(said()).isEqualTo("order         0 waiting, 0 retried, 1 discarded\n" + printed);
        assertThat(asked.getLast()).startsWith("GET /actuator/deadletters ");
        assertThat(callers).containsExactly("Bearer the-token");

        said.reset();
        assertThat(run("show order 2/17"
                        + serve("{\"letter\": " + letter
                                + ", \"headers\": {\"actor\": \"SYSTEM test\"}, \"bytes\": 4, \"value\": \"6e6f\"}")))
                .isZero();
        assertThat(said()).isEqualTo(printed + "  actor: SYSTEM test\n  value, 4 bytes:\n\"6e6f\"\n");
    }

    @Test
    void aRetrySaysWhatWasDoneWithEachLetter() throws IOException {
        String there = serve("""
                {"waiting": 2, "letters": [
                {"partition": 0, "offset": 1, "key": "a", "type": "x.Charge", "outcome": "RETRIED", "commands": 1},
                {"partition": 0, "offset": 2, "key": "b", "outcome": "FAILED", "commands": 0, "cause": "unknown unit"},
                {"partition": 0, "offset": 3, "key": "b", "outcome": "BEHIND", "commands": 0, "cause": "behind"}]}""");
        assertThat(run("retry order --all" + there)).isOne();
        assertThat(said()).isEqualTo("""
                order 0/1        Charge a: retried, commands sent: 1
                order 0/2        - b: still cannot be processed: unknown unit
                order 0/3        - b: not tried, an earlier one of its key waits
                order: 2 waiting
                """);
        assertThat(asked.getLast()).startsWith("POST /actuator/deadletters {").contains("\"all\":\"true\"");

        assertThat(run("discard order 0/1 --reason VOID" + there)).isOne();
        assertThat(asked.getLast()).startsWith("DELETE /actuator/deadletters/0/1?reason=VOID");
    }

    /** Answers every request with this JSON; returns the option that names the server. */
    private String serve(String json) throws IOException {
        stop();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/actuator/deadletters", request -> {
            callers.add(request.getRequestHeaders().getFirst("Authorization"));
            asked.add(request.getRequestMethod() + " " + request.getRequestURI() + " "
                    + new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                            .replaceAll("\\s", ""));
            byte[] answer = json.getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(200, answer.length);
            request.getResponseBody().write(answer);
            request.close();
        });
        server.start();
        return " --url order=http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int run(String arguments) {
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return DeadLettersCli.run(List.of(arguments.split(" ", -1)), () -> "the-token", out, out);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
