package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.TooManyRequests;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.pickup.PickupCommand.HandOver;
import dev.mortar.pickup.PickupController.HandoverRequest;
import dev.mortar.pickup.PickupEvent.PickupHandedOver;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A pickup code cannot be found by trying. */
class PickupCodeGuessTest {
    private static final PickupCode CODES = new PickupCode(RotatedSecret.of("pickup secret", "k1:0123456789abcdef"));
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final Actor ASSOCIATE = new Actor(Actor.Type.ASSOCIATE, "a-17", "store-3");

    private final Random random = new Random(20_261_130);
    private final CodeCheck check = new CodeCheck(CODES);

    @Test
    void aMillionGuessesNeverHit() {
        Set<String> valid = new HashSet<>();
        for (int issue = 1; issue <= PickupCode.MAX_ISSUE; issue++) {
            valid.add(CODES.derive(Examples.ID, issue, Examples.KEY));
        }
        assertThat(Stream.generate(this::guess).limit(1_000_000).filter(valid::contains))
                .isEmpty();
    }

    /** A comparison derives every issue of the code, so a million of them would take minutes. */
    @Test
    void noGuessHandsOverAndTheRightCodeDoes() {
        for (int i = 0; i < 20_000; i++) {
            assertThat(handedOver(proof(guess()))).isFalse();
        }
        assertThat(handedOver(proof(CODES.derive(Examples.ID, 1, Examples.KEY))))
                .isTrue();
        assertThat(handedOver(proof(CODES.derive(Examples.ID, 2, Examples.KEY))))
                .as("the code of another issue")
                .isFalse();
    }

    @Test
    void aStoreRefusesEveryCodeAfterThirtyWrongOnesOfManyPickups() {
        for (int i = 0; i < CodeCheck.WRONG_CODES_PER_HOUR; i++) {
            assertThat(check.compare("order-" + i + "-1", guess(), "store-3")).isEqualTo(new Proof.WrongCode());
        }
        String right = CODES.derive(Examples.ID, 1, Examples.KEY);
        assertThatExceptionOfType(TooManyRequests.class).isThrownBy(() -> check.compare(Examples.ID, right, "store-3"));
        assertThatExceptionOfType(TooManyRequests.class)
                .isThrownBy(() -> check.compare(Examples.ID, guess(), "store-3"));

        assertThat(check.compare(Examples.ID, right, "store-4")).isEqualTo(new Proof.Code(Examples.KEY, 1));
        assertThat(request(null, "c-1").proof(Examples.ID, ASSOCIATE, check)).isEqualTo(new Proof.Courier("c-1"));
    }

    @Test
    void aTypingMistakeIsNotCounted() {
        for (int i = 0; i < 100; i++) {
            assertThatExceptionOfType(BadRequest.class)
                    .isThrownBy(() -> request("1234", null).proof(Examples.ID, ASSOCIATE, check));
        }
        assertThat(request(CODES.derive(Examples.ID, 1, Examples.KEY), null).proof(Examples.ID, ASSOCIATE, check))
                .isEqualTo(new Proof.Code(Examples.KEY, 1));
    }

    @Test
    void aVoidCodeIsCounted() {
        for (int i = 0; i < CodeCheck.WRONG_CODES_PER_HOUR; i++) {
            check.countVoid("store-3");
        }
        assertThatExceptionOfType(TooManyRequests.class)
                .isThrownBy(() -> check.compare(Examples.ID, guess(), "store-3"));
    }

    private static HandoverRequest request(@Nullable String code, @Nullable String courierId) {
        return new HandoverRequest(code, courierId, null, null, null);
    }

    private static Proof proof(String code) {
        PickupCode.Issue issue = CODES.match(Examples.ID, code);
        return issue == null ? new Proof.WrongCode() : new Proof.Code(issue.keyId(), issue.number());
    }

    private static boolean handedOver(Proof proof) {
        var decider = new PickupDecider();
        Pickup ready = decider.initialState();
        for (PickupEvent event : new PickupEvent[] {Examples.REQUESTED, Examples.STARTED, Examples.READY}) {
            ready = decider.evolve(ready, event);
        }
        var command = new HandOver(Examples.ID, proof, null, null, null);
        return decider.decide(ready, command, NOON) instanceof Decision.Accepted<PickupEvent> accepted
                && accepted.events().stream().anyMatch(PickupHandedOver.class::isInstance);
    }

    private String guess() {
        StringBuilder code = new StringBuilder(PickupCode.LENGTH);
        for (int i = 0; i < PickupCode.LENGTH; i++) {
            code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return code.toString();
    }
}
