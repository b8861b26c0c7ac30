package dev.mortar.chaos;

import dev.mortar.chaos.FaultLog.Entry;
import dev.mortar.localstack.Api;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.StackFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Breaks things and restores them as a seed has it, in lanes side by side: one for services, the broker and the
 * network, one for parts that the services can do without for a while, and in a long run two that only kill instances.
 * Within a lane a fault is over, and everything concerned is ready again, before the next begins. No two lanes break
 * the same service.
 */
final class Faults {
    /** Above the time-outs of sessions and transactions, 10 s each, and the 10 s in which the broker looks for them. */
    private static final int LONG_SECONDS_MIN = 22;

    private static final int LONG_SECONDS_MAX = 35;
    private static final int SHORT_SECONDS_MAX = 9;
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final Duration BROKER_DIES_WITHIN = Duration.ofSeconds(20);
    static final int CLOCK_HOURS_MAX = 9;
    private static final Duration COMMIT_WITHIN = Duration.ofSeconds(20);
    private static final int LATE_REPEATS = 12;
    private static final int GAP_MAX_MS = 4_000;
    /** Two lanes of kills without a rest would keep both processors of a small machine busy with starts. */
    private static final int KILL_GAP_MAX_MS = 30_000;

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

    /** The memory is how long services remember requests; a run that is short has not the time for every kind. */
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
        isShort = Decks.isShort(lasts);
        mainDeck = Decks.main(seed);
        planned = Decks.planned(seed, lasts);
        if (lasts.compareTo(memory.multipliedBy(2)) < 0) {
            planned.remove(FaultKind.LATE_REPEAT);
        }
    }

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

    /** Begins; the threads end some time after {@link #stop}, when all faults are over. */
    List<Thread> start() {
        var lanes = new ArrayList<>(
                List.of(lane("faults", mainDeck, 1, GAP_MAX_MS), lane("side-faults", Decks.SIDE, 2, GAP_MAX_MS)));
        if (!isShort) {
            lanes.add(lane("kills", List.of(FaultKind.KILL), 4, KILL_GAP_MAX_MS));
            lanes.add(lane("more-kills", List.of(FaultKind.KILL), 5, KILL_GAP_MAX_MS));
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
                    left.addAll(Decks.shuffled(deck, random));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void inflict(FaultKind kind, Random random) throws InterruptedException, IOException {
        String noun = take(random);
        try {
            inflict(kind, noun, random);
        } finally {
            inHand.remove(noun);
        }
    }

    /** A service that no other lane breaks now; there are more services than lanes. */
    private String take(Random random) {
        while (true) {
            String noun = Service.ALL.get(random.nextInt(Service.ALL.size()));
            if (inHand.add(noun)) {
                return noun;
            }
        }
    }

    private void inflict(FaultKind kind, String noun, Random random) throws InterruptedException, IOException {
        List<String> both = cluster.instances(noun);
        String one = both.get(random.nextInt(both.size()));
        boolean soon = random.nextBoolean();
        Duration away = Duration.ofSeconds(soon ? 0 : 1 + random.nextInt(15));
        Duration shortly = Duration.ofSeconds(1 + random.nextInt(SHORT_SECONDS_MAX));
        Duration longer = Duration.ofSeconds(LONG_SECONDS_MIN + random.nextInt(LONG_SECONDS_MAX - LONG_SECONDS_MIN));
        Part part = cluster.stack().service(one);
        Part broker = cluster.stack().broker();
        String back = away.isZero() ? "and started at once" : "and started after " + away.toSeconds() + " s";
        switch (kind) {
            case KILL -> down(kind, one, back, List.of(part), away, Part::kill9);
            case KILL_BOTH -> down(kind, noun, back, parts(noun), away, Part::kill9);
            case COMMIT_LATE -> freezeInCommit(both, longer);
            case STORE_LOST ->
                down(kind, one, back, List.of(part), away, dying -> {
                    dying.kill9();
                    Machine.deleteStore(dying);
                });
            case STORE_OLDER -> {
                String from = soon ? one : both.get(1 - both.indexOf(one));
                String how = "by a checkpoint of " + from + " that is " + longer.toSeconds() + " s old";
                Path checkpoint = cluster.stack().stores().checkpoint(from);
                Thread.sleep(longer);
                down(kind, one, how, List.of(part), shortly, dying -> {
                    dying.kill9();
                    Machine.replaceStore(dying, checkpoint);
                });
            }
            case STOP -> down(kind, one, back, List.of(part), away, Part::stop);
            case FREEZE -> frozen(kind, part, shortly);
            case FREEZE_LONG -> frozen(kind, part, longer);
            case BROKER_FREEZE -> frozen(kind, broker, Duration.ofSeconds(2 + random.nextInt(18)));
            case BROKER_KILL -> down(kind, "broker", back, List.of(broker), away, Part::kill9);
            case BROKER_STOP -> down(kind, "broker", back, List.of(broker), away, Part::stop);
            case CUT -> network(kind, one, Network.State.CUT, Duration.ZERO, soon ? shortly : longer);
            case SILENCE -> network(kind, one, Network.State.SILENT, Duration.ZERO, soon ? shortly : longer);
            case DELAY -> network(kind, one, Network.State.GOOD, Duration.ofMillis(20 + random.nextInt(300)), longer);
            case DISK_FULL -> fillDisk(broker, away);
            case CLOCK -> setClock(part, (1 + random.nextInt(CLOCK_HOURS_MAX)) * (soon ? 1 : -1), shortly);
            case GROUP_RESET -> {
                List<Part> parts = parts(noun);
                during(kind, noun, "while both instances are stopped", parts, () -> {
                    parts.forEach(Part::stop);
                    String reset = Groups.resetToBeginning(cluster.stack().client(), noun);
                    parts.forEach(Part::start);
                    return reset;
                });
            }
            case MAIL_AWAY -> {
                Part mail = cluster.stack().mailServer();
                if (soon) {
                    frozen(kind, mail, longer);
                } else {
                    down(kind, "mail", "killed for " + longer.toSeconds() + " s", List.of(mail), longer, Part::kill9);
                }
            }
            case REGISTRY_AWAY -> {
                Part registry = cluster.stack().registry();
                down(kind, "registry", "for " + longer.toSeconds() + " s", List.of(registry), longer, Part::kill9);
            }
            case ISSUER_AWAY -> {
                Part issuer = cluster.stack().issuer();
                down(kind, "issuer", "for " + longer.toSeconds() + " s", List.of(issuer), longer, Part::kill9);
            }
            case MALFORMED ->
                during(kind, noun + ".commands", "", List.of(), () -> malformed.write(noun, random) + " records");
            case LATE_REPEAT -> repeatLate();
        }
    }

    private List<Part> parts(String noun) {
        return cluster.instances(noun).stream().map(cluster.stack()::service).toList();
    }

    /** A fault from its beginning to its end; returns a remark for the log. */
    private interface Course {
        String run() throws InterruptedException, IOException;
    }

    private void during(FaultKind kind, String target, String how, Collection<Part> concerned, Course course)
            throws InterruptedException, IOException {
        log.announce(kind, target, how);
        long startNs = System.nanoTime();
        String note = course.run();
        over(kind, target, startNs, System.nanoTime(), note, concerned);
    }

    private void down(FaultKind kind, String target, String how, List<Part> parts, Duration away, Consumer<Part> ending)
            throws InterruptedException, IOException {
        during(kind, target, how, parts, () -> {
            parts.forEach(ending);
            Thread.sleep(away);
            parts.forEach(Part::start);
            return "";
        });
    }

    private void frozen(FaultKind kind, Part part, Duration how) throws InterruptedException, IOException {
        during(kind, part.name(), "for " + how.toSeconds() + " s", List.of(part), () -> {
            part.freeze();
            Thread.sleep(how);
            part.resume();
            return "";
        });
    }

    /**
     * Stops one instance of two, and freezes the other when it ends a transaction. The request is held back, so that it
     * reaches the broker only after the broker has aborted the transaction.
     */
    private void freezeInCommit(List<String> both, Duration how) throws InterruptedException {
        String one = both.getFirst();
        Part part = cluster.stack().service(one);
        Part other = cluster.stack().service(both.getLast());
        log.announce(FaultKind.COMMIT_LATE, one, "for " + how.toSeconds() + " s");
        long startNs = System.nanoTime();
        other.stop();
        var held = new AtomicReference<String>();
        var frozen = new CountDownLatch(1);
        var resumed = new CountDownLatch(1);
        var next = new CountDownLatch(1);
        cluster.network(one).decideEndTxn(end -> {
            // A lane's next transaction has another epoch.
            String transaction = end.transactionalId() + " " + end.producerId() + "/" + end.producerEpoch();
            if (!end.committed() || !end.transactionalId().contains("-decider-")) {
                return Network.Fate.PASSES;
            } else if (held.compareAndSet(null, transaction)) {
                part.freeze();
                frozen.countDown();
                awaitQuietly(resumed);
            } else if (!transaction.equals(held.get())) {
                next.countDown();
            }
            return Network.Fate.PASSES;
        });
        boolean inCommit =
                frozen.await(COMMIT_WITHIN.toSeconds(), TimeUnit.SECONDS) || !held.compareAndSet(null, "none");
        if (inCommit) {
            Thread.sleep(how);
        }
        part.resume();
        resumed.countDown();
        long overNs = System.nanoTime();
        boolean wentOn = next.await(COMMIT_WITHIN.multipliedBy(3).toSeconds(), TimeUnit.SECONDS);
        cluster.network(one).passEndTxn();
        other.start();
        String note = inCommit ? wentOn ? "" : "it committed nothing afterwards" : "it had nothing to commit";
        over(FaultKind.COMMIT_LATE, one, startNs, overNs, note, List.of(part, other));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void network(FaultKind kind, String instance, Network.State state, Duration delay, Duration how)
            throws InterruptedException, IOException {
        String late = delay.isZero() ? "" : "by " + delay.toMillis() + " ms, ";
        var concerned = List.of(cluster.stack().service(instance));
        during(kind, instance, late + "for " + how.toSeconds() + " s", concerned, () -> {
            cluster.network(instance).become(state, delay);
            Thread.sleep(how);
            cluster.network(instance).become(Network.State.GOOD, Duration.ZERO);
            return "";
        });
    }

    /** A limit on the size of files: the next append fails, as it does when the disk is full. */
    private void fillDisk(Part broker, Duration away) throws InterruptedException, IOException {
        if (!Files.isExecutable(Path.of("/usr/bin/prlimit"))) {
            log.skip(FaultKind.DISK_FULL, "there is no /usr/bin/prlimit here");
            return;
        }
        String how = "until " + away.toSeconds() + " s after it gave up";
        during(FaultKind.DISK_FULL, "broker", how, List.of(broker), () -> {
            Machine.limitFiles(broker, "1:unlimited");
            long endNs = System.nanoTime() + BROKER_DIES_WITHIN.toNanos();
            while (broker.isRunning() && System.nanoTime() < endNs) {
                Thread.sleep(100);
            }
            String note = broker.isRunning() ? "it went on, was killed" : "it gave up";
            broker.kill9();
            Thread.sleep(away);
            broker.start();
            return note;
        });
    }

    private void setClock(Part part, int hours, Duration how) throws InterruptedException, IOException {
        Map<String, String> clock = Machine.clock(hours);
        if (clock.isEmpty()) {
            log.skip(FaultKind.CLOCK, "the library of Debian's package faketime is not installed");
            return;
        }
        String by = "by %+d h, for %d s".formatted(hours, how.toSeconds());
        during(FaultKind.CLOCK, part.name(), by, List.of(part), () -> {
            part.stop();
            part.start(clock);
            boolean ready = Cluster.awaitReady(List.of(part), READY_WITHIN);
            Thread.sleep(how);
            part.stop();
            part.start();
            return ready ? "" : "not ready with the wrong clock";
        });
    }

    private void repeatLate() throws InterruptedException, IOException {
        List<Api.Request> old = journal.acknowledgedBefore(memory.plus(Duration.ofSeconds(10)), LATE_REPEATS).stream()
                // A hold that has ended is made again.
                .filter(request -> !request.path().endsWith("/holds"))
                .toList();
        if (old.isEmpty()) {
            return;
        }
        during(FaultKind.LATE_REPEAT, "clients", "repeat " + old.size() + " requests", List.of(), () -> {
            int refused = 0;
            for (Api.Request request : old) {
                try {
                    refused += api.post(request).well() ? 0 : 1;
                } catch (StackFailure e) {
                    refused++;
                }
            }
            return refused == 0 ? "all known" : refused + " not acknowledged again";
        });
    }

    /** Waits until these parts, and all services after a fault of the broker, are ready; restarts any that is not. */
    private void over(FaultKind kind, String target, long startNs, long overNs, String note, Collection<Part> concerned)
            throws InterruptedException {
        Collection<Part> waited = target.equals("broker") ? cluster.brokerAndServices() : concerned;
        boolean recovered = Cluster.awaitReady(waited, READY_WITHIN);
        long readyNs = System.nanoTime();
        String more = note;
        if (!recovered) {
            for (Part part : waited) {
                if (!part.isReady()) {
                    more = (more.isEmpty() ? "" : more + "; ") + part.name() + " had to be started again";
                    part.kill9();
                    part.start();
                }
            }
            Cluster.awaitReady(waited, READY_WITHIN);
        }
        Instant began = Instant.now().minusNanos(readyNs - startNs);
        Duration lasted = Duration.ofNanos(overNs - startNs);
        log.over(new Entry(kind, began, target, lasted, Duration.ofNanos(readyNs - overNs), more, recovered));
    }
}
