package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Channel;
import dev.mortar.values.Unit;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.QueryRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.http.RequestLimit;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.order.OrderDefinition.HistoryEntry;
import dev.mortar.order.PlaceOrderRequest.LineRequest;
import dev.mortar.values.Money;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

/** Orders of shoppers: placing, cancelling, and everything that can be asked about any order, till sales included. */
@RestController
@Tag(name = "orders")
class OrderController {

    private static final int PAGE_MAX = 200;
    private static final Duration STREAM_MAX = Duration.ofMinutes(30);
    private static final Duration STREAM_HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration STREAM_LOOK = Duration.ofSeconds(1);
    private static final Pattern CURSOR = Pattern.compile(CustomerOrder.LISTED + "\\d{19}.{1,100}");

    private final CommandGateway<OrderCommand> gateway;
    private final Views views;
    private final StateTables tables;
    private final JsonMapper json;
    private final Duration decideWithin;
    private volatile boolean closing;

    OrderController(
            CommandGateway<OrderCommand> gateway,
            Views views,
            StateTables tables,
            JsonMapper json,
            @Value("${order.decide-within}") Duration decideWithin) {
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
        this.json = json;
        this.decideWithin = decideWithin;
    }

    /** Who wants the cancellation. */
    enum CancelReason {
        CANCELLED_BY_SHOPPER,
        CANCELLED_BY_RETAILER
    }

    /**
     * A cancellation.
     *
     * @param reason follows from the actor when left out
     * @param lines what to cancel; everything that is left when left out
     */
    record CancelOrderRequest(
            @Nullable CancelReason reason, @Nullable List<@Nullable CancelLine> lines) {

        OrderCommand.CancelOrder command(String orderId, CommandRequest request) {
            return new OrderCommand.CancelOrder(orderId, request.derivedId("cancellation"), reason(request), wanted());
        }

        private EndReason reason(CommandRequest request) {
            boolean byShopper = reason == null
                    ? request.actor().type() == Actor.Type.SHOPPER
                    : reason == CancelReason.CANCELLED_BY_SHOPPER;
            return byShopper ? EndReason.CANCELLED_BY_SHOPPER : EndReason.CANCELLED_BY_RETAILER;
        }

        private List<OrderCommand.CancelOrder.Wanted> wanted() {
            if (lines == null) {
                return List.of();
            }
            // An empty list would mean everything to the decider and nothing to whoever wrote it.
            List<CancelLine> given = Fields.list("lines", lines, LineRequest.LINES_MAX);
            Set<String> lineIds = new HashSet<>();
            return IntStream.range(0, given.size())
                    .mapToObj(i -> {
                        String field = "lines[" + i + "]";
                        CancelLine line = given.get(i);
                        String lineId = Fields.id(field + ".lineId", line.lineId());
                        if (!lineIds.add(lineId)) {
                            throw new BadRequest(field + ".lineId", "stands twice");
                        }
                        return new OrderCommand.CancelOrder.Wanted(
                                lineId,
                                line.quantity() == null ? null : Fields.quantity(field + ".quantity", line.quantity()));
                    })
                    .toList();
        }
    }

    /**
     * A line to cancel.
     *
     * @param quantity all that is left of it when left out
     */
    record CancelLine(@Nullable String lineId, @Nullable Long quantity) {}

    /**
     * A part of an order's history.
     *
     * @param next value of {@code after} for the next part; null when this is the newest
     */
    record HistoryResponse(
            List<HistoryEntry> events, @Nullable Long next) {}

    /**
     * A page of a shopper's orders, newest first.
     *
     * @param next value of {@code cursor} for the next page; null when this is the last
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

    /** What a query may wait for. */
    enum Until {
        /** The order is no longer PLACED. */
        DECIDED,
        /** No request for cancellation is unanswered. */
        SETTLED
    }

    @Operation(
            summary = "Place an order",
            description = "Prefer: wait=N waits up to N seconds until the order is confirmed or rejected (201), and"
                    + " answers 202 with the placed order when the time passes.")
    @PostMapping("/v1/orders")
    ResponseEntity<?> place(@RequestBody PlaceOrderRequest body, CommandRequest request) {
        String orderId = request.derivedId("order");
        String path = path(orderId);
        OrderCommand.PlaceOrder command = body.command(orderId, decideWithin);
        refuseOtherUnits(command);
        Reply reply = gateway.send(command, request, path);
        Order order = reply.as(Order.class);
        if (request.waitFor().isZero() || decided(order)) {
            return Replies.created(path, reply, OrderResponse.of(order));
        }
        ResponseEntity<?> later = later(orderId, Until.DECIDED, reply.sequence(), request.waitFor());
        if (later == null) {
            return ResponseEntity.accepted()
                    .location(URI.create(path))
                    .eTag(Long.toString(reply.sequence()))
                    .body(OrderResponse.of(order));
        }
        return ResponseEntity.status(reply.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                .headers(later.getHeaders())
                .location(URI.create(path))
                .body(later.getBody());
    }

    @Operation(
            summary = "Cancel an order or some of its lines",
            description = "Before it is confirmed an order is cancelled at once, and only whole. Afterwards its"
                    + " fulfilments decide; Prefer: wait=N waits up to N seconds for their answers.")
    @PostMapping("/v1/orders/{orderId}/cancel")
    ResponseEntity<?> cancel(
            @PathVariable @Id String orderId,
            @RequestBody(required = false) @Nullable CancelOrderRequest body,
            CommandRequest request) {
        CancelOrderRequest cancellation = body == null ? new CancelOrderRequest(null, null) : body;
        Reply reply = gateway.send(cancellation.command(orderId, request), request, path(orderId));
        ResponseEntity<?> later =
                request.waitFor().isZero() ? null : later(orderId, Until.SETTLED, reply.sequence(), request.waitFor());
        return later == null ? Replies.ok(reply, OrderResponse.of(reply.as(Order.class))) : later;
    }

    /** A location has nothing to offer in a unit that it does not keep: the caller hears it before the order exists. */
    private void refuseOtherUnits(OrderCommand.PlaceOrder order) {
        StateTable<Unit> unitsKept = tables.get(OrderDefinition.LEVELS);
        for (Fulfilment fulfilment : order.fulfilments()) {
            for (int i = 0; i < order.lines().size() && !fulfilment.carriedOut(); i++) {
                OrderLine line = order.lines().get(i);
                if (fulfilment.lineIds().contains(line.lineId())) {
                    Unit kept = unitsKept.get(fulfilment.locationId() + "|" + line.sku());
                    if (kept != null && kept != line.unit()) {
                        throw new BadRequest(
                                "lines[" + i + "].unit",
                                "is " + line.unit() + "; location " + fulfilment.locationId() + " keeps SKU "
                                        + line.sku() + " in " + kept);
                    }
                }
            }
        }
    }

    /** The order as it is once the condition holds; null when it does not in time. */
    private @Nullable ResponseEntity<?> later(String orderId, Until until, long sequence, Duration waitFor) {
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
                        Order.contents(row.value()).cancellations().stream()
                                .allMatch(cancellation -> cancellation.waiting().isEmpty());
                };
    }

    private static boolean decided(Order order) {
        return order instanceof Order.Known known && known.decided();
    }

    @Operation(
            summary = "An order as it stands",
            description = "With until and Prefer: wait=N it waits up to N seconds for that and answers 202 with the"
                    + " order as it is when the time passes.")
    @GetMapping("/v1/orders/{orderId}")
    ResponseEntity<OrderResponse> get(
            @PathVariable @Id String orderId,
            @RequestParam(required = false) @Nullable Until until,
            @RequestParam(defaultValue = "1") long sequence,
            QueryRequest query) {
        Predicate<Row<Order>> reached = until == null ? row -> true : reached(until, sequence);
        Optional<Row<Order>> found = until == null
                ? views.get(OrderDefinition.ORDERS, orderId, "", query)
                : views.await(OrderDefinition.ORDERS, orderId, "", reached, query.waitFor());
        Row<Order> row = found.orElseThrow(() -> unknown(orderId));
        return ResponseEntity.status(reached.test(row) ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .eTag(Long.toString(row.sequence()))
                .body(OrderResponse.of(row.value()));
    }

    @Operation(summary = "What happened to an order, oldest first, each event with its place in the log")
    @GetMapping("/v1/orders/{orderId}/events")
    HistoryResponse events(
            @PathVariable @Id String orderId,
            @RequestParam(defaultValue = "0") @Min(0) @Max(Long.MAX_VALUE - 1) long after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(PAGE_MAX) int limit,
            QueryRequest query) {
        if (query.minSequence() > 0) {
            views.awaitSequence(orderId, query.minSequence());
        }
        List<Row<Recorded<OrderEvent>>> rows =
                views.list(OrderDefinition.HISTORY, orderId, OrderDefinition.historyRow(after + 1), limit + 1);
        if (rows.isEmpty() && after == 0) {
            throw unknown(orderId);
        }
        List<HistoryEntry> events = rows.stream()
                .limit(limit)
                .map(row -> HistoryEntry.of(row.value()))
                .toList();
        return new HistoryResponse(
                events, rows.size() > limit ? events.getLast().sequence() : null);
    }

    @Operation(summary = "A shopper's orders, newest first")
    @GetMapping("/v1/customers/{customerId}/orders")
    CustomerOrdersResponse ordersOf(
            @PathVariable @Id String customerId,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "20") @Min(1) @Max(PAGE_MAX) int limit) {
        List<Row<CustomerOrder>> rows = views
                .list(
                        OrderDefinition.CUSTOMER_ORDERS,
                        customerId,
                        cursor == null ? CustomerOrder.LISTED : decode(cursor),
                        limit + 1)
                .stream()
                .filter(row -> row.value() instanceof CustomerOrder.Listed)
                .toList();
        List<CustomerOrderResponse> orders = rows.stream()
                .limit(limit)
                .map(row -> response(customerId, (CustomerOrder.Listed) row.value()))
                .toList();
        return new CustomerOrdersResponse(
                orders, rows.size() > limit ? encode(rows.getLast().name()) : null);
    }

    private CustomerOrderResponse response(String customerId, CustomerOrder.Listed listed) {
        CustomerOrder standing = views.get(
                        OrderDefinition.CUSTOMER_ORDERS,
                        customerId,
                        CustomerOrder.standingRow(listed),
                        new QueryRequest(0, Duration.ZERO))
                .map(Row::value)
                .orElse(null);
        return new CustomerOrderResponse(
                listed.orderId(),
                standing instanceof CustomerOrder.Standing known ? known.state() : "PLACED",
                listed.channel(),
                listed.locationId(),
                listed.orderedAt(),
                standing instanceof CustomerOrder.Standing known ? known.total() : null);
    }

    @Operation(
            summary = "Changes of an order as server-sent events",
            description = "Each event is named order, its id is the sequence, its data the order as it stands. A"
                    + " client that comes back sends Last-Event-ID and misses nothing that still holds.")
    @GetMapping(path = "/v1/orders/{orderId}/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(
            @PathVariable @Id String orderId,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "0") long lastEventId,
            QueryRequest query,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Row<Order> row = views.get(OrderDefinition.ORDERS, orderId, "", query).orElseThrow(() -> unknown(orderId));
        if (!RequestLimit.beginStream(request)) {
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "Too many streams are open");
        }
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader("Cache-Control", "no-store");
        PrintWriter out = response.getWriter();
        long told = lastEventId;
        long startedNs = System.nanoTime();
        long wroteNs = startedNs - STREAM_HEARTBEAT.toNanos();
        while (!closing && System.nanoTime() - startedNs < STREAM_MAX.toNanos() && !out.checkError()) {
            if (row.sequence() > told) {
                told = row.sequence();
                out.write("event: order\nid: " + told + "\ndata: "
                        + json.writeValueAsString(OrderResponse.of(row.value())) + "\n\n");
                wroteNs = System.nanoTime();
            } else if (System.nanoTime() - wroteNs >= STREAM_HEARTBEAT.toNanos()) {
                out.write(": still here\n\n");
                wroteNs = System.nanoTime();
            }
            // checkError() flushes what was written.
            long newest = told;
            if (!out.checkError()) {
                row = views.await(OrderDefinition.ORDERS, orderId, "", found -> found.sequence() > newest, STREAM_LOOK)
                        .orElse(row);
            }
        }
    }

    /** Streams would hold up a graceful shutdown. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }

    static String path(String orderId) {
        return "/v1/orders/" + orderId;
    }

    private static ResponseStatusException unknown(String orderId) {
        return new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + orderId);
    }

    private static String encode(String row) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(row.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        try {
            String row = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (CURSOR.matcher(row).matches()) {
                return row;
            }
        } catch (IllegalArgumentException e) {
            throw BadRequest.malformed("cursor", "is not one that a page gave");
        }
        throw BadRequest.malformed("cursor", "is not one that a page gave");
    }
}
