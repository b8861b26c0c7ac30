package dev.mortar.simulation;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.kafka.PlantedDefect;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import dev.mortar.eventsourcing.kafka.SimulatedProcess;
import dev.mortar.eventsourcing.kafka.SimulatedService;
import dev.mortar.eventsourcing.kafka.SimulatedService.Harm;
import dev.mortar.notification.SimulatedSender;
import dev.mortar.notification.SimulatedSender.MailAnswer;
import dev.mortar.simulation.Clients.Request;
import dev.mortar.simulation.Plan.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan: carries out its decisions one after the other, then lets the faults stop, everything be delivered and
 * every deadline pass, and then asks the judge. No thread, no clock of the machine, no order that a hash decides: the
 * same plan gives the same log, byte for byte.
 */
public final class Simulation {
    private static final long BEGIN_MS = Instant.parse("2026-03-02T09:00:00Z").toEpochMilli();
    private static final int PARTITIONS = 4;
    private static final int FREEZE_DECISIONS_MAX = 600;
    private static final int STEPS_UNTIL_QUIET_MAX = 200_000;
    private static final int ROUNDS_UNTIL_OVER_MAX = 1_000;
    private static final int HOUR_MS = 3_600_000;
    private static final int WORK_MS_MAX = 5_000;

    private final Plan plan;
    private final Set<PlantedDefect> defects;
    private final boolean tells;
    private final Services services = Services.ALL;
    private final SimulatedKafka log = new SimulatedKafka(PARTITIONS, () -> this.nowMs);
    private final Clients clients;
    private final Thieves thieves;
    private final Trade trade;
    private final SimulatedSender sender;
    private final Sourcer sourcer;
    private final Sourced sourced = new Sourced();
    private final Travelled travelled = new Travelled();
    private final List<Part> parts = new ArrayList<>();
    private final Map<byte[], SpecificRecord> decoded = new IdentityHashMap<>();
    /** Reads each event of a run once: all its readers get the same bytes, and none of them changes a record. */
    private final Deserializer<SpecificRecord> deserializer = (topic, bytes) ->
            bytes == null ? null : decoded.computeIfAbsent(bytes, _ -> services.deserializer.deserialize(topic, bytes));

    private final List<SimulatedService<?, ?, ?, ?>> deciders = new ArrayList<>();
    private final List<Part> followers = new ArrayList<>();
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private final Watch watch;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final List<String> story = new ArrayList<>();

    private long nowMs = BEGIN_MS;
    private int decisionsMade;
    private long ids;
    private int mailsRefused;
    private MailAnswer mailAnswer = MailAnswer.TAKEN;

    private Simulation(Plan plan, Set<PlantedDefect> defects, boolean tells) {
        this.plan = plan;
        this.defects = defects;
        this.tells = tells;
        sender = new SimulatedSender(log, deserializer, this::askForSender, this::answerOfMailServer, ids(3), defects);
        clients = new Clients(log, plan.remember(), sender::answered);
        sourcer = new Sourcer(log, deserializer, ids(4), this::send);
        Drafts drafts = new Drafts(plan.seed(), () -> nowMs);
        thieves = new Thieves(drafts);
        trade = new Trade(plan, drafts, thieves);
        watch = new Watch(log, services, deserializer, this::tell);
        parts.add(new Part("requests", clients::hasInFlight, clients::deliver));
        parts.add(new Part("answers", clients::hasAnswers, clients::receive));
        for (ServiceDefinition<?, ?, ?, ?> definition : services.definitions) {
            addService(definition);
            if (definition.listens()) {
                SimulatedProcess process =
                        new SimulatedProcess(definition, log, deserializer, services.meters, defects);
                processes.add(process);
                parts.add(new Part(process.toString(), process::hasWork, process::step));
                parts.add(new Part("network of " + process, process::hasLeftovers, process::stepLeftovers));
            }
        }
        parts.add(new Part("sender", sender::hasWork, sender::step));
        parts.add(new Part("sourcer", sourcer::hasWork, sourcer::step));
        // The coordinator has more to do than any other part.
        for (int i = 0; i < 3; i++) {
            parts.add(new Part("coordinator", log::hasUnfinished, log::coordinate));
        }
        Collections.shuffle(parts, new Random(plan.seed()));
    }

    public static Outcome run(Plan plan) {
        return run(plan, Set.of(), false);
    }

    /** Runs a plan on code with these defects; writes a story if it tells. */
    public static Outcome run(Plan plan, Set<PlantedDefect> defects, boolean tells) {
        return new Simulation(plan, defects, tells).run();
    }

    static List<Entry> log(Plan plan) {
        Simulation simulation = new Simulation(plan, Set.of(), false);
        simulation.run();
        return simulation.log.everything();
    }

    private Outcome run() {
        List<String> problems = new ArrayList<>();
        try {
            RandomGenerator opening = new SplittableRandom(plan.seed() + 1);
            for (String customer : Drafts.CUSTOMERS) {
                boolean reachable = opening.nextInt(8) > 0;
                boolean consent = opening.nextInt(8) > 0;
                if (reachable) {
                    sender.contact(customer, consent, Instant.ofEpochMilli(nowMs));
                }
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
        } catch (Part.Stopped e) {
            problems.add(e.problem);
        }
        watch.look().forEach(event -> {
            thieves.see(event);
            sourced.see(event);
            travelled.see(event);
        });
        problems.addAll(watch.problems(nowMs));
        problems.addAll(thieves.problems());
        problems.addAll(clients.contradictions());
        problems.forEach(this::tell);
        return new Outcome(
                plan.seed(),
                problems,
                story,
                deciders.stream().mapToInt(SimulatedService::commandsRead).sum(),
                watch.events(),
                faults,
                clients.refusals(),
                thieves.thefts(),
                sourced.counts(),
                travelled.counts());
    }

    private void carryOut(Decision decision) {
        RandomGenerator random = new SplittableRandom(decision.salt());
        switch (decision) {
            case Decision.Work work -> step(random);
            case Decision.Request request -> {
                look();
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

    private void look() {
        for (SpecificRecord event : watch.look()) {
            thieves.see(event);
            trade.see(event);
            sourced.see(event);
            travelled.see(event);
        }
    }

    private void send(Request request, RandomGenerator random) {
        tell(request.what);
        clients.send(request, random);
    }

    private void pass(RandomGenerator random) {
        int die = random.nextInt(20);
        letPass(
                die < 12
                        ? random.nextInt(1, 500)
                        : die < 18 ? random.nextInt(500, 60_000) : random.nextInt(60_000, HOUR_MS));
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

    /** The name of the harmed part, or null when there was nothing to harm. */
    private @Nullable String fail(Fault fault, RandomGenerator random) {
        return switch (fault) {
            case CRASH -> {
                int i = random.nextInt(SimulatedService.INSTANCES);
                SimulatedService<?, ?, ?, ?> service = pickBusy(deciders, each -> each.isBusy(i), random);
                service.crash(i, random);
                yield service + " " + i;
            }
            case CRASH_IN_TRANSACTION ->
                harm(List.of(Harm.DIES_WHILE_SENDING, Harm.DIES_BEFORE_COMMIT, Harm.DIES_AFTER_COMMIT), random);
            case TAKE_OVER_IN_TRANSACTION -> harm(List.of(Harm.FENCED_WHILE_SENDING), random);
            case UNKNOWN_COMMIT -> harm(List.of(Harm.COMMIT_LOST, Harm.COMMIT_NOT_TOLD), random);
            case TAKE_OVER -> done(Drafts.pick(deciders, random), SimulatedService::giveToOther);
            case TWO_OWNERS -> done(Drafts.pick(deciders, random), SimulatedService::giveToBoth);
            case LAG -> freeze(Drafts.pick(followers, random), random);
            case STRANGE_STORE -> {
                SimulatedService<?, ?, ?, ?> service = Drafts.pick(deciders, random);
                int i = random.nextInt(SimulatedService.INSTANCES);
                yield service.startWithStrangeStore(i, random) ? service + " " + i : null;
            }
            case EXPIRE -> {
                if (random.nextInt(3) == 0) {
                    letDaysPass(random.nextBoolean() ? 8 : 15, random);
                }
                List<String> expired = deciders.stream()
                        .filter(SimulatedService::expire)
                        .map(SimulatedService::toString)
                        .toList();
                yield expired.isEmpty() ? null : "of " + expired;
            }
            case CRASH_PROCESS -> done(pickBusy(processes, SimulatedProcess::isBusy, random), SimulatedProcess::crash);
            case RESET_PROCESS -> done(Drafts.pick(processes, random), SimulatedProcess::reset);
            case CRASH_SENDER -> done("", _ -> sender.crash());
            case RESET_SENDER -> done("", _ -> sender.reset());
            case CRASH_SOURCER -> sourcer.crash() ? "" : null;
            case RESET_SOURCER -> done("", _ -> sourcer.reset());
            case FREEZE -> freeze(Drafts.pick(parts, random), random);
            case DUPLICATE_REQUEST -> clients.duplicate(random) ? "" : null;
            case LOSE_REQUEST -> clients.lose(random) ? "" : null;
            case LOSE_REPLY -> clients.loseReply(random) ? "" : null;
            case REPEAT_REQUEST -> {
                Request again = clients.repeat(random);
                yield again == null ? null : again.what;
            }
            case INSTANCE_CLOCK -> {
                SimulatedService<?, ?, ?, ?> service = Drafts.pick(deciders, random);
                int offMs = random.nextInt(-3 * HOUR_MS, 3 * HOUR_MS);
                service.setClock(random.nextInt(SimulatedService.INSTANCES), offMs);
                yield service + " by " + offMs + " ms";
            }
            case BROKER_CLOCK -> {
                int byMs = random.nextInt(6) == 0 ? 25 * HOUR_MS : random.nextInt(1, HOUR_MS);
                letPass(byMs);
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

    /** Harms something, and names it. */
    private static <T> String done(T harmed, Consumer<T> harm) {
        harm.accept(harmed);
        return harmed.toString();
    }

    private String freeze(Part part, RandomGenerator random) {
        part.frozenUntil = decisionsMade + random.nextInt(1, FREEZE_DECISIONS_MAX);
        return part.name;
    }

    private String harm(List<Harm> harms, RandomGenerator random) {
        SimulatedService<?, ?, ?, ?> service = pickBusy(deciders, each -> each.isBusy(0) || each.isBusy(1), random);
        Harm harm = Drafts.pick(harms, random);
        service.harm(harm, random);
        return service + " " + harm;
    }

    private void letPass(long ms) {
        nowMs += ms;
        deciders.forEach(SimulatedService::timePassed);
    }

    /** In days, the services decide everything, and they write marks that name all sources. */
    private void letDaysPass(int days, RandomGenerator random) {
        parts.forEach(part -> part.frozenUntil = 0);
        becomeQuiet(random);
        letPass(Duration.ofDays(days).toMillis());
        becomeQuiet(random);
    }

    private void askForSender(Object command, CommandRequest request, String token) {
        clients.ask(
                "notification", Math.floorMod(token.hashCode(), SimulatedService.INSTANCES), command, request, token);
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
        deciders.forEach(SimulatedService::endFaults);
        for (int round = 0; round < ROUNDS_UNTIL_OVER_MAX; round++) {
            becomeQuiet(random);
            List<Request> todo = new ArrayList<>(clients.waiting());
            look();
            todo.addAll(trade.duties(random));
            if (!todo.isEmpty()) {
                letPass(random.nextInt(WORK_MS_MAX));
                todo.forEach(request -> send(request, random));
                continue;
            }
            long dueMs = deciders.stream()
                    .mapToLong(SimulatedService::nextDeadlineMs)
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (dueMs == Long.MAX_VALUE && !sender.waits()) {
                deciders.forEach(decider -> problems.addAll(decider.problems()));
                problems.addAll(watch.unfinished(deciders.stream()
                        .flatMap(decider -> decider.entries().stream())
                        .toList()));
                problems.addAll(watch.mails(sender.mails()));
                return;
            }
            // Every part has had its say: time may pass. Seconds more, as timers are sent again after five.
            letPass(Math.max(0, dueMs == Long.MAX_VALUE ? 0 : dueMs - nowMs) + 6_000);
        }
        problems.add("not everything is over after " + ROUNDS_UNTIL_OVER_MAX + " rounds without faults");
    }

    private void becomeQuiet(RandomGenerator random) {
        for (int steps = 0; step(random); steps++) {
            if (steps > STEPS_UNTIL_QUIET_MAX) {
                throw new Part.Stopped("the services do not become quiet", null);
            }
            decisionsMade++;
        }
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
        return Drafts.pick(inTheMiddle.isEmpty() || random.nextInt(4) == 0 ? some : inTheMiddle, random);
    }

    private <C, S, V, E> void addService(ServiceDefinition<C, S, V, E> definition) {
        SimulatedService<C, S, V, E> service = new SimulatedService<>(
                definition,
                new SimulatedService.Environment(
                        log, services.serializer, deserializer, plan.remember(), ids(2), clients::answer, defects));
        deciders.add(service);
        clients.reach(service);
        for (int instance = 0; instance < SimulatedService.INSTANCES; instance++) {
            int i = instance;
            Part follower =
                    new Part(service + " follower " + i, () -> service.follows(i), random -> service.follow(i, random));
            followers.add(follower);
            parts.add(follower);
            parts.add(new Part(service + " lane " + i, () -> service.decides(i), random -> service.decide(i, random)));
        }
    }
}
