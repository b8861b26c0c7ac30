package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.mortar.eventsourcing.testkit.ServiceArchitecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheModelFreeOfFrameworks() {
        assertThatNoException().isThrownBy(() -> ServiceArchitecture.check("dev.mortar.notification", "Notification"));
    }
}
