package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MS = 1_000_000;

    private final Pace pace = new Pace(Duration.ofMillis(10));

    @Test
    void anIdleReaderReadsAgainAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(pace.pauseNs(10 * MS)).isZero();
        }
    }

    @Test
    void aFewBatchesInARowAreReadAtOnce() {
        assertThat(IntStream.range(0, 6).mapToLong(_ -> pace.pauseNs(0)))
                .containsExactly(0L, 0L, 0L, 0L, 10 * MS, 10 * MS);
        assertThat(pace.pauseNs(40 * MS)).isZero();
        assertThat(IntStream.range(0, 4).mapToLong(_ -> pace.pauseNs(0))).containsExactly(0L, 0L, 0L, 10 * MS);
    }

    @Test
    void aBusyReaderRestsAnIntervalForEachBatchWaitsIncluded() {
        long rest = 0;
        for (int i = 0; i < 100; i++) {
            rest += 3 * MS + pace.pauseNs(3 * MS);
        }
        assertThat(rest).isBetween(95 * 10 * MS, 100 * 10 * MS);
    }
}
