package dev.mortar.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SimulationTest {

    /** {@code -Dmortar.simulation.seeds=N} runs more, {@code -Dmortar.seed=S} begins with another. */
    private static final int SEEDS = Integer.getInteger("mortar.simulation.seeds", 2_000);

    private static final long FIRST = Long.getLong("mortar.seed", 1);

    private static final String SOURCED =
            "order without a location, run PLACED, run RESERVATION_REFUSED, run STOCK_SHORTFALL, run SHORT_PICK, "
                    + "run STORE_REJECTED, run OVERDUE, run SHOPPER_MOVE, run ended PLANNED, run ended NO_SOURCE, "
                    + "run ended NOT_ANSWERED_IN_TIME, run ended NOT_NEEDED, added fulfilment refused, "
                    + "lost units placed again, move won, withdrawn OLD_PLACE_KEPT, withdrawn NOT_ANSWERED_IN_TIME, "
                    + "withdrawn CANCELLED_BY_SHOPPER, withdrawn CANCELLED_BY_RETAILER, units without source";

    private static final String TRAVELLED = "transfer sent, transfer expected, receipt, receipt at the sender, "
            + "receipt before the transfer is known, transfer closed COMPLETE, transfer closed SHORT, "
            + "transfer closed OVER, transfer closed NO_NEWS, transfer closed RETURNED, hold changed, "
            + "delivery to a destination, overdue DELIVERY, parcel packed, several parcels shipped, "
            + "delivery attempt failed, parcel delivered, parcel returned, parcel lost CARRIER_SAYS, "
            + "parcel lost NO_NEWS, parcel found, order heard of a delivery, order heard of a parcel that came back, "
            + "order heard of a loss, return window moved, purchase lost, parcel taken back";

    /** It waits for nothing but the processor, which others may be using. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void allInvariantsHoldForManySeeds() {
        Seeds runs = Seeds.run(FIRST, SEEDS, Set.of(), done -> {});

        assertThat(runs.failed()).as(() -> storyOf(runs.failed())).isEmpty();
        assertThat(runs.emptiness()).isEmpty();
        assertThat(runs.faultsByKind())
                .as("every kind of fault found something to harm")
                .containsKeys(Fault.values());
        assertThat(runs.sourced())
                .as("orders looked for locations in all ways, and with all results")
                .containsKeys(SOURCED.split(", "));
        assertThat(runs.travelled())
                .as("transfers and parcels ended in all ways")
                .containsKeys(TRAVELLED.split(", "));
    }

    private static String storyOf(List<Outcome> failed) {
        if (failed.isEmpty()) {
            return "failing seeds";
        }
        Outcome first = failed.getFirst();
        Plan small = Shrinker.shrink(Plan.of(first.seed()), Set.of());
        return "seed " + first.seed() + " keeping " + Shrinker.kept(small) + "\n"
                + String.join("\n", Simulation.run(small, Set.of(), true).story());
    }

    @Test
    void theSameSeedGivesTheSameLogByteForByte() {
        for (long seed = FIRST; seed < FIRST + 10; seed++) {
            assertThat(bytes(Simulation.log(Plan.of(seed)))).isEqualTo(bytes(Simulation.log(Plan.of(seed))));
        }
    }

    @Test
    void anotherSeedGivesAnotherLog() {
        assertThat(bytes(Simulation.log(Plan.of(FIRST)))).isNotEqualTo(bytes(Simulation.log(Plan.of(FIRST + 1))));
    }

    @Test
    void aStoryChangesNothing() {
        Plan plan = Plan.of(FIRST);
        Outcome told = Simulation.run(plan, Set.of(), true);

        assertThat(told.story()).isNotEmpty();
        assertThat(told.events()).isEqualTo(Simulation.run(plan).events());
    }

    private static List<String> bytes(List<Entry> log) {
        List<String> lines = new ArrayList<>();
        for (Entry entry : log) {
            StringBuilder line = new StringBuilder()
                    .append(entry.topic())
                    .append('/')
                    .append(entry.partition())
                    .append('/')
                    .append(entry.offset())
                    .append(' ')
                    .append(entry.timestampMs())
                    .append(' ')
                    .append(entry.key())
                    .append(' ')
                    .append(entry.marker())
                    .append(' ');
            byte[] value = entry.value();
            line.append(value == null ? "" : HexFormat.of().formatHex(value));
            entry.headers()
                    .forEach(header -> line.append(' ')
                            .append(header.key())
                            .append('=')
                            .append(new String(header.value(), StandardCharsets.UTF_8)));
            lines.add(line.toString());
        }
        return lines;
    }
}
