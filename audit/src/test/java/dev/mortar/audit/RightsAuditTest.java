package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Actors that have the right to an event, and actors of which the log does not say enough to judge. */
class RightsAuditTest {
    @ParameterizedTest
    @CsvSource({
        "OrderCancellationRequested, o5, SHOPPER, customer-o5,",
        "OrderCancellationRequested, o5, SHOPPER, link:o5,",
        "OrderCancellationRequested, o5, ASSOCIATE, a9, oslo-1",
        "OrderCancellationRequested, o5, BACK_OFFICE, b1,",
        "StockHoldReleased, h1, SHOPPER, customer-h1,",
        "StockHoldReleased, h1, ASSOCIATE, a9, oslo-1",
        "NotificationRepeated, o15, ASSOCIATE, a9, riga-1",
        "PickingStarted, o1, ASSOCIATE, a9,",
        "PickingStarted, o1, UNKNOWN, x, riga-1",
        "PickingStarted, o1, COURIER, x, riga-1",
        "PickingStarted, o1, SYSTEM, x, riga-1",
        "PickingStarted, o1, OPERATOR, x,"
    })
    void noFinding(String type, String which, ActorType actor, String id, @Nullable String locationId) {
        var day = Stories.day();
        new Tampering(day).meta(type, which, "actor", new Actor(actor, id, locationId, null));

        assertThat(audited(day).violations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"StockHeld", "StockHoldReleased"})
    void aHoldOfBeforeHoldsNamedTheirShopperIsNotJudged(String type) {
        var day = Stories.day();
        new Tampering(day)
                .change("StockHeld", "h1", "heldBy", null)
                .meta(type, "h1", "actor", new Actor(ActorType.SHOPPER, "anybody", null, null));

        assertThat(audited(day).violations()).isEmpty();
    }

    private static AuditReport audited(Stories day) {
        return AuditTest.audit(day.events(), day.now.plus(AuditTest.LATER));
    }
}
