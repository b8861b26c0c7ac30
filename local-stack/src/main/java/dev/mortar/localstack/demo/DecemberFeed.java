package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Books.Place;
import dev.mortar.localstack.demo.FeedRow.Reason;
import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Disposition;
import dev.mortar.localstack.demo.Purchase.Ending;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Shops.Shopper;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
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
 *       most of the SKU. A loss of a SKU that no location sells cannot be booked.
 *   <li>Postage, fees, manual entries and the like are no goods, and neither are gift vouchers: they are money, and
 *       nothing of them lies on a shelf.
 * </ul>
 */
final class DecemberFeed {
    /** A row that is not used; the line counted from 1, the header included. */
    record Unused(int row, String invoice, String sku, Reason reason) {}

    /** A correction of stock, by the row that asks for it; quantity below 0 for a loss. */
    record Correction(int row, String invoice, String locationId, String sku, long quantity, String reason) {}

    static final int LINES_MAX = 1_000;

    private static final long INVOICE_PENCE_MAX = 1_000_000_000_000L;
    private static final int TITLE_MAX = 200;
    private static final String CURRENCY = "GBP";
    private static final Duration CANCELLED_WITHIN = Duration.ofHours(3);
    private static final double SHORTAGE_SHARE = 0.001;

    /** An invoice as it becomes a purchase. */
    private static final class Invoice {
        final FeedRow first;
        final Channel channel;
        final Method method;
        final String locationId;
        final List<Line> lines = new ArrayList<>();
        final List<Part> cancelled = new ArrayList<>();
        final Map<String, Return> returns = new LinkedHashMap<>();
        long pence;

        Invoice(FeedRow first, Random random, List<Location> locations) {
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
                    false,
                    first.customerId(),
                    lines,
                    first.soldAt(),
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
    private final List<FeedRow> correcting = new ArrayList<>();
    private final List<Correction> corrections = new ArrayList<>();
    private final SortedMap<Integer, Unused> unused = new TreeMap<>();
    private final SortedMap<Integer, FeedRow> reversing = new TreeMap<>();
    private final Set<Integer> used = new TreeSet<>();
    private final Set<String> invoiceNumbers = new TreeSet<>();
    private int rowsRead;
    private long unitsNeverBought;

    private DecemberFeed(long seed, List<Location> locations) {
        this.random = new Random(seed);
        this.locations = locations;
    }

    int rowsRead() {
        return rowsRead;
    }

    /** Reads invoices, plain or gzip, and as many stores as asked for, chosen by the seed. */
    static DecemberFeed read(Path orders, Path stores, int locations, long seed) throws IOException {
        try (Reader invoices = CsvFile.open(orders);
                Reader places = CsvFile.open(stores)) {
            return read(invoices, places, locations, seed);
        }
    }

    static DecemberFeed read(Reader orders, Reader stores, int locations, long seed) throws IOException {
        DecemberFeed feed = new DecemberFeed(seed, Shops.read(stores, locations, new Random(seed)));
        CsvFile.read(orders, FeedRow.COLUMNS, feed::take);
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
        List<Shopper> shoppers = invoices.values().stream()
                .flatMap(invoice -> Stream.ofNullable(invoice.first.customerId()))
                .distinct()
                .sorted()
                .map(id -> new Shopper(id, "Customer " + id, "en-GB"))
                .toList();
        return new Shops(locations, List.of(), shoppers);
    }

    /** The stock that each location needs to sell and write off all of it; of a very few SKUs only half of that. */
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

    int rowsUsed() {
        return used.size();
    }

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

    void couldNotUse(int row, String invoice, String sku, Reason reason) {
        used.remove(row);
        unused.put(row, new Unused(row, invoice, sku, reason));
    }

    void couldNotReverse(int row) {
        FeedRow read = reversing.get(row);
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
                Reason reason = row.reason();
                printer.printRecord(row.row(), row.invoice(), row.sku(), reason, reason.words());
            }
        }
    }

    private void take(CsvFile.Row found) {
        rowsRead++;
        invoiceNumbers.add(found.text("InvoiceNo"));
        Reason reason = FeedRow.refusal(found);
        if (reason == null) {
            FeedRow row = FeedRow.read(found);
            reason = row == null ? Reason.NOT_READABLE : use(row);
        }
        if (reason == null) {
            used.add(found.line());
        } else {
            couldNotUse(found.line(), found.text("InvoiceNo"), found.text("StockCode"), reason);
        }
    }

    private @Nullable Reason use(FeedRow row) {
        Reason fault = row.fault();
        if (fault != null) {
            return fault;
        }
        if (row.isCorrection()) {
            correcting.add(row);
            return null;
        }
        return row.isReversal() ? takeBack(row) : buy(row);
    }

    private @Nullable Reason buy(FeedRow row) {
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

    private @Nullable Reason takeBack(FeedRow row) {
        long wanted = -row.quantity();
        for (Bought line : bought.getOrDefault(row.customerId() + "|" + row.sku(), List.of())
                .reversed()) {
            long quantity = Math.min(wanted, line.left);
            if (quantity > 0) {
                line.left -= quantity;
                wanted -= quantity;
                takeBack(row, line.invoice, new Part(line.line, quantity, row.line()));
            }
        }
        if (wanted == -row.quantity()) {
            return Reason.NEVER_BOUGHT;
        }
        unitsNeverBought += wanted;
        reversing.put(row.line(), row);
        return null;
    }

    private void takeBack(FeedRow row, Invoice invoice, Part part) {
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
        for (FeedRow row : correcting) {
            Place place = most.get(row.sku());
            if (place == null && row.quantity() < 0) {
                couldNotUse(row.line(), row.invoice(), row.sku(), Reason.NEVER_STOCKED);
            } else {
                String locationId = place == null
                        ? locations.get(random.nextInt(locations.size())).id()
                        : place.locationId();
                corrections.add(new Correction(
                        row.line(), row.invoice(), locationId, row.sku(), row.quantity(), row.correction()));
            }
        }
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
}
