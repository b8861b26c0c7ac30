package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.order.OrderDefinition.PublishedRules;
import dev.mortar.order.SourcingRules.Figure;
import dev.mortar.order.SourcingRules.Rating;
import dev.mortar.order.SourcingRulesRequest.RatingRequest;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class SourcingRulesTest {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final RatingRequest NEAR = new RatingRequest(Figure.DISTANCE, 0L, 50_000L, 100);

    private static SourcingRules rules(String rulesId, int revision) {
        return new SourcingRules(rulesId, revision, 1_000, 60, List.of(new Rating(Figure.SPLIT, 0, 3, 10)));
    }

    private static SourcingRulesRequest request(RatingRequest... ratings) {
        return new SourcingRulesRequest(1_000L, 60L, List.of(ratings));
    }

    @Test
    void theHighestRevisionOfTheChannelIsInForce() {
        List<SourcingRules> known = List.of(rules("shop", 2), rules("shop", 10), rules("shop", 9), rules("default", 1));
        assertThat(SourcingRules.inForce(known, "shop")).isEqualTo(rules("shop", 10));
        assertThat(SourcingRules.inForce(known, "other")).isEqualTo(rules("default", 1));
        assertThat(SourcingRules.inForce(known, null)).isEqualTo(rules("default", 1));
        assertThat(SourcingRules.inForce(List.of(), "shop")).isEqualTo(SourcingRules.DEFAULT);
    }

    @Test
    void aRequestMakesARevision() {
        assertThat(request(NEAR).rules("shop", 4))
                .isEqualTo(
                        new SourcingRules("shop", 4, 1_000, 60, List.of(new Rating(Figure.DISTANCE, 0, 50_000, 100))));
        assertThat(request().rules("shop", 4).ratings()).isEmpty();
    }

    @Test
    void refusesRulesThatMeanNothing() {
        assertRefuses("ratings[1].figure", request(NEAR, NEAR));
        assertRefuses("ratings[0].worst", request(new RatingRequest(Figure.SPLIT, 3L, 3L, 1)));
        assertRefuses("ratings[0].weight", request(new RatingRequest(Figure.SPLIT, 0L, 3L, -1)));
        assertRefuses("ratings[0].best", request(new RatingRequest(Figure.SPLIT, -1_000_000_001L, 3L, 1)));
        assertRefuses("distanceMaxMetres", new SourcingRulesRequest(-1L, 60L, List.of()));
        assertRefuses("distanceMaxMetres", new SourcingRulesRequest(20_040_001L, 60L, List.of()));
        assertRefuses("silentMaxMinutes", new SourcingRulesRequest(0L, 0L, List.of()));
    }

    @Test
    void isReadBackAsItWasWritten() {
        PublishedRules published =
                new PublishedRules(rules("shop", 2), Instant.parse("2026-06-01T10:00:00Z"), Actor.system("test"));
        assertThat(OrderDefinition.PUBLISHED_RULES.read(OrderDefinition.PUBLISHED_RULES.write(published)))
                .isEqualTo(published);
    }

    private static void assertRefuses(String field, SourcingRulesRequest request) {
        assertThatThrownBy(() -> Fields.valid(VALIDATOR, request).rules("shop", 1))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns(field, BadRequest::field);
    }
}
