package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Arguments.WrongUsage;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./mortar demo}: trade through the HTTP APIs alone, and whether the books are right in the end. Ends with
 * status 0 when they are, 2 on wrong usage, 1 otherwise.
 */
final class Demo {
    private static final int STORIES_AT_ONCE = 200;
    private static final int INVOICES_AT_ONCE = 24;
    private static final Duration BOOKS_AGREE_WITHIN = Duration.ofMinutes(2);

    private static final String USAGE = """
            ./mortar demo [--seed N] [--minutes N] [--orders-per-second N] [--locations N]
                trade of a generated retailer; the same seed makes the same retailer and the same purchases
            ./mortar demo --orders FILE --stores FILE [--seed N] [--locations N]
                the invoices of a file, plain or gzip; rows that cannot be used go to .stack/demo/unused-rows.csv
            --url NAME=URL, once or more
                another deployment than the local stack, which is then not started. NAME is order, inventory, pickup,
                returns, notification (the local stack's ports unless given) or mail (no mails are read unless given)
            --key FILE
                the signing key of that deployment's issuer, such as that of the containers; the local stack's unless given""";

    private static final Set<String> OPTIONS = Set.of(
            "--seed", "--minutes", "--orders-per-second", "--locations", "--orders", "--stores", "--url", "--key");

    private final Path root = Path.of(System.getProperty("mortar.root", ""));
    private final String run = "d" + Long.toString(System.currentTimeMillis(), 36);
    /** Files of invoices and stores; empty for generated trade. */
    private final String orders;

    private final String stores;
    private final long seed;
    private final int locations;
    private final int purchases;
    private final double ordersPerSecond;
    /** Of the services; without {@code mail} there is no mail view. */
    private final Map<String, String> urls = Stack.knownUrls();

    private final boolean startsStack;
    private final Api api;
    private final Seeding seeding;

    private Demo(List<String> typed) {
        var arguments = new Arguments(typed, OPTIONS).withoutWords();
        orders = arguments.text("--orders", "");
        stores = arguments.text("--stores", "");
        if (orders.isEmpty() != stores.isEmpty()) {
            throw new WrongUsage("--orders and --stores go together");
        }
        Map<String, String> given = arguments.urls(urls.keySet());
        startsStack = given.isEmpty();
        if (!startsStack) {
            urls.remove("mail");
            urls.putAll(given);
        }
        seed = (long) arguments.number("--seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
        int asked = (int) arguments.number("--locations", 0, 0, 500);
        locations = asked > 0 ? asked : orders.isEmpty() ? 9 : 20;
        ordersPerSecond = arguments.number("--orders-per-second", 10, 0.01, 1_000);
        double minutes = arguments.number("--minutes", 2, 0.01, 24 * 60);
        purchases = (int) Math.max(1, minutes * 60 * ordersPerSecond);
        String key = arguments.text("--key", "");
        api = new Api(urls, key.isEmpty() ? Tokens.known() : Tokens.known(Path.of(key)));
        seeding = new Seeding(api, run);
    }

    public static void main(String[] typed) {
        Arguments.main(typed, USAGE, 1, each -> new Demo(each).run());
    }

    private boolean run() throws IOException, InterruptedException {
        DecemberFeed feed =
                orders.isEmpty() ? null : DecemberFeed.read(Path.of(orders), Path.of(stores), locations, seed);
        if (feed != null) {
            System.out.printf(
                    "%,d rows in %,d invoices: %,d purchases, %,d rows that take something back, %,d corrections of stock.%n",
                    feed.rowsRead(),
                    feed.invoiceNumbers().size(),
                    feed.purchases().size(),
                    feed.reversals().size(),
                    feed.corrections().size());
        }
        if (startsStack && !startStack()) {
            return false;
        }
        return feed == null ? generated() : fed(feed);
    }

    /** Trade of a generated retailer, at an even pace. */
    private boolean generated() {
        Shops shops = Shops.generated(seed, locations);
        Demand demand = new Demand(shops, seed, Instant.now().truncatedTo(ChronoUnit.MILLIS));
        Books books = seeding.of(shops, demand.stock(purchases));
        try (Session session = new Session(shops, books, STORIES_AT_ONCE, purchases)) {
            paced(session.trade, demand);
            session.trade.finish();
            boolean well = session.end();
            new ThreeStores(api, run).play();
            return well;
        }
    }

    /** The invoices of a feed, as fast as they are taken. */
    private boolean fed(DecemberFeed feed) throws IOException {
        List<Purchase> invoices = feed.purchases();
        Shops shops = feed.shops();
        Books books = seeding.of(shops, feed.stock());
        try (Session session = new Session(shops, books, INVOICES_AT_ONCE, invoices.size())) {
            invoices.forEach(session.trade::begin);
            session.trade.finish();
            session.progress.say("correcting stock");
            correct(feed, books);
            boolean well = session.end();
            return new FeedSummary(feed, session.trade).print(root.resolve(".stack/demo/unused-rows.csv")) && well;
        }
    }

    /** Trade with everything around it. */
    private final class Session implements AutoCloseable {
        final Trade trade;
        private final Progress progress;
        private final Summary summary;

        Session(Shops shops, Books books, int storiesAtOnce, int total) {
            Mailbox mailbox = urls.containsKey("mail") ? new Mailbox(api, seeding.mailDomain()) : null;
            trade = new Trade(api, books, run, mailbox, storiesAtOnce);
            progress = new Progress(trade, total);
            summary = new Summary(shops, trade);
        }

        /** Waits, for a bounded time, until all is over; prints the outcome; whether all of it is right. */
        boolean end() {
            progress.say("waiting for the last orders");
            trade.settle();
            progress.say("waiting for the books and mails");
            Books books = trade.books;
            Api.await(BOOKS_AGREE_WITHIN, () -> books.differences(books.shown()).isEmpty() ? true : null);
            summary.awaitMails();
            progress.close();
            return summary.print();
        }

        @Override
        public void close() {
            progress.close();
            if (trade.mailbox != null) {
                trade.mailbox.close();
            }
        }
    }

    /** Begins purchases at an even pace; a slow system delays purchases, and none is left out. */
    private void paced(Trade trade, Demand demand) {
        long startNs = System.nanoTime();
        for (int i = 0; i < purchases; i++) {
            long aheadNs = startNs + (long) (i * 1e9 / ordersPerSecond) - System.nanoTime();
            Api.pause(Math.max(0, aheadNs / 1_000_000));
            trade.begin(demand.next());
        }
    }

    private boolean startStack() throws IOException, InterruptedException {
        return new ProcessBuilder(root.resolve("mortar").toAbsolutePath().toString(), "up")
                        .inheritIO()
                        .start()
                        .waitFor()
                == 0;
    }

    private void correct(DecemberFeed feed, Books books) {
        for (DecemberFeed.Correction each : feed.corrections()) {
            List<?> lines = List.of(Requests.units(each.sku(), each.quantity()));
            Map<String, ?> body = Map.of("reason", each.reason(), "lines", lines);
            String key = run + "-row-" + each.row();
            Answer answer = api.post(Requests.stock(each.locationId(), "adjustments", "BACK_OFFICE demo", key, body));
            if (answer.status() == 409 || answer.status() == 422) {
                feed.couldNotUse(each.row(), each.invoice(), each.sku(), FeedRow.Reason.STOCK_NOT_THERE);
                continue;
            }
            answer.required();
            books.enter(each.locationId(), each.sku(), Books.Entry.ADJUSTED, each.quantity());
            if (each.reason().equals("DAMAGED")) {
                books.enter(each.locationId(), each.sku(), Books.Entry.DAMAGED, -each.quantity());
            }
        }
    }
}
