package dev.mortar.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** The order of faults, by the seed. */
final class Decks {
    private static final Duration WHOLE_DECKS_FROM = Duration.ofMinutes(20);
    private static final Duration TIME_FOR_A_FAULT = Duration.ofSeconds(80);
    /** Each run begins with these. */
    private static final List<FaultKind> ALWAYS = List.of(FaultKind.KILL, FaultKind.BROKER_KILL);
    /** Of these a short run sees a share; the runs of consecutive seeds see all. */
    private static final List<FaultKind> IN_TURN = List.of(
            FaultKind.FREEZE_LONG,
            FaultKind.COMMIT_LATE,
            FaultKind.STORE_OLDER,
            FaultKind.CUT,
            FaultKind.SILENCE,
            FaultKind.DELAY,
            FaultKind.BROKER_STOP,
            FaultKind.BROKER_FREEZE,
            FaultKind.DISK_FULL,
            FaultKind.KILL_BOTH,
            FaultKind.STOP,
            FaultKind.FREEZE,
            FaultKind.STORE_LOST,
            FaultKind.CLOCK,
            FaultKind.GROUP_RESET);

    private static final int TURNS = 3;
    private static final Set<FaultKind> BROKER_FAULTS =
            EnumSet.of(FaultKind.BROKER_KILL, FaultKind.BROKER_STOP, FaultKind.BROKER_FREEZE, FaultKind.DISK_FULL);

    /** Faults of parts that services can do without for a while. */
    static final List<FaultKind> SIDE = List.of(
            FaultKind.MAIL_AWAY,
            FaultKind.REGISTRY_AWAY,
            FaultKind.ISSUER_AWAY,
            FaultKind.MALFORMED,
            FaultKind.LATE_REPEAT);

    private Decks() {}

    static boolean isShort(Duration lasts) {
        return lasts.compareTo(WHOLE_DECKS_FROM) < 0;
    }

    /** The kinds that a run of this length has to see. */
    static Set<FaultKind> planned(long seed, Duration lasts) {
        List<FaultKind> deck = main(seed);
        int share = ALWAYS.size() + IN_TURN.size() / TURNS;
        int first = isShort(lasts)
                ? (int) Math.clamp(lasts.dividedBy(TIME_FOR_A_FAULT), ALWAYS.size() + 1, share)
                : deck.size();
        Set<FaultKind> planned = EnumSet.copyOf(deck.subList(0, first));
        planned.addAll(SIDE);
        return planned;
    }

    /** First what each run sees, then the share of this seed, then the rest. */
    static List<FaultKind> main(long seed) {
        Map<Boolean, List<FaultKind>> isTurn = IN_TURN.stream()
                .collect(Collectors.partitioningBy(
                        kind -> IN_TURN.indexOf(kind) % TURNS == Math.floorMod(seed - 1, TURNS)));
        List<FaultKind> deck = new ArrayList<>(ALWAYS);
        deck.addAll(isTurn.getOrDefault(true, List.of()));
        deck.addAll(shuffled(isTurn.getOrDefault(false, List.of()), new Random(seed)));
        return List.copyOf(deck);
    }

    /**
     * A deck in an order by chance in which, as far as there are others, a fault of the broker follows another fault:
     * while it is away nobody can be answered, so that one right after the other would only show how patient clients
     * are.
     */
    static List<FaultKind> shuffled(List<FaultKind> deck, Random random) {
        var all = new ArrayList<>(deck);
        Collections.shuffle(all, random);
        var ofBroker =
                new ArrayDeque<>(all.stream().filter(BROKER_FAULTS::contains).toList());
        var others = new ArrayDeque<>(
                all.stream().filter(kind -> !BROKER_FAULTS.contains(kind)).toList());
        List<FaultKind> shuffled = new ArrayList<>();
        while (shuffled.size() < all.size()) {
            Optional.ofNullable(others.poll()).ifPresent(shuffled::add);
            Optional.ofNullable(ofBroker.poll()).ifPresent(shuffled::add);
        }
        return shuffled;
    }
}
