package dev.mortar.order;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.order.PlaceOrderRequest.LineRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sales of tills. A sale is known by till and receipt number, for ever: uploading it again, alone or in a batch, never
 * makes it twice.
 */
@RestController
@Tag(name = "sales")
class SaleController {

    private static final UUID NAMESPACE = UUID.fromString("b2f4a4d6-43b0-5f0c-9a35-0c5f1e7d7a94");
    private static final int SALES_MAX = 500;
    private static final Duration BATCH_WAIT = Duration.ofSeconds(30);

    /** How far the clock of a till may be ahead. */
    private static final Duration AHEAD_MAX = Duration.ofDays(1);

    private final CommandGateway<OrderCommand> gateway;
    private final JsonMapper json;

    SaleController(CommandGateway<OrderCommand> gateway, JsonMapper json) {
        this.gateway = gateway;
        this.json = json;
    }

    /**
     * A sale at a till.
     *
     * @param customerId opaque id of the shopper, when the till knows it
     * @param soldAt by the clock of the till
     */
    record SaleRequest(
            @Nullable String locationId,
            @Nullable String tillId,
            @Nullable String receiptNumber,
            @Nullable Instant soldAt,
            @Nullable String channelId,
            @Nullable String customerId,
            @Nullable String paymentReference,
            @Nullable List<@Nullable LineRequest> lines) {

        OrderCommand.RecordSale command() {
            String till = Fields.id("tillId", tillId);
            String receipt = Fields.id("receiptNumber", receiptNumber);
            Instant sold = Fields.time("soldAt", soldAt);
            if (sold.isAfter(Instant.now().plus(AHEAD_MAX))) {
                throw new BadRequest("soldAt", "lies in the future");
            }
            return new OrderCommand.RecordSale(
                    orderId(till, receipt),
                    Fields.optionalId("channelId", channelId),
                    Fields.optionalPersonId("customerId", customerId),
                    LineRequest.lines(lines),
                    Fields.optionalId("paymentReference", paymentReference),
                    Fields.id("locationId", locationId),
                    till,
                    receipt,
                    sold);
        }
    }

    /** Sales that a till made while it was offline, say. Each is judged by itself. */
    record SalesRequest(@Nullable List<JsonNode> sales) {}

    /** What became of each sale of a batch, in the order they came in. */
    record SalesResponse(List<SaleResult> sales) {}

    /**
     * What became of a sale.
     *
     * @param index its place in the batch, counted from 0
     * @param status as HTTP would say it: 201 recorded, 200 recorded by this very request before, 202 taken and not
     *     decided in time, 400 or 422 wrong, 409 recorded before with other content, 503 to be sent again
     * @param field what is wrong, when the status is 400 or 422
     * @param detail why, when it is not recorded
     * @param booked what was recorded under the receipt before, when the status is 409
     */
    record SaleResult(
            int index,
            int status,
            @Nullable String orderId,
            @Nullable Long sequence,
            @Nullable String field,
            @Nullable String detail,
            @Nullable JsonNode booked) {

        static SaleResult of(int index, HttpStatus status, @Nullable String orderId, @Nullable String detail) {
            return new SaleResult(index, status.value(), orderId, null, null, detail, null);
        }
    }

    /** The id of a sale's order: it follows from till and receipt number alone. */
    static String orderId(String tillId, String receiptNumber) {
        return NameBasedId.of(NAMESPACE, tillId + "|" + receiptNumber).toString();
    }

    @Operation(
            summary = "Record a till sale",
            description = "A fact, not a request: it is recorded even when the book says that there was no stock.")
    @PostMapping("/v1/sales")
    ResponseEntity<OrderResponse> record(@RequestBody SaleRequest body, CommandRequest request) {
        OrderCommand.RecordSale sale = body.command();
        String path = OrderController.path(sale.orderId());
        Reply reply = gateway.send(sale, atTheTill(request, request.commandId(), sale), path);
        return Replies.created(path, reply, OrderResponse.of(reply.as(Order.class)));
    }

    @Operation(
            summary = "Record up to 500 till sales",
            description = "Each sale is judged by itself and answered by itself; one that is wrong holds up no other.")
    @PostMapping("/v1/sales/batch")
    SalesResponse recordAll(@RequestBody SalesRequest body, CommandRequest request) {
        List<JsonNode> sales = Fields.list("sales", body.sales(), SALES_MAX);
        long deadlineNs = System.nanoTime() + BATCH_WAIT.toNanos();
        List<PendingSale> pending = new ArrayList<>();
        for (int i = 0; i < sales.size(); i++) {
            pending.add(send(i, sales.get(i), request));
        }
        return new SalesResponse(
                pending.stream().map(sale -> sale.result(deadlineNs)).toList());
    }

    private PendingSale send(int index, JsonNode body, CommandRequest request) {
        try {
            SaleRequest sale = Fields.required("sales[" + index + "]", json.treeToValue(body, SaleRequest.class));
            OrderCommand.RecordSale command = sale.command();
            // The content is part of the key: the same receipt with other content is judged by the decider.
            UUID commandId = NameBasedId.of(request.commandId(), command.toString());
            return new Sent(
                    index, command.orderId(), gateway.sendAsync(command, atTheTill(request, commandId, command)));
        } catch (BadRequest wrong) {
            return new Refused(index, wrong);
        } catch (JacksonException malformed) {
            return new Refused(index, BadRequest.unreadable(malformed));
        }
    }

    /** The command's identity, with the till's clock, and the till as the actor unless the request names another. */
    private static CommandRequest atTheTill(CommandRequest request, UUID commandId, OrderCommand.RecordSale sale) {
        boolean unnamed = request.actor().type() == Actor.Type.SHOPPER;
        return new CommandRequest(
                commandId,
                unnamed ? new Actor(Actor.Type.TILL, sale.tillId(), sale.locationId()) : request.actor(),
                request.correlationId(),
                sale.soldAt(),
                null,
                Duration.ZERO,
                request.traceparent());
    }

    /** A sale of a batch on its way. */
    private sealed interface PendingSale {
        SaleResult result(long deadlineNs);
    }

    /** One that never was sent. */
    private record Refused(int index, BadRequest wrong) implements PendingSale {
        @Override
        public SaleResult result(long deadlineNs) {
            return new SaleResult(index, wrong.status().value(), null, null, wrong.field(), wrong.getMessage(), null);
        }
    }

    /** One whose reply is waited for. */
    private record Sent(int index, String orderId, CompletableFuture<Reply> reply) implements PendingSale {
        @Override
        public SaleResult result(long deadlineNs) {
            try {
                Reply decided = reply.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
                return new SaleResult(
                        index,
                        (decided.repeated() ? HttpStatus.OK : HttpStatus.CREATED).value(),
                        orderId,
                        decided.sequence(),
                        null,
                        null,
                        null);
            } catch (TimeoutException late) {
                return undecided();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return undecided();
            } catch (ExecutionException failed) {
                return failed.getCause() instanceof CommandRejected rejected
                        ? new SaleResult(
                                index,
                                Replies.status(rejected.kind()).value(),
                                orderId,
                                null,
                                rejected.data().path("field").asString(null),
                                rejected.getMessage(),
                                rejected.data().get("booked"))
                        : SaleResult.of(
                                index,
                                HttpStatus.SERVICE_UNAVAILABLE,
                                orderId,
                                "Not known to be in the log: send it again");
            }
        }

        private SaleResult undecided() {
            return SaleResult.of(index, HttpStatus.ACCEPTED, orderId, "Not decided in time");
        }
    }
}
