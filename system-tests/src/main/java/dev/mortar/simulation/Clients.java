package dev.mortar.simulation;

import dev.mortar.eventsourcing.http.CommandRequest;
import dev.mortar.eventsourcing.kafka.SimulatedGateway.Answer;
import dev.mortar.eventsourcing.kafka.SimulatedGateway.Sent;
import dev.mortar.eventsourcing.kafka.SimulatedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The requests of clients, and the network between them and the log: requests overtake one another, get lost or come
 * twice, and so do their replies.
 */
final class Clients {

    /** A request, however often it is sent. */
    static final class Request {
        final String what;
        final String service;
        final Object command;
        final CommandRequest head;
        final List<String> tokens = new ArrayList<>();

        @Nullable
        String outcome;

        private final List<Decided> answers = new ArrayList<>();

        Request(String what, String service, Object command, CommandRequest head) {
            this.what = what;
            this.service = service;
            this.command = command;
            this.head = head;
        }
    }

    private record Decided(long atMs, String content) {}

    private final SimulatedLog log;
    private final Services services;
    private final Duration rememberCommands;
    private final List<Request> all = new ArrayList<>();
    private final Map<String, Request> byToken = new LinkedHashMap<>();
    private final List<Sent> inFlight = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private int tokens;

    Clients(SimulatedLog log, Services services, Duration rememberCommands) {
        this.log = log;
        this.services = services;
        this.rememberCommands = rememberCommands;
    }

    /** Sends a request, or sends it again. */
    void send(Request request, RandomGenerator random) {
        if (request.tokens.isEmpty()) {
            all.add(request);
        }
        String token = "client-" + ++tokens;
        request.tokens.add(token);
        byToken.put(token, request);
        send(request.service, request.command, request.head, token, random.nextInt(log.partitions()));
    }

    void send(String service, Object command, CommandRequest head, String token, int replyPartition) {
        inFlight.add(services.gateway(service).command(command, head, replyPartition, token));
    }

    boolean hasInFlight() {
        return !inFlight.isEmpty();
    }

    /** Some command on its way arrives at the log. */
    void deliver(RandomGenerator random) {
        append(inFlight.remove(random.nextInt(inFlight.size())));
    }

    /** Some command on its way arrives, and will arrive again; false when none is on its way. */
    boolean duplicate(RandomGenerator random) {
        if (inFlight.isEmpty()) {
            return false;
        }
        append(inFlight.get(random.nextInt(inFlight.size())));
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

    private void append(Sent sent) {
        log.append(
                sent.topic(), log.partitionOf(sent.key()), sent.key(), sent.value(), sent.headers(), log.nowMs(), null);
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

    List<Request> all() {
        return all;
    }

    /** Takes a reply. */
    void answered(Answer answer, long decidedMs) {
        Request request = byToken.get(answer.token());
        if (request == null) {
            return;
        }
        request.answers.add(new Decided(decidedMs, answer.content()));
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
            Decided remembered = null;
            List<Decided> answers = request.answers.stream()
                    .sorted(Comparator.comparingLong(Decided::atMs))
                    .toList();
            for (Decided answer : answers) {
                if (remembered == null || answer.atMs() - remembered.atMs() > rememberCommands.toMillis()) {
                    remembered = answer;
                } else if (!answer.content().equals(remembered.content())) {
                    contradictions.add(
                            request.what + " was answered " + remembered.content() + ", then " + answer.content());
                }
            }
        }
        return contradictions;
    }

    /** How often each rejection was answered, by its name. */
    Map<String, Integer> refusals() {
        return refusals;
    }
}
