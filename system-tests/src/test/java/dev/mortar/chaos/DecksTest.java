package dev.mortar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecksTest {

    private static final List<FaultKind> DECK = List.of(
            FaultKind.BROKER_KILL,
            FaultKind.BROKER_KILL,
            FaultKind.DISK_FULL,
            FaultKind.KILL,
            FaultKind.KILL,
            FaultKind.CUT,
            FaultKind.CLOCK);

    @RepeatedTest(50)
    void noFaultOfTheBrokerFollowsAnotherAndNoneIsLost(RepetitionInfo repetition) {
        List<FaultKind> shuffled = Decks.shuffled(DECK, new Random(repetition.getCurrentRepetition()));

        assertThat(shuffled).containsExactlyInAnyOrderElementsOf(DECK);
        assertThat(shuffled.stream().map(Enum::name).map(name -> name.startsWith("B") || name.startsWith("D")))
                .containsExactly(false, true, false, true, false, true, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, 2, 77})
    void threeConsecutiveRunsOfTenMinutesSeeEveryKind(long seed) {
        Duration lasts = Duration.ofMinutes(10);
        Set<FaultKind> seen = EnumSet.noneOf(FaultKind.class);
        for (int run = 0; run < 3; run++) {
            seen.addAll(Decks.planned(seed + run, lasts));
        }

        assertThat(seen).containsExactlyInAnyOrder(FaultKind.values());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLongRunSeesEveryKindAndAShortOneKillsAnInstanceAndTheBroker(long seed) {
        assertThat(Decks.planned(seed, Duration.ofMinutes(20))).containsExactlyInAnyOrder(FaultKind.values());
        assertThat(Decks.planned(seed, Duration.ofMinutes(2)))
                .contains(FaultKind.KILL, FaultKind.BROKER_KILL)
                .hasSize(8);
    }
}
