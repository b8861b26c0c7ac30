package dev.mortar.chaos;

import dev.mortar.chaos.FaultLog.Entry;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.demo.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Breaks things and mends them as a seed has it, in lanes side by side: one for services, the broker and the network,
 * one for what the services can do without for a while, and in a run that is not short two that kill instances and
 * nothing else. Within a lane a fault is over, and who was concerned is ready again, before the next begins; no two
 * lanes have their hands on the same service.
 */
final class Faults {
    /** Above the time after which consumers and transactions are given up, 10 s each; their sum and some. */
    private static final int LONG_SECONDS_MIN = 22;

    private static final int LONG_SECONDS_MAX = 35;
    private static final int SHORT_SECONDS_MAX = 9;
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final Duration BROKER_DIES_WITHIN = Duration.ofSeconds(20);
    private static final int CLOCK_HOURS_MAX = 9;
    private static final Duration WHOLE_DECKS_FROM = Duration.ofMinutes(20);
    private static final int MAIN_FAULTS_MIN = 3;
    private static final int LATE_REPEATS = 12;
    private static final int GAP_MAX_MS = 4_000;
    /** Two lanes of kills without a rest would keep both processors of a small machine busy with starts. */
    private static final int KILL_GAP_MAX_MS = 30_000;

    private static final List<FaultKind> MAIN_DECK = List.of(
            FaultKind.KILL,
            FaultKind.BROKER_KILL,
            FaultKind.FREEZE_LONG,
            FaultKind.KILL_BOTH,
            FaultKind.BROKER_KILL,
            FaultKind.CUT,
            FaultKind.BROKER_STOP,
            FaultKind.FREEZE,
            FaultKind.BROKER_KILL,
            FaultKind.STOP,
            FaultKind.SILENCE,
            FaultKind.BROKER_KILL,
            FaultKind.BROKER_KILL,
            FaultKind.KILL_BOTH,
            FaultKind.DISK_FULL,
            FaultKind.DELAY,
            FaultKind.BROKER_KILL,
            FaultKind.BROKER_FREEZE,
            FaultKind.CLOCK,
            FaultKind.BROKER_KILL,
            FaultKind.GROUP_RESET);
    private static final Set<FaultKind> BROKER_FAULTS =
            EnumSet.of(FaultKind.BROKER_KILL, FaultKind.BROKER_STOP, FaultKind.BROKER_FREEZE, FaultKind.DISK_FULL);
    private static final List<FaultKind> KILL_DECK = List.of(FaultKind.KILL);
    private static final List<FaultKind> SIDE_DECK =
            List.of(FaultKind.MAIL_AWAY, FaultKind.REGISTRY_AWAY, FaultKind.MALFORMED, FaultKind.LATE_REPEAT);

    private final Cluster cluster;
    private final Api api;
    private final Journal journal;
    private final FaultLog log;
    private final Malformed malformed;
    private final long seed;
    private final Duration memory;
    private final Set<FaultKind> planned;
    private final List<FaultKind> mainDeck;
    private final boolean isShort;
    private final Set<String> inHand = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /**
     * The faults of one run.
     *
     * @param memory how long the services remember requests
     * @param lasts how long the run is meant to last: a short one has not the time for everything
     */
    Faults(
            Cluster cluster,
            Api api,
            Journal journal,
            FaultLog log,
            Malformed malformed,
            long seed,
            Duration memory,
            Duration lasts) {
        this.cluster = cluster;
        this.api = api;
        this.journal = journal;
        this.log = log;
        this.malformed = malformed;
        this.seed = seed;
        this.memory = memory;
        var rest = new ArrayList<>(MAIN_DECK);
        // Whatever else there is time for, a service and the broker die.
        List<FaultKind> deck = new ArrayList<>(List.of(FaultKind.KILL, FaultKind.BROKER_KILL));
        deck.forEach(rest::remove);
        deck.addAll(shuffled(rest, new Random(seed)));
        mainDeck = List.copyOf(deck);
        isShort = lasts.compareTo(WHOLE_DECKS_FROM) < 0;
        int first = isShort ? (int) Math.max(MAIN_FAULTS_MIN, lasts.toMinutes()) : deck.size();
        planned = EnumSet.copyOf(deck.subList(0, first));
        planned.addAll(SIDE_DECK);
        if (lasts.compareTo(memory.multipliedBy(2)) < 0) {
            planned.remove(FaultKind.LATE_REPEAT);
        }
    }

    /** The kinds that a run of this length has to see. */
    Set<FaultKind> planned() {
        return EnumSet.copyOf(planned);
    }

    /** Whether every kind that was planned has happened or was skipped. */
    boolean areThrough() {
        Set<FaultKind> missing = planned();
        log.entries().forEach(entry -> missing.remove(entry.kind()));
        missing.removeAll(log.skipped().keySet());
        return missing.isEmpty();
    }

    /** Begins; the threads end some time after {@link #stop}, with everything mended. */
    List<Thread> start() {
        var lanes = new ArrayList<>(
                List.of(lane("faults", mainDeck, 1, GAP_MAX_MS), lane("side-faults", SIDE_DECK, 2, GAP_MAX_MS)));
        if (!isShort) {
            lanes.add(lane("kills", KILL_DECK, 4, KILL_GAP_MAX_MS));
            lanes.add(lane("more-kills", KILL_DECK, 5, KILL_GAP_MAX_MS));
        }
        return lanes;
    }

    private Thread lane(String name, List<FaultKind> deck, int salt, int gapMaxMs) {
        return Thread.ofPlatform().name(name).start(() -> run(deck, new Random(seed * 31 + salt), gapMaxMs));
    }

    void stop() {
        stopping = true;
    }

    private void run(List<FaultKind> deck, Random random, int gapMaxMs) {
        List<FaultKind> left = new ArrayList<>(deck);
        try {
            while (!stopping) {
                Thread.sleep(random.nextInt(gapMaxMs));
                inflict(left.removeFirst(), random);
                if (left.isEmpty()) {
                    left.addAll(shuffled(deck, random));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private void inflict(FaultKind kind, Random random) throws InterruptedException, IOException {
        String noun = take(random);
        try {
            inflict(kind, noun, random);
        } finally {
            inHand.remove(noun);
        }
    }

    /** A service that no other lane has its hands on; there are more services than lanes. */
    private String take(Random random) {
        while (true) {
            String noun = Cluster.NOUNS.get(random.nextInt(Cluster.NOUNS.size()));
            if (inHand.add(noun)) {
                return noun;
            }
        }
    }

    private void inflict(FaultKind kind, String noun, Random random) throws InterruptedException, IOException {
        List<String> both = cluster.instances(noun);
        String one = both.get(random.nextInt(both.size()));
        boolean soon = random.nextBoolean();
        Duration away = seconds(soon ? 0 : 1 + random.nextInt(15));
        Duration shortly = seconds(1 + random.nextInt(SHORT_SECONDS_MAX));
        Duration longer = seconds(LONG_SECONDS_MIN + random.nextInt(LONG_SECONDS_MAX - LONG_SECONDS_MIN));
        Part part = cluster.stack().service(one);
        Part broker = cluster.stack().broker();
        switch (kind) {
            case KILL -> {
                begin(kind, one, soon ? "and started at once" : "and started after " + away.toSeconds() + " s");
                down(kind, one, List.of(part), away, Part::kill9);
            }
            case KILL_BOTH -> {
                begin(kind, noun, "and started after " + away.toSeconds() + " s");
                down(kind, noun, both.stream().map(cluster.stack()::service).toList(), away, Part::kill9);
            }
            case STOP -> {
                begin(kind, one, "and started after " + away.toSeconds() + " s");
                down(kind, one, List.of(part), away, Part::stop);
            }
            case FREEZE -> frozen(kind, part, shortly);
            case FREEZE_LONG -> frozen(kind, part, longer);
            case BROKER_FREEZE -> frozen(kind, broker, seconds(2 + random.nextInt(18)));
            case BROKER_KILL -> {
                begin(kind, "broker", "and started after " + away.toSeconds() + " s");
                down(kind, "broker", List.of(broker), away, Part::kill9);
            }
            case BROKER_STOP -> {
                begin(kind, "broker", "and started after " + away.toSeconds() + " s");
                down(kind, "broker", List.of(broker), away, Part::stop);
            }
            case CUT -> network(kind, one, Network.State.CUT, Duration.ZERO, soon ? shortly : longer);
            case SILENCE -> network(kind, one, Network.State.SILENT, Duration.ZERO, soon ? shortly : longer);
            case DELAY -> network(kind, one, Network.State.GOOD, Duration.ofMillis(20 + random.nextInt(300)), longer);
            case DISK_FULL -> fillDisk(broker, away);
            case CLOCK -> setClock(part, (1 + random.nextInt(CLOCK_HOURS_MAX)) * (soon ? 1 : -1), shortly);
            case GROUP_RESET -> resetGroups(noun);
            case MAIL_AWAY -> {
                Part mail = cluster.stack().mailServer();
                if (soon) {
                    frozen(kind, mail, longer);
                } else {
                    begin(kind, "mail", "killed for " + longer.toSeconds() + " s");
                    down(kind, "mail", List.of(mail), longer, Part::kill9);
                }
            }
            case REGISTRY_AWAY -> {
                begin(kind, "registry", "for " + longer.toSeconds() + " s");
                down(kind, "registry", List.of(cluster.stack().registry()), longer, Part::kill9);
            }
            case MALFORMED -> {
                begin(kind, noun + ".commands", "");
                long startNs = System.nanoTime();
                int written = malformed.write(noun, random);
                over(kind, noun + ".commands", startNs, System.nanoTime(), written + " records", List.of());
            }
            case LATE_REPEAT -> repeatLate();
        }
    }

    private interface Ending {
        void of(Part part);
    }

    private void down(FaultKind kind, String target, List<Part> parts, Duration away, Ending ending)
            throws InterruptedException {
        long startNs = System.nanoTime();
        parts.forEach(ending::of);
        Thread.sleep(away);
        parts.forEach(Part::start);
        over(kind, target, startNs, System.nanoTime(), "", parts);
    }

    private void frozen(FaultKind kind, Part part, Duration how) throws InterruptedException {
        begin(kind, part.name(), "for " + how.toSeconds() + " s");
        long startNs = System.nanoTime();
        part.freeze();
        Thread.sleep(how);
        part.resume();
        over(kind, part.name(), startNs, System.nanoTime(), "", List.of(part));
    }

    private void network(FaultKind kind, String instance, Network.State state, Duration delay, Duration how)
            throws InterruptedException {
        begin(
                kind,
                instance,
                (delay.isZero() ? "" : "by " + delay.toMillis() + " ms, ") + "for " + how.toSeconds() + " s");
        long startNs = System.nanoTime();
        Network network = cluster.network(instance);
        network.delay(delay);
        network.become(state);
        Thread.sleep(how);
        network.delay(Duration.ZERO);
        network.become(Network.State.GOOD);
        over(
                kind,
                instance,
                startNs,
                System.nanoTime(),
                "",
                List.of(cluster.stack().service(instance)));
    }

    /** A limit on the size of files: the next append fails, as it does when the disk is full. */
    private void fillDisk(Part broker, Duration away) throws InterruptedException, IOException {
        if (!Files.isExecutable(Path.of("/usr/bin/prlimit"))) {
            log.skip(FaultKind.DISK_FULL, "there is no /usr/bin/prlimit here");
            return;
        }
        begin(FaultKind.DISK_FULL, "broker", "until " + away.toSeconds() + " s after it gave up");
        long startNs = System.nanoTime();
        limitFiles(broker, "1:unlimited");
        long endNs = startNs + BROKER_DIES_WITHIN.toNanos();
        while (broker.isRunning() && System.nanoTime() < endNs) {
            Thread.sleep(100);
        }
        String note = broker.isRunning() ? "it went on, was killed" : "it gave up";
        broker.kill9();
        Thread.sleep(away);
        broker.start();
        over(FaultKind.DISK_FULL, "broker", startNs, System.nanoTime(), note, List.of(broker));
    }

    private static void limitFiles(Part part, String limit) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("/usr/bin/prlimit", "--pid", Long.toString(part.pid()), "--fsize=" + limit)
                .redirectErrorStream(true)
                .start();
        String said = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!prlimit.waitFor(10, TimeUnit.SECONDS) || prlimit.exitValue() != 0) {
            throw new IOException("prlimit: " + said);
        }
    }

    private void setClock(Part part, int hours, Duration how) throws InterruptedException, IOException {
        Path library = fakeTime();
        if (library == null) {
            log.skip(FaultKind.CLOCK, "the library of Debian's package faketime is not installed");
            return;
        }
        begin(FaultKind.CLOCK, part.name(), "by %+d h, for %d s".formatted(hours, how.toSeconds()));
        long startNs = System.nanoTime();
        part.stop();
        // Only what time of day it is, as when a clock is set wrong: waiting goes on as it should.
        part.start(Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME",
                "%+dh".formatted(hours),
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "DONT_FAKE_MONOTONIC",
                "1"));
        boolean ready = Cluster.awaitReady(List.of(part), READY_WITHIN);
        Thread.sleep(how);
        part.stop();
        part.start();
        over(
                FaultKind.CLOCK,
                part.name(),
                startNs,
                System.nanoTime(),
                ready ? "" : "not ready with the wrong clock",
                List.of(part));
    }

    private static @Nullable Path fakeTime() throws IOException {
        Path libraries = Path.of("/usr/lib");
        if (!Files.isDirectory(libraries)) {
            return null;
        }
        try (Stream<Path> found = Files.find(libraries, 3, (path, _) -> path.endsWith("libfaketimeMT.so.1"))) {
            return found.findFirst().orElse(null);
        }
    }

    private void resetGroups(String noun) throws InterruptedException {
        List<Part> parts =
                cluster.instances(noun).stream().map(cluster.stack()::service).toList();
        begin(FaultKind.GROUP_RESET, noun, "while both instances are stopped");
        long startNs = System.nanoTime();
        parts.forEach(Part::stop);
        String reset = Groups.resetToBeginning(cluster.stack().bootstrapServers(), noun);
        parts.forEach(Part::start);
        over(FaultKind.GROUP_RESET, noun, startNs, System.nanoTime(), reset, parts);
    }

    private void repeatLate() throws InterruptedException {
        List<Api.Request> old = journal.acknowledgedBefore(memory.plus(Duration.ofSeconds(10)), LATE_REPEATS).stream()
                // A hold that has ended is made again.
                .filter(request -> !request.path().endsWith("/holds"))
                .toList();
        if (old.isEmpty()) {
            return;
        }
        begin(FaultKind.LATE_REPEAT, "clients", "repeat " + old.size() + " requests");
        long startNs = System.nanoTime();
        int refused = 0;
        for (Api.Request request : old) {
            try {
                refused += api.post(request).well() ? 0 : 1;
            } catch (Api.Unexpected e) {
                refused++;
            }
        }
        over(
                FaultKind.LATE_REPEAT,
                "clients",
                startNs,
                System.nanoTime(),
                refused == 0 ? "all known" : refused + " not acknowledged again",
                List.of());
    }

    private void begin(FaultKind kind, String target, String how) {
        log.announce(kind, target, how);
    }

    /** Waits until those concerned, and the services if the broker was, are ready; starts anew what does not get so. */
    private void over(
            FaultKind kind, String target, long startNs, long mendedNs, String note, Collection<Part> concerned)
            throws InterruptedException {
        Collection<Part> waited = target.equals("broker") ? cluster.brokerAndServices() : concerned;
        boolean recovered = Cluster.awaitReady(waited, READY_WITHIN);
        long readyNs = System.nanoTime();
        String more = note;
        if (!recovered) {
            for (Part part : waited) {
                if (!part.isReady()) {
                    more = (more.isEmpty() ? "" : more + "; ") + part.name() + " had to be started anew";
                    part.kill9();
                    part.start();
                }
            }
            Cluster.awaitReady(waited, READY_WITHIN);
        }
        log.over(new Entry(
                kind,
                Instant.now().minusNanos(readyNs - startNs),
                target,
                Duration.ofNanos(mendedNs - startNs),
                Duration.ofNanos(readyNs - mendedNs),
                more,
                recovered));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
