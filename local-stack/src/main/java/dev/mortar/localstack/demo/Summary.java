package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a run came to, and whether all of it is right. */
final class Summary {
    private static final Duration MAILS_WITHIN = Duration.ofMinutes(3);
    private static final long MAILS_QUIET_MS = 3_000;
    /** A service that has just started is slow. */
    private static final Duration WARM_AFTER = Duration.ofSeconds(30);

    private static final int SHOWN_MAX = 20;

    private final Api api;
    private final Shops shops;
    private final Trade trade;
    private final Books books;
    private final @Nullable Mailbox mailbox;
    private Map<String, Integer> notifications = Map.of();

    Summary(Api api, Shops shops, Trade trade, Books books, @Nullable Mailbox mailbox) {
        this.api = api;
        this.shops = shops;
        this.trade = trade;
        this.books = books;
        this.mailbox = mailbox;
    }

    /** Waits, for a bounded time, until no mail is on its way and none comes any more. */
    void awaitMails() {
        Api.await(MAILS_WITHIN, () -> {
            Map<String, Integer> before = notifications();
            Api.pause(MAILS_QUIET_MS);
            notifications = notifications();
            boolean over = notifications.keySet().stream()
                    .allMatch(
                            state -> state.equals("SENT") || state.equals("FAILED") || state.startsWith("SUPPRESSED"));
            boolean arrived = mailbox == null || mailbox.count() >= notifications.getOrDefault("SENT", 0);
            return (over && arrived && before.equals(notifications)) ? true : null;
        });
    }

    /** Prints all of it; whether all is right. */
    boolean print() {
        List<String> wrong = new ArrayList<>();
        List<Story> stories = trade.stories();
        outcomes(stories);
        confirmation(stories);
        SortedMap<Books.Place, Books.Figure> shown = books.shown();
        stock(shown);
        mails(stories, wrong);
        for (Story story : stories) {
            String failure = story.failure;
            if (failure != null) {
                wrong.add(story.name() + ": " + failure);
            }
        }
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
                api.repeats());
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

    private static void outcomes(List<Story> stories) {
        SortedMap<String, Integer> outcomes = new TreeMap<>();
        for (Story story : stories) {
            String kind = story.purchase.channel().ordered()
                    ? story.purchase.channel() + " " + story.purchase.method()
                    : "TILL";
            String outcome = story.state.isEmpty() ? "NOT PLACED" : story.state;
            outcomes.merge(
                    "%-18s %s%s".formatted(kind, outcome, story.reason.isEmpty() ? "" : " " + story.reason),
                    1,
                    Integer::sum);
        }
        System.out.printf("%n%,d purchases by outcome%n", stories.size());
        outcomes.forEach((outcome, count) -> System.out.printf("  %-52s %,7d%n", outcome, count));
        System.out.printf(
                "  handed over by the code from the mail: %,d; purchases of which something was cancelled by line or came back:"
                        + " %,d%n",
                stories.stream().filter(story -> story.handedOverByCode).count(),
                stories.stream().filter(story -> !story.reversed.isEmpty()).count());
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
        shown.forEach((place, figure) -> {
            byLocation.merge(place.locationId(), figure, Books.Figure::plus);
            byLocation.merge("~ all", figure, Books.Figure::plus);
        });
        System.out.printf(
                "%n%-28s %10s %10s %8s %8s %8s%n",
                "Units by state", "on hand", "committed", "held", "safety", "damaged");
        byLocation.forEach((locationId, figure) -> System.out.printf(
                "  %-26s %,10d %,10d %,8d %,8d %,8d%n",
                locationId.replace("~ ", ""),
                figure.onHand(),
                figure.committed(),
                figure.held(),
                figure.safetyStock(),
                figure.damaged()));
    }

    private void mails(List<Story> stories, List<String> wrong) {
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
                        && story.orderId != null)
                .count();
        int all = notifications.values().stream().mapToInt(count -> count).sum();
        if (all < known) {
            wrong.add("Only " + all + " notifications for " + known + " orders of known shoppers");
        }
    }

    /** How many notifications of this run's orders are in which state. */
    private Map<String, Integer> notifications() {
        TreeSet<String> orderIds = new TreeSet<>();
        TreeSet<String> customerIds = new TreeSet<>();
        for (Story story : trade.stories()) {
            String orderId = story.orderId;
            if (orderId != null && story.purchase.customerId() != null) {
                orderIds.add(orderId);
                customerIds.add(story.purchase.customerId());
            }
        }
        Map<String, Integer> states = new HashMap<>();
        for (Shops.Shopper shopper : shops.shoppers()) {
            if (!customerIds.contains(shopper.customerId())) {
                continue;
            }
            String path = "/v1/customers/" + Api.segment(shopper.customerId()) + "/notifications?limit=1000";
            for (JsonNode notification :
                    api.get("notification", path).required().path("notifications")) {
                if (orderIds.contains(notification.path("orderId").asString(""))) {
                    String state = notification.path("state").asString("");
                    String reason = notification.path("suppressionReason").asString("");
                    states.merge(reason.isEmpty() ? state : state + " " + reason, 1, Integer::sum);
                }
            }
        }
        return states;
    }
}
