package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    @Test
    void workIsDueWhetherOrNotEarlierWorkIsDone() {
        List<Long> due = new ArrayList<>();
        Duration slow = Duration.ofMillis(30);
        OpenLoop.Sent sent = OpenLoop.run(1_000, new Random(1), Duration.ofMillis(100), (index, dueNs) -> {
            due.add(dueNs);
            if (index == 10) {
                LockSupport.parkNanos(slow.toNanos());
            }
        });
        List<Long> planned = new ArrayList<>(List.of(due.getFirst()));
        var random = new Random(1);
        while (planned.size() < sent.sent()) {
            planned.add(planned.getLast() + OpenLoop.gapNs(1_000, random));
        }
        assertThat(due).as("the schedule does not move when a sender is slow").isEqualTo(planned);
        assertThat(sent.lag().max())
                .as("the report says that the generator was late")
                .isGreaterThan(slow.toMillis() * 0.9);
    }

    @Test
    void poissonArrivalsHaveTheirRateAndFollowFromTheSeed() {
        int arrivals = 20_000;
        long ns = gaps(7, arrivals).sum();
        assertThat(arrivals / (ns / 1e9)).isBetween(195.0, 205.0);
        assertThat(gaps(7, 10).toArray()).isEqualTo(gaps(7, 10).toArray());
    }

    private static LongStream gaps(long seed, int count) {
        var random = new Random(seed);
        return LongStream.generate(() -> OpenLoop.gapNs(200, random)).limit(count);
    }
}
