package dev.mortar.eventsourcing.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Allows each key so many calls in a period. The counts are in the memory of this instance, so several instances allow
 * more. What is used up comes back evenly over the period. Thread-safe.
 */
public final class RateLimit {
    /** At most this many keys are counted; the least used ones are forgotten first. */
    private static final int KEYS_MAX = 100_000;

    private final String reason;
    private final Duration period;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /** @param reason of a refusal, in the security log */
    public RateLimit(String reason, Duration period) {
        this(reason, period, TimeMeter.SYSTEM_NANOTIME);
    }

    RateLimit(String reason, Duration period, TimeMeter clock) {
        this.reason = reason;
        this.period = period;
        this.clock = clock;
        // A key that was idle for a whole period has its full count again, so forgetting it changes nothing.
        buckets = Caffeine.newBuilder()
                .maximumSize(KEYS_MAX)
                .expireAfterAccess(period)
                .ticker(clock::currentTimeNanos)
                .build();
    }

    /**
     * Counts a call.
     *
     * @param max calls of this key in the period
     * @throws TooManyRequests if none is left
     */
    public void count(String key, long max) {
        ConsumptionProbe probe = bucket(key, max).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw tooMany(max, probe.getNanosToWaitForRefill());
        }
    }

    /**
     * Checks that a call of this key is left, and counts nothing.
     *
     * @throws TooManyRequests if none is left
     */
    public void check(String key, long max) {
        EstimationProbe probe = bucket(key, max).estimateAbilityToConsume(1);
        if (!probe.canBeConsumed()) {
            throw tooMany(max, probe.getNanosToWaitForRefill());
        }
    }

    /** Counts a call if one of this key is left. */
    public void use(String key, long max) {
        bucket(key, max).tryConsume(1);
    }

    private Bucket bucket(String key, long max) {
        return buckets.get(
                key,
                _ -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(max).refillGreedy(max, period))
                        .withCustomTimePrecision(clock)
                        .build());
    }

    private TooManyRequests tooMany(long max, long waitNanos) {
        return new TooManyRequests(reason, max, period, Duration.ofNanos(waitNanos));
    }
}
