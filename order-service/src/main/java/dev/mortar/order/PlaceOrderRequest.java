package dev.mortar.order;

import static dev.mortar.eventsourcing.http.Fields.IDS_MAX;
import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.values.Channel;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
        @NotNull OrderChannel channel,
        @Nullable @Id String channelId,
        @Nullable @PersonId String customerId,
        @Nullable Acceptance acceptance,
        @NotNull @Size(min = 1, max = LineRequest.LINES_MAX) List<@NotNull @Valid LineRequest> lines,
        @NotNull @Size(min = 1, max = 100) List<@NotNull @Valid FulfilmentRequest> fulfilments,
        @Nullable @Id String paymentReference,
        @Nullable @Id String locationId) {

    /** Channels in which a shopper places an order. Tills report sales to {@link SaleController}. */
    enum OrderChannel {
        ONLINE,
        STORE
    }

    OrderCommand.PlaceOrder command(String orderId, Duration decideWithin) {
        boolean inStore = channel == OrderChannel.STORE;
        if (inStore != (locationId != null)) {
            throw new BadRequest(
                    "locationId",
                    inStore ? "is required for channel STORE" : "is only for orders placed in a store (channel STORE)");
        }
        List<OrderLine> orderLines = LineRequest.lines(lines);
        List<OrderLine> onlyFulfilment = fulfilments.size() == 1 ? orderLines : List.of();
        RequestedOrder order = new RequestedOrder(
                inStore ? Channel.STORE : Channel.ONLINE,
                channelId,
                customerId,
                acceptance == null ? Acceptance.WHOLE : acceptance,
                orderLines,
                IntStream.range(0, fulfilments.size())
                        .mapToObj(i -> fulfilments.get(i).fulfilment(Fulfilment.id(orderId, i + 1), onlyFulfilment))
                        .toList(),
                paymentReference,
                locationId);
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
            @NotNull FulfilmentMethod method,
            @NotNull @Id String locationId,
            @Nullable @Size(max = IDS_MAX) List<@NotNull @Id String> lineIds,
            @Nullable @Time Instant promisedAt,
            @Nullable @Id String holdId) {

        Fulfilment fulfilment(String id, List<OrderLine> linesUnlessNamed) {
            return new Fulfilment(
                    id,
                    method,
                    locationId,
                    lineIds == null
                            ? linesUnlessNamed.stream().map(OrderLine::lineId).toList()
                            : lineIds,
                    promisedAt == null ? null : promisedAt.truncatedTo(ChronoUnit.MICROS),
                    holdId);
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
            @Nullable @Id String lineId,
            @NotNull @Id String sku,

            @Nullable
            @Size(max = 500)
            @Pattern(regexp = "[^\\p{Cc}\\p{Cs}]*", message = "must have no control characters")
            String title,

            @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity,
            @Nullable Unit unit,
            @NotNull @Valid MoneyRequest unitPrice,
            @Nullable @Valid MoneyRequest discount,
            @Nullable @Valid MoneyRequest tax,
            @Nullable Boolean taxIncluded,
            @Nullable @Size(max = IDS_MAX) List<@NotNull @Id String> serials,
            @Nullable @Size(max = IDS_MAX) List<@NotNull @Id String> lots,
            @Nullable @Id String sellerId) {

        static final int LINES_MAX = 1_000;

        /** Limit of the ids and titles of all lines together. 1,000 lines of a usual receipt take a third of it. */
        private static final int TEXT_MAX_BYTES = 256 * 1024;

        static List<OrderLine> lines(List<LineRequest> requests) {
            List<OrderLine> lines = IntStream.range(0, requests.size())
                    .mapToObj(i -> requests.get(i).line(Integer.toString(i + 1)))
                    .toList();
            if (lines.stream().mapToInt(LineRequest::textBytes).sum() > TEXT_MAX_BYTES) {
                throw new BadRequest(
                        "lines", "must have at most " + TEXT_MAX_BYTES + " bytes of ids and titles in total");
            }
            return lines;
        }

        private static int textBytes(OrderLine line) {
            Stream<String> named = Stream.of(line.lineId(), line.sku(), line.title(), line.sellerId());
            return Stream.of(named, line.serials().stream(), line.lots().stream())
                    .flatMap(texts -> texts)
                    .filter(Objects::nonNull)
                    .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                    .sum();
        }

        private OrderLine line(String number) {
            Money none = Money.zero(unitPrice.currency());
            return new OrderLine(
                    lineId == null ? number : lineId,
                    sku,
                    title,
                    quantity,
                    unit == null ? Unit.EACH : unit,
                    unitPrice.money(),
                    discount == null ? none : discount.money(),
                    tax == null ? none : tax.money(),
                    taxIncluded == null || taxIncluded,
                    serials == null ? List.of() : serials,
                    lots == null ? List.of() : lots,
                    sellerId);
        }
    }

    /**
     * An amount of money.
     *
     * @param amount in minor units
     * @param currency ISO 4217 code
     */
    record MoneyRequest(
            @NotNull @Min(0) @Max(OrderRules.MAX_MINOR_UNITS)
            Long amount,

            @NotNull @CurrencyCode String currency) {

        Money money() {
            return new Money(amount, currency);
        }
    }

    /** An ISO 4217 code. */
    @Target({ElementType.FIELD, ElementType.PARAMETER})
    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = CurrencyCheck.class)
    @interface CurrencyCode {
        /** Not used: the check describes the fault. */
        String message() default "";

        /** Not used. */
        Class<?>[] groups() default {};

        /** Not used. */
        Class<? extends Payload>[] payload() default {};
    }

    /** Checks a {@link CurrencyCode}. */
    public static final class CurrencyCheck extends Fields.Check<CurrencyCode, String> {
        private static final Set<String> CODES = Currency.getAvailableCurrencies().stream()
                .map(Currency::getCurrencyCode)
                .collect(Collectors.toUnmodifiableSet());

        @Override
        protected @Nullable String fault(String code) {
            return CODES.contains(code) ? null : "must be an ISO 4217 code such as EUR";
        }
    }
}
