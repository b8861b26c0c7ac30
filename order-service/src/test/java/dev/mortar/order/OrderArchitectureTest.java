package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.mortar.eventsourcing.testkit.ServiceArchitecture;
import org.junit.jupiter.api.Test;

class OrderArchitectureTest {

    @Test
    void theModelKnowsNoFramework() {
        assertThatCode(() -> ServiceArchitecture.check("dev.mortar.order", "Order"))
                .doesNotThrowAnyException();
    }
}
