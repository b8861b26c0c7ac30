package dev.mortar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class FaultsTest {

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
        List<FaultKind> shuffled = Faults.shuffled(DECK, new Random(repetition.getCurrentRepetition()));

        assertThat(shuffled).containsExactlyInAnyOrderElementsOf(DECK);
        assertThat(shuffled.stream().map(Enum::name).map(name -> name.startsWith("B") || name.startsWith("D")))
                .containsExactly(false, true, false, true, false, true, false);
    }
}
