package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Role;
import dev.mortar.localstack.Tokens;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tools know the roles by name, because they know nothing of the kit. */
class RolesTest {
    @Test
    void theIssuerOfTheLocalStackGivesEveryRoleThatATokenMayHave() {
        Tokens tokens = new Tokens("http://127.0.0.1:1", Path.of("keys.json"));

        String roles = tokens.settings().getOrDefault("MORTAR_SECURITY_ISSUERS_0_ROLES", "");

        assertThat(roles.split(",", -1))
                .containsExactlyInAnyOrder(Stream.of(Role.values())
                        .map(Role::name)
                        .filter(name -> Role.ofToken(name) != null)
                        .toArray(String[]::new));
    }
}
