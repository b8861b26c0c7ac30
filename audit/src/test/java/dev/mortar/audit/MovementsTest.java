package dev.mortar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MovementsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private final Movements movements = new Movements();

    @Test
    void addsWhatMovedAfterAnInstantInWhateverOrderItWasTold() {
        movements.add(NOON.plusSeconds(2), -3, NOON.plusSeconds(10));
        movements.add(NOON, 100, NOON.plusSeconds(11));
        movements.add(NOON.plusSeconds(1), 10, NOON.plusSeconds(12));

        assertThat(movements.after(NOON.minusSeconds(1))).isEqualTo(107);
        assertThat(movements.after(NOON)).isEqualTo(7);
        assertThat(movements.after(NOON.plusSeconds(2))).isZero();
    }

    @Test
    void dropsWhatACountHasSeen() {
        movements.add(NOON, 1, NOON);
        movements.add(NOON.plusSeconds(1), 2, NOON.plusSeconds(1));

        movements.forget(NOON);

        assertThat(movements.size()).isEqualTo(1);
        assertThat(movements.after(NOON.minusSeconds(1))).isEqualTo(2);
    }

    @Test
    void keepsNoMoreThanWhatADayNeedsHoweverLongItGoesOn() {
        var now = NOON;
        long most = 0;
        for (int minute = 0; minute < 60 * 24 * 30; minute++) {
            now = now.plus(Duration.ofMinutes(1));
            movements.add(now, 1, now);
            most = Math.max(most, movements.size());
        }

        assertThat(most).isLessThanOrEqualTo(4 * 24 * 60);
        assertThat(movements.after(now.minus(Movements.REMEMBERED))).isEqualTo(24 * 60);
    }
}
