package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private static final String FIGURE = """
            {"sku":"F","unit":"GRAM","onHand":290,"committed":20,"held":10,"safetyStock":50,"damaged":1,"toVendor":2,"inTransit":4,
             "available":{"online":210,"inStore":260}%s}""";

    private static final String OTHER_UNITS = """
            ,"otherUnits":[{"unit":"EACH","onHand":-1,"committed":0,"held":0,"safetyStock":0,"damaged":0,"toVendor":3}]""";

    private static final AuditState STATE = new AuditState(
            Map.of(),
            Map.of(),
            Map.of(
                    "riga-1",
                    Map.of(
                            "F",
                            new AuditState.StockState(
                                    "GRAM",
                                    290,
                                    20,
                                    10,
                                    50,
                                    1,
                                    2,
                                    4,
                                    List.of(new AuditState.StockState("EACH", -1, 0, 0, 0, 0, 3, 0, List.of()))))),
            Map.of(),
            Map.of());

    private HttpServer server;
    private String figure = FIGURE.formatted(OTHER_UNITS);

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/v1/locations/riga-1/stock", "{\"stock\":[%s]}");
        answer("/v1/stock/F", "{\"locations\":[{\"locationId\":\"riga-1\",\"stock\":%s}]}");
        server.start();
    }

    private void answer(String path, String body) {
        server.createContext(path, exchange -> {
            var bytes = body.formatted(figure).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void stockIsServedByUnit() {
        assertThat(compared().violated()).isEmpty();
    }

    @Test
    void catchesGoodsInAnotherUnitThatAreNotServed() {
        figure = FIGURE.formatted("");

        assertThat(compared().violated()).containsOnly(Map.entry(Invariant.VIEW_IS_FOLD, 2L));
    }

    @Test
    void catchesGoodsForTheVendorThatAreNotServed() {
        figure = figure.replace("\"toVendor\":2", "\"toVendor\":0");

        assertThat(compared().violated()).containsOnly(Map.entry(Invariant.VIEW_IS_FOLD, 2L));
    }

    @Test
    void catchesAnotherUnit() {
        figure = figure.replace("GRAM", "MILLILITRE");

        assertThat(compared().violated()).containsOnly(Map.entry(Invariant.VIEW_IS_FOLD, 2L));
    }

    private AuditReport compared() {
        var audit = new Audit(AuditTest.RULES);
        var views = new Views(
                Map.of("inventory", "http://127.0.0.1:" + server.getAddress().getPort()), "token");
        views.compare(STATE, audit);
        assertThat(views.missed()).isEmpty();
        return audit.finish(Instant.EPOCH);
    }
}
