package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.mortar.eventsourcing.kafka.OwnedElsewhere;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A key whose owner does not answer: the caller is told to ask again. */
class OwnerAwayTest {

    @RestController
    record Elsewhere(String owner) {
        @GetMapping("/stock")
        String read() {
            throw new OwnedElsewhere(owner);
        }

        @PostMapping("/stock")
        String write() {
            throw new OwnedElsewhere(owner);
        }
    }

    @Test
    void anOwnerThatIsNotThereIsWaitedFor() throws IOException {
        String owner;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            owner = "127.0.0.1:" + free.getLocalPort();
        }
        isAskedAgain(mvc(owner).get().uri("/stock").exchange());
    }

    @Test
    void anOwnerThatDiesInTheMiddleOfItsAnswerIsWaitedFor() throws IOException {
        HttpServer dying = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        dying.createContext("/stock", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, 1_000);
            exchange.close();
        });
        dying.start();
        try {
            isAskedAgain(mvc("127.0.0.1:" + dying.getAddress().getPort())
                    .get()
                    .uri("/stock")
                    .exchange());
        } finally {
            dying.stop(0);
        }
    }

    @Test
    void whatWasForwardedIsNotForwardedAgain() {
        isAskedAgain(mvc("127.0.0.1:1")
                .get()
                .uri("/stock")
                .header(Forwarder.FORWARDED, "1")
                .exchange());
    }

    @Test
    void onlyQueriesAreForwarded() {
        isAskedAgain(mvc("127.0.0.1:1").post().uri("/stock").exchange());
    }

    private static MockMvcTester mvc(String owner) {
        return MockMvcTester.create(MockMvcBuilders.standaloneSetup(new Elsewhere(owner))
                .setControllerAdvice(new ProblemAdvice())
                .build());
    }

    private static void isAskedAgain(MvcTestResult answer) {
        assertThat(answer)
                .hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
                .hasHeader("Retry-After", "2")
                .hasContentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON);
    }
}
