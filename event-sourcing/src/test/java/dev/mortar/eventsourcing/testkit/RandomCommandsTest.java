package dev.mortar.eventsourcing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomCommandsTest {

    private record TooMuch() implements Rejection.Conflict {
        @Override
        public String message() {
            return "Too much.";
        }
    }

    /** Adds numbers up to a limit. */
    private record Sum(int limit) implements Decider<Integer, Integer, Integer> {
        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Integer> decide(Integer sum, Integer command, Instant now) {
            return command > limit ? Decision.rejected(new TooMuch()) : Decision.accepted(command);
        }

        @Override
        public Integer evolve(Integer sum, Integer event) {
            return sum + event;
        }
    }

    private static RandomCommands<Integer, Integer, Integer> upTo(int limit) {
        return new RandomCommands<>(new Sum(limit), (random, _) -> random.nextInt(10));
    }

    @Test
    void failsWhenNothingIsEverRefusedOrAccepted() {
        assertThatThrownBy(() -> upTo(10).hold(_ -> {})).hasMessageContaining("rejected commands");
        assertThatThrownBy(() -> upTo(-1).hold(_ -> {})).hasMessageContaining("accepted commands");
    }

    @Test
    void everyBuildSeesTheSameCommands() {
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        upTo(5).hold(step -> first.add(step.command()));
        upTo(5).hold(step -> second.add(step.command()));

        assertThat(second).isEqualTo(first);
    }
}
