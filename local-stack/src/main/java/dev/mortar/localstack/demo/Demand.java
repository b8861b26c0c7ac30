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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

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
    private static final int SOURCED_ONE_IN = 3;
    private static final double SHORTAGE_SHARE = 0.03;
    private static final Duration LATE_UPLOAD_MAX = Duration.ofHours(6);

    private record Kind(Channel channel, Method method) {}

    /** Kinds of purchases by the share up to them, in percent. */
    private static final NavigableMap<Integer, Kind> KINDS = new TreeMap<>(Map.of(
            16, new Kind(Channel.TILL, Method.CARRY_OUT),
            26, new Kind(Channel.LATE_TILL, Method.CARRY_OUT),
            30, new Kind(Channel.STORE, Method.CARRY_OUT),
            35, new Kind(Channel.STORE, Method.DELIVERY),
            40, new Kind(Channel.STORE, Method.PICKUP),
            64, new Kind(Channel.ONLINE, Method.PICKUP),
            84, new Kind(Channel.ONLINE, Method.CURBSIDE),
            100, new Kind(Channel.ONLINE, Method.DELIVERY)));

    private final Shops shops;
    private final Random random;
    private final Instant now;
    private final Popularity popularity;
    private int made;

    /** The demand of a seed; the clocks of the tills show this instant, or a little less. */
    public Demand(Shops shops, long seed, Instant now) {
        this.shops = shops;
        this.random = new Random(seed * 31 + 7);
        this.now = now;
        popularity = new Popularity(shops.articles().size(), SKEW);
    }

    /** The stock that each location is given: enough for most of that many purchases, of some articles too little. */
    public Map<String, Map<String, Long>> stock(int purchases) {
        double unitsPerLocation =
                purchases * UNITS_PER_PURCHASE / shops.locations().size();
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        for (Location location : shops.locations()) {
            Map<String, Long> here = new LinkedHashMap<>();
            for (int rank = 0; rank < popularity.ranks(); rank++) {
                double wanted = unitsPerLocation * popularity.share(rank);
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
        Kind kind = Objects.requireNonNull(KINDS.higherEntry(story)).getValue();
        Channel channel = kind.channel();
        Method method = kind.method();
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
                channel == Channel.ONLINE && made % SOURCED_ONE_IN == 0,
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

    private Ending ending(Method method) {
        int choice = random.nextInt(100);
        if (choice < 9) {
            return choice < 6 ? Ending.CANCELS_AT_ONCE : Ending.CANCELS_WHEN_READY;
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
            Article article = shops.articles().get(popularity.next(random));
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
}
