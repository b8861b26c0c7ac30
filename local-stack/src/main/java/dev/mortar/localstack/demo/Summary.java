package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The outcome of a run, and whether all of it is right. */
record Summary(Shops shops, Trade trade) {
    private static final Duration MAILS_WITHIN = Duration.ofMinutes(3);
    private static final long MAILS_QUIET_MS = 3_000;
    /** A service that has just started is slow. */
    private static final Duration WARM_AFTER = Duration.ofSeconds(30);

    private static final int SHOWN_MAX = 20;

    /** Waits, for a bounded time, until no mail is on its way and none comes any more. */
    void awaitMails() {
        Api.await(MAILS_WITHIN, () -> {
            Map<String, Integer> before = notifications();
            Api.pause(MAILS_QUIET_MS);
            Map<String, Integer> notifications = notifications();
            boolean over = notifications.keySet().stream()
                    .allMatch(
                            state -> state.equals("SENT") || state.equals("FAILED") || state.startsWith("SUPPRESSED"));
            Mailbox mailbox = trade.mailbox;
            boolean arrived = mailbox == null || mailbox.count() >= notifications.getOrDefault("SENT", 0);
            return (over && arrived && before.equals(notifications)) ? true : null;
        });
    }

    /** Prints all of it; whether all is right. */
    boolean print() {
        List<String> wrong = new ArrayList<>();
        List<Story> stories = trade.stories();
        Books books = trade.books;
        outcomes(stories);
        confirmation(stories);
        SortedMap<Books.Place, Books.Figure> shown = books.shown();
        stock(shown);
        mails(stories, wrong);
        stories.stream()
                .filter(story -> story.failure != null)
                .forEach(story -> wrong.add(story.purchase.name() + ": " + story.failure));
        wrong.addAll(books.differences(shown));
        System.out.printf(
                "%nBooks: %,d before + %,d received %+,d adjusted - %,d gone - %,d missing + %,d restocked, compared for %,d"
                        + " SKUs at locations; %,d requests had to be repeated.%n",
                books.sum(Books.Entry.FOUND_BEFORE),
                books.sum(Books.Entry.RECEIVED),
                books.sum(Books.Entry.ADJUSTED),
                books.sum(Books.Entry.GONE),
                books.sum(Books.Entry.MISSING),
                books.sum(Books.Entry.RESTOCKED),
                books.size(),
                trade.api.repeats());
        if (wrong.isEmpty()) {
            System.out.println("Everything adds up.");
            return true;
        }
        System.out.printf("%d THINGS ARE WRONG:%n", wrong.size());
        wrong.stream().limit(SHOWN_MAX).forEach(each -> System.out.println("  " + each));
        if (wrong.size() > SHOWN_MAX) {
            System.out.printf("  and %d more%n", wrong.size() - SHOWN_MAX);
        }
        return false;
    }

    /** How often each text occurs. */
    static SortedMap<String, Integer> counted(Stream<String> texts) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        texts.forEach(text -> counts.merge(text, 1, Integer::sum));
        return counts;
    }

    private static void outcomes(List<Story> stories) {
        System.out.printf("%n%,d purchases by outcome%n", stories.size());
        counted(stories.stream().map(Summary::outcome))
                .forEach((outcome, count) -> System.out.printf("  %-52s %,7d%n", outcome, count));
        System.out.printf(
                "  handed over by the code from the mail: %,d; purchases of which something was cancelled by line or came back:"
                        + " %,d%n",
                stories.stream().filter(story -> story.handedOverByCode).count(),
                stories.stream().filter(story -> !story.reversed.isEmpty()).count());
    }

    private static String outcome(Story story) {
        Purchase purchase = story.purchase;
        String kind = purchase.channel().ordered() ? purchase.channel() + " " + purchase.method() : "TILL";
        String state = story.state.isEmpty() ? "NOT PLACED" : story.state;
        return "%-18s %s %s".formatted(kind, state, story.reason).stripTrailing();
    }

    private static void confirmation(List<Story> stories) {
        List<Story> confirmed =
                stories.stream().filter(story -> story.confirmedAfterNs > 0).toList();
        long firstNs =
                confirmed.stream().mapToLong(story -> story.orderedAtNs).min().orElse(0);
        System.out.printf("%nFrom order to confirmed, seen by the client%n");
        times("all", confirmed);
        times(
                "after the first %d s".formatted(WARM_AFTER.toSeconds()),
                confirmed.stream()
                        .filter(story -> story.orderedAtNs - firstNs > WARM_AFTER.toNanos())
                        .toList());
    }

    private static void times(String which, List<Story> confirmed) {
        long[] sorted = confirmed.stream()
                .mapToLong(story -> story.confirmedAfterNs)
                .sorted()
                .toArray();
        if (sorted.length > 0) {
            System.out.printf(
                    "  %-20s %,d orders: median %,d ms, p99 %,d ms, longest %,d ms%n",
                    which, sorted.length, quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1));
        }
    }

    private static long quantile(long[] sortedNs, double quantile) {
        return sortedNs[(int) Math.ceil(quantile * sortedNs.length) - 1] / 1_000_000;
    }

    private static void stock(SortedMap<Books.Place, Books.Figure> shown) {
        SortedMap<String, Books.Figure> byLocation = new TreeMap<>();
        shown.forEach((place, figure) -> byLocation.merge(place.locationId(), figure, Books.Figure::plus));
        String head = "%n%-28s %10s %10s %8s %8s %8s%n";
        System.out.printf(head, "Units by state", "on hand", "committed", "held", "safety", "damaged");
        byLocation.forEach(Summary::stock);
        if (!shown.isEmpty()) {
            stock("all", byLocation.values().stream().reduce(Books.Figure.NONE, Books.Figure::plus));
        }
    }

    private static void stock(String where, Books.Figure figure) {
        System.out.printf(
                "  %-26s %,10d %,10d %,8d %,8d %,8d%n",
                where, figure.onHand(), figure.committed(), figure.held(), figure.safetyStock(), figure.damaged());
    }

    private void mails(List<Story> stories, List<String> wrong) {
        Map<String, Integer> notifications = notifications();
        Mailbox mailbox = trade.mailbox;
        int sent = notifications.getOrDefault("SENT", 0);
        System.out.printf("%nMails by state: %s", new TreeMap<>(notifications));
        if (mailbox == null) {
            System.out.println("; the mail view was not read");
            return;
        }
        System.out.printf("; %,d came in%n", mailbox.count());
        if (mailbox.count() != sent) {
            wrong.add(sent + " mails were sent and " + mailbox.count() + " came in");
        }
        long known = stories.stream()
                .filter(story -> story.purchase.channel().ordered()
                        && story.purchase.customerId() != null
                        && !story.orderId.isEmpty())
                .count();
        int all = notifications.values().stream().mapToInt(count -> count).sum();
        if (all < known) {
            wrong.add("Only " + all + " notifications for " + known + " orders of known shoppers");
        }
    }

    /** How many notifications of this run's orders are in which state. */
    private Map<String, Integer> notifications() {
        List<Story> known = trade.stories().stream()
                .filter(story -> !story.orderId.isEmpty() && story.purchase.customerId() != null)
                .toList();
        Set<String> orderIds = known.stream().map(story -> story.orderId).collect(Collectors.toSet());
        Set<String> customerIds =
                known.stream().map(story -> story.purchase.customerId()).collect(Collectors.toSet());
        return counted(shops.shoppers().stream()
                .map(Shops.Shopper::customerId)
                .filter(customerIds::contains)
                .map(id -> "/v1/customers/" + Api.segment(id) + "/notifications?limit=1000")
                .flatMap(path -> trade.api
                        .get("notification", path)
                        .required()
                        .path("notifications")
                        .valueStream())
                .filter(each -> orderIds.contains(each.path("orderId").asString("")))
                .map(each -> each.path("state").asString("") + " "
                        + each.path("suppressionReason").asString(""))
                .map(String::strip));
    }
}
