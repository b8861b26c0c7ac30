package dev.mortar.localstack.demo;

import dev.mortar.values.IdText;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row of the invoices that can be used as far as it alone says; its price in pence. */
record FeedRow(
        int line,
        String invoice,
        String sku,
        String description,
        long quantity,
        LocalDateTime at,
        long pence,
        @Nullable String customerId) {

    enum Reason {
        NOT_READABLE("a column is missing or not in UTF-8, or invoice, quantity, price or time cannot be read"),
        NO_SKU("it names no SKU, or one that cannot be an id"),
        NO_CUSTOMER_ID("its customer cannot be an id, or is a mail address or phone number"),
        NOT_GOODS("postage, a fee, a manual entry or the like"),
        GIFT_VOUCHER("a gift voucher is money, not stock"),
        ACCOUNTING_ENTRY("the invoice begins with A: bad debt and the like"),
        QUANTITY_ZERO("it moves nothing"),
        QUANTITY_TOO_LARGE("more than one line can hold"),
        QUANTITY_BELOW_ZERO("it takes something back, and its invoice does not begin with C"),
        QUANTITY_ABOVE_ZERO("it sells something, and its invoice begins with C"),
        PRICE_BELOW_ZERO("it has a price below 0"),
        PRICE_NOT_IN_PENCE("its price has fractions of a penny, or is too large"),
        AMOUNT_TOO_LARGE("with it the invoice comes to more than an order can"),
        TIME_NOT_POSSIBLE("it happened before 2000, or has not happened yet"),
        OTHER_CUSTOMER("the invoice began with another customer"),
        INVOICE_TOO_LONG("an order has at most " + DecemberFeed.LINES_MAX + " lines"),
        RETURN_BY_GUEST("it takes something back, and nobody knows from whom"),
        NEVER_BOUGHT("the customer bought none of it, or none that is left, earlier in the file"),
        DID_NOT_LEAVE("what it takes back was refused, cancelled or had not left"),
        NEVER_STOCKED("it writes off what no location sells"),
        STOCK_NOT_THERE("it writes off more than there is");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    static final List<String> COLUMNS =
            List.of("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID");
    static final ZoneId ZONE = ZoneId.of("Europe/London");
    /** Invoices, customers and stores become ids, headers and mail addresses. */
    static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,50}");

    private static final long QUANTITY_MAX = 1_000_000;
    private static final BigDecimal PENCE_MAX = BigDecimal.valueOf(1_000_000_000);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final LocalDateTime TIME_MIN = LocalDateTime.parse("2000-01-01T00:00:00");
    private static final Set<String> NOT_GOODS =
            Set.of("POST", "DOT", "M", "D", "C2", "S", "B", "CRUK", "BANK CHARGES", "AMAZONFEE");

    /** Why a row cannot be used by its invoice and SKU, before the rest of it is read; null when it can. */
    static @Nullable Reason refusal(CsvFile.Row row) {
        String sku = row.text("StockCode");
        String code = sku.toUpperCase(Locale.ROOT);
        if (!row.isReadable() || IdText.fault(row.text("InvoiceNo")) != null) {
            return Reason.NOT_READABLE;
        }
        if (row.text("InvoiceNo").startsWith("A")) {
            return Reason.ACCOUNTING_ENTRY;
        }
        if (IdText.fault(sku) != null) {
            return Reason.NO_SKU;
        }
        if (code.startsWith("GIFT_")) {
            return Reason.GIFT_VOUCHER;
        }
        return NOT_GOODS.contains(code) ? Reason.NOT_GOODS : null;
    }

    /** The row as far as it can be read, or null. */
    static @Nullable FeedRow read(CsvFile.Row row) {
        try {
            // The feed writes the numbers of customers as decimals.
            String customer = row.text("CustomerID").replaceFirst("\\.0$", "");
            BigDecimal pence = row.number("UnitPrice").movePointRight(2);
            boolean whole =
                    pence.stripTrailingZeros().scale() <= 0 && pence.abs().compareTo(PENCE_MAX) <= 0;
            LocalDateTime at = LocalDateTime.parse(row.text("InvoiceDate"), TIME);
            String invoice = row.text("InvoiceNo");
            boolean clockStruckIt = !ZONE.getRules().getValidOffsets(at).isEmpty();
            if (!clockStruckIt || !ID.matcher(invoice).matches()) {
                return null;
            }
            return new FeedRow(
                    row.line(),
                    invoice,
                    row.text("StockCode"),
                    row.text("Description"),
                    row.number("Quantity").longValueExact(),
                    at,
                    whole ? pence.longValueExact() : Long.MAX_VALUE,
                    customer.isEmpty() ? null : customer);
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
            return null;
        }
    }

    /** Why it cannot be used, as far as this row shows; null when it can. */
    @Nullable
    Reason fault() {
        if (customerId != null && (IdText.fault(customerId) != null || IdText.personal(customerId) != null)) {
            return Reason.NO_CUSTOMER_ID;
        }
        if (quantity == 0) {
            return Reason.QUANTITY_ZERO;
        }
        if (customerId != null && !ID.matcher(customerId).matches()) {
            return Reason.NO_CUSTOMER_ID;
        }
        if (at.isBefore(TIME_MIN) || soldAt().isAfter(Instant.now())) {
            return Reason.TIME_NOT_POSSIBLE;
        }
        if (quantity > QUANTITY_MAX || quantity < -QUANTITY_MAX) {
            return Reason.QUANTITY_TOO_LARGE;
        }
        if (pence == Long.MAX_VALUE) {
            return Reason.PRICE_NOT_IN_PENCE;
        }
        if (pence < 0) {
            return Reason.PRICE_BELOW_ZERO;
        }
        if (isReversal()) {
            return quantity > 0 ? Reason.QUANTITY_ABOVE_ZERO : customerId == null ? Reason.RETURN_BY_GUEST : null;
        }
        return quantity < 0 && !isCorrection() ? Reason.QUANTITY_BELOW_ZERO : null;
    }

    boolean isReversal() {
        return invoice.startsWith("C");
    }

    boolean isCorrection() {
        return !isReversal() && pence == 0 && customerId == null;
    }

    Instant soldAt() {
        return at.atZone(ZONE).toInstant();
    }

    /** The reason of a correction in the words of inventory-service, as far as the description tells it. */
    String correction() {
        String words = description.toLowerCase(Locale.ROOT);
        if (quantity > 0) {
            return "FOUND";
        }
        if (words.contains("damage") || words.contains("faulty")) {
            return "DAMAGED";
        }
        return words.contains("lost") || words.contains("missing") ? "LOST" : "CORRECTION";
    }
}
