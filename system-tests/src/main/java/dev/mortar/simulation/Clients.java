package dev.mortar.simulation;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedService;
import dev.mortar.eventsourcing.kafka.SimulatedService.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The requests of clients, and the network between them and the log: requests overtake one another, get lost or come
 * twice, and so do their replies.
 */
final class Clients {
    /** A request, however often it is sent. */
    static final class Request {
        final String what;
        final String service;
        final ObjectNode command;
        final CommandRequest head;
        final List<String> tokens = new ArrayList<>();

        @Nullable
        String outcome;

        private final List<Decided> answers = new ArrayList<>();

        /** A command of this type, still without fields. */
        Request(String what, String service, String type, CommandRequest head) {
            this.what = what;
            this.service = service;
            this.command = Drafts.command(type);
            this.head = head;
        }

        /** This request with more fields, as JSON: names and values in turn. */
        Request with(@Nullable Object... fields) {
            for (int i = 0; i < fields.length; i += 2) {
                command.set(String.valueOf(fields[i]), Json.mapper().valueToTree(fields[i + 1]));
            }
            return this;
        }

        String text(String field) {
            return command.path(field).asString();
        }

        /** The first answer; null until one has come. A command that is accepted is answered ok. */
        @Nullable
        String answer() {
            return outcome == null || outcome.equals("ok")
                    ? outcome
                    : answers.getFirst().content();
        }
    }

    private record Decided(Instant at, String content) {}

    private final SimulatedKafka log;
    private final Duration remembered;
    private final Map<String, SimulatedService<?, ?, ?, ?>> services = new HashMap<>();
    private final Consumer<Answered> sender;
    private final List<Request> all = new ArrayList<>();
    private final Map<String, Request> byToken = new LinkedHashMap<>();
    private final List<ProducerRecord<String, byte[]>> inFlight = new ArrayList<>();
    private final List<Answered> answersInFlight = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private int tokens;

    /** A request is known as a repeat for so long; the sender hears of all answers as well. */
    Clients(SimulatedKafka log, Duration remembered, Consumer<Answered> sender) {
        this.log = log;
        this.remembered = remembered;
        this.sender = sender;
    }

    void reach(SimulatedService<?, ?, ?, ?> service) {
        services.put(service.toString(), service);
    }

    /** Sends a request, or sends it again. */
    void send(Request request, RandomGenerator random) {
        if (request.tokens.isEmpty()) {
            all.add(request);
        }
        String token = "client-" + ++tokens;
        request.tokens.add(token);
        byToken.put(token, request);
        ask(request.service, random.nextInt(SimulatedService.INSTANCES), request.command, request.head, token);
    }

    /** Asks an instance of a service; its answer comes under the token. */
    void ask(String service, int instance, Object command, CommandRequest head, String token) {
        ProducerRecord<String, byte[]> sent =
                Objects.requireNonNull(services.get(service)).ask(instance, command, head, token);
        if (sent != null) {
            inFlight.add(sent);
        }
    }

    boolean hasInFlight() {
        return !inFlight.isEmpty();
    }

    /** Some command on its way arrives at the log. */
    void deliver(RandomGenerator random) {
        log.append(inFlight.remove(random.nextInt(inFlight.size())));
    }

    /** Some command on its way arrives, and will arrive again; false when none is on its way. */
    boolean duplicate(RandomGenerator random) {
        if (inFlight.isEmpty()) {
            return false;
        }
        log.append(inFlight.get(random.nextInt(inFlight.size())));
        return true;
    }

    /** Some command on its way is lost; false when none is on its way. */
    boolean lose(RandomGenerator random) {
        if (inFlight.isEmpty()) {
            return false;
        }
        inFlight.remove(random.nextInt(inFlight.size()));
        return true;
    }

    /** Somebody waits for a reply in vain; false when nobody waits. */
    boolean loseReply(RandomGenerator random) {
        List<Request> waiting = waiting();
        if (waiting.isEmpty()) {
            return false;
        }
        byToken.remove(waiting.get(random.nextInt(waiting.size())).tokens.getLast());
        return true;
    }

    /** Sends some request that was sent before; null when there is none. */
    @Nullable
    Request repeat(RandomGenerator random) {
        if (all.isEmpty()) {
            return null;
        }
        Request again = all.get(random.nextInt(all.size()));
        send(again, random);
        return again;
    }

    /** Requests without an answer. */
    List<Request> waiting() {
        return all.stream().filter(request -> request.outcome == null).toList();
    }

    void answer(Answered answer) {
        answersInFlight.add(answer);
    }

    boolean hasAnswers() {
        return !answersInFlight.isEmpty();
    }

    /** Some answer on its way arrives. */
    void receive(RandomGenerator random) {
        Answered answer = answersInFlight.remove(random.nextInt(answersInFlight.size()));
        sender.accept(answer);
        Request request = byToken.get(answer.token());
        if (request == null) {
            return;
        }
        request.answers.add(new Decided(answer.decidedAt(), answer.content()));
        if (request.outcome == null) {
            String refusal = answer.refusal();
            request.outcome = refusal == null ? "ok" : refusal;
            if (refusal != null) {
                refusals.merge(refusal, 1, Integer::sum);
            }
        }
    }

    /** Requests that were answered in two ways though the first one was still remembered. */
    List<String> contradictions() {
        List<String> contradictions = new ArrayList<>();
        for (Request request : all) {
            Decided first = null;
            List<Decided> answers = request.answers.stream()
                    // A request under a key of another is refused as long as that one is remembered, and not longer.
                    .filter(answer -> !answer.content().startsWith("KeyReused"))
                    .sorted(Comparator.comparing(Decided::at))
                    .toList();
            for (Decided answer : answers) {
                if (first == null || answer.at().isAfter(first.at().plus(remembered))) {
                    first = answer;
                } else if (!answer.content().equals(first.content())) {
                    contradictions.add(
                            request.what + " was answered " + first.content() + ", then " + answer.content());
                }
            }
        }
        return contradictions;
    }

    Map<String, Integer> refusals() {
        return refusals;
    }
}
