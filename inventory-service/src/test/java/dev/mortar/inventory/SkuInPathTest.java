package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A percent-encoded SKU is one path segment and arrives as the retailer writes it. */
class SkuInPathTest {

    @Configuration
    @ImportAutoConfiguration({
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class
    })
    static class Web {
        @Bean
        TomcatConnectorCustomizer slashesInSkus() {
            return InventoryServiceApplication.slashesInSkus();
        }

        @Bean
        Echo echo() {
            return new Echo();
        }
    }

    @RestController
    static class Echo {
        @GetMapping(path = "/v1/locations/{locationId}/stock/{sku}/events", produces = "text/plain;charset=UTF-8")
        String events(@PathVariable String locationId, @PathVariable String sku) {
            return locationId + "\n" + sku;
        }
    }

    private static ConfigurableApplicationContext context;
    private static String port;

    @BeforeAll
    static void start() {
        context = new SpringApplicationBuilder(Web.class)
                .web(WebApplicationType.SERVLET)
                .run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off");
        port = context.getEnvironment().getRequiredProperty("local.server.port");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "85123A",
                "85123a",
                "gift_0001_80",
                "POST",
                "TEAPOT blue",
                "a/b",
                "/",
                "//x/",
                "back\\slash",
                "100%",
                "a+b",
                "чай 250 г",
                "a;b=c",
                "?q#f",
                "%2F",
                "...",
                "events",
                "ğ&ş"
            })
    void arrivesUnchanged(String sku) throws Exception {
        String path = LocationResponse.path("store 1/2") + "/stock/" + LocationResponse.segment(sku) + "/events";
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("store 1/2\n" + sku);
        }
    }
}
