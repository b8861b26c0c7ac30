package dev.mortar.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.pickup.PickupController.HandoverRequest;
import dev.mortar.pickup.PickupController.OverrideRequest;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.Proof.NamedOverride;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Valid requests for a handover become commands; an invalid request names the invalid field. */
class HandoverRequestTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final Actor ASSOCIATE = new Actor(Actor.Type.ASSOCIATE, "a-17", "oslo-1");
    private static final CodeCheck CODES =
            new CodeCheck(new PickupCode(RotatedSecret.of("pickup secret", "k1:0123456789abcdef")));

    private static HandoverRequest read(String json) {
        return Fields.valid(VALIDATOR, JSON.readValue(json, HandoverRequest.class));
    }

    @Test
    void theShopperMayRefuseEverything() {
        HandoverRequest request = read("{\"code\":\"A\",\"taken\":[],\"notTakenReason\":\"DAMAGED\"}");

        assertThat(request.takenLines()).isEmpty();
        assertThat(request.notTakenReason()).isEqualTo(NotTakenReason.DAMAGED);
    }

    @Test
    void theShopperMayGiveAReasonForUnitsNotTaken() {
        HandoverRequest request = read("""
                {"code": "A", "taken": [{"lineId": "1", "quantity": 2}], "notTakenReason": "CHANGED_MIND"}
                """);

        assertThat(request.takenLines()).isEqualTo(List.of(new LineQuantity("1", 2)));
        assertThat(request.notTakenReason()).isEqualTo(NotTakenReason.CHANGED_MIND);
        assertThat(read("{\"code\":\"A\"}").takenLines()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    {"code": "A", "taken": []};                                             notTakenReason
                    {"code": "A", "notTakenReason": "OTHER"};                               notTakenReason
                    {"courierId": "c-1", "taken": [], "notTakenReason": "OTHER"};           taken
                    {"courierId": "a@b"};                                                   courierId
                    {"courierId": "c\u200b"};                                              courierId
                    {"code": "A", "taken": [{"lineId": "1\u00ad", "quantity": 1}]};        taken[0].lineId
                    {"override": {}};                                                       override.reason
                    {"code": "A", "courierId": "c-1"};                                      code
                    {"code": "!"};                                                          code
                    {"code": "A", "taken": [null]};                                         taken[0]
                    {"code": "A", "taken": [{"lineId": "1", "quantity": 0}]};               taken[0].quantity
                    {};                                                                     code
                    """)
    void theInvalidFieldIsNamed(String json, String field) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> {
                    HandoverRequest request = read(json);
                    request.takenLines();
                    request.proof("order-1-1", ASSOCIATE, CODES);
                })
                .satisfies(wrong -> assertThat(wrong.field()).isEqualTo(field));
    }

    @Test
    void anOverrideNamesTheActingAssociate() {
        OverrideRequest override = new OverrideRequest(NamedOverride.Reason.CODE_LOCKED);

        assertThat(override.by(ASSOCIATE)).isEqualTo(new NamedOverride("a-17", NamedOverride.Reason.CODE_LOCKED));
        assertThatExceptionOfType(JacksonException.class)
                .as("nobody is named in the body")
                .isThrownBy(() -> read("{\"override\":{\"associateId\":\"a\",\"reason\":\"CODE_LOCKED\"}}"));
    }
}
