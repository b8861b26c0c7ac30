package dev.mortar.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlantedDefectTest {

    private static final int SEEDS_MAX = 300;

    /** The judge and the rules of the real code speak of what is wrong. Anything else that is thrown is an accident. */
    private static final Pattern ACCIDENT = Pattern.compile("(Exception|Error)\\b");

    @ParameterizedTest
    @EnumSource
    void isCaughtByItsEffectWithinAFewSeeds(PlantedDefect defect) {
        Pattern finding = Pattern.compile(findingOf(defect));
        long seed = 0;
        List<String> problems;
        do {
            seed++;
            problems = Simulation.run(Plan.of(seed), Set.of(defect), false).problems();
            assertThat(problems).as("%s in seed %d", defect, seed).noneMatch(ACCIDENT.asPredicate());
        } while (problems.stream().noneMatch(finding.asPredicate()) && seed < SEEDS_MAX);

        assertThat(problems).as("%s in %d seeds", defect, seed).anyMatch(finding.asPredicate());
        assertThat(Simulation.run(Plan.of(seed)).problems())
                .as("the same seed without it")
                .isEmpty();
    }

    private static String findingOf(PlantedDefect defect) {
        return switch (defect) {
            case MARK_LOST -> "has stopped partitions: .*its events have no mark";
            // Commands are lost, or the log has forgotten that they are decided.
            case MARK_WITHOUT_SOURCES, MARK_PASSED_OVER, SOURCES_NOT_BY_PARTITION, SKIP_DEDUPE_OF_EVENTS ->
                "the log does not show that .* is decided";
            // The next event is decided over a state that is not the latest.
            case OVERLAY_AFTER_STORE, OVERLAY_EVICTED_EARLY, TAKE_OVER_WITHOUT_CATCHING_UP, COMMIT_AFTER_FENCING ->
                "^SEQUENCE: The sequence is";
            case FOLLOW_UNCOMMITTED, TEAR_TRANSACTION -> "^POSITION: The position in the partition is";
            case TAKE_OVER_UNASKED -> "the lane was taken over \\d+ times without a fault";
            case ANSWER_BEFORE_ITS_EVENTS -> "the answer to .*, its own events end at";
            case SKIP_DEDUPE_OF_REQUESTS -> "was answered .*, then|^EVENT_ID_UNIQUE: Event";
            case SEND_BEFORE_COMMIT -> "^COMMAND_WHOLE: ";
            case OWNER_NOT_ASKED -> "^RIGHTS_OWN_(ORDER|STORE): ";
            case RECEIPT_FORGOTTEN -> "^TRANSIT_ADDS_UP: ";
            case PARCEL_END_FORGOTTEN -> "^PARCEL_ENDS_ONCE: ";
            case HOLD_AGE_FORGOTTEN -> "^HOLD_LIFE: ";
            case SKIP_DUE_TIMER -> "not everything is over";
            case DECIDE_BY_INSTANCE_CLOCK -> "^CLOCK: .* was recorded before its cause";
            case READ_UNCOMMITTED -> "commands/.* was caused by";
            case LOSE_COMMAND, COMMIT_BEFORE_SEND, REORDER_SENDS -> "^NOTHING_OWED: .* owes a step";
            case SEND_WITHOUT_CLAIM, SEND_AGAIN_AFTER_CRASH -> "attempt .* was mailed twice";
        };
    }
}
