package dev.mortar.order;

import dev.mortar.eventsourcing.http.BadRequest;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** What ids and titles of all lines may take in the log together; 1,000 lines of a usual receipt take a third. */
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
                .mapToObj(i -> Fields.required("lines[" + i + "]", given.get(i)).line(i))
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
