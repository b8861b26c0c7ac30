package dev.mortar.eventsourcing.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.security.OrderLinks.Opened;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderLinksTest {
    private static final String OLD = "k1:first-secret-of-32-characters-xx";
    private static final String NEW = "k2:other-secret-of-32-characters-xx";
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Instant END = Instant.parse("2026-08-01T00:00:00Z");

    private final OrderLinks links = links(OLD);

    @ParameterizedTest
    @ValueSource(strings = {"8f14e45f-ceea-467f-a0e6-1c1d1f7a3b11", "a.b", "ordre å"})
    void opensItsOrderForSixtyDays(String orderId) {
        assertThat(links.open(links.link(orderId))).isEqualTo(new Opened(orderId, END));
    }

    @Test
    void staysTheSameForADay() {
        OrderLinks later = links(OLD, NOW.plusSeconds(3_600));
        OrderLinks tomorrow = links(OLD, NOW.plusSeconds(24 * 3_600));

        assertThat(links.link("order-1")).isEqualTo(later.link("order-1")).isNotEqualTo(links.link("order-2"));
        assertThat(tomorrow.link("order-1")).isNotEqualTo(links.link("order-1"));
    }

    @Test
    void aForgedLinkOpensNothing() {
        String link = links.link("order-1");
        String[] parts = link.split("\\.", -1);
        String ofAnother = links.link("order-2");

        assertThat(new String[] {
                    "",
                    "order-1",
                    String.join(".", parts[0], parts[1], parts[2], ""),
                    String.join(".", parts[0], parts[1], parts[2], "A".repeat(22)),
                    String.join(".", ofAnother.split("\\.", -1)[0], parts[1], parts[2], parts[3]),
                    String.join(".", parts[0], "k9", parts[2], parts[3]),
                    String.join(".", "!", parts[1], parts[2], parts[3]),
                    String.join(".", parts[0], parts[1], "1" + parts[2], parts[3]),
                    String.join(".", parts[0], parts[1], "+" + parts[2], parts[3]),
                    String.join(".", parts[0], parts[1], "9".repeat(18), parts[3]),
                    String.join(".", parts[0], parts[1], "never", parts[3]),
                    String.join(".", parts[0], parts[1], parts[3]),
                    link + ".",
                    link + "A",
                    link + "=",
                    links(NEW).link("order-1")
                })
                .allSatisfy(forged -> assertThat(links.open(forged)).isNull());
    }

    @Test
    void anOldLinkOpensAfterARotation() {
        OrderLinks rotated = links(NEW + "," + OLD);

        assertThat(rotated.open(links.link("order-1"))).isEqualTo(new Opened("order-1", END));
        assertThat(rotated.link("order-1")).contains(".k2.");
        assertThat(links(NEW).open(links.link("order-1"))).isNull();
    }

    private static OrderLinks links(String secret) {
        return links(secret, NOW);
    }

    private static OrderLinks links(String secret, Instant now) {
        return new OrderLinks(RotatedSecret.of("link secret", secret), InstantSource.fixed(now));
    }
}
