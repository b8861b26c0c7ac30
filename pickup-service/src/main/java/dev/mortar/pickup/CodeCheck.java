package dev.mortar.pickup;

import dev.mortar.eventsourcing.http.RateLimit;
import dev.mortar.eventsourcing.http.TooManyRequests;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Compares pickup codes. A pickup locks after five wrong codes; a thief who tries the codes of many pickups meets the
 * limit of the store. Then no code is compared there, so the right one is refused as well.
 */
@Component
final class CodeCheck {
    static final int WRONG_CODES_PER_HOUR = 30;

    private final PickupCode codes;
    private final RateLimit wrongCodes = new RateLimit("wrong-pickup-codes", Duration.ofHours(1));

    CodeCheck(PickupCode codes) {
        this.codes = codes;
    }

    /**
     * The proof that a code is.
     *
     * @param code as {@link PickupCode#read} returned it
     * @param store where the associate acts
     * @throws TooManyRequests if the store has had too many wrong codes
     */
    Proof compare(String fulfilmentId, String code, String store) {
        wrongCodes.check(store, WRONG_CODES_PER_HOUR);
        PickupCode.Issue issue = codes.match(fulfilmentId, code);
        if (issue == null) {
            wrongCodes.count(store, WRONG_CODES_PER_HOUR);
            return new Proof.WrongCode();
        }
        return new Proof.Code(issue.keyId(), issue.number());
    }

    /** Counts a code that was issued for the pickup and has become void. */
    void countVoid(String store) {
        wrongCodes.use(store, WRONG_CODES_PER_HOUR);
    }
}
