package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Service;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Management has a port of its own, for operators; the port of the API only says whether the service is ready. */
class ManagementPortIT {
    static final List<String> SERVICES = Service.ALL;

    private static final List<String> ENDPOINTS = List.of("health", "info", "prometheus", "deadletters", "checkpoint");
    /** Endpoints of Spring Boot that show secrets or memory. */
    private static final List<String> NEVER =
            List.of("env", "heapdump", "loggers", "threaddump", "beans", "configprops", "mappings", "shutdown");

    private final Stack stack = TheStack.get();
    private final Shop nobody = Shop.open().as(Shop.NOBODY);
    private final Shop operator = Shop.open().as(Tokens.OPERATOR);
    private final Shop office = Shop.open().as("BACK_OFFICE b1");

    @ParameterizedTest
    @FieldSource("SERVICES")
    void thePortOfTheApiHasProbesAndNoManagement(String service) {
        for (String probe : List.of("/livez", "/readyz")) {
            assertThat(nobody.get(service, probe).is(200).body().toString()).isEqualTo("{\"status\":\"UP\"}");
        }
        for (String endpoint : ENDPOINTS) {
            nobody.get(service, "/actuator/" + endpoint).is(endpoint.equals("health") ? 404 : 401);
            operator.get(service, "/actuator/" + endpoint).is(404);
        }
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void managementIsForOperators(String service) {
        String management = service + "-management";
        for (String endpoint : List.of("info", "prometheus", "deadletters")) {
            nobody.get(management, "/actuator/" + endpoint).is(401);
            office.get(management, "/actuator/" + endpoint).is(403);
            operator.get(management, "/actuator/" + endpoint).is(200);
        }
        NEVER.forEach(
                endpoint -> operator.get(management, "/actuator/" + endpoint).is(404));
        office.get(management, "/v3/api-docs").is(404);
        office.get(management, "/v1/orders/o1").is(404);
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void onlyAnOperatorSeesTheDetailsOfHealth(String service) {
        String management = service + "-management";
        assertThat(nobody.get(management, "/actuator/health/readiness")
                        .is(200)
                        .body()
                        .toString())
                .isEqualTo("{\"status\":\"UP\"}");
        assertThat(office.get(management, "/actuator/health").is(200).body().has("components"))
                .isFalse();
        assertThat(operator.get(management, "/actuator/health/readiness")
                        .is(200)
                        .body()
                        .has("components"))
                .isTrue();
    }

    @Test
    void aScraperReadsMetricsAndNothingElse() throws IOException {
        String token = Files.readString(stack.broker().data().resolveSibling("scrape-token"));
        String[] scraper = {"Authorization", "Bearer " + token};

        nobody.get("order-management", "/actuator/prometheus", scraper).is(200);
        nobody.get("order-management", "/actuator/prometheus", "Authorization", "Bearer " + token + "x")
                .is(401);
        nobody.get("order-management", "/actuator/deadletters", scraper).is(403);
        nobody.get("order", "/v1/orders/o1", scraper).is(401);
    }
}
