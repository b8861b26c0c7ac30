package dev.mortar.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.pickup.ParcelController.*;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** An invalid request for a parcel names the invalid field. */
class ParcelRequestTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final Map<String, Class<?>> REQUESTS = Map.of(
            "pack", PackRequest.class,
            "delivered", DeliveredRequest.class,
            "failed", AttemptFailedRequest.class,
            "returned", ReturnedRequest.class);

    private static Object read(String kind, String json) {
        return Fields.valid(VALIDATOR, JSON.readValue(json, REQUESTS.get(kind)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    pack;      {"carrierId": "c"};                                                    lines
                    pack;      {"carrierId": "c", "lines": []};                                       lines
                    pack;      {"carrierId": "c", "lines": [null]};                                   lines[0]
                    pack;      {"carrierId": "c", "lines": [{"lineId": "1", "quantity": 0}]};         lines[0].quantity
                    pack;      {"lines": [{"lineId": "1", "quantity": 1}]};                           carrierId
                    pack;      {"carrierId": "c", "parcelId": "", "lines": [{"lineId": "1", "quantity": 1}]}; parcelId
                    delivered; {};                                                                    proof
                    delivered; {"proof": "PIN", "deliveredAt": "1900-01-01T00:00:00Z"};               deliveredAt
                    failed;    {};                                                                    reasonCode
                    failed;    {"reasonCode": "Mrs Smith was out"};                                   reasonCode
                    returned;  {"locationId": "s", "lines": []};                                      lines
                    returned;  {"lines": [{"lineId": "1", "quantity": 1, "condition": "USED", "disposition": "DAMAGED"}]}; locationId
                    returned;  {"locationId": "s", "lines": [{"lineId": "1", "quantity": 1, "disposition": "DAMAGED"}]}; lines[0].condition
                    returned;  {"locationId": "s", "lines": [{"lineId": "1", "quantity": 1, "condition": "USED"}]}; lines[0].disposition
                    """)
    void theInvalidFieldIsNamed(String kind, String json, String field) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> read(kind, json))
                .satisfies(wrong -> assertThat(wrong.field()).isEqualTo(field));
    }

    @Test
    void onlyTheNeededFieldsAreRequired() {
        assertThat(read("pack", "{\"carrierId\":\"c\",\"lines\":[{\"lineId\":\"1\",\"quantity\":1}]}"))
                .isInstanceOf(PackRequest.class);
        assertThat(read("delivered", "{\"proof\":\"NONE\"}")).isInstanceOf(DeliveredRequest.class);
        assertThat(read("failed", "{\"reasonCode\":\"NOBODY_HOME\"}")).isInstanceOf(AttemptFailedRequest.class);
    }
}
