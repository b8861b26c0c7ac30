package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Books.Place;
import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Disposition;
import dev.mortar.localstack.demo.Purchase.Ending;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Shops.Shopper;
import dev.mortar.values.IdText;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Invoices and stores from files, as dirty as real feeds are, made into purchases, returns and corrections of stock.
 *
 * <p>Each row of the invoices is used or is listed with the reason why not:
 *
 * <ul>
 *   <li>Rows with a quantity and a price above 0 are lines of a purchase, one purchase an invoice. SKUs are taken as
 *       they stand, case included. A price of 0 with a customer is a gift and a line as well.
 *   <li>Rows of an invoice that begins with C take back what the same customer bought of the same SKU earlier in the
 *       file, the latest first: within three hours of an order they cancel units of it, otherwise the units are
 *       returned. Where less was bought than is taken back, what was bought comes back.
 *   <li>A price of 0 without a customer corrects the stock: a find above 0, a loss below, at the location that sells
 *       most of the SKU. A loss of what no location sells cannot be booked.
 *   <li>Postage, fees, manual entries and the like are no goods, and neither are gift vouchers: they are money, and
 *       nothing of them lies on a shelf.
 * </ul>
 */
final class DecemberFeed {

    /** Why a row cannot be used. */
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
        INVOICE_TOO_LONG("an order has at most " + LINES_MAX + " lines"),
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

    /** A row that is not used; the line counted from 1, the header included. */
    record Unused(int row, String invoice, String sku, Reason reason) {}

    /** A correction of stock, by the row that asks for it; quantity below 0 for a loss. */
    record Correction(int row, String invoice, String locationId, String sku, long quantity, String reason) {}

    private static final int LINES_MAX = 1_000;
    private static final long QUANTITY_MAX = 1_000_000;
    private static final BigDecimal PENCE_MAX = BigDecimal.valueOf(1_000_000_000);
    private static final long INVOICE_PENCE_MAX = 1_000_000_000_000L;
    private static final int TITLE_MAX = 200;
    private static final ZoneId ZONE = ZoneId.of("Europe/London");
    private static final String CURRENCY = "GBP";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final LocalDateTime TIME_MIN = LocalDateTime.parse("2000-01-01T00:00:00");
    /** Digits are those of ASCII: other ones are more likely damage than a number. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
    /** Invoices and customers become ids, headers and mail addresses. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,50}");
    /** What decoding leaves of bytes that are not UTF-8. */
    private static final char NOT_DECODED = '\uFFFD';

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final Duration CANCELLED_WITHIN = Duration.ofHours(3);
    private static final double SHORTAGE_SHARE = 0.001;
    private static final Set<String> NOT_GOODS =
            Set.of("POST", "DOT", "M", "D", "C2", "S", "B", "CRUK", "BANK CHARGES", "AMAZONFEE");
    private static final List<String> COLUMNS =
            List.of("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID");

    /** A row that could be read. */
    private record Row(
            int number,
            String invoice,
            String sku,
            String description,
            long quantity,
            LocalDateTime at,
            long pence,
            @Nullable String customerId) {}

    /** An invoice as it becomes a purchase. */
    private static final class Invoice {
        final Row first;
        final Channel channel;
        final Method method;
        final String locationId;
        final List<Line> lines = new ArrayList<>();
        final List<Part> cancelled = new ArrayList<>();
        final Map<String, Return> returns = new LinkedHashMap<>();
        long pence;

        Invoice(Row first, Random random, List<Location> locations) {
            this.first = first;
            int choice = random.nextInt(100);
            channel = choice < 20 ? Channel.TILL : choice < 40 ? Channel.LATE_TILL : Channel.ONLINE;
            method = choice < 40
                    ? Method.CARRY_OUT
                    : choice < 70 ? Method.PICKUP : choice < 80 ? Method.CURBSIDE : Method.DELIVERY;
            locationId = locations.get(random.nextInt(locations.size())).id();
        }

        Purchase purchase() {
            return new Purchase(
                    first.invoice(),
                    channel,
                    method,
                    locationId,
                    locationId,
                    first.customerId(),
                    lines,
                    first.at().atZone(ZONE).toInstant(),
                    Ending.TAKES_IT,
                    cancelled,
                    List.of(),
                    List.copyOf(returns.values()));
        }
    }

    /** A line that was bought, and how much of it was not taken back yet. */
    private static final class Bought {
        final Invoice invoice;
        final int line;
        long left;

        Bought(Invoice invoice, int line, long left) {
            this.invoice = invoice;
            this.line = line;
            this.left = left;
        }
    }

    private final Random random;
    private final List<Location> locations;
    private final Map<String, Invoice> invoices = new LinkedHashMap<>();
    private final Map<String, List<Bought>> bought = new HashMap<>();
    private final List<Row> correcting = new ArrayList<>();
    private final List<Correction> corrections = new ArrayList<>();
    private final SortedMap<Integer, Unused> unused = new TreeMap<>();
    private final SortedMap<Integer, Row> reversing = new TreeMap<>();
    private final Set<Integer> used = new TreeSet<>();
    private final Set<String> invoiceNumbers = new TreeSet<>();
    private int rowsRead;
    private long unitsNeverBought;

    private DecemberFeed(long seed, List<Location> locations) {
        this.random = new Random(seed);
        this.locations = locations;
    }

    /**
     * Reads invoices and as many stores as asked for, chosen by the seed.
     *
     * @param orders CSV, plain or gzip
     * @throws IOException when a file cannot be read, lacks a column, or ends within quotes
     */
    static DecemberFeed read(Path orders, Path stores, int locations, long seed) throws IOException {
        try (Reader invoices = open(orders);
                Reader places = open(stores)) {
            return read(invoices, places, locations, seed);
        }
    }

    static DecemberFeed read(Reader orders, Reader stores, int locations, long seed) throws IOException {
        DecemberFeed feed = new DecemberFeed(seed, locations(stores, locations, new Random(seed)));
        try (CSVParser parser = parser(orders, COLUMNS)) {
            long line = parser.getCurrentLineNumber();
            for (CSVRecord found : parser) {
                if (!isEmpty(found)) {
                    feed.take(found, (int) line + 1);
                }
                line = parser.getCurrentLineNumber();
            }
        } catch (UncheckedIOException e) {
            throw new IOException("The file of invoices cannot be read: " + e.getMessage(), e);
        }
        feed.placeCorrections();
        return feed;
    }

    List<Purchase> purchases() {
        return invoices.values().stream()
                .filter(invoice -> !invoice.lines.isEmpty())
                .map(Invoice::purchase)
                .toList();
    }

    List<Correction> corrections() {
        return List.copyOf(corrections);
    }

    /** The retailer: its locations, and everybody the invoices know as a customer. */
    Shops shops() {
        Set<String> customers = new TreeSet<>();
        invoices.values().forEach(invoice -> {
            if (invoice.first.customerId() != null) {
                customers.add(invoice.first.customerId());
            }
        });
        return new Shops(
                locations,
                List.of(),
                customers.stream()
                        .map(id -> new Shopper(id, "Customer " + id, "en-GB"))
                        .toList());
    }

    /** What each location needs to sell and write off all of it; of a very few SKUs only half of that. */
    Map<String, Map<String, Long>> stock() {
        SortedMap<Place, Long> needed = needed();
        for (Correction correction : corrections) {
            if (correction.quantity() < 0) {
                needed.merge(new Place(correction.locationId(), correction.sku()), -correction.quantity(), Long::sum);
            }
        }
        Random shortage = new Random(random.nextLong());
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        locations.forEach(location -> stock.put(location.id(), new LinkedHashMap<>()));
        needed.forEach((place, units) -> {
            long given = shortage.nextDouble() < SHORTAGE_SHARE ? units / 2 : units;
            if (given > 0) {
                stock.computeIfAbsent(place.locationId(), _ -> new LinkedHashMap<>())
                        .put(place.sku(), given);
            }
        });
        return stock;
    }

    int rowsRead() {
        return rowsRead;
    }

    int rowsUsed() {
        return used.size();
    }

    /** The numbers of all invoices in the file. */
    Set<String> invoiceNumbers() {
        return Collections.unmodifiableSet(invoiceNumbers);
    }

    /** Rows that take something back, by line, with their invoice. */
    Map<Integer, String> reversals() {
        Map<Integer, String> rows = new TreeMap<>();
        reversing.forEach((row, read) -> rows.put(row, read.invoice()));
        return rows;
    }

    /** Units that were taken back and had never been bought, in rows of which another part was. */
    long unitsNeverBought() {
        return unitsNeverBought;
    }

    List<Unused> unused() {
        return List.copyOf(unused.values());
    }

    /** Says that a row could not be used after all. */
    void couldNotUse(int row, String invoice, String sku, Reason reason) {
        used.remove(row);
        unused.put(row, new Unused(row, invoice, sku, reason));
    }

    /** Says that what a row takes back could not be taken back. */
    void couldNotReverse(int row) {
        Row read = reversing.get(row);
        if (read != null) {
            couldNotUse(row, read.invoice(), read.sku(), Reason.DID_NOT_LEAVE);
        }
    }

    /** Where to write the rows that were not used, one per line, with line number and reason. */
    void writeUnused(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (var printer = CSVFormat.DEFAULT
                .builder()
                .setHeader("line", "invoice", "stockCode", "reason", "words")
                .setRecordSeparator('\n')
                .get()
                .print(file, StandardCharsets.UTF_8)) {
            for (Unused row : unused.values()) {
                printer.printRecord(
                        row.row(),
                        row.invoice(),
                        row.sku(),
                        row.reason(),
                        row.reason().words());
            }
        }
    }

    private void take(CSVRecord found, int number) {
        rowsRead++;
        if (!isReadable(found)) {
            couldNotUse(number, column(found, "InvoiceNo"), column(found, "StockCode"), Reason.NOT_READABLE);
            invoiceNumbers.add(column(found, "InvoiceNo"));
            return;
        }
        String invoice = column(found, "InvoiceNo");
        String sku = column(found, "StockCode");
        invoiceNumbers.add(invoice);
        Reason reason = refusal(invoice, sku);
        if (reason == null) {
            Row row = row(found, number);
            reason = row == null ? Reason.NOT_READABLE : use(row);
        }
        if (reason == null) {
            used.add(number);
        } else {
            couldNotUse(number, invoice, sku, reason);
        }
    }

    private static @Nullable Reason refusal(String invoice, String sku) {
        String code = sku.toUpperCase(Locale.ROOT);
        if (IdText.fault(invoice) != null) {
            return Reason.NOT_READABLE;
        }
        if (invoice.startsWith("A")) {
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

    private static @Nullable Row row(CSVRecord found, int number) {
        try {
            // The feed writes the numbers of customers as decimals.
            String customer = column(found, "CustomerID").replaceFirst("\\.0$", "");
            BigDecimal pence = number(found, "UnitPrice").movePointRight(2);
            boolean whole =
                    pence.stripTrailingZeros().scale() <= 0 && pence.abs().compareTo(PENCE_MAX) <= 0;
            LocalDateTime at = LocalDateTime.parse(column(found, "InvoiceDate"), TIME);
            String invoice = column(found, "InvoiceNo");
            boolean clockStruckIt = !ZONE.getRules().getValidOffsets(at).isEmpty();
            if (!clockStruckIt || !ID.matcher(invoice).matches()) {
                return null;
            }
            return new Row(
                    number,
                    invoice,
                    column(found, "StockCode"),
                    column(found, "Description"),
                    number(found, "Quantity").longValueExact(),
                    at,
                    whole ? pence.longValueExact() : Long.MAX_VALUE,
                    customer.isEmpty() ? null : customer);
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
            return null;
        }
    }

    private @Nullable Reason use(Row row) {
        if (row.customerId() != null
                && (IdText.fault(row.customerId()) != null || IdText.personal(row.customerId()) != null)) {
            return Reason.NO_CUSTOMER_ID;
        }
        if (row.quantity() == 0) {
            return Reason.QUANTITY_ZERO;
        }
        if (row.customerId() != null && !ID.matcher(row.customerId()).matches()) {
            return Reason.NO_CUSTOMER_ID;
        }
        if (row.at().isBefore(TIME_MIN) || row.at().atZone(ZONE).toInstant().isAfter(Instant.now())) {
            return Reason.TIME_NOT_POSSIBLE;
        }
        if (row.quantity() > QUANTITY_MAX || row.quantity() < -QUANTITY_MAX) {
            return Reason.QUANTITY_TOO_LARGE;
        }
        if (row.pence() == Long.MAX_VALUE) {
            return Reason.PRICE_NOT_IN_PENCE;
        }
        if (row.pence() < 0) {
            return Reason.PRICE_BELOW_ZERO;
        }
        if (row.invoice().startsWith("C")) {
            return row.quantity() > 0 ? Reason.QUANTITY_ABOVE_ZERO : takeBack(row);
        }
        if (row.pence() == 0 && row.customerId() == null) {
            correcting.add(row);
            return null;
        }
        return row.quantity() < 0 ? Reason.QUANTITY_BELOW_ZERO : buy(row);
    }

    private @Nullable Reason buy(Row row) {
        Invoice invoice = invoices.computeIfAbsent(row.invoice(), _ -> new Invoice(row, random, locations));
        if (row.customerId() != null && !row.customerId().equals(invoice.first.customerId())) {
            return Reason.OTHER_CUSTOMER;
        }
        if (invoice.lines.size() == LINES_MAX) {
            return Reason.INVOICE_TOO_LONG;
        }
        long pence = row.pence() * row.quantity();
        if (pence > INVOICE_PENCE_MAX - invoice.pence) {
            return Reason.AMOUNT_TOO_LARGE;
        }
        invoice.pence += pence;
        String title = row.description().replaceAll("\\p{Cc}+", " ").strip();
        invoice.lines.add(new Line(
                row.sku(),
                title.substring(0, Math.min(TITLE_MAX, title.length())),
                row.quantity(),
                row.pence(),
                CURRENCY,
                invoice.method == Method.CARRY_OUT));
        if (row.customerId() != null) {
            bought.computeIfAbsent(row.customerId() + "|" + row.sku(), _ -> new ArrayList<>())
                    .add(new Bought(invoice, invoice.lines.size(), row.quantity()));
        }
        return null;
    }

    private @Nullable Reason takeBack(Row row) {
        if (row.customerId() == null) {
            return Reason.RETURN_BY_GUEST;
        }
        long wanted = -row.quantity();
        for (Bought line : bought.getOrDefault(row.customerId() + "|" + row.sku(), List.of())
                .reversed()) {
            long quantity = Math.min(wanted, line.left);
            if (quantity > 0) {
                line.left -= quantity;
                wanted -= quantity;
                takeBack(row, line.invoice, new Part(line.line, quantity, row.number()));
            }
        }
        if (wanted == -row.quantity()) {
            return Reason.NEVER_BOUGHT;
        }
        unitsNeverBought += wanted;
        reversing.put(row.number(), row);
        return null;
    }

    private void takeBack(Row row, Invoice invoice, Part part) {
        boolean soon = !row.at().isAfter(invoice.first.at().plus(CANCELLED_WITHIN));
        if (soon && invoice.channel.ordered()) {
            invoice.cancelled.add(part);
            return;
        }
        Return back = invoice.returns.computeIfAbsent(row.invoice(), name -> {
            int choice = random.nextInt(10);
            return new Return(
                    name + "-of-" + invoice.first.invoice(),
                    locations.get(random.nextInt(locations.size())).id(),
                    choice < 7 ? Disposition.RESTOCK : choice < 9 ? Disposition.DAMAGED : Disposition.RETURN_TO_VENDOR,
                    new ArrayList<>());
        });
        back.parts().add(part);
    }

    private void placeCorrections() {
        Map<String, Place> most = new HashMap<>();
        SortedMap<Place, Long> needed = needed();
        needed.forEach((place, units) -> most.merge(
                place.sku(),
                place,
                (one, other) -> needed.getOrDefault(one, 0L) >= needed.getOrDefault(other, 0L) ? one : other));
        for (Row row : correcting) {
            Place place = most.get(row.sku());
            if (place == null && row.quantity() < 0) {
                couldNotUse(row.number(), row.invoice(), row.sku(), Reason.NEVER_STOCKED);
            } else {
                String locationId = place == null
                        ? locations.get(random.nextInt(locations.size())).id()
                        : place.locationId();
                corrections.add(new Correction(
                        row.number(), row.invoice(), locationId, row.sku(), row.quantity(), reason(row)));
            }
        }
    }

    /** The reason in the words of inventory-service, as far as the description tells it. */
    private static String reason(Row row) {
        String words = row.description().toLowerCase(Locale.ROOT);
        if (row.quantity() > 0) {
            return "FOUND";
        }
        if (words.contains("damage") || words.contains("faulty")) {
            return "DAMAGED";
        }
        return words.contains("lost") || words.contains("missing") ? "LOST" : "CORRECTION";
    }

    private SortedMap<Place, Long> needed() {
        SortedMap<Place, Long> needed = new TreeMap<>();
        for (Invoice invoice : invoices.values()) {
            for (Line line : invoice.lines) {
                needed.merge(new Place(invoice.locationId, line.sku()), line.quantity(), Long::sum);
            }
        }
        return needed;
    }

    private static List<Location> locations(Reader stores, int count, Random random) throws IOException {
        List<Location> all = new ArrayList<>();
        try (CSVParser parser = parser(stores, List.of("store_number", "city", "state", "latitude", "longitude"))) {
            Set<String> numbers = new HashSet<>();
            for (CSVRecord store : parser) {
                if (isEmpty(store)) {
                    continue;
                }
                Location location = location(store);
                if (location == null || !numbers.add(location.id())) {
                    System.err.println("No location: " + store);
                } else {
                    all.add(location);
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException("The file of stores cannot be read: " + e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new IOException("The file of stores holds no store");
        }
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, Math.min(count, all.size())));
    }

    private static @Nullable Location location(CSVRecord store) {
        String number = column(store, "store_number");
        if (!isReadable(store) || !ID.matcher(number).matches()) {
            return null;
        }
        try {
            double latitude = number(store, "latitude").doubleValue();
            double longitude = number(store, "longitude").doubleValue();
            return Math.abs(latitude) > 90 || Math.abs(longitude) > 180
                    ? null
                    : new Location(
                            "store-" + number,
                            column(store, "city") + ", " + column(store, "state"),
                            false,
                            latitude,
                            longitude,
                            timeZone(longitude));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Near enough for the times in mails: the file names no zone. */
    private static String timeZone(double longitude) {
        return longitude > -86
                ? "America/New_York"
                : longitude > -102 ? "America/Chicago" : longitude > -115 ? "America/Denver" : "America/Los_Angeles";
    }

    private static String column(CSVRecord found, String name) {
        return found.isSet(name) ? found.get(name).trim() : "";
    }

    /** A number that is written in digits of ASCII. */
    private static BigDecimal number(CSVRecord found, String name) {
        String text = column(found, name);
        if (!NUMBER.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        return new BigDecimal(text);
    }

    private static boolean isReadable(CSVRecord found) {
        return found.isConsistent() && found.stream().noneMatch(value -> value.indexOf(NOT_DECODED) >= 0);
    }

    private static boolean isEmpty(CSVRecord found) {
        return found.size() == 1 && found.get(0).isEmpty();
    }

    private static CSVParser parser(Reader file, List<String> columns) throws IOException {
        Reader reader = new BufferedReader(file);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrailingData(true)
                // The reader leaves empty lines out itself, as they count in the numbers of lines.
                .setIgnoreEmptyLines(false)
                .get();
        CSVParser parser;
        try {
            parser = format.parse(reader);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "The columns " + columns + " are needed, the first line is no header: " + e.getMessage(), e);
        }
        if (!parser.getHeaderNames().containsAll(columns)) {
            throw new IOException("The columns " + columns + " are needed, there are " + parser.getHeaderNames());
        }
        return parser;
    }

    private static Reader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return new InputStreamReader(gzip ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8);
    }
}
