package dev.mortar.order;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.values.Channel;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An order to place.
 *
 * @param channelId sales channel of the retailer; optional if there is only one
 * @param customerId opaque id of the shopper; absent for a guest
 * @param acceptance default: WHOLE
 * @param locationId store where the order is placed: required for channel STORE, not allowed otherwise
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

    private static final int FULFILMENTS_MAX = 100;

    /** Channels in which a shopper places an order. Tills report sales to {@link SaleController}. */
    enum OrderChannel {
        ONLINE,
        STORE
    }

    OrderCommand.PlaceOrder command(String orderId, Duration decideWithin) {
        OrderChannel orderChannel = Fields.required("channel", channel);
        boolean inStore = orderChannel == OrderChannel.STORE;
        if (!inStore && locationId != null) {
            throw new BadRequest("locationId", "is only for orders placed in a store (channel STORE)");
        }
        List<OrderLine> orderLines = LineRequest.lines(lines);
        List<FulfilmentRequest> groups = Fields.list("fulfilments", fulfilments, FULFILMENTS_MAX);
        RequestedOrder order = new RequestedOrder(
                inStore ? Channel.STORE : Channel.ONLINE,
                Fields.optionalId("channelId", channelId),
                Fields.optionalPersonId("customerId", customerId),
                acceptance == null ? Acceptance.WHOLE : acceptance,
                orderLines,
                IntStream.range(0, groups.size())
                        .mapToObj(
                                i -> groups.get(i).fulfilment(orderId, i, groups.size() == 1 ? orderLines : List.of()))
                        .toList(),
                Fields.optionalId("paymentReference", paymentReference),
                inStore ? Fields.id("locationId", locationId) : null);
        return new OrderCommand.PlaceOrder(orderId, order, decideWithin);
    }

    /**
     * A group of lines that leaves one location by one method.
     *
     * @param lineIds its lines; optional if there is only one fulfilment
     * @param promisedAt when the goods should be ready, as the shopper was told
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
                    Fields.optionalTime(field + ".promisedAt", promisedAt),
                    Fields.optionalId(field + ".holdId", holdId));
        }
    }

    /**
     * A line of an order or a sale.
     *
     * @param lineId unique in the order; default: its number, counted from 1
     * @param unit default: EACH
     * @param unitPrice price of one unit, before discount
     * @param discount on the whole line; default: 0
     * @param tax on the whole line; default: 0
     * @param taxIncluded whether price and discount include the tax; default: true
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
        private static final int TITLE_MAX_CHARACTERS = 500;
        private static final Pattern NOT_IN_TITLE = Pattern.compile("[\\p{Cc}\\p{Cs}]");

        /** Limit of the ids and titles of all lines together. 1,000 lines of a usual receipt take a third of it. */
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
                if (minorUnits < 0 || minorUnits > OrderRules.MAX_MINOR_UNITS) {
                    throw new BadRequest(
                            field + ".amount", "must be from 0 to " + OrderRules.MAX_MINOR_UNITS + " minor units");
                }
                String code = Fields.required(field + ".currency", currency);
                if (!CURRENCIES.contains(code)) {
                    throw new BadRequest(field + ".currency", "must be an ISO 4217 code such as EUR");
                }
                return new Money(minorUnits, code);
            }
        }

        static List<OrderLine> lines(@Nullable List<@Nullable LineRequest> requests) {
            List<LineRequest> given = Fields.list("lines", requests, LINES_MAX);
            List<OrderLine> lines = IntStream.range(0, given.size())
                    .mapToObj(i -> given.get(i).line(i))
                    .toList();
            if (lines.stream().mapToInt(LineRequest::textBytes).sum() > TEXT_MAX_BYTES) {
                throw new BadRequest(
                        "lines", "must have at most " + TEXT_MAX_BYTES + " bytes of ids and titles in total");
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

        private @Nullable String title(String field) {
            if (title != null
                    && (title.length() > TITLE_MAX_CHARACTERS
                            || NOT_IN_TITLE.matcher(title).find())) {
                throw new BadRequest(
                        field, "must have at most " + TITLE_MAX_CHARACTERS + " characters and no control characters");
            }
            return title;
        }

        private OrderLine line(int index) {
            String field = "lines[" + index + "]";
            Money price = Fields.required(field + ".unitPrice", unitPrice).money(field + ".unitPrice");
            Money none = Money.zero(price.currency());
            return new OrderLine(
                    lineId == null ? Integer.toString(index + 1) : Fields.id(field + ".lineId", lineId),
                    Fields.id(field + ".sku", sku),
                    title(field + ".title"),
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
}
