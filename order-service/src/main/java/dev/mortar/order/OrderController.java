package dev.mortar.order;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Cursor;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.http.RequestLimit;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.order.OrderCommand.CancelOrder;
import dev.mortar.order.OrderCommand.CancelOrder.LineToCancel;
import dev.mortar.order.OrderDefinition.HistoryEntry;
import dev.mortar.order.PlaceOrderRequest.LineRequest;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Places and cancels orders of shoppers, and answers queries about all orders, including till sales. */
@RestController
@Tag(name = "orders")
class OrderController {

    private static final int PAGE_MAX = 200;
    private static final Pattern LISTED = Pattern.compile(CustomerOrder.LISTED + "\\d{19}.{1,100}");

    private final CommandGateway<OrderCommand> gateway;
    private final Views views;
    private final StateTables tables;
    private final OrderStream stream;
    private final OrderLinks links;
    private final Duration decideWithin;

    OrderController(
            CommandGateway<OrderCommand> gateway,
            Views views,
            StateTables tables,
            OrderStream stream,
            OrderLinks links,
            @Value("${order.decide-within}") Duration decideWithin) {
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
        this.stream = stream;
        this.links = links;
        this.decideWithin = decideWithin;
    }

    /** The party that cancels. */
    enum CancelReason {
        CANCELLED_BY_SHOPPER,
        CANCELLED_BY_RETAILER
    }

    /**
     * A cancellation.
     *
     * @param reason default: CANCELLED_BY_SHOPPER if the actor is a shopper, otherwise CANCELLED_BY_RETAILER
     * @param lines lines to cancel; default: all remaining units. It is not empty, because the decider would read that
     *     as all units, too
     */
    record CancelOrderRequest(
            @Nullable CancelReason reason,

            @Nullable @Size(min = 1, max = LineRequest.LINES_MAX)
            List<@NotNull @Valid CancelLine> lines) {

        CancelOrder command(String orderId, CommandRequest request) {
            return new CancelOrder(orderId, request.derivedId("cancellation"), reason(request), linesToCancel());
        }

        private EndReason reason(CommandRequest request) {
            boolean byShopper = reason == null
                    ? request.actor().type() == Actor.Type.SHOPPER
                    : reason == CancelReason.CANCELLED_BY_SHOPPER;
            return byShopper ? EndReason.CANCELLED_BY_SHOPPER : EndReason.CANCELLED_BY_RETAILER;
        }

        private List<LineToCancel> linesToCancel() {
            Map<String, LineToCancel> checked = new LinkedHashMap<>();
            for (CancelLine line : lines == null ? List.<CancelLine>of() : lines) {
                if (checked.put(line.lineId(), new LineToCancel(line.lineId(), line.quantity())) != null) {
                    throw new BadRequest("lines[" + checked.size() + "].lineId", "is listed twice");
                }
            }
            return List.copyOf(checked.values());
        }
    }

    /**
     * A line to cancel.
     *
     * @param quantity default: all its remaining units
     */
    record CancelLine(
            @NotNull @Id String lineId,
            @Nullable @Min(1) @Max(QUANTITY_MAX) Long quantity) {}

    /**
     * A page of an order's history, oldest first.
     *
     * @param next value of {@code after} for the next page; null on the last page
     */
    record HistoryResponse(
            List<HistoryEntry> events, @Nullable Long next) {}

    /**
     * A page of a shopper's orders, newest first.
     *
     * @param next value of {@code cursor} for the next page; null on the last page
     */
    record CustomerOrdersResponse(
            List<CustomerOrderResponse> orders, @Nullable String next) {}

    /** One of a shopper's orders. */
    record CustomerOrderResponse(
            String orderId,
            String state,
            Channel channel,
            @Nullable String locationId,
            Instant orderedAt,
            @Nullable Money total) {}

    /** The conditions for which a query can wait. */
    enum Until {
        /** The order is no longer PLACED. */
        DECIDED,
        /** Every request for cancellation is answered. */
        SETTLED
    }

    @Operation(
            summary = "Place an order",
            description = "With Prefer: wait=N the request waits up to N seconds until the order is confirmed or"
                    + " rejected and answers 201. If the time passes first, it answers 202 with the placed order."
                    + " The header Mortar-Order-Link of the answer opens this order to a shopper without an account.")
    @Access(
            value = {ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR},
            takesGoods = true)
    @PostMapping("/v1/orders")
    ResponseEntity<?> place(
            CommandRequest request, @Valid @RequestBody PlaceOrderRequest body, HttpServletResponse response) {
        String orderId = request.derivedId("order");
        String path = OrderResponse.path(orderId);
        OrderCommand.PlaceOrder command = body.command(orderId, decideWithin);
        checkUnits(command.order());
        Reply reply = gateway.send(command, request, path);
        Order order = reply.as(Order.class);
        response.setHeader("Mortar-Order-Link", links.link(orderId));
        if (request.waitFor().isZero() || decided(order)) {
            return Replies.created(path, reply, OrderResponse.of(order));
        }
        ResponseEntity<?> awaited = awaitOrder(orderId, Until.DECIDED, reply.sequence(), request.waitFor());
        if (awaited == null) {
            return ResponseEntity.accepted()
                    .location(URI.create(path))
                    .eTag(Long.toString(reply.sequence()))
                    .body(OrderResponse.of(order));
        }
        return ResponseEntity.status(reply.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                .headers(awaited.getHeaders())
                .location(URI.create(path))
                .body(awaited.getBody());
    }

    @Operation(
            summary = "Cancel an order or some of its lines",
            description = "Until an order is confirmed, it is cancelled at once, and only as a whole. Afterwards"
                    + " pickup-service decides for each fulfilment. With Prefer: wait=N the request waits up to N"
                    + " seconds for its answers.")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR})
    @PostMapping("/v1/orders/{orderId}/cancel")
    ResponseEntity<?> cancel(
            @PathVariable @Id String orderId,
            CommandRequest request,
            @Valid @RequestBody(required = false) @Nullable CancelOrderRequest body) {
        CancelOrderRequest cancellation = body == null ? new CancelOrderRequest(null, null) : body;
        Reply reply = gateway.send(cancellation.command(orderId, request), request, OrderResponse.path(orderId));
        ResponseEntity<?> awaited = request.waitFor().isZero()
                ? null
                : awaitOrder(orderId, Until.SETTLED, reply.sequence(), request.waitFor());
        return awaited == null ? Replies.ok(reply, OrderResponse.of(reply.as(Order.class))) : awaited;
    }

    /** Refuses a line in a unit that its location does not use for the SKU, before the order is placed. */
    private void checkUnits(RequestedOrder order) {
        StateTable<SourcingCopy.Level> levels = tables.get(OrderDefinition.LEVELS);
        for (Fulfilment fulfilment : order.fulfilments()) {
            for (int i = 0; i < order.lines().size() && !fulfilment.carriedOut(); i++) {
                OrderLine line = order.lines().get(i);
                if (fulfilment.lineIds().contains(line.lineId())) {
                    SourcingCopy.Level level = levels.get(fulfilment.locationId() + "|" + line.sku());
                    if (level != null && level.unit() != line.unit()) {
                        throw new BadRequest(
                                "lines[" + i + "].unit",
                                "is " + line.unit() + "; location " + fulfilment.locationId() + " keeps SKU "
                                        + line.sku() + " in " + level.unit());
                    }
                }
            }
        }
    }

    /** The order once it meets the condition; null if it does not do so in time. */
    private @Nullable ResponseEntity<?> awaitOrder(String orderId, Until until, long sequence, Duration waitFor) {
        Predicate<Row<Order>> reached = reached(until, sequence);
        return views.await(OrderDefinition.ORDERS, orderId, "", reached, waitFor)
                .filter(reached)
                .map(row -> Replies.row(row, OrderResponse.of(row.value())))
                .orElse(null);
    }

    private static Predicate<Row<Order>> reached(Until until, long sequence) {
        return row -> row.sequence() >= sequence
                && switch (until) {
                    case DECIDED -> decided(row.value());
                    case SETTLED ->
                        Order.contents(row.value()).cancellations().stream().allMatch(Cancellation::isAnswered);
                };
    }

    private static boolean decided(Order order) {
        return order instanceof Order.Known known && known.decided();
    }

    @Operation(
            summary = "Get an order",
            description = "With until and Prefer: wait=N the request waits up to N seconds for that condition. If"
                    + " the time passes first, it answers 202 with the current order.")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/orders/{orderId}")
    ResponseEntity<OrderResponse> get(
            @PathVariable @Id String orderId,
            @RequestParam(required = false) @Nullable Until until,
            @RequestParam(defaultValue = "1") long sequence,
            Caller caller,
            QueryRequest query) {
        Predicate<Row<Order>> reached = until == null ? row -> true : reached(until, sequence);
        // A foreign order keeps the caller waiting as long as an unknown one does.
        Predicate<Row<Order>> shown = row -> caller.sees(OrderDefinition.owner(row.value())) && reached.test(row);
        Optional<Row<Order>> found = until == null
                ? views.get(OrderDefinition.ORDERS, orderId, "", query)
                : views.await(OrderDefinition.ORDERS, orderId, "", shown, query.waitFor());
        Row<Order> row = seen(found, caller, orderId);
        return ResponseEntity.status(reached.test(row) ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .eTag(Long.toString(row.sequence()))
                .body(OrderResponse.of(row.value()));
    }

    @Operation(summary = "List the events of an order, oldest first, with topic, partition and offset")
    @Access({ASSOCIATE_STORE, BACK_OFFICE, OPERATOR})
    @GetMapping("/v1/orders/{orderId}/events")
    HistoryResponse events(
            @PathVariable @Id String orderId,
            @RequestParam(defaultValue = "0") @Min(0) @Max(Long.MAX_VALUE - 1) long after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit,
            Caller caller,
            QueryRequest query) {
        seen(views.get(OrderDefinition.ORDERS, orderId, "", query), caller, orderId);
        List<Row<Recorded<OrderEvent>>> rows =
                views.list(OrderDefinition.HISTORY, orderId, OrderDefinition.historyRow(after + 1), limit + 1);
        List<HistoryEntry> events = rows.stream()
                .limit(limit)
                .map(row -> HistoryEntry.of(row.value()))
                .toList();
        return new HistoryResponse(
                events, rows.size() > limit ? events.getLast().sequence() : null);
    }

    @Operation(summary = "List a shopper's orders, newest first")
    @Access({SHOPPER_OWN, BACK_OFFICE, SERVICE})
    @GetMapping("/v1/customers/{customerId}/orders")
    CustomerOrdersResponse ordersOf(
            @PathVariable @Id String customerId,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "20") @Min(1) @Max(PAGE_MAX) int limit,
            Caller caller) {
        if (!caller.sees(Owner.ofCustomer(customerId))) {
            return new CustomerOrdersResponse(List.of(), null);
        }
        List<Row<CustomerOrder>> rows = views
                .list(
                        OrderDefinition.CUSTOMER_ORDERS,
                        customerId,
                        cursor == null ? CustomerOrder.LISTED : Cursor.read(cursor, OrderController::listedRow),
                        limit + 1)
                .stream()
                .filter(row -> row.value() instanceof CustomerOrder.Listed)
                .toList();
        List<CustomerOrderResponse> orders = rows.stream()
                .limit(limit)
                .map(row -> response(customerId, (CustomerOrder.Listed) row.value()))
                .toList();
        return new CustomerOrdersResponse(
                orders, rows.size() > limit ? Cursor.of(rows.getLast().name()) : null);
    }

    private CustomerOrderResponse response(String customerId, CustomerOrder.Listed listed) {
        String standingRow = CustomerOrder.standingRow(listed.orderId());
        CustomerOrder current = views.get(OrderDefinition.CUSTOMER_ORDERS, customerId, standingRow)
                .map(Row::value)
                .orElse(null);
        return new CustomerOrderResponse(
                listed.orderId(),
                current instanceof CustomerOrder.Standing known ? known.state() : "PLACED",
                listed.channel(),
                listed.locationId(),
                listed.orderedAt(),
                current instanceof CustomerOrder.Standing known ? known.total() : null);
    }

    @Operation(
            summary = "Stream the changes of an order as server-sent events",
            description = "Each event is named order. Its id is the sequence and its data the current order. A"
                    + " client that reconnects sends Last-Event-ID and gets the current order if it has changed.")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping(path = "/v1/orders/{orderId}/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(
            @PathVariable @Id String orderId,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "0") long lastEventId,
            Caller caller,
            QueryRequest query,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Row<Order> row = seen(views.get(OrderDefinition.ORDERS, orderId, "", query), caller, orderId);
        if (!RequestLimit.beginStream(request)) {
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "Too many streams are open; try again later.");
        }
        stream.write(orderId, row, lastEventId, caller.expiresAt(), response);
    }

    /** The order if there is one and the caller may see it; otherwise the answer is 404. */
    private static Row<Order> seen(Optional<Row<Order>> found, Caller caller, String orderId) {
        return found.filter(row -> caller.sees(OrderDefinition.owner(row.value())))
                .orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + orderId + "."));
    }

    private static String listedRow(List<String> parts) {
        if (parts.size() != 1 || !LISTED.matcher(parts.getFirst()).matches()) {
            throw new IllegalArgumentException("no row of the list");
        }
        return parts.getFirst();
    }
}
