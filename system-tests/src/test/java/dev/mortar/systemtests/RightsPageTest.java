package dev.mortar.systemtests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import dev.mortar.simulation.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every route has grants, and {@code docs/rights.md} shows them. */
class RightsPageTest {

    private static final String HEAD = """
            # Rights

            Who may use which route, and for which objects. The table is made from the annotation `@Access` of each handler. A
            handler without it fails the build and refuses everybody. After a change, write the page again by
            `mvn -q -pl system-tests -am test -Dtest=RightsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dmortar.approve=true`.

            - **own**: the object belongs to the caller: the shopper's own, the order of the link, the till's or courier's own.
            - **own store**: the object belongs to the store where the caller acts (`Mortar-Location`).
            - **own of the party**: the service names a shopper or a till (`Mortar-On-Behalf-Of`) and gets that party's rights. If it
              names nobody, as for a guest, it may use any object.
            - **any**: any object. A LEAD has the rights of an ASSOCIATE, too.

            Shoppers, couriers and holders of links cannot tell a foreign object from an unknown one: the answer differs only in the id
            that was asked for. The retailer's own people get 403 with the reason. [How to get a token](identity-provider.md).

            Beside the table: an ASSOCIATE adjusts stock for DAMAGED, FOUND and EXPIRED only, a LEAD for every reason. An override
            of a pickup code or a return window needs a LEAD. An ASSOCIATE places orders of channel STORE at the own store. PUBLIC
            and shoppers see of stock only the units that can be bought. `/actuator/**`, on the management port, is for OPERATOR; health is open, and a scraper reads the metrics.
            """;

    @Test
    void everyHandlerHasGrants() {
        assertThat(Route.all())
                .isNotEmpty()
                .allSatisfy(route ->
                        assertThat(route.grants()).as("@Access of " + route).isNotEmpty());
    }

    @Test
    void thePageShowsThem() throws IOException {
        String page = page();
        if (Boolean.getBoolean("mortar.approve")) {
            Files.writeString(RightsPage.PAGE, page);
        }
        assertThat(RightsPage.PAGE)
                .as("run with -Dmortar.approve=true and read it")
                .hasContent(page);
    }

    private static String page() {
        List<String> columns = Stream.of(Role.values()).map(Role::name).toList();
        StringBuilder page = new StringBuilder(HEAD)
                .append("\n| Service | Route | PUBLIC | ")
                .append(String.join(" | ", columns))
                .append(" |\n|")
                .append("---|".repeat(columns.size() + 3))
                .append('\n');
        for (Route route : Route.all()) {
            page.append("| ")
                    .append(route.service())
                    .append(" | `")
                    .append(route)
                    .append("` | ")
                    .append(cell(route, null));
            for (Role role : Role.values()) {
                page.append(" | ").append(cell(route, role));
            }
            page.append(" |\n");
        }
        return page.toString();
    }

    private static String cell(Route route, @Nullable Role role) {
        return requireNonNull(route.grants()).stream()
                .filter(grant -> grant.role() == role)
                .map(Grant::objects)
                .collect(Collectors.joining(", "));
    }
}
