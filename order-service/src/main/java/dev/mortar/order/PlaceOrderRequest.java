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
import dev.mortar.values.LinePart;
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
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Map<String, LinePart> wholeLines = new HashMap<>();
        orderLines.forEach(line ->
                wholeLines.putIfAbsent(line.lineId(), new LinePart(line.lineId(), line.sku(), line.quantity(), 0)));
        List<Fulfilment> located = new ArrayList<>();
        List<UnsourcedPart> unsourced = new ArrayList<>();
        for (int i = 0; i < fulfilments.size(); i++) {
            FulfilmentRequest each = fulfilments.get(i);
            if (each.hasLocation("fulfilments[" + i + "]")) {
                String id = Fulfilment.id(orderId, located.size() + 1);
                located.add(each.fulfilment(i, id, onlyFulfilment, wholeLines));
            } else {
                unsourced.add(each.unsourced(i, onlyFulfilment, wholeLines));
            }
        }
        RequestedOrder order = new RequestedOrder(
                inStore ? Channel.STORE : Channel.ONLINE,
                channelId,
                customerId,
                acceptance == null ? Acceptance.WHOLE : acceptance,
                orderLines,
                located,
                paymentReference,
                locationId,
                unsourced);
        return new OrderCommand.PlaceOrder(orderId, order, decideWithin);
    }

    /**
     * A group of lines that leaves by one method, either from a given location or from locations near the shopper. For
     * the latter, give near or nearLocationId instead of locationId.
     *
     * @param lineIds its lines; optional if there is only one fulfilment
     * @param parts its units of its lines, instead of lineIds; for lines that leave in several fulfilments
     * @param promisedAt when the goods should be ready, as the shopper was told
     * @param holdId cart hold that the reservation takes over; only with a locationId
     * @param near place of the shopper; the order keeps only its cell of 0.05 degrees
     * @param latestReadyAt last instant at which the goods may be ready; only without a locationId
     * @param splitMax largest number of locations; only without a locationId; default: 2
     * @param mayMove whether the goods may later move to another location without a question to the shopper; default:
     *     true without a locationId, otherwise false
     * @param destinationId opaque id of the shopper's destination; only for method DELIVERY
     */
    record FulfilmentRequest(
            @NotNull FulfilmentMethod method,
            @Nullable @Id String locationId,
            @Nullable @Size(max = IDS_MAX) List<@NotNull @Id String> lineIds,
            @Nullable @Time Instant promisedAt,
            @Nullable @Id String holdId,
            @Nullable @Size(max = IDS_MAX) List<@NotNull @Valid PartRequest> parts,
            @Nullable @Valid Place near,
            @Nullable @Id String nearLocationId,
            @Nullable @Time Instant latestReadyAt,
            @Nullable @Min(1) @Max(SPLIT_MAX) Integer splitMax,
            @Nullable Boolean mayMove,
            @Nullable @PersonId String destinationId) {

        private static final int SPLIT_MAX = 4;
        private static final int SPLIT_DEFAULT = 2;

        /** @throws BadRequest unless exactly one of location and place is given, with the fields that belong to it */
        private boolean hasLocation(String field) {
            if (locationId == null && near == null && nearLocationId == null) {
                throw new BadRequest(field + ".locationId", "is required, or near, or nearLocationId");
            }
            if (near != null && nearLocationId != null) {
                throw new BadRequest(field + ".nearLocationId", "is an alternative to near; give one");
            }
            Map<String, @Nullable Object> ofOther = new LinkedHashMap<>();
            if (locationId == null) {
                ofOther.put("promisedAt", promisedAt);
                ofOther.put("holdId", holdId);
            } else {
                ofOther.put("near", near);
                ofOther.put("nearLocationId", nearLocationId);
                ofOther.put("latestReadyAt", latestReadyAt);
                ofOther.put("splitMax", splitMax);
            }
            ofOther.forEach((name, value) -> {
                if (value != null) {
                    throw new BadRequest(
                            field + "." + name,
                            "is only for a fulfilment with" + (locationId == null ? "" : "out") + " locationId");
                }
            });
            if (locationId == null && method == FulfilmentMethod.CARRY_OUT) {
                throw new BadRequest(field + ".locationId", "is required for method CARRY_OUT");
            }
            if (destinationId != null && method != FulfilmentMethod.DELIVERY) {
                throw new BadRequest(field + ".destinationId", "is only for method DELIVERY");
            }
            return locationId != null;
        }

        private UnsourcedPart unsourced(int index, List<OrderLine> linesUnlessNamed, Map<String, LinePart> remaining) {
            Map<String, LinePart> whole = new HashMap<>(remaining);
            Fulfilment fulfilment = fulfilment(index, "", linesUnlessNamed, remaining);
            List<LinePart> units = parts != null
                    ? fulfilment.parts()
                    : fulfilment.lineIds().stream()
                            .map(id -> whole.getOrDefault(id, new LinePart(id, "", 0, 0)))
                            .toList();
            return new UnsourcedPart(
                    method,
                    units,
                    near == null ? null : Cell.around(near.latitude(), near.longitude()),
                    nearLocationId,
                    latestReadyAt == null ? null : latestReadyAt.truncatedTo(ChronoUnit.MICROS),
                    splitMax == null ? SPLIT_DEFAULT : splitMax,
                    fulfilment.mayMove(),
                    destinationId);
        }

        /** @param remaining the units of each line that no fulfilment before has; it loses those of this fulfilment */
        Fulfilment fulfilment(int index, String id, List<OrderLine> linesUnlessNamed, Map<String, LinePart> remaining) {
            if (lineIds != null && parts != null) {
                throw new BadRequest("fulfilments[" + index + "].parts", "is an alternative to lineIds; give one");
            }
            List<LinePart> taken = parts == null
                    ? List.of()
                    : parts.stream().map(part -> part.take(remaining)).toList();
            List<String> named = parts == null
                    ? lineIds
                    : parts.stream().map(PartRequest::lineId).toList();
            return new Fulfilment(
                    id,
                    method,
                    locationId == null ? "" : locationId,
                    named == null
                            ? linesUnlessNamed.stream().map(OrderLine::lineId).toList()
                            : named,
                    promisedAt == null ? null : promisedAt.truncatedTo(ChronoUnit.MICROS),
                    holdId,
                    taken,
                    null,
                    null,
                    mayMove == null ? locationId == null : mayMove,
                    destinationId);
        }
    }

    /** A place on the globe in degrees, WGS 84. */
    record Place(
            @NotNull @DecimalMin("-90") @DecimalMax("90") Double latitude,

            @NotNull @DecimalMin("-180") @DecimalMax("180") Double longitude) {}

    /**
     * Units of a line.
     *
     * @param quantity in the unit of the line
     */
    record PartRequest(
            @NotNull @Id String lineId,
            @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity) {

        private LinePart take(Map<String, LinePart> remaining) {
            // The decider refuses a line that the order does not have, and parts that are not the line together.
            LinePart before = remaining.getOrDefault(lineId, new LinePart(lineId, "", 0, 0));
            remaining.put(
                    lineId,
                    new LinePart(lineId, before.sku(), before.quantity() - quantity, before.firstUnit() + quantity));
            return new LinePart(lineId, before.sku(), quantity, before.firstUnit());
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
