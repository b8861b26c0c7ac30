package dev.mortar.order;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.http.QueryRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.OwnedElsewhere;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.order.OrderTopology.HistoryEntry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    private static final int FULFILMENTS_MAX = 100;
    private static final Duration STREAM_MAX = Duration.ofMinutes(30);
    private static final Duration STREAM_HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration STREAM_LOOK = Duration.ofSeconds(1);
    private static final Pattern CURSOR = Pattern.compile(CustomerOrder.LISTED + "\\d{19}.{1,100}");

    private final CommandGateway<OrderCommand> gateway;
    private final Views views;
    private final JsonMapper json;
    private final Duration decideWithin;
    private volatile boolean closing;

    OrderController(
            CommandGateway<OrderCommand> gateway,
            Views views,
            JsonMapper json,
            @Value("${order.decide-within}") Duration decideWithin) {
        this.gateway = gateway;
        this.views = views;
        this.json = json;
        this.decideWithin = decideWithin;
    }

    /** Channels in which a shopper orders; a till reports sales elsewhere. */
    enum OrderChannel {
        ONLINE,
        STORE
    }

    /**
     * An order.
     *
     * @param channelId sales channel within the retailer; may be left out when there is one only
     * @param customerId opaque id of the shopper; left out for a guest
     * @param acceptance WHOLE when left out
     * @param locationId where the order is taken: required for channel STORE, and only there
     */
    record PlaceOrderRequest(
            @Nullable OrderChannel channel,
            @Nullable String channelId,
            @Nullable String customerId,
            @Nullable Acceptance acceptance,
            @Nullable List<@Nullable LineRequest> lines,
            @Nullable List<@Nullable FulfilmentRequest> fulfilments,
            @Nullable String paymentReference,
            @Nullable String locationId) {

        OrderCommand.PlaceOrder command(String orderId, Duration decideWithin) {
            OrderChannel orderChannel = Fields.required("channel", channel);
            boolean inStore = orderChannel == OrderChannel.STORE;
            if (!inStore && locationId != null) {
                throw new BadRequest("locationId", "is for orders taken in a store (channel STORE)");
            }
            List<OrderLine> orderLines = LineRequest.lines(lines);
            List<@Nullable FulfilmentRequest> groups = Fields.required("fulfilments", fulfilments);
            Fields.atLeastOne("fulfilments", groups.size());
            Fields.atMost("fulfilments", groups.size(), FULFILMENTS_MAX);
            return new OrderCommand.PlaceOrder(
                    orderId,
                    inStore ? Channel.STORE : Channel.ONLINE,
                    Fields.optionalId("channelId", channelId),
                    Fields.optionalId("customerId", customerId),
                    acceptance == null ? Acceptance.WHOLE : acceptance,
                    orderLines,
                    IntStream.range(0, groups.size())
                            .mapToObj(i -> Fields.required("fulfilments[" + i + "]", groups.get(i))
                                    .fulfilment(orderId, i, groups.size() == 1 ? orderLines : List.of()))
                            .toList(),
                    Fields.optionalId("paymentReference", paymentReference),
                    inStore ? Fields.id("locationId", locationId) : null,
                    decideWithin);
        }
    }

    /**
     * A group of lines that leaves one location by one method.
     *
     * @param lineIds lines that leave with it; may be left out when there is one fulfilment only
     * @param promisedAt when the shopper was told the goods would be ready
     * @param holdId cart hold that the reservation takes over
     */
    record FulfilmentRequest(
            @Nullable FulfilmentMethod method,
            @Nullable String locationId,
            @Nullable List<@Nullable String> lineIds,
            @Nullable Instant promisedAt,
            @Nullable String holdId) {

        Fulfilment fulfilment(String orderId, int index, List<OrderLine> linesUnlessNamed) {
            String field = "fulfilments[" + index + "]";
            return new Fulfilment(
                    Fulfilment.id(orderId, index + 1),
                    Fields.required(field + ".method", method),
                    Fields.id(field + ".locationId", locationId),
                    lineIds == null
                            ? linesUnlessNamed.stream().map(OrderLine::lineId).toList()
                            : Fields.ids(field + ".lineIds", lineIds),
                    promisedAt == null ? null : Fields.time(field + ".promisedAt", promisedAt),
                    Fields.optionalId(field + ".holdId", holdId));
        }
    }

    /**
     * A line as an order or a sale asks for it.
     *
     * @param lineId unique in the order; its number, counted from 1, when left out
     * @param unit EACH when left out
     * @param unitPrice of one unit, before discount
     * @param discount on the whole line; none when left out
     * @param tax on the whole line; none when left out
     * @param taxIncluded whether price and discount include the tax; true when left out
     */
    record LineRequest(
            @Nullable String lineId,
            @Nullable String sku,
            @Nullable String title,
            @Nullable Long quantity,
            @Nullable Unit unit,
            @Nullable MoneyRequest unitPrice,
            @Nullable MoneyRequest discount,
            @Nullable MoneyRequest tax,
            @Nullable Boolean taxIncluded,
            @Nullable List<@Nullable String> serials,
            @Nullable List<@Nullable String> lots,
            @Nullable String sellerId) {

        static final int LINES_MAX = 1_000;

        /**
         * What ids and titles of all lines may take in the log together; 1,000 lines of a usual receipt take a third.
         */
        private static final int TEXT_MAX_BYTES = 256 * 1024;

        private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
                .map(Currency::getCurrencyCode)
                .collect(Collectors.toUnmodifiableSet());

        /**
         * An amount of money.
         *
         * @param amount in minor units, 0 or more
         * @param currency ISO 4217 code
         */
        record MoneyRequest(@Nullable Long amount, @Nullable String currency) {

            Money money(String field) {
                long minorUnits = Fields.required(field + ".amount", amount);
                if (minorUnits < 0 || minorUnits > Money.MAX_MINOR_UNITS) {
                    throw new BadRequest(field + ".amount", "is from 0 to " + Money.MAX_MINOR_UNITS + " minor units");
                }
                String code = Fields.required(field + ".currency", currency);
                if (!CURRENCIES.contains(code)) {
                    throw new BadRequest(field + ".currency", "is an ISO 4217 code such as EUR");
                }
                return new Money(minorUnits, code);
            }
        }

        static List<OrderLine> lines(@Nullable List<@Nullable LineRequest> requests) {
            List<@Nullable LineRequest> given = Fields.required("lines", requests);
            Fields.atLeastOne("lines", given.size());
            Fields.atMost("lines", given.size(), LINES_MAX);
            List<OrderLine> lines = IntStream.range(0, given.size())
                    .mapToObj(i ->
                            Fields.required("lines[" + i + "]", given.get(i)).line(i))
                    .toList();
            if (lines.stream().mapToInt(LineRequest::textBytes).sum() > TEXT_MAX_BYTES) {
                throw new BadRequest("lines", "hold at most " + TEXT_MAX_BYTES + " bytes of ids and titles");
            }
            return lines;
        }

        private static int textBytes(OrderLine line) {
            return Stream.of(
                            Stream.ofNullable(line.lineId()),
                            Stream.ofNullable(line.sku()),
                            Stream.ofNullable(line.title()),
                            Stream.ofNullable(line.sellerId()),
                            line.serials().stream(),
                            line.lots().stream())
                    .flatMap(texts -> texts)
                    .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                    .sum();
        }

        private OrderLine line(int index) {
            String field = "lines[" + index + "]";
            Money price = Fields.required(field + ".unitPrice", unitPrice).money(field + ".unitPrice");
            Money none = Money.zero(price.currency());
            return new OrderLine(
                    lineId == null ? Integer.toString(index + 1) : Fields.id(field + ".lineId", lineId),
                    Fields.id(field + ".sku", sku),
                    Fields.optionalText(field + ".title", title),
                    Fields.quantity(field + ".quantity", quantity),
                    unit == null ? Unit.EACH : unit,
                    price,
                    discount == null ? none : discount.money(field + ".discount"),
                    tax == null ? none : tax.money(field + ".tax"),
                    taxIncluded == null || taxIncluded,
                    Fields.ids(field + ".serials", serials),
                    Fields.ids(field + ".lots", lots),
                    Fields.optionalId(field + ".sellerId", sellerId));
        }
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
            Fields.atLeastOne("lines", lines.size());
            Fields.atMost("lines", lines.size(), LineRequest.LINES_MAX);
            Set<String> lineIds = new HashSet<>();
            return IntStream.range(0, lines.size())
                    .mapToObj(i -> {
                        String field = "lines[" + i + "]";
                        CancelLine line = Fields.required(field, lines.get(i));
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
        Reply reply = gateway.send(body.command(orderId, decideWithin), request, path);
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
            @PathVariable String orderId,
            @RequestBody(required = false) @Nullable CancelOrderRequest body,
            CommandRequest request) {
        CancelOrderRequest cancellation = body == null ? new CancelOrderRequest(null, null) : body;
        Reply reply = gateway.send(cancellation.command(orderId, request), request, path(orderId));
        ResponseEntity<?> later =
                request.waitFor().isZero() ? null : later(orderId, Until.SETTLED, reply.sequence(), request.waitFor());
        return later == null ? Replies.ok(reply, OrderResponse.of(reply.as(Order.class))) : later;
    }

    /** The order as it is once the condition holds; null when it does not in time, or when the views cannot say. */
    private @Nullable ResponseEntity<?> later(String orderId, Until until, long sequence, Duration waitFor) {
        try {
            if (views.local(OrderTopology.ORDERS, orderId)) {
                Predicate<Row<Order>> reached = reached(until, sequence);
                return views.await(OrderTopology.ORDERS, orderId, "", reached, waitFor)
                        .filter(reached)
                        .map(row -> Replies.row(row, OrderResponse.of(row.value())))
                        .orElse(null);
            }
            ResponseEntity<byte[]> elsewhere = views.forward(
                    OrderTopology.ORDERS,
                    orderId,
                    path(orderId) + "?until=" + until + "&sequence=" + sequence,
                    waitFor);
            return elsewhere.getStatusCode().value() == HttpStatus.OK.value() ? elsewhere : null;
        } catch (KafkaUnavailable | OwnedElsewhere moving) {
            return null;
        }
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
            @PathVariable String orderId,
            @RequestParam(required = false) @Nullable Until until,
            @RequestParam(defaultValue = "1") long sequence,
            QueryRequest query) {
        Predicate<Row<Order>> reached = until == null ? row -> true : reached(until, sequence);
        Optional<Row<Order>> found = until == null
                ? views.get(OrderTopology.ORDERS, orderId, "", query)
                : views.await(OrderTopology.ORDERS, orderId, "", reached, query.waitFor());
        Row<Order> row = found.orElseThrow(() -> unknown(orderId));
        return ResponseEntity.status(reached.test(row) ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .eTag(Long.toString(row.sequence()))
                .body(OrderResponse.of(row.value()));
    }

    @Operation(summary = "What happened to an order, oldest first, each event with its place in the log")
    @GetMapping("/v1/orders/{orderId}/events")
    HistoryResponse events(
            @PathVariable String orderId,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "100") int limit,
            QueryRequest query) {
        checkLimit(limit);
        if (after < 0) {
            throw BadRequest.malformed("after", "is a sequence, 0 or more");
        }
        if (query.minSequence() > 0) {
            views.get(OrderTopology.HISTORY, orderId, OrderTopology.historyRow(query.minSequence()), query);
        }
        List<Row<HistoryEntry>> rows = views.list(
                OrderTopology.HISTORY, orderId, OrderTopology.historyRow(Math.addExact(after, 1)), limit + 1);
        if (rows.isEmpty() && after == 0) {
            throw unknown(orderId);
        }
        List<HistoryEntry> events = rows.stream().limit(limit).map(Row::value).toList();
        return new HistoryResponse(
                events, rows.size() > limit ? events.getLast().sequence() : null);
    }

    @Operation(summary = "A shopper's orders, newest first")
    @GetMapping("/v1/customers/{customerId}/orders")
    CustomerOrdersResponse ordersOf(
            @PathVariable String customerId,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "20") int limit) {
        checkLimit(limit);
        List<Row<CustomerOrder>> rows = views
                .list(
                        OrderTopology.CUSTOMER_ORDERS,
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
                        OrderTopology.CUSTOMER_ORDERS,
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
            @PathVariable String orderId,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "0") long lastEventId,
            QueryRequest query,
            HttpServletResponse response)
            throws IOException {
        Row<Order> row = views.get(OrderTopology.ORDERS, orderId, "", query).orElseThrow(() -> unknown(orderId));
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
            try {
                if (!out.checkError()) {
                    row = views.await(
                                    OrderTopology.ORDERS, orderId, "", found -> found.sequence() > newest, STREAM_LOOK)
                            .orElse(row);
                }
            } catch (KafkaUnavailable | OwnedElsewhere moved) {
                // The client comes back and is served by the new owner.
                return;
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

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw BadRequest.malformed("limit", "is from 1 to " + PAGE_MAX);
        }
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

    /** Checks the fields of a request one by one; a field that makes no sense is a {@link BadRequest} that names it. */
    static final class Fields {

        static final long QUANTITY_MAX = 1_000_000_000;
        private static final int ID_MAX_CHARACTERS = 100;
        private static final int TEXT_MAX_CHARACTERS = 500;
        private static final Pattern NOT_IN_ID = Pattern.compile("[|\\p{Cc}\\p{Cs}]");
        private static final Pattern NOT_IN_TEXT = Pattern.compile("[\\p{Cc}\\p{Cs}]");
        private static final Instant TIME_MIN = Instant.parse("2000-01-01T00:00:00Z");
        private static final Instant TIME_MAX = Instant.parse("2200-01-01T00:00:00Z");

        private Fields() {}

        static <T> T required(String field, @Nullable T value) {
            if (value == null) {
                throw new BadRequest(field, "is required");
            }
            return value;
        }

        /** An id from outside: 1 to 100 characters, taken as given; case and spaces within count. */
        static String id(String field, @Nullable String value) {
            String id = required(field, value);
            if (id.isBlank() || id.length() > ID_MAX_CHARACTERS) {
                throw new BadRequest(field, "has 1 to " + ID_MAX_CHARACTERS + " characters");
            }
            if (NOT_IN_ID.matcher(id).find() || !id.equals(id.strip())) {
                throw new BadRequest(field, "holds no | or control characters and no white space at its ends");
            }
            return id;
        }

        static @Nullable String optionalId(String field, @Nullable String value) {
            return value == null ? null : id(field, value);
        }

        static List<String> ids(String field, @Nullable List<@Nullable String> values) {
            List<@Nullable String> given = values == null ? List.of() : values;
            atMost(field, given.size(), 1_000);
            return IntStream.range(0, given.size())
                    .mapToObj(i -> id(field + "[" + i + "]", given.get(i)))
                    .toList();
        }

        static @Nullable String optionalText(String field, @Nullable String value) {
            if (value != null
                    && (value.length() > TEXT_MAX_CHARACTERS
                            || NOT_IN_TEXT.matcher(value).find())) {
                throw new BadRequest(
                        field, "has at most " + TEXT_MAX_CHARACTERS + " characters, none of them a control");
            }
            return value;
        }

        static long quantity(String field, @Nullable Long value) {
            long quantity = required(field, value);
            if (quantity < 1 || quantity > QUANTITY_MAX) {
                throw new BadRequest(field, "is from 1 to " + QUANTITY_MAX);
            }
            return quantity;
        }

        /** An instant in microseconds, which is what the log keeps. */
        static Instant time(String field, @Nullable Instant value) {
            Instant time = required(field, value);
            if (time.isBefore(TIME_MIN) || time.isAfter(TIME_MAX)) {
                throw new BadRequest(field, "lies between " + TIME_MIN + " and " + TIME_MAX);
            }
            return time.truncatedTo(ChronoUnit.MICROS);
        }

        static void atMost(String field, int size, int limit) {
            if (size > limit) {
                throw new BadRequest(field, "has at most " + limit + " entries");
            }
        }

        static void atLeastOne(String field, int size) {
            if (size == 0) {
                throw new BadRequest(field, "has at least one entry");
            }
        }
    }
}
