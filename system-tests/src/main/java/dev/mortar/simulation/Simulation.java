package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.SimulatedDecider;
import dev.mortar.eventsourcing.kafka.SimulatedGateway;
import dev.mortar.eventsourcing.kafka.SimulatedLog;
import dev.mortar.eventsourcing.kafka.SimulatedLog.Entry;
import dev.mortar.eventsourcing.kafka.SimulatedLog.Transaction;
import dev.mortar.eventsourcing.kafka.SimulatedProcess;
import dev.mortar.notification.SimulatedSender;
import dev.mortar.notification.SimulatedSender.MailAnswer;
import dev.mortar.simulation.Clients.Request;
import dev.mortar.simulation.Plan.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan: carries out its decisions one after the other, then lets the faults stop, everything be delivered and
 * every deadline pass, and has the judge look at what is left. No thread, no clock of the machine, no order that a hash
 * decides: the same plan gives the same log, byte for byte.
 */
public final class Simulation {

    private static final long BEGIN_MS = Instant.parse("2026-03-02T09:00:00Z").toEpochMilli();
    private static final int PARTITIONS = 4;
    private static final int FREEZE_DECISIONS_MAX = 600;
    private static final int STEPS_UNTIL_QUIET_MAX = 200_000;
    private static final int ROUNDS_UNTIL_OVER_MAX = 1_000;
    private static final int HOUR_MS = 3_600_000;

    private final Plan plan;
    private final Set<PlantedDefect> defects;
    private final boolean tells;
    private final Services services = Services.ALL;
    private final SimulatedLog log = new SimulatedLog(PARTITIONS, () -> this.nowMs);
    private final Clients clients;
    private final Trade trade;
    private final SimulatedSender sender;
    private final List<Part> parts = new ArrayList<>();
    private final List<DeciderPart<?, ?, ?, ?>> deciders = new ArrayList<>();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final Watch watch;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final List<String> story = new ArrayList<>();

    private long nowMs = BEGIN_MS;
    private int decisionsMade;
    private long ids;
    private int commands;
    private int mailsRefused;
    private MailAnswer mailAnswer = MailAnswer.TAKEN;

    /** Something that can take a step. */
    private abstract static class Part {
        private int frozenUntil;

        abstract boolean hasWork();

        abstract void step(RandomGenerator random);
    }

    private Simulation(Plan plan, Set<PlantedDefect> defects, boolean tells) {
        this.plan = plan;
        this.defects = defects;
        this.tells = tells;
        clients = new Clients(log, services, plan.rememberCommands());
        trade = new Trade(plan, () -> nowMs);
        watch = new Watch(log, services, this::tell);
        sender = new SimulatedSender(
                log,
                services.deserializer,
                (command, request, token) -> clients.send(
                        "notification", command, request, token, Math.floorMod(token.hashCode(), PARTITIONS)),
                ids(3),
                defects);
        sender.mailServer(this::answerOfMailServer);
        parts.add(part(clients::hasInFlight, clients::deliver));
        for (ServiceDefinition<?, ?, ?, ?> definition : services.definitions) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                addDecider(definition, partition);
                parts.add(new RepliesPart(definition.noun(), partition));
            }
            if (definition.listens()) {
                SimulatedProcess process =
                        new SimulatedProcess(definition, log, services.deserializer, services.meters, defects);
                processes.add(process);
                parts.add(part(process::hasWork, process::step));
                parts.add(part(process::hasLeftovers, process::stepLeftovers));
            }
        }
        parts.add(part(sender::hasWork, sender::step));
        // The coordinator has more to do than any other part.
        for (int i = 0; i < 3; i++) {
            parts.add(part(log::hasMarkersDue, random -> log.writeMarker(pick(log.markersDue(), random))));
        }
        parts.add(part(() -> orphan() != null, random -> abortOrphan()));
        Collections.shuffle(parts, new Random(plan.seed()));
    }

    /** Runs a plan. */
    public static Outcome run(Plan plan) {
        return run(plan, Set.of(), false);
    }

    /**
     * Runs a plan.
     *
     * @param defects that the code is to have
     * @param tells true to write a story
     */
    public static Outcome run(Plan plan, Set<PlantedDefect> defects, boolean tells) {
        return new Simulation(plan, defects, tells).run();
    }

    /** The whole log of a run, to compare. */
    static List<Entry> log(Plan plan) {
        Simulation simulation = new Simulation(plan, Set.of(), false);
        simulation.run();
        return simulation.log.everything();
    }

    private Outcome run() {
        List<String> problems = new ArrayList<>();
        try {
            RandomGenerator opening = new SplittableRandom(plan.seed() + 1);
            for (String customer : Trade.customers()) {
                boolean reachable = opening.nextInt(8) > 0;
                boolean consent = opening.nextInt(8) > 0;
                sender.contact(customer, reachable, consent, Instant.ofEpochMilli(nowMs));
                watch.contact(customer, reachable, consent, Instant.ofEpochMilli(nowMs));
            }
            for (Request request : trade.opening(opening)) {
                send(request, opening);
                becomeQuiet(opening);
            }
            decisionsMade = 0;
            for (Decision decision : plan.decisions()) {
                carryOut(decision);
                decisionsMade++;
            }
            finish(problems);
        } catch (PartStopped e) {
            problems.add(e.getMessage());
        }
        watch.look();
        problems.addAll(watch.problems(nowMs));
        problems.addAll(clients.contradictions());
        problems.forEach(this::tell);
        return new Outcome(
                plan.seed(),
                problems,
                story,
                clients.all().size(),
                commands,
                watch.events(),
                faults,
                clients.refusals());
    }

    private void carryOut(Decision decision) {
        RandomGenerator random = new SplittableRandom(decision.salt());
        switch (decision) {
            case Decision.Work work -> step(random);
            case Decision.Request request -> {
                watch.look().forEach(trade::see);
                send(trade.next(random), random);
            }
            case Decision.Time time -> pass(random);
            case Decision.Failure failure -> {
                String harmed = fail(failure.fault(), random);
                if (harmed != null) {
                    faults.merge(failure.fault(), 1, Integer::sum);
                    tell(failure.fault() + " " + harmed);
                }
            }
        }
    }

    private void send(Request request, RandomGenerator random) {
        tell(request.what);
        clients.send(request, random);
    }

    private void pass(RandomGenerator random) {
        int die = random.nextInt(20);
        nowMs += die < 12
                ? random.nextInt(1, 500)
                : die < 18 ? random.nextInt(500, 60_000) : random.nextInt(60_000, HOUR_MS);
        deciders.forEach(decider -> decider.timersDue = true);
    }

    /** Lets the next part that has work take a step; false when none has. */
    private boolean step(RandomGenerator random) {
        int first = random.nextInt(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get((first + i) % parts.size());
            if (part.frozenUntil <= decisionsMade && part.hasWork()) {
                part.step(random);
                return true;
            }
        }
        return false;
    }

    /** What was harmed, or null when there was nothing to harm. */
    private @Nullable String fail(Fault fault, RandomGenerator random) {
        return switch (fault) {
            case CRASH_DECIDER ->
                pickBusy(deciders, DeciderPart::isBusy, random).crash(random);
            case RESET_DECIDER -> pick(deciders, random).reset();
            case ZOMBIE -> pick(deciders, random).takeOver(random);
            case CRASH_PROCESS -> {
                SimulatedProcess process = pickBusy(processes, SimulatedProcess::isBusy, random);
                process.crash();
                yield process.toString();
            }
            case RESET_PROCESS -> {
                SimulatedProcess process = pick(processes, random);
                process.reset();
                yield process.toString();
            }
            case CRASH_SENDER -> {
                sender.crash();
                yield "";
            }
            case RESET_SENDER -> {
                sender.reset();
                yield "";
            }
            case FREEZE -> {
                Part part = pick(parts, random);
                part.frozenUntil = decisionsMade + random.nextInt(1, FREEZE_DECISIONS_MAX);
                yield part.toString();
            }
            case DUPLICATE_REQUEST -> clients.duplicate(random) ? "" : null;
            case LOSE_REQUEST -> clients.lose(random) ? "" : null;
            case LOSE_REPLY -> clients.loseReply(random) ? "" : null;
            case REPEAT_REQUEST -> {
                Request again = clients.repeat(random);
                yield again == null ? null : again.what;
            }
            case INSTANCE_CLOCK -> {
                DeciderPart<?, ?, ?, ?> decider = pick(deciders, random);
                decider.clockOffMs = random.nextInt(-3 * HOUR_MS, 3 * HOUR_MS);
                yield decider + " by " + decider.clockOffMs + " ms";
            }
            case BROKER_CLOCK -> {
                int byMs = random.nextInt(6) == 0 ? 25 * HOUR_MS : random.nextInt(1, HOUR_MS);
                nowMs += byMs;
                deciders.forEach(decider -> decider.timersDue = true);
                yield "by " + byMs + " ms";
            }
            case MAIL_REFUSED -> {
                MailAnswer[] answers = MailAnswer.values();
                mailAnswer = answers[random.nextInt(1, answers.length)];
                mailsRefused = random.nextInt(1, 5);
                yield mailsRefused + " times " + mailAnswer;
            }
        };
    }

    private MailAnswer answerOfMailServer() {
        return mailsRefused-- > 0 ? mailAnswer : MailAnswer.TAKEN;
    }

    /** Faults stop: everybody does what they have to, everything is delivered, all deadlines pass. */
    private void finish(List<String> problems) {
        RandomGenerator random = new SplittableRandom(plan.seed() + 2);
        tell("faults stop");
        mailsRefused = 0;
        parts.forEach(part -> part.frozenUntil = 0);
        deciders.forEach(DeciderPart::endFaults);
        for (int round = 0; round < ROUNDS_UNTIL_OVER_MAX; round++) {
            becomeQuiet(random);
            List<Request> todo = new ArrayList<>(clients.waiting());
            watch.look().forEach(trade::see);
            todo.addAll(trade.duties());
            if (!todo.isEmpty()) {
                todo.forEach(request -> send(request, random));
                continue;
            }
            long dueMs = deciders.stream()
                    .mapToLong(decider -> decider.decider.nextDeadlineMs())
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (dueMs == Long.MAX_VALUE && !sender.waits()) {
                deciders.forEach(decider -> problems.addAll(decider.differencesFromFold()));
                problems.addAll(watch.unfinished(deciders.stream()
                        .flatMap(decider -> decider.decider.committedEntries().stream())
                        .toList()));
                problems.addAll(watch.mails(sender.mails()));
                return;
            }
            // Every part has had its say: time may pass. Seconds more, as timers are sent again after five.
            nowMs = Math.max(nowMs, dueMs == Long.MAX_VALUE ? 0 : dueMs) + 6_000;
            deciders.forEach(decider -> decider.timersDue = true);
        }
        problems.add("not everything is over after " + ROUNDS_UNTIL_OVER_MAX + " rounds without faults");
    }

    private void becomeQuiet(RandomGenerator random) {
        for (int steps = 0; step(random); steps++) {
            if (steps > STEPS_UNTIL_QUIET_MAX) {
                throw new PartStopped("the services do not become quiet", null);
            }
            decisionsMade++;
        }
    }

    /** A transaction that its writer left open, or null. */
    private @Nullable Transaction orphan() {
        for (DeciderPart<?, ?, ?, ?> decider : deciders) {
            List<Transaction> orphans = decider.decider.orphans();
            if (!orphans.isEmpty()) {
                return orphans.getFirst();
            }
        }
        return null;
    }

    private void abortOrphan() {
        log.decide(Objects.requireNonNull(orphan()), false);
    }

    private void tell(String line) {
        if (tells) {
            story.add(Instant.ofEpochMilli(nowMs) + "  " + line);
        }
    }

    private Supplier<UUID> ids(int kind) {
        return () -> new UUID(plan.seed() * 31 + kind, ++ids);
    }

    /** One that is in the middle of something, if there is one: where a crash hurts most. */
    private static <T> T pickBusy(List<T> some, Predicate<? super T> busy, RandomGenerator random) {
        List<T> inTheMiddle = some.stream().filter(busy).toList();
        return pick(inTheMiddle.isEmpty() || random.nextInt(4) == 0 ? some : inTheMiddle, random);
    }

    private static <T> T pick(List<T> some, RandomGenerator random) {
        return some.get(random.nextInt(some.size()));
    }

    /** A part of a service ended by an exception, as it does for what must not happen. */
    private static final class PartStopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PartStopped(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private interface Step {
        void take(RandomGenerator random);
    }

    private static Part part(java.util.function.BooleanSupplier hasWork, Step step) {
        return new Part() {
            @Override
            boolean hasWork() {
                return hasWork.getAsBoolean();
            }

            @Override
            void step(RandomGenerator random) {
                step.take(random);
            }
        };
    }

    private <C, S, V, E> void addDecider(ServiceDefinition<C, S, V, E> definition, int partition) {
        DeciderPart<C, S, V, E> part = new DeciderPart<>(new SimulatedDecider<>(
                definition,
                partition,
                log,
                services.serializer,
                services.deserializer,
                plan.rememberCommands(),
                ids(2),
                services.meters,
                defects));
        deciders.add(part);
        parts.add(part);
    }

    /** A decider's partition with whoever has it. */
    private final class DeciderPart<C, S, V, E> extends Part {
        private final SimulatedDecider<C, S, V, E> decider;
        private boolean timersDue;
        private int clockOffMs;

        DeciderPart(SimulatedDecider<C, S, V, E> decider) {
            this.decider = decider;
        }

        @Override
        public String toString() {
            return decider.toString();
        }

        private void start() {
            try {
                decider.start(() -> nowMs + clockOffMs);
            } catch (RuntimeException e) {
                throw new PartStopped(decider + " cannot start: " + e.getMessage(), e);
            }
        }

        @Override
        boolean hasWork() {
            var owner = decider.owner();
            if (owner == null) {
                return decider.canStart();
            }
            if (hasWork(owner)) {
                return true;
            }
            for (var zombie : decider.zombies()) {
                if (hasWork(zombie)) {
                    return true;
                }
            }
            return false;
        }

        private boolean hasWork(SimulatedDecider<C, S, V, E>.Instance instance) {
            return !instance.waits() && (instance.dirty() || timersDue || instance.hasInput());
        }

        @Override
        void step(RandomGenerator random) {
            var owner = decider.owner();
            if (owner == null) {
                start();
                return;
            }
            List<SimulatedDecider<C, S, V, E>.Instance> working = new ArrayList<>(decider.zombies());
            working.add(owner);
            working.removeIf(each -> !hasWork(each));
            step(pick(working, random), random);
        }

        private void step(SimulatedDecider<C, S, V, E>.Instance instance, RandomGenerator random) {
            boolean commits = instance.dirty() && random.nextInt(3) == 0;
            try {
                if (timersDue && random.nextInt(3) == 0) {
                    timersDue = false;
                    instance.tick();
                } else if (!commits && instance.hasInput()) {
                    commands++;
                    instance.decide();
                } else if (instance.dirty()) {
                    instance.commit();
                } else {
                    timersDue = false;
                    instance.tick();
                }
            } catch (RuntimeException e) {
                throw new PartStopped(decider + " stopped: " + e, e);
            }
        }

        @Nullable
        String crash(RandomGenerator random) {
            List<SimulatedDecider<C, S, V, E>.Instance> running = new ArrayList<>(decider.zombies());
            var owner = decider.owner();
            if (owner != null) {
                running.add(owner);
            }
            if (running.isEmpty()) {
                return null;
            }
            pick(running, random).crash();
            return toString();
        }

        @Nullable
        String reset() {
            var owner = decider.owner();
            if (owner == null) {
                return null;
            }
            owner.crash();
            decider.loseOffset();
            return toString();
        }

        @Nullable
        String takeOver(RandomGenerator random) {
            if (decider.owner() == null || !decider.canStart()) {
                return null;
            }
            start();
            return toString();
        }

        List<String> differencesFromFold() {
            try {
                return decider.differencesFromFold();
            } catch (RuntimeException e) {
                return List.of(decider + " has events that cannot follow one another: " + e.getMessage());
            }
        }

        boolean isBusy() {
            var owner = decider.owner();
            return owner != null && owner.dirty();
        }

        /** Old instances are gone for good, and the clock is right. */
        void endFaults() {
            decider.zombies().forEach(SimulatedDecider.Instance::crash);
            clockOffMs = 0;
            timersDue = true;
        }
    }

    /** Reads the replies of a partition and brings them to whoever waits. */
    private final class RepliesPart extends Part {
        private final String topic;
        private final int partition;
        private long position;

        RepliesPart(String noun, int partition) {
            this.topic = services.gateway(noun).repliesTopic();
            this.partition = partition;
        }

        @Override
        boolean hasWork() {
            return log.committed(topic, partition, position) != null;
        }

        @Override
        void step(RandomGenerator random) {
            Entry entry = log.committed(topic, partition, position);
            if (entry != null) {
                position = entry.offset() + 1;
                SimulatedGateway.Answer answer = SimulatedGateway.answer(entry);
                clients.answered(answer, entry.timestampMs());
                sender.answered(answer);
            }
        }
    }
}
