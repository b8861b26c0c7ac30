package dev.mortar.returns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.returns.ReturnsController.AcceptReturnRequest;
import dev.mortar.returns.ReturnsController.LineRequest;
import dev.mortar.values.Disposition;
import dev.mortar.values.ReturnCondition;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReturnsRequestTest {

    private static AcceptReturnRequest request(@Nullable ReturnReason... reasons) {
        return new AcceptReturnRequest(
                "store-1",
                Arrays.stream(reasons)
                        .map(reason -> new LineRequest("a", 1L, reason, null, Disposition.RESTOCK))
                        .toList(),
                null);
    }

    @Test
    void absentFieldsHaveTheirDefaults() {
        assertThat(request((ReturnReason) null).linesToReturn())
                .isEqualTo(List.of(new ReturnsCommand.LineToReturn(
                        "a", 1, ReturnReason.UNKNOWN, ReturnCondition.UNKNOWN, Disposition.RESTOCK)));
    }

    @Test
    void onlyACourierReportsUndeliverableGoods() {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() ->
                        request(ReturnReason.OTHER, ReturnReason.UNDELIVERABLE).linesToReturn())
                .extracting(BadRequest::field)
                .isEqualTo("lines[1].reason");
    }
}
