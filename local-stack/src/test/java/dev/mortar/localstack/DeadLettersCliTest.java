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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said before a service is asked; what services answer is told by the system tests. */
class DeadLettersCliTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

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
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer orders = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        orders.createContext("/actuator/deadletters", request -> {
            asked.add(request.getRequestMethod() + " " + request.getRequestURI() + " "
                    + new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                            .replaceAll("\\s", ""));
            byte[] answer =
                    "{\"waiting\": 0, \"stopped\": [{\"partition\": 2, \"offset\": 17, \"why\": \"the command at 17\"}]}"
                            .getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(200, answer.length);
            request.getResponseBody().write(answer);
            request.close();
        });
        orders.start();
        String there = " --url order=http://127.0.0.1:" + orders.getAddress().getPort();
        try {
            assertThat(run("order" + there)).isZero();
            assertThat(said()).contains("STOPPED: partition 2 decides nothing: the command at 17");

            assertThat(run("park order 2/17 --reason BUG_7" + there)).isZero();
            assertThat(said()).contains("order 2/17 parked");
        } finally {
            orders.stop(0);
        }
        assertThat(asked.getLast())
                .startsWith("POST /actuator/deadletters/stopped/2/17 ")
                .contains("\"reason\":\"BUG_7\"", "\"actor\":\"SYSTEMoperator\"");
    }

    private int run(String arguments) {
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return DeadLettersCli.run(List.of(arguments.split(" ", -1)), out, out);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
