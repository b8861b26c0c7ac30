package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Disposition;
import dev.mortar.localstack.demo.Purchase.Ending;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import dev.mortar.localstack.demo.Shops.Article;
import dev.mortar.localstack.demo.Shops.Location;
import dev.mortar.localstack.demo.Shops.Shopper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The purchases that people make at a retailer, one purchase after another, skewed as in life: a few articles sell
 * most, most purchases are small, some are huge. The same seed makes the same purchases.
 */
public final class Demand {
    private static final double SKEW = 0.9;
    private static final double HUGE_SHARE = 0.01;
    private static final double GUEST_SHARE = 0.2;
    private static final double RETURN_SHARE = 0.1;
    /** Mean units of a purchase, all lines together; the stock follows from it. */
    private static final double UNITS_PER_PURCHASE = 7;

    private static final double STOCK_PER_DEMAND = 1.6;
    private static final double SHORTAGE_SHARE = 0.03;
    private static final Duration LATE_UPLOAD_MAX = Duration.ofHours(6);

    private final Shops shops;
    private final Random random;
    private final Instant now;
    private final double[] shareUpTo;
    private int made;

    /** The demand of a seed; the clocks of the tills show this instant, or a little less. */
    public Demand(Shops shops, long seed, Instant now) {
        this.shops = shops;
        this.random = new Random(seed * 31 + 7);
        this.now = now;
        shareUpTo = new double[shops.articles().size()];
        double sum = 0;
        for (int rank = 0; rank < shareUpTo.length; rank++) {
            sum += share(rank);
            shareUpTo[rank] = sum;
        }
    }

    /** The stock that each location is given: enough for most of that many purchases, of some articles too little. */
    public Map<String, Map<String, Long>> stock(int purchases) {
        double all = shareUpTo[shareUpTo.length - 1];
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        for (Location location : shops.locations()) {
            Map<String, Long> here = new LinkedHashMap<>();
            for (int rank = 0; rank < shareUpTo.length; rank++) {
                double wanted = purchases
                        * UNITS_PER_PURCHASE
                        * share(rank)
                        / all
                        / shops.locations().size();
                long units = random.nextDouble() < SHORTAGE_SHARE
                        ? random.nextInt(3)
                        : (long) Math.ceil(wanted * STOCK_PER_DEMAND) + 2 + random.nextInt(4);
                if (units > 0) {
                    here.put(shops.articles().get(rank).sku(), units);
                }
            }
            stock.put(location.id(), here);
        }
        return stock;
    }

    public Purchase next() {
        made++;
        String name = "p" + made;
        Shopper shopper = shops.shoppers().get(random.nextInt(shops.shoppers().size()));
        String customerId = random.nextDouble() < GUEST_SHARE ? null : shopper.customerId();
        String store = store();
        int story = random.nextInt(100);
        Channel channel = channel(story);
        Method method = method(story);
        // A kiosk sells the goods of another store; deliveries leave from the warehouse.
        String from = switch (method) {
            case DELIVERY -> shops.locations().getLast().id();
            case PICKUP, CURBSIDE -> channel == Channel.STORE ? store() : store;
            case CARRY_OUT -> store;
        };
        boolean fetched = channel.ordered() && method != Method.CARRY_OUT;
        boolean mixed = channel == Channel.STORE && fetched && random.nextInt(3) == 0;
        List<Line> lines = lines(mixed, method == Method.CARRY_OUT);
        Ending ending = fetched ? ending(method) : Ending.TAKES_IT;
        return new Purchase(
                name,
                channel,
                method,
                store,
                from,
                customerId,
                lines,
                channel == Channel.LATE_TILL ? now.minusSeconds(random.nextLong(LATE_UPLOAD_MAX.toSeconds())) : now,
                ending,
                part(lines, channel.ordered() && !mixed && ending == Ending.TAKES_IT && random.nextInt(100) < 6),
                part(lines, fetched && !mixed && random.nextInt(100) < 8),
                random.nextDouble() < RETURN_SHARE
                        ? List.of(new Return(name + "-return", store(), disposition(), part(lines, true)))
                        : List.of());
    }

    private Disposition disposition() {
        int choice = random.nextInt(5);
        return choice == 0 ? Disposition.RETURN_TO_VENDOR : choice == 1 ? Disposition.DAMAGED : Disposition.RESTOCK;
    }

    private static Channel channel(int story) {
        if (story < 16) {
            return Channel.TILL;
        }
        return story < 26 ? Channel.LATE_TILL : story < 40 ? Channel.STORE : Channel.ONLINE;
    }

    private static Method method(int story) {
        if (story < 30) {
            return Method.CARRY_OUT;
        }
        if (story < 35 || story >= 84) {
            return Method.DELIVERY;
        }
        return story < 64 ? Method.PICKUP : Method.CURBSIDE;
    }

    private Ending ending(Method method) {
        int choice = random.nextInt(100);
        if (choice < 6) {
            return Ending.CANCELS_AT_ONCE;
        }
        if (choice < 9) {
            return Ending.CANCELS_WHEN_READY;
        }
        return choice < 17 && method != Method.DELIVERY ? Ending.NEVER_COMES : Ending.TAKES_IT;
    }

    private String store() {
        int stores = Math.max(1, shops.locations().size() - 1);
        return shops.locations().get(random.nextInt(stores)).id();
    }

    private List<Line> lines(boolean mixed, boolean carriedOut) {
        boolean huge = random.nextDouble() < HUGE_SHARE;
        int count = huge ? 15 + random.nextInt(25) : 1;
        while (!huge && count < 12 && random.nextInt(100) < 52) {
            count++;
        }
        if (mixed) {
            count = Math.max(2, count);
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Article article = shops.articles().get(rank());
            long quantity = huge ? 5 + random.nextInt(30) : 1;
            while (!huge && quantity < 9 && random.nextInt(100) < 30) {
                quantity++;
            }
            // Of a mixed purchase the first half is taken along at once.
            boolean along = carriedOut || (mixed && i < count / 2);
            lines.add(
                    new Line(article.sku(), article.title(), quantity, article.unitPrice(), article.currency(), along));
        }
        return lines;
    }

    /** Some units of one line, or none. */
    private List<Part> part(List<Line> lines, boolean some) {
        if (!some) {
            return List.of();
        }
        int line = random.nextInt(lines.size());
        return List.of(new Part(line + 1, 1 + random.nextLong(lines.get(line).quantity()), 0));
    }

    private int rank() {
        double at = random.nextDouble() * shareUpTo[shareUpTo.length - 1];
        int found = Arrays.binarySearch(shareUpTo, at);
        return Math.min(shareUpTo.length - 1, found < 0 ? -found - 1 : found);
    }

    private static double share(int rank) {
        return 1 / Math.pow(rank + 1, SKEW);
    }
}
