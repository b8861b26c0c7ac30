package dev.mortar.eventsourcing.pickupcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.pickupcode.PickupCode.Issue;
import dev.mortar.eventsourcing.security.RotatedSecret;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PickupCodeTest {
    private static final String FIRST = "k1:first-secret-of-32-characters-xx";
    private static final String OTHER = "k2:other-secret-of-32-characters-xx";

    private final PickupCode codes = codes(FIRST);

    @Test
    void derivesTheCodesAnotherImplementationOfTheDefinitionDerives() {
        assertThat(codes.derive("order-7-1", 1, "k1")).isEqualTo("8SP5QDMB");
        assertThat(codes.derive("order-7-1", 2, "k1")).isEqualTo("MSVK2G4G");
    }

    @Test
    void everyIssueOfAFulfilmentIsMatchedAsItself() {
        Set<String> distinct = new HashSet<>();
        for (int issue = 1; issue <= PickupCode.MAX_ISSUE; issue++) {
            String code = codes.derive("order-7-1", issue, "k1");
            distinct.add(code);
            assertThat(codes.match("order-7-1", code)).isEqualTo(new Issue("k1", issue));
        }
        assertThat(distinct).hasSize(PickupCode.MAX_ISSUE);
    }

    @Test
    void theCodeOfAnotherFulfilmentMatchesNone() {
        assertThat(codes.match("order-7-2", codes.derive("order-7-1", 1, "k1"))).isNull();
    }

    @Test
    void afterARotationBothKeysAreGoodAndTheFirstDerives() {
        PickupCode rotated = codes(OTHER + "\n" + FIRST + "\n");

        assertThat(rotated.keyId()).isEqualTo("k2");
        assertThat(rotated.match("order-7-1", "8SP5QDMB")).isEqualTo(new Issue("k1", 1));
        assertThat(rotated.match("order-7-1", "JWJ6RHH0")).isEqualTo(new Issue("k2", 1));
        assertThat(codes(OTHER).match("order-7-1", "8SP5QDMB")).isNull();
        assertThatThrownBy(() -> codes(OTHER).derive("order-7-1", 1, "k1"))
                .hasMessage("pickup secret k1 is not configured");
    }

    @Test
    void readsWhatPeopleType() {
        assertThat(PickupCode.read("order-7-1", "8SP5QDMB")).isEqualTo("8SP5QDMB");
        assertThat(PickupCode.read("order-7-1", " 8sp5-qdmb ")).isEqualTo("8SP5QDMB");
        assertThat(PickupCode.read("order-7-1", "oOiI-lL01")).isEqualTo("00111101");
    }

    @Test
    void readsTheQrPayloadOfItsOwnFulfilmentOnly() {
        assertThat(PickupCode.qrPayload("order-7-1", "8SP5QDMB")).isEqualTo("mortar:pickup:order-7-1:8SP5QDMB");
        assertThat(PickupCode.read("order-7-1", "mortar:pickup:order-7-1:8SP5QDMB"))
                .isEqualTo("8SP5QDMB");
        assertThat(PickupCode.read("order-7-2", "mortar:pickup:order-7-1:8SP5QDMB"))
                .isNull();
        assertThat(PickupCode.read("a:b-1", PickupCode.qrPayload("a:b-1", "8SP5QDMB")))
                .isEqualTo("8SP5QDMB");
    }

    @Test
    void whatCannotBeACodeIsNotRead() {
        for (String shown : new String[] {"", "8SP5QDM", "8SP5QDMB0", "8SP5QDMU", "8SP5QDM!", "ＡＢＣＤＥＦＧＨ"}) {
            assertThat(PickupCode.read("order-7-1", shown)).as(shown).isNull();
        }
    }

    @Test
    void displaysTwoGroupsThatAreReadBack() {
        assertThat(PickupCode.display("8SP5QDMB")).isEqualTo("8SP5-QDMB");
        assertThat(PickupCode.read("order-7-1", PickupCode.display("8SP5QDMB"))).isEqualTo("8SP5QDMB");
    }

    private static PickupCode codes(String secret) {
        return new PickupCode(RotatedSecret.of("pickup secret", secret));
    }
}
