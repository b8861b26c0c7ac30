package dev.mortar.eventsourcing.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderLinksTest {
    private static final String OLD = "k1:first-secret-of-32-characters-xx";
    private static final String NEW = "k2:other-secret-of-32-characters-xx";

    private final OrderLinks links = links(OLD);

    @ParameterizedTest
    @ValueSource(strings = {"8f14e45f-ceea-467f-a0e6-1c1d1f7a3b11", "a.b", "ordre å"})
    void opensItsOrder(String orderId) {
        assertThat(links.orderId(links.link(orderId))).isEqualTo(orderId);
    }

    @Test
    void staysTheSame() {
        assertThat(links.link("order-1")).isEqualTo(links.link("order-1")).isNotEqualTo(links.link("order-2"));
    }

    @Test
    void aForgedLinkOpensNothing() {
        String link = links.link("order-1");
        String[] parts = link.split("\\.", -1);
        String ofAnother = links.link("order-2");

        assertThat(new String[] {
                    "",
                    "order-1",
                    parts[0] + "." + parts[1] + ".",
                    parts[0] + "." + parts[1] + "." + "A".repeat(22),
                    ofAnother.split("\\.", -1)[0] + "." + parts[1] + "." + parts[2],
                    parts[0] + ".k9." + parts[2],
                    "!." + parts[1] + "." + parts[2],
                    link + ".",
                    link + "A",
                    link + "=",
                    links(NEW).link("order-1")
                })
                .allSatisfy(forged -> assertThat(links.orderId(forged)).isNull());
    }

    @Test
    void anOldLinkOpensAfterARotation() {
        OrderLinks rotated = links(NEW + "," + OLD);

        assertThat(rotated.orderId(links.link("order-1"))).isEqualTo("order-1");
        assertThat(rotated.link("order-1")).contains(".k2.");
        assertThat(links(NEW).orderId(links.link("order-1"))).isNull();
    }

    private static OrderLinks links(String secret) {
        return new OrderLinks(RotatedSecret.of("link secret", secret));
    }
}
