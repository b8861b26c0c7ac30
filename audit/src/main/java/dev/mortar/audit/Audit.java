package dev.mortar.audit;

import dev.mortar.audit.EventIds.Known;
import dev.mortar.schemas.notification.CustomerContact;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The judge: takes the events of all services one by one and checks every {@link Invariant} on the way. Not safe for
 * several threads.
 *
 * <p>What it finds does not depend on how the partitions were interleaved: an event is judged only after its cause and
 * after all events before it in its partition.
 *
 * <p>Memory grows with aggregates and open work, not with events: balances by location and SKU, the open reservations,
 * holds, pickups, returns and debts between services in full, and a compact entry for each order, pickup and
 * notification that came to its end. Event ids are kept up to {@link AuditRules#idsInMemory}; beyond it the older ones
 * are written to temporary files and joined at the end, so that ids are compared exactly however long the log is. An
 * event whose cause may have been forgotten is judged once half that many other events were.
 */
public final class Audit {
    private final AuditRules rules;
    private final Findings findings;
    private final LogAudit log;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final PickupAudit pickups;
    private final ReturnAudit returns;
    private final NotificationAudit notifications;
    private final StoryAudit stories;
    private final ClientAudit clients;

    private final Map<String, Map<Integer, Queue>> queues = new HashMap<>();
    private final Map<UUID, List<Queue>> blocked = new HashMap<>();
    private final ArrayDeque<Queue> runnable = new ArrayDeque<>();
    private long judged;
    private long waiting;

    /** A judge who has seen nothing yet. */
    public Audit(AuditRules rules) {
        this.rules = rules;
        findings = new Findings(rules.violationsKept());
        orders = new OrderAudit(findings);
        stock = new StockAudit(rules, findings);
        notifications = new NotificationAudit(rules, findings);
        stories = new StoryAudit(rules, findings, orders, stock, notifications);
        pickups = new PickupAudit(rules, findings, stories);
        returns = new ReturnAudit(findings);
        clients = new ClientAudit(findings);
        log = new LogAudit(
                rules,
                findings,
                Map.of(
                        "order.events", orders.streams(),
                        "inventory.events", stock.streams(),
                        "pickup.events", pickups.streams(),
                        "returns.events", returns.streams(),
                        "notification.events", notifications.streams()));
    }

    /** The events of one partition that cannot be judged yet. */
    private static final class Queue {
        final ArrayDeque<LoggedEvent> events = new ArrayDeque<>();

        @Nullable
        UUID blockedOn;

        long blockedSince;
    }

    /** The requests of clients whose effects are to be checked. Before the first event. */
    public void clients(Collection<ClientRequest> journal) {
        clients.expect(journal);
    }

    /**
     * How a person can be reached, by what is told last. Before the first event.
     *
     * @param contact null when the person was erased
     */
    public void contact(String customerId, Instant at, @Nullable CustomerContact contact) {
        notifications.contact(
                customerId,
                new NotificationAudit.Contact(
                        at,
                        contact == null,
                        contact != null && contact.getEmail() != null,
                        contact != null && contact.getEmailConsent()));
    }

    /**
     * A record on an event topic that is no event. It is passed over.
     *
     * @param why what keeps it from being read, for a person
     */
    public void foreign(Place place, String why) {
        findings.broken(Invariant.EVERY_RECORD_AN_EVENT, "The record at " + place + " is no event: " + why);
    }

    /** An event that was written and aborted: nobody may have acted on it. Before the end. */
    public void aborted(LoggedEvent event) {
        if (event.identity() != null) {
            log.aborted(event);
        }
    }

    /**
     * Takes the next event of its partition. Partitions each come in offset order, among each other in any order: an
     * event waits until its cause was accepted, so that every step is a causally closed cut.
     */
    public void accept(LoggedEvent event) {
        var place = event.place();
        if (event.identity() == null) {
            findings.broken(Invariant.TYPE_OF_TOPIC, "The " + event.type() + " at " + place + " is no event");
            return;
        }
        var queue = queues.computeIfAbsent(place.topic(), _ -> new HashMap<>())
                .computeIfAbsent(place.partition(), _ -> new Queue());
        if (queue.blockedOn == null) {
            judge(queue, event);
        } else {
            queue.events.add(event);
            waiting++;
        }
        run();
    }

    /** How many events wait for a cause that did not come yet, or behind such an event. */
    public long waiting() {
        return waiting;
    }

    /** How many events of a partition wait. A reader that reads it on before the others only makes more wait. */
    public int waiting(String topic, int partition) {
        var queue = queues.getOrDefault(topic, Map.of()).get(partition);
        return queue == null ? 0 : queue.events.size();
    }

    /**
     * Ends the audit: what still waits has no cause, and what is due by then is owed.
     *
     * @param asOf the time of the judgement
     */
    public AuditReport finish(Instant asOf) {
        releaseAll();
        log.finish();
        orders.finish(asOf, rules);
        stock.finish(asOf);
        pickups.finish(asOf);
        clients.finish();
        return findings.report(judged, stories.finish(asOf));
    }

    /** Whether a service serves what its events come to. */
    void served(boolean same, Supplier<String> explanation) {
        findings.check(Invariant.VIEW_IS_FOLD, same, explanation);
    }

    /** Takes what state topics say. After the last event, before the end. */
    PublishedAudit published(Instant asOf) {
        return new PublishedAudit(asOf.minus(rules.patience()), findings, orders, stock);
    }

    int uncheckedRequests() {
        return clients.unchecked();
    }

    /** What the folds hold now. */
    AuditState state() {
        return new AuditState(orders.state(), stock.locations(), stock.state(), pickups.state(), returns.state());
    }

    private void run() {
        while (!runnable.isEmpty()) {
            var queue = runnable.poll();
            while (queue.blockedOn == null && !queue.events.isEmpty()) {
                waiting--;
                judge(queue, queue.events.remove());
            }
        }
        if (!blocked.isEmpty() && log.ids().hasForgotten() && judged % 1024 == 0) {
            releaseOnTrust();
        }
    }

    /** Judges an event, or puts it back at the head of its queue when its cause has not come. */
    private void judge(Queue queue, LoggedEvent event) {
        var causationId = EventType.meta(event).getCausationId();
        var cause = causationId == null ? null : log.ids().find(causationId);
        if (causationId != null && cause == null) {
            queue.events.addFirst(event);
            waiting++;
            queue.blockedOn = causationId;
            queue.blockedSince = judged;
            blocked.computeIfAbsent(causationId, _ -> new ArrayList<>(1)).add(queue);
        } else {
            deliver(event, cause, false);
        }
    }

    private void deliver(LoggedEvent event, @Nullable Known cause, boolean onTrust) {
        judged++;
        findings.holds(Invariant.EVERY_RECORD_AN_EVENT);
        var identity = Objects.requireNonNull(event.identity());
        if (log.accept(event, identity, cause, onTrust)) {
            switch (identity.type().service()) {
                case "order-service" -> orders.accept(event);
                case "inventory-service" -> stock.accept(event);
                case "pickup-service" -> pickups.accept(event);
                case "returns-service" -> returns.accept(event);
                default -> notifications.accept(event);
            }
            notifications.hear(event);
            stories.accept(event);
            clients.accept(event);
        }
        var released =
                blocked.isEmpty() ? null : blocked.remove(EventType.meta(event).getEventId());
        if (released != null) {
            for (var queue : released) {
                queue.blockedOn = null;
                runnable.add(queue);
            }
        }
    }

    private void releaseOnTrust() {
        for (var queue : blockedQueues()) {
            if (judged - queue.blockedSince > rules.idsInMemory() / 2) {
                release(queue);
            }
        }
        if (!runnable.isEmpty()) {
            run();
        }
    }

    /** Judges what waits though its cause is missing, beginning with those whose cause waits nowhere. */
    private void releaseAll() {
        if (blocked.isEmpty()) {
            return;
        }
        var ids = new HashSet<UUID>();
        queues.values()
                .forEach(byPartition -> byPartition
                        .values()
                        .forEach(queue -> queue.events.forEach(
                                event -> ids.add(EventType.meta(event).getEventId()))));
        while (!blocked.isEmpty()) {
            var heads = blockedQueues();
            var next = heads.stream()
                    .filter(queue -> !ids.contains(queue.blockedOn))
                    .findFirst()
                    .orElse(heads.getFirst());
            release(next);
            run();
        }
    }

    /** Blocked queues in the order of what stands at their heads, so that it does not matter when each was blocked. */
    private List<Queue> blockedQueues() {
        var heads = new LinkedHashMap<String, Queue>();
        blocked.values().stream()
                .flatMap(Collection::stream)
                .sorted((a, b) -> a.events
                        .element()
                        .place()
                        .toString()
                        .compareTo(b.events.element().place().toString()))
                .forEach(queue -> heads.put(queue.events.element().place().toString(), queue));
        return List.copyOf(heads.values());
    }

    private void release(Queue queue) {
        var id = queue.blockedOn;
        if (id != null) {
            var others = blocked.get(id);
            if (others != null) {
                others.remove(queue);
                if (others.isEmpty()) {
                    blocked.remove(id);
                }
            }
        }
        queue.blockedOn = null;
        waiting--;
        deliver(queue.events.remove(), null, log.ids().hasForgotten());
        runnable.add(queue);
    }
}
