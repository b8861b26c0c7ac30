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
    /** A generator later than this at p99 measures itself. */
    private static final double LAG_P99_MAX_MS = 5;

    private static final int RESERVED = 1;
    private static final int CONFIRMED = 2;
    private static final int REJECTED = 4;
    private static final int REFUSED = 8;

    private final Target target;
    private final List<String> bodies;
    private final int repeats;
    /** The events that confirm an order. */
    private final int decisive;

    private final long run = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final AtomicLongArray dueNs;
    private final AtomicIntegerArray seen;
    private final AtomicInteger confirmed = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicLong lastNs = new AtomicLong();
    private final ConcurrentHistogram confirmedNs = Quantiles.histogram();
    private final ConcurrentLinkedQueue<Posts.Answer> strange = new ConcurrentLinkedQueue<>();

    /**
     * The outcome of a run.
     *
     * @param seconds from the first order due to the last one seen confirmed or rejected
     * @param confirmed orders with OrderConfirmed, and StockReserved where the target announces it
     * @param refused orders that the service did not take
     * @param times of the confirmed orders, from due to confirmed
     * @param lag of the generator
     * @param wrong in sentences: answers that were not good, orders without an end
     */
    record Result(
            double seconds,
            int confirmed,
            int rejected,
            int refused,
            Quantiles times,
            Quantiles lag,
            List<String> wrong) {

        /** Orders with an end. */
        int decided() {
            return confirmed + rejected;
        }

        Round round() {
            Round round = Round.empty().with("confirmed", times);
            round.wrong().addAll(wrong);
            if (lag.p99() > LAG_P99_MAX_MS) {
                round.noise().add("the generator was %.0f ms late at p99".formatted(lag.p99()));
            }
            return round;
        }
    }

    /** An order that is refused comes again after a second, this many times at most. */
    private OrderRun(Target target, List<String> bodies, int most, int repeats) {
        this.target = target;
        this.bodies = bodies;
        this.repeats = repeats;
        decisive = target.announcesReservations() ? RESERVED | CONFIRMED : CONFIRMED;
        dueNs = new AtomicLongArray(most);
        seen = new AtomicIntegerArray(most);
    }

    /** Places orders and waits until all are decided. */
    static Result of(Target target, List<String> bodies, double perSecond, Duration length, int repeats) {
        int most = (int) (perSecond * length.toMillis() / 1e3 * ROOM) + 1_000;
        return new OrderRun(target, bodies, most, repeats).run(perSecond, length);
    }

    private Result run(double perSecond, Duration length) {
        target.watch().listen(this::saw);
        String url = target.url() + "/v1/orders";
        String keys = "b" + Long.toString(run, 36) + "-";
        long beganNs = System.nanoTime();
        OpenLoop.Sent sent = OpenLoop.run(perSecond, new Random(run), length, (index, due) -> {
            dueNs.set(index, due);
            String key = keys + index;
            String body = bodies.get(index % bodies.size());
            Posts.post(
                            url,
                            key,
                            EventWatch.traceparent(run, index),
                            body,
                            repeats,
                            target.caller().get())
                    .thenAccept(answer -> answered(key, index, answer));
        });
        long endNs = System.nanoTime() + DECIDED_WITHIN.toNanos();
        while ((ended() < sent.sent() || answers.get() < sent.sent()) && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        List<String> wrong = new ArrayList<>();
        if (!strange.isEmpty()) {
            wrong.add("%d of %d requests were not answered well, one of them with %s"
                    .formatted(strange.size(), sent.sent(), strange.peek()));
        }
        if (ended() < sent.sent()) {
            wrong.add("%d of %d orders had no end %d s after the last was sent"
                    .formatted(sent.sent() - ended(), sent.sent(), DECIDED_WITHIN.toSeconds()));
        }
        double seconds = (lastNs.get() - beganNs) / 1e9;
        Quantiles times = Quantiles.of(confirmedNs);
        return new Result(seconds, confirmed.get(), rejected.get(), refused.get(), times, sent.lag(), wrong);
    }

    private int ended() {
        return confirmed.get() + rejected.get() + refused.get();
    }

    private void answered(String key, int index, Posts.Answer answer) {
        if (answer.isRefused()) {
            end(index, REFUSED, System.nanoTime());
        } else if (answer.status() == 201 && answer.location() != null) {
            target.acknowledged()
                    .accept(key, answer.location().substring(answer.location().lastIndexOf('/') + 1));
        } else if (answer.status() != 202) {
            strange.add(answer);
        }
        answers.incrementAndGet();
    }

    private void saw(String type, long ofRun, int index, long seenNs) {
        int event = switch (type) {
            case "StockReserved" -> RESERVED;
            case "OrderConfirmed" -> CONFIRMED;
            case "OrderRejected" -> REJECTED;
            default -> 0;
        };
        if (ofRun == run && event != 0) {
            end(index, event, seenNs);
        }
    }

    private void end(int index, int event, long seenNs) {
        int before = seen.getAndUpdate(index, bits -> bits | event);
        int after = before | event;
        if ((before & decisive) == decisive || (before & (REJECTED | REFUSED)) != 0) {
            return;
        }
        if (event == REFUSED) {
            refused.incrementAndGet();
        } else if (event == REJECTED) {
            rejected.incrementAndGet();
            lastNs.set(seenNs);
        } else if ((after & decisive) == decisive) {
            Quantiles.record(confirmedNs, seenNs - dueNs.get(index));
            confirmed.incrementAndGet();
            lastNs.set(seenNs);
        }
    }
}
