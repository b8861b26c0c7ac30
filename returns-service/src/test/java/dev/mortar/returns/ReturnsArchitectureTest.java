package dev.mortar.returns;

import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.mortar.eventsourcing.testkit.ServiceArchitecture;
import org.junit.jupiter.api.Test;

class ReturnsArchitectureTest {

    @Test
    void theModelKnowsNoFrameworkAndOneFileKnowsTheContract() {
        assertThatNoException().isThrownBy(() -> ServiceArchitecture.check("dev.mortar.returns", "Returns"));
    }
}
