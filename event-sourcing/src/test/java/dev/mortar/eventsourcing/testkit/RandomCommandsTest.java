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

    private static void upTo(int limit, RandomCommands.Invariant<Integer, Integer, Integer> invariant) {
        new RandomCommands<>(new Sum(limit), 30, 20).hold((random, _) -> random.nextInt(10), invariant);
    }

    @Test
    void failsWhenNothingIsEverRefusedOrAccepted() {
        assertThatThrownBy(() -> upTo(10, _ -> {})).hasMessageContaining("rejected commands");
        assertThatThrownBy(() -> upTo(-1, _ -> {})).hasMessageContaining("accepted commands");
    }

    @Test
    void everyBuildSeesTheSameCommands() {
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        upTo(5, step -> first.add(step.command()));
        upTo(5, step -> second.add(step.command()));

        assertThat(second).isEqualTo(first);
    }

    /** Adds more each time it evolves. */
    private static final class Forgetful implements Decider<Integer, Integer, Integer> {
        private int evolved;

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Integer> decide(Integer sum, Integer command, Instant now) {
            return Decision.accepted(command);
        }

        @Override
        public Integer evolve(Integer sum, Integer event) {
            return sum + event + evolved++;
        }
    }

    @Test
    void failsIfTheStateIsNotTheFoldOfTheHistory() {
        assertThatThrownBy(() -> new RandomCommands<>(new Forgetful(), 1, 5).hold((random, _) -> 1, _ -> {}))
                .hasMessageContaining("mortar.seed=1")
                .hasMessageContaining("fold of the history");
    }
}
