package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/** Orders placed on a schedule, each followed until a reader of committed events has seen its end. */
final class OrderRun {
    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_NS = 1_000_000;
    private static final int ROOM = 2;

    private static final int RESERVED = 1;
    private static final int CONFIRMED = 2;
    private static final int REFUSED = 4;

    private final Target target;
    private final List<String> bodies;
    private final Duration length;
    /** What has to be seen of an order that is confirmed. */
    private final int decisive;

    private final Arrivals arrivals;

    private final long run = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final AtomicLongArray dueNs;
    private final AtomicIntegerArray seen;
    private final AtomicInteger decided = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicLong lastNs = new AtomicLong();
    private final ConcurrentHistogram answered = Quantiles.histogram();
    private final ConcurrentHistogram reserved = Quantiles.histogram();
    private final ConcurrentHistogram rejected = Quantiles.histogram();
    private final ConcurrentHistogram confirmed = Quantiles.histogram();
    private final ConcurrentLinkedQueue<String> orderIds = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Http.Answer> strange = new ConcurrentLinkedQueue<>();

    /**
     * What a run came to; times count from when an order was due.
     *
     * @param seconds from the first order due to the last one seen confirmed or rejected
     * @param confirmed orders of which OrderConfirmed was seen, and StockReserved where the target announces it
     * @param rejected orders of which OrderRejected was seen
     * @param orderIds of the orders that were acknowledged
     * @param wrong in sentences: answers that were not good, orders without an end
     */
    record Result(
            double seconds,
            int confirmed,
            int rejected,
            Quantiles answeredMs,
            Quantiles reservedMs,
            Quantiles confirmedMs,
            Quantiles refusedMs,
            Quantiles lagMs,
            List<String> orderIds,
            List<String> wrong) {}

    /**
     * A run that has not begun.
     *
     * @param bodies of the orders, again and again
     */
    OrderRun(Target target, List<String> bodies, double perSecond, boolean fixed, long seed, Duration length) {
        this.target = target;
        decisive = target.announcesReservations() ? RESERVED | CONFIRMED : CONFIRMED;
        this.bodies = bodies;
        this.length = length;
        this.arrivals = new Arrivals(perSecond, new Random(seed), fixed);
        int most = (int) (perSecond * length.toMillis() / 1e3 * ROOM) + 1_000;
        dueNs = new AtomicLongArray(most);
        seen = new AtomicIntegerArray(most);
    }

    /** Places the orders and waits until all are decided. */
    Result run() {
        target.watch().listen(this::saw);
        String url = target.orderUrl();
        String keys = "b" + Long.toString(run, 36) + "-";
        long beganNs = System.nanoTime();
        OpenLoop.Sent sent = OpenLoop.run(arrivals, length, (index, due) -> {
            dueNs.set(index, due);
            String key = keys + index;
            Http.placeOrder(url, key, EventWatch.traceparent(run, index), 0, bodies.get(index % bodies.size()))
                    .thenAccept(answer -> answered(key, due, answer));
        });
        long endNs = System.nanoTime() + DECIDED_WITHIN.toNanos();
        while ((decided.get() < sent.sent() || answers.get() < sent.sent()) && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        List<String> wrong = new ArrayList<>();
        if (!strange.isEmpty()) {
            wrong.add("%d of %d requests were not answered well, one of them with %s"
                    .formatted(strange.size(), sent.sent(), strange.peek()));
        }
        if (decided.get() < sent.sent()) {
            wrong.add("%d of %d orders had not been decided %d s after the last"
                    .formatted(sent.sent() - decided.get(), sent.sent(), DECIDED_WITHIN.toSeconds()));
        }
        return new Result(
                (lastNs.get() - beganNs) / 1e9,
                decided.get() - refused.get(),
                refused.get(),
                Quantiles.of(answered),
                Quantiles.of(reserved),
                Quantiles.of(confirmed),
                Quantiles.of(rejected),
                sent.lag(),
                List.copyOf(orderIds),
                wrong);
    }

    private void answered(String key, long due, Http.Answer answer) {
        Quantiles.record(answered, System.nanoTime() - due);
        if (answer.status() == 201 && answer.location() != null) {
            String orderId = answer.location().substring(answer.location().lastIndexOf('/') + 1);
            orderIds.add(orderId);
            target.acknowledged(key, orderId);
        } else {
            strange.add(answer);
        }
        answers.incrementAndGet();
    }

    private void saw(String type, long ofRun, int index, long seenNs) {
        int what = switch (type) {
            case "StockReserved" -> RESERVED;
            case "OrderConfirmed" -> CONFIRMED;
            case "OrderRejected" -> REFUSED;
            default -> 0;
        };
        if (ofRun != run || what == 0) {
            return;
        }
        int before = seen.getAndUpdate(index, bits -> bits | what);
        int after = before | what;
        long tookNs = seenNs - dueNs.get(index);
        if (before == after || (before & decisive) == decisive || (before & REFUSED) != 0) {
            return;
        }
        if (what == RESERVED) {
            Quantiles.record(reserved, tookNs);
        }
        if (what == REFUSED) {
            Quantiles.record(rejected, tookNs);
            refused.incrementAndGet();
        } else if ((after & decisive) == decisive) {
            Quantiles.record(confirmed, tookNs);
        } else {
            return;
        }
        lastNs.set(seenNs);
        decided.incrementAndGet();
    }
}
