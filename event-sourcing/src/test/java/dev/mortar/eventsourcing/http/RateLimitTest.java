package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

/** Each key has so many calls in a period; they come back one by one. */
class RateLimitTest {
    private final Clock clock = new Clock();
    private final RateLimit limit = new RateLimit("calls", Duration.ofMinutes(1), clock);

    private static final class Clock implements TimeMeter {
        private long nanos = 1;

        void pass(Duration time) {
            nanos += time.toNanos();
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @Test
    void oneTooManyIsToldWhenToComeAgain() {
        countAll(60);

        assertThatExceptionOfType(TooManyRequests.class)
                .isThrownBy(() -> limit.count("a", 60))
                .satisfies(tooMany -> {
                    HttpHeaders headers = tooMany.headers();
                    assertThat(headers.getFirst("Retry-After")).isEqualTo("1");
                    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"default\";r=0;t=1");
                    assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"default\";q=60;w=60");
                });
        limit.count("b", 60);

        clock.pass(Duration.ofSeconds(1));
        limit.count("a", 60);
        assertThatExceptionOfType(TooManyRequests.class).isThrownBy(() -> limit.count("a", 60));
    }

    @Test
    void aCheckCountsNothing() {
        for (int i = 0; i < 100; i++) {
            limit.check("a", 60);
        }
        countAll(60);
        assertThatExceptionOfType(TooManyRequests.class).isThrownBy(() -> limit.check("a", 60));

        limit.use("a", 60);
        clock.pass(Duration.ofMinutes(1));
        countAll(60);
    }

    private void countAll(int calls) {
        for (int i = 0; i < calls; i++) {
            limit.count("a", calls);
        }
    }
}
