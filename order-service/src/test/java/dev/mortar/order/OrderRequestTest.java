package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.order.OrderController.*;
import dev.mortar.order.SaleController.SaleRequest;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Valid requests become commands; an invalid request names the invalid field. */
class OrderRequestTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final Duration DECIDE_WITHIN = Duration.ofMinutes(30);

    private static final String ORDER = """
            {"channel": "ONLINE", "customerId": "customer-1",
             "lines": [{"sku": "85123A", "quantity": 2, "unitPrice": {"amount": 255, "currency": "GBP"}}],
             "fulfilments": [{"method": "PICKUP", "locationId": "shop-1"}]}
            """;

    private static final String SALE = """
            {"locationId": "shop-1", "tillId": "till-1", "receiptNumber": "4711", "soldAt": "2026-06-01T09:15:00.1234567Z",
             "lines": [{"sku": "85123A", "quantity": 2, "unitPrice": {"amount": 255, "currency": "GBP"}}]}
            """;

    private static RequestedOrder order(String json) {
        return Fields.valid(VALIDATOR, JSON.readValue(json, PlaceOrderRequest.class))
                .command("order-1", DECIDE_WITHIN)
                .order();
    }

    private static OrderCommand.RecordSale sale(String json) {
        return Fields.valid(VALIDATOR, JSON.readValue(json, SaleRequest.class)).command();
    }

    private static void refuses(String field, ThrowingCallable request) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(request)
                .extracting(BadRequest::field)
                .isEqualTo(field);
    }

    @Test
    void absentFieldsHaveTheirDefaults() {
        RequestedOrder order = order(ORDER);
        assertThat(order.acceptance()).isEqualTo(Acceptance.WHOLE);
        assertThat(order.fulfilments())
                .containsExactly(new Fulfilment(
                        "order-1-1",
                        FulfilmentMethod.PICKUP,
                        "shop-1",
                        List.of("1"),
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        false,
                        null));
        assertThat(order.lines())
                .containsExactly(new OrderLine(
                        "1",
                        "85123A",
                        null,
                        2,
                        Unit.EACH,
                        new Money(255, "GBP"),
                        new Money(0, "GBP"),
                        new Money(0, "GBP"),
                        true,
                        List.of(),
                        List.of(),
                        null));
        assertThat(OrderRules.mistake(order)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    "channel": "ONLINE"; "channel": null; channel
                    "channel": "ONLINE"; "channel": "STORE"; locationId
                    "channel": "ONLINE"; "channel": "ONLINE", "locationId": "shop-1"; locationId
                    "customer-1"; "with|bar"; customerId
                    "customer-1"; " led by a space"; customerId
                    "customer-1"; ""; customerId
                    "customer-1"; "anna@example.com"; customerId
                    "customer-1"; "+47 900 12 345"; customerId
                    "customer-1"; "customer-1\u00a0"; customerId
                    "85123A"; "85123A\ufeff"; lines[0].sku
                    "PICKUP"; "PICKUP", "holdId": "h\u00ad1"; fulfilments[0].holdId
                    "85123A"; "tab\\tin it"; lines[0].sku
                    "85123A"; "half a \\ud83d pair"; lines[0].sku
                    "85123A"; null; lines[0].sku
                    "quantity": 2; "quantity": 0; lines[0].quantity
                    "quantity": 2; "quantity": -1; lines[0].quantity
                    "quantity": 2; "quantity": 1000000001; lines[0].quantity
                    "quantity": 2; "quantity": null; lines[0].quantity
                    "amount": 255; "amount": -1; lines[0].unitPrice.amount
                    "amount": 255; "amount": 1000000000001; lines[0].unitPrice.amount
                    "GBP"; "POUNDS"; lines[0].unitPrice.currency
                    "PICKUP"; null; fulfilments[0].method
                    "shop-1"; null; fulfilments[0].locationId
                    "PICKUP"; "PICKUP", "promisedAt": "1999-01-01T00:00:00Z"; fulfilments[0].promisedAt
                    "PICKUP"; "PICKUP", "holdId": "a|b"; fulfilments[0].holdId
                    "PICKUP"; "PICKUP", "lineIds": ["1", ""]; fulfilments[0].lineIds[1]
                    "PICKUP"; "PICKUP", "parts": [{"lineId": "1", "quantity": 0}]; fulfilments[0].parts[0].quantity
                    "PICKUP"; "PICKUP", "parts": [{"quantity": 1}]; fulfilments[0].parts[0].lineId
                    "PICKUP"; "PICKUP", "destinationId": "d-1"; fulfilments[0].destinationId
                    "PICKUP"; "DELIVERY", "destinationId": "anna@example.com"; fulfilments[0].destinationId
                    """)
    void theInvalidFieldIsNamed(String right, String wrong, String field) {
        assertThat(ORDER).contains(right);
        refuses(field, () -> order(ORDER.replace(right, wrong)));
    }

    @Test
    void aDeliveryMayNameADestination() {
        String delivery = ORDER.replace("\"PICKUP\"", "\"DELIVERY\", \"destinationId\": \"d-1\"");
        assertThat(order(delivery).fulfilments())
                .extracting(Fulfilment::destinationId)
                .containsExactly("d-1");
        assertThat(order(delivery.replace("locationId", "nearLocationId")).unsourced())
                .extracting(UnsourcedPart::destinationId)
                .containsExactly("d-1");
        refuses(
                "fulfilments[0].destinationId",
                () -> order(delivery.replace("locationId", "nearLocationId").replace("DELIVERY", "PICKUP")));
    }

    @Test
    void anOrderNeedsLinesAndFulfilments() {
        String line = ORDER.substring(ORDER.indexOf("{\"sku\""), ORDER.indexOf("]"));
        refuses("fulfilments", () -> order("{\"channel\": \"ONLINE\", \"lines\": [" + line + "]}"));
        refuses(
                "fulfilments",
                () -> order(ORDER.replace("[{\"method\": \"PICKUP\", \"locationId\": \"shop-1\"}]", "[]")));
        refuses("lines", () -> order(ORDER.replace("[" + line + "]", "null")));
        refuses("lines", () -> order(ORDER.replace(line, "")));
        refuses("lines[0]", () -> order(ORDER.replace(line, "null")));
        refuses("lines", () -> order(ORDER.replace(line, String.join(",", Collections.nCopies(1_001, line)))));
        assertThat(order(ORDER.replace(line, String.join(",", Collections.nCopies(1_000, line))))
                        .lines())
                .hasSize(1_000);
    }

    @Test
    void theTextOfAnOrderIsLimited() {
        String line = ORDER.substring(ORDER.indexOf("{\"sku\""), ORDER.indexOf("]"));
        String titled = line.replace("\"sku\"", "\"title\": \"" + "ю".repeat(500) + "\", \"sku\"");
        assertThat(order(ORDER.replace(line, titled)).lines()).hasSize(1);
        refuses("lines", () -> order(ORDER.replace(line, String.join(",", Collections.nCopies(300, titled)))));
        refuses("lines[0].title", () -> order(ORDER.replace(line, titled.replace("ю", "юю"))));
    }

    @Test
    void tillAndReceiptNumberIdentifyASale() {
        OrderCommand.RecordSale sale = sale(SALE);
        // This id must never change, so that a sale uploaded again years later is recognised.
        assertThat(sale.orderId()).isEqualTo("37d14dc4-6915-5427-a913-1555400b9ebd");
        assertThat(sale(SALE.replace("shop-1", "shop-2")).orderId()).isEqualTo(sale.orderId());
        assertThat(sale(SALE.replace("till-1", "till-2")).orderId()).isNotEqualTo(sale.orderId());
        assertThat(sale(SALE.replace("4711", "4712")).orderId()).isNotEqualTo(sale.orderId());
        assertThat(sale.sale().soldAt()).isEqualTo(Instant.parse("2026-06-01T09:15:00.123456Z"));
    }

    @Test
    void aSaleNeedsValidFields() {
        refuses("tillId", () -> sale(SALE.replace("\"till-1\"", "null")));
        refuses("receiptNumber", () -> sale(SALE.replace("4711", " ")));
        refuses("locationId", () -> sale(SALE.replace("\"shop-1\"", "null")));
        refuses("soldAt", () -> sale(SALE.replace("\"2026-06-01T09:15:00.1234567Z\"", "null")));
        refuses("soldAt", () -> sale(SALE.replace("2026-06-01", "2199-06-01")));
        refuses("customerId", () -> sale(SALE.replace("\"tillId\"", "\"customerId\": \"a@b\", \"tillId\"")));
        refuses("receiptNumber", () -> sale(SALE.replace("4711", "4711\u200b")));
        refuses("soldAt", () -> sale(SALE.replace("2026-06-01T09:15:00.1234567Z", "+1000000-01-01T00:00:00Z")));
    }

    @Test
    void aCancellationDerivesItsReasonFromTheActor() {
        assertThat(cancel(Actor.Type.SHOPPER, new CancelOrderRequest(null, null))
                        .reason())
                .isEqualTo(EndReason.CANCELLED_BY_SHOPPER);
        assertThat(cancel(Actor.Type.ASSOCIATE, new CancelOrderRequest(null, null))
                        .reason())
                .isEqualTo(EndReason.CANCELLED_BY_RETAILER);
        assertThat(cancel(Actor.Type.ASSOCIATE, new CancelOrderRequest(CancelReason.CANCELLED_BY_SHOPPER, null))
                        .reason())
                .isEqualTo(EndReason.CANCELLED_BY_SHOPPER);
    }

    @Test
    void aCancellationHasNoEmptyOrRepeatedLines() {
        assertThat(cancel(
                                Actor.Type.SHOPPER,
                                new CancelOrderRequest(
                                        null, List.of(new CancelLine("a", null), new CancelLine("b", 2L))))
                        .lines())
                .containsExactly(
                        new OrderCommand.CancelOrder.LineToCancel("a", null),
                        new OrderCommand.CancelOrder.LineToCancel("b", 2L));
        refuses("lines", () -> cancel(Actor.Type.SHOPPER, new CancelOrderRequest(null, List.of())));
        refuses(
                "lines[1].lineId",
                () -> cancel(
                        Actor.Type.SHOPPER,
                        new CancelOrderRequest(null, List.of(new CancelLine("a", 1L), new CancelLine("a", 1L)))));
        refuses(
                "lines[0].quantity",
                () -> cancel(Actor.Type.SHOPPER, new CancelOrderRequest(null, List.of(new CancelLine("a", 0L)))));
    }

    private static OrderCommand.CancelOrder cancel(Actor.Type actor, CancelOrderRequest request) {
        UUID commandId = UUID.fromString("c1f7a7e2-7a4b-5d0f-8b2e-6c5d4e3f2a1b");
        return Fields.valid(VALIDATOR, request)
                .command(
                        "order-1",
                        new CommandRequest(
                                commandId,
                                new Caller(new Actor(actor, "x", null), null, Set.of(), Instant.MAX),
                                "correlation",
                                null,
                                null,
                                Duration.ZERO,
                                null));
    }
}
