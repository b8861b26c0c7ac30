package dev.mortar.order;

import static dev.mortar.eventsourcing.Grant.SERVICE_FOR;
import static dev.mortar.eventsourcing.Grant.TILL_OWN;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.order.PlaceOrderRequest.LineRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sales of tills. Till and receipt number identify a sale for ever: if a till uploads it again, alone or in a batch, it
 * is not recorded twice.
 */
@RestController
@Tag(name = "sales")
class SaleController {

    private static final UUID NAMESPACE = UUID.fromString("b2f4a4d6-43b0-5f0c-9a35-0c5f1e7d7a94");
    private static final Duration BATCH_WAIT = Duration.ofSeconds(30);

    /** How far a till's clock may be ahead. */
    private static final Duration CLOCK_AHEAD_MAX = Duration.ofDays(1);

    private final CommandGateway<OrderCommand> gateway;
    private final JsonMapper json;
    private final Validator validator;

    SaleController(CommandGateway<OrderCommand> gateway, JsonMapper json, Validator validator) {
        this.gateway = gateway;
        this.json = json;
        this.validator = validator;
    }

    /**
     * A sale at a till.
     *
     * @param customerId opaque id of the shopper, if the till knows it
     * @param soldAt by the till's clock
     */
    record SaleRequest(
            @NotNull @Id String locationId,
            @NotNull @Id String tillId,
            @NotNull @Id String receiptNumber,
            @NotNull @Time Instant soldAt,
            @Nullable @Id String channelId,
            @Nullable @PersonId String customerId,
            @Nullable @Id String paymentReference,

            @NotNull @Size(min = 1, max = LineRequest.LINES_MAX)
            List<@NotNull @Valid LineRequest> lines) {

        OrderCommand.RecordSale command() {
            if (soldAt.isAfter(Instant.now().plus(CLOCK_AHEAD_MAX))) {
                throw new BadRequest("soldAt", "must not be more than a day in the future");
            }
            TillSale sale = new TillSale(
                    channelId,
                    customerId,
                    LineRequest.lines(lines),
                    paymentReference,
                    locationId,
                    tillId,
                    receiptNumber,
                    soldAt.truncatedTo(ChronoUnit.MICROS));
            return new OrderCommand.RecordSale(orderId(tillId, receiptNumber), sale);
        }
    }

    /** Sales that a till made, for example while it was offline. Each is checked and recorded on its own. */
    record SalesRequest(@NotNull @Size(min = 1, max = 500) List<@NotNull JsonNode> sales) {}

    /** The result of each sale of a batch, in the sequence of the request. */
    record SalesResponse(List<SaleResult> sales) {}

    /**
     * The result of a sale.
     *
     * @param index its index in the batch, counted from 0
     * @param status HTTP status: 201 recorded, 200 already recorded by this request, 202 accepted but not decided in
     *     time, 400 or 422 invalid, 409 already recorded with different content, 503 to be sent again
     * @param field the invalid field, if the status is 400 or 422
     * @param detail why the sale is not recorded
     * @param booked the sale already recorded under the receipt, if the status is 409
     */
    record SaleResult(
            int index,
            int status,
            @Nullable String orderId,
            @Nullable Long sequence,
            @Nullable String field,
            @Nullable String detail,
            @Nullable JsonNode booked) {

        static SaleResult of(int index, BadRequest wrong) {
            return new SaleResult(index, wrong.status().value(), null, null, wrong.field(), wrong.getMessage(), null);
        }

        static SaleResult of(int index, String orderId, @Nullable Reply reply, @Nullable Throwable failure) {
            if (reply != null) {
                HttpStatus status = reply.repeated() ? HttpStatus.OK : HttpStatus.CREATED;
                return new SaleResult(index, status.value(), orderId, reply.sequence(), null, null, null);
            }
            if (failure instanceof CommandRejected rejected) {
                int status = Replies.status(rejected.kind()).value();
                JsonNode data = rejected.data();
                String field = data.path("field").asString(null);
                return new SaleResult(index, status, orderId, null, field, rejected.getMessage(), data.get("booked"));
            }
            int status = HttpStatus.SERVICE_UNAVAILABLE.value();
            String detail = "Kafka did not confirm the sale; send it again.";
            return new SaleResult(index, status, orderId, null, null, detail, null);
        }
    }

    /** The order id of a sale, derived from till and receipt number alone. */
    static String orderId(String tillId, String receiptNumber) {
        return NameBasedId.of(NAMESPACE, tillId + "|" + receiptNumber).toString();
    }

    @Operation(
            summary = "Record a till sale",
            description = "The sale has already happened, so it is recorded even if the recorded stock was too low.")
    @Access({TILL_OWN, SERVICE_FOR})
    @PostMapping("/v1/sales")
    ResponseEntity<OrderResponse> record(CommandRequest request, @Valid @RequestBody SaleRequest body) {
        OrderCommand.RecordSale sale = body.command();
        String path = OrderResponse.path(sale.orderId());
        Reply reply = gateway.send(sale, atTill(request, request.commandId(), sale.sale()), path);
        return Replies.created(path, reply, OrderResponse.of(reply.as(Order.class)));
    }

    @Operation(
            summary = "Record up to 500 till sales",
            description = "Each sale is checked, recorded and answered on its own. An invalid sale does not affect the"
                    + " others.")
    @Access({TILL_OWN, SERVICE_FOR})
    @PostMapping("/v1/sales/batch")
    SalesResponse recordAll(CommandRequest request, @Valid @RequestBody SalesRequest body) {
        List<JsonNode> sales = body.sales();
        long deadlineNs = System.nanoTime() + BATCH_WAIT.toNanos();
        List<CompletableFuture<SaleResult>> results = IntStream.range(0, sales.size())
                .mapToObj(i -> send(i, sales.get(i), request, deadlineNs))
                .toList();
        return new SalesResponse(results.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<SaleResult> send(int index, JsonNode body, CommandRequest request, long deadlineNs) {
        try {
            SaleRequest sale = json.treeToValue(body, SaleRequest.class);
            if (sale == null) {
                throw new BadRequest("sales[" + index + "]", "must not be null");
            }
            OrderCommand.RecordSale command = Fields.valid(validator, sale).command();
            // The content is part of the key, so the decider sees the same receipt with different content.
            UUID commandId = NameBasedId.of(request.commandId(), command.toString());
            String orderId = command.orderId();
            String undecided = "Not decided in time; send it again to get the result.";
            return gateway.sendAsync(command, atTill(request, commandId, command.sale()))
                    .handle((reply, failure) -> SaleResult.of(index, orderId, reply, failure))
                    .completeOnTimeout(
                            new SaleResult(index, HttpStatus.ACCEPTED.value(), orderId, null, null, undecided, null),
                            deadlineNs - System.nanoTime(),
                            TimeUnit.NANOSECONDS);
        } catch (BadRequest wrong) {
            return CompletableFuture.completedFuture(SaleResult.of(index, wrong));
        } catch (JacksonException malformed) {
            return CompletableFuture.completedFuture(SaleResult.of(index, BadRequest.unreadable(malformed)));
        }
    }

    /** The request with this command id and the till's time. */
    private static CommandRequest atTill(CommandRequest request, UUID commandId, TillSale sale) {
        return new CommandRequest(
                commandId,
                request.caller(),
                request.correlationId(),
                sale.soldAt(),
                null,
                Duration.ZERO,
                request.traceparent());
    }
}
