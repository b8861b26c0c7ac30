package dev.mortar.eventsourcing.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Role;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** The limits of {@code mortar.yaml}, and a variable that sets one. */
class SecuritySettingsTest {
    @Test
    void everyRoleHasALimit() throws IOException {
        SecuritySettings settings = settings(Map.of());

        assertThat(settings.anonymousRequestsPerMinute()).isEqualTo(60);
        assertThat(settings.requestsPerMinute())
                .containsOnlyKeys(Role.values())
                .containsEntry(Role.SHOPPER, 120)
                .containsEntry(Role.BACK_OFFICE, 600)
                .containsEntry(Role.TILL, 1_200)
                .containsEntry(Role.SERVICE, 30_000);
        assertThat(settings.shopperTakesGoodsPerMinute()).isEqualTo(20);
    }

    @Test
    void aVariableSetsALimit() throws IOException {
        SecuritySettings settings = settings(Map.of(
                "MORTAR_SECURITY_ANONYMOUSREQUESTSPERMINUTE", "7",
                "MORTAR_SECURITY_REQUESTSPERMINUTE_BACKOFFICE", "8"));

        assertThat(settings.anonymousRequestsPerMinute()).isEqualTo(7);
        assertThat(settings.requestsPerMinute())
                .containsOnlyKeys(Role.values())
                .containsEntry(Role.BACK_OFFICE, 8)
                .containsEntry(Role.SHOPPER, 120);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MORTAR_SECURITY_REQUESTSPERMINUTE_TILL",
                "MORTAR_SECURITY_ANONYMOUSREQUESTSPERMINUTE",
                "MORTAR_SECURITY_SHOPPERTAKESGOODSPERMINUTE"
            })
    void aLimitOfNothingIsRefused(String variable) {
        assertThatThrownBy(() -> settings(Map.of(variable, "0")))
                .hasRootCauseMessage("mortar.security.requests-per-minute has each role, and each limit is at least 1");
    }

    private static SecuritySettings settings(Map<String, Object> variables) throws IOException {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        new YamlPropertySourceLoader()
                .load("mortar.yaml", new ClassPathResource("mortar.yaml"))
                .forEach(environment.getPropertySources()::addLast);
        return Binder.get(environment)
                .bind("mortar.security", SecuritySettings.class)
                .get();
    }
}
