package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.inventory.HoldController.HoldChangeRequest;
import dev.mortar.inventory.TransferController.ArrivedLine;
import dev.mortar.inventory.TransferController.TransferReceiptRequest;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Receipts of transfers and changes of holds, as callers send them. */
class StockRequestTest {

    @Test
    void aReceiptWithoutLinesMustBeTheLast() {
        receipt(true).check();
        assertField("lines", receipt(false)::check);
        assertField("lines", receipt(null)::check);
    }

    @Test
    void aLineOfAReceiptMustHaveUnits() {
        receipt(false, new ArrivedLine("mug", 1L, null, null), new ArrivedLine("mug", null, 1L, null))
                .check();
        assertField(
                "lines[1].accepted",
                receipt(true, new ArrivedLine("mug", 1L, 1L, null), new ArrivedLine("pan", 0L, null, null))::check);
    }

    @Test
    void theLastReceiptIsFinalInJson() {
        var request = JsonMapper.shared()
                .readValue("{\"fromLocationId\":\"thane\",\"lines\":[],\"final\":true}", TransferReceiptRequest.class);
        assertThat(request).isEqualTo(receipt(true));
    }

    @Test
    void aChangeOfAHoldMustChangeSomething() {
        new HoldChangeRequest(null, null, 60L).check();
        new HoldChangeRequest(List.of(new LineRequest("mug", 1L, null)), null, null).check();
        assertField("lines", new HoldChangeRequest(null, Channel.STORE, null)::check);
    }

    @Test
    void fieldsHaveTheirLimits() {
        assertInvalid(receipt(true, new ArrivedLine("mug", -1L, null, null)), "lines[0].accepted");
        assertInvalid(receipt(true, new ArrivedLine("mug", null, -1L, null)), "lines[0].damaged");
        assertInvalid(new HoldChangeRequest(List.of(), null, null), "lines");
        assertInvalid(new HoldChangeRequest(null, null, 3_601L), "seconds");
    }

    private static TransferReceiptRequest receipt(@Nullable Boolean last, ArrivedLine... lines) {
        return new TransferReceiptRequest(null, "thane", List.of(lines), last);
    }

    private static void assertField(String field, Runnable check) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(check::run)
                .satisfies(refused -> assertThat(refused.field()).isEqualTo(field));
    }

    private static void assertInvalid(Object request, String field) {
        try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
            assertThat(factory.getValidator().validate(request))
                    .extracting(violation -> violation.getPropertyPath().toString())
                    .containsExactly(field);
        }
    }
}
