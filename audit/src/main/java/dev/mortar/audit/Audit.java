package dev.mortar.audit;

import dev.mortar.audit.EventIds.Known;
import dev.mortar.schemas.notification.CustomerContact;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges the events of all services one by one and checks every {@link Invariant} on the way. Not safe for several
 * threads.
 *
 * <p>The findings do not depend on the order in which the partitions were read: an event is judged only after its cause
 * and after all events before it in its partition.
 *
 * <p>Memory grows with aggregates and open work, not with events. Event ids are kept in memory up to
 * {@link AuditRules#idsInMemory}; older ones go to temporary files and are joined at the end, so that ids are compared
 * exactly. An event whose cause may be in the files is judged once half that many other events were.
 */
public final class Audit {
    private final AuditRules rules;
    private final Findings findings;
    private final LogAudit log;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final CapacityAudit capacity;
    private final PickupAudit pickups;
    private final ReturnAudit returns;
    private final NotificationAudit notifications;
    private final ClientAudit clients;
    private final ExpectedSteps steps;
    private final List<Auditor> auditors;

    private final Map<String, Map<Integer, Queue>> queues = new HashMap<>();
    private final Map<UUID, List<Queue>> blocked = new HashMap<>();
    private final ArrayDeque<Queue> runnable = new ArrayDeque<>();
    private long judged;

    /** An audit before its first event. */
    public Audit(AuditRules rules) {
        this.rules = rules;
        findings = new Findings(rules);
        steps = new ExpectedSteps(findings);
        var fulfilments = new Fulfilments();
        orders = new OrderAudit(findings);
        stock = new StockAudit(findings, steps, fulfilments);
        pickups = new PickupAudit(findings, fulfilments, steps);
        var parcels = new ParcelAudit(findings);
        capacity = new CapacityAudit(findings);
        var tasks = new TaskAudit(findings, fulfilments, steps, pickups);
        returns = new ReturnAudit(findings);
        notifications = new NotificationAudit(findings);
        clients = new ClientAudit(findings);
        var stories = List.of(
                new ReservationStory(findings, steps, orders, fulfilments),
                new GoodsStory(findings, steps, orders, stock),
                new ParcelStory(findings, steps, orders, returns),
                new NotificationStory(findings, steps, notifications),
                new RejectionStory(findings, steps, pickups, orders));
        Auditor.requireCompleteness(stories, _ -> true, """
                OrderCompleted SourcingDecided LocationRegistered StockReceived StockCounted StockShortfallDetected
                SafetyStockSet StockHeld StockHoldChanged StockHoldReleased StockHoldExpired PickingStarted
                CustomerOnTheWay CustomerArrived PickupCodeRejected PickupAccepted ParcelPacked ParcelFound RefundRequested NotificationSuperseded CapacityPaused SlotClosed""");
        auditors = new ArrayList<>(List.of(
                new RightsAudit(findings, orders, stock),
                orders,
                new SourcingAudit(findings, orders, stock, fulfilments),
                stock,
                capacity,
                pickups,
                tasks,
                parcels,
                returns,
                notifications));
        auditors.addAll(stories);
        auditors.add(clients);
        log = new LogAudit(
                findings,
                Map.of(
                        "order.events", orders.orders,
                        "inventory.events", stock.locations,
                        "pickup.events", pickups.pickups,
                        "returns.events", returns.orders,
                        "notification.events", notifications.notifications));
    }

    /** The events of one partition that cannot be judged yet. */
    private static final class Queue {
        private final ArrayDeque<LoggedEvent> events = new ArrayDeque<>();
        private @Nullable UUID blockedOn;
        private long blockedSince;
    }

    /** Adds the requests of clients whose effects are to be checked. Before the first event. */
    public void clients(Collection<ClientRequest> journal) {
        clients.expect(journal);
    }

    /**
     * Adds the newest contact of a customer. Before the first event.
     *
     * @param contact null if the customer was erased
     */
    public void contact(String customerId, Instant at, @Nullable CustomerContact contact) {
        notifications.contact(customerId, at, contact);
    }

    /**
     * Reports a record on an event topic that is no event, and goes on.
     *
     * @param why the reason for which it cannot be read
     */
    public void foreign(RecordId recordId, String why) {
        findings.broken(Invariant.EVERY_RECORD_AN_EVENT, "The record at %s is no event: %s", recordId, why);
    }

    /** Adds an event of an aborted transaction, which may cause nothing. Before the end. */
    public void aborted(LoggedEvent event) {
        if (event.identity() != null) {
            log.aborted(event);
        }
    }

    /**
     * Takes the next event of its partition. The events of a partition come in the order of their offsets; the order of
     * the partitions does not matter. An event waits until its cause was judged.
     */
    public void accept(LoggedEvent event) {
        var recordId = event.recordId();
        if (event.identity() == null) {
            findings.broken(Invariant.TYPE_OF_TOPIC, "The %s at %s is no event", event.type(), recordId);
            return;
        }
        var queue = queues.computeIfAbsent(recordId.topic(), _ -> new HashMap<>())
                .computeIfAbsent(recordId.partition(), _ -> new Queue());
        if (queue.blockedOn == null) {
            judge(queue, event);
        } else {
            queue.events.add(event);
        }
        run();
    }

    /** The number of events of a partition that wait. Reading such a partition further only makes more events wait. */
    public int waiting(String topic, int partition) {
        var queue = queues.getOrDefault(topic, Map.of()).get(partition);
        return queue == null ? 0 : queue.events.size();
    }

    /**
     * Ends the audit: events that still wait have no cause, and steps that are overdue are owed.
     *
     * @param asOf the time of the judgement
     */
    public AuditReport finish(Instant asOf) {
        releaseAll();
        log.finish();
        for (var auditor : auditors) {
            findings.context();
            auditor.finish(asOf);
        }
        return findings.report(judged, steps.finish(asOf));
    }

    /** Checks that a service serves the state that its events come to. */
    void served(boolean isSame, Supplier<String> explanation) {
        findings.check(Invariant.VIEW_IS_FOLD, isSame, "%s", isSame ? "" : explanation.get());
    }

    /** Checks the state topics. After the last event, before the end. */
    PublishedAudit published(Instant asOf) {
        return new PublishedAudit(asOf.minus(rules.patience()), findings, orders, stock, capacity.slots());
    }

    int uncheckedRequests() {
        return clients.unchecked;
    }

    /** The state that the events so far come to. */
    AuditState state() {
        return new AuditState(
                orders.orders.view(Order::state), stock.registered(), stock.state(), pickups.state(), returns.state());
    }

    private void run() {
        while (!runnable.isEmpty()) {
            var queue = runnable.poll();
            while (queue.blockedOn == null && !queue.events.isEmpty()) {
                judge(queue, queue.events.remove());
            }
        }
        if (!blocked.isEmpty() && log.ids.hasForgotten() && judged % 1024 == 0) {
            releaseForgotten();
        }
    }

    /** Judges an event, or puts it back at the head of its queue if its cause has not come. */
    private void judge(Queue queue, LoggedEvent event) {
        var causationId = event.meta().getCausationId();
        var cause = causationId == null ? null : log.ids.find(causationId);
        if (causationId != null && cause == null) {
            queue.events.addFirst(event);
            queue.blockedOn = causationId;
            queue.blockedSince = judged;
            blocked.computeIfAbsent(causationId, _ -> new ArrayList<>(1)).add(queue);
        } else {
            judge(event, cause, false);
        }
    }

    private void judge(LoggedEvent event, @Nullable Known cause, boolean mayBeForgotten) {
        judged++;
        findings.judging(event);
        findings.holds(Invariant.EVERY_RECORD_AN_EVENT);
        if (log.accept(event, cause, mayBeForgotten)) {
            auditors.forEach(auditor -> auditor.accept(event));
        }
        findings.judging(null);
        var released = blocked.isEmpty() ? null : blocked.remove(event.meta().getEventId());
        if (released != null) {
            released.forEach(queue -> queue.blockedOn = null);
            runnable.addAll(released);
        }
    }

    private void releaseForgotten() {
        for (var queue : blockedQueues()) {
            if (queue.blockedOn != null && judged - queue.blockedSince > rules.idsInMemory() / 2) {
                release(queue);
            }
        }
        if (!runnable.isEmpty()) {
            run();
        }
    }

    /** Judges the events that wait although their cause is missing, first those whose cause waits nowhere. */
    private void releaseAll() {
        if (blocked.isEmpty()) {
            return;
        }
        var ids = queues.values().stream()
                .flatMap(byPartition -> byPartition.values().stream())
                .flatMap(queue -> queue.events.stream())
                .map(event -> event.meta().getEventId())
                .collect(Collectors.toSet());
        while (!blocked.isEmpty()) {
            var heads = blockedQueues();
            release(heads.stream()
                    .filter(queue -> !ids.contains(queue.blockedOn))
                    .findFirst()
                    .orElse(heads.getFirst()));
            run();
        }
    }

    /** Blocked queues in the order of their first events: the time at which each was blocked does not matter. */
    private List<Queue> blockedQueues() {
        return blocked.values().stream()
                .flatMap(Collection::stream)
                .sorted(Comparator.comparing(
                        queue -> queue.events.element().recordId().toString()))
                .toList();
    }

    private void release(Queue queue) {
        var others = Objects.requireNonNull(blocked.get(queue.blockedOn));
        others.remove(queue);
        if (others.isEmpty()) {
            blocked.remove(queue.blockedOn);
        }
        queue.blockedOn = null;
        judge(queue.events.remove(), null, log.ids.hasForgotten());
        runnable.add(queue);
    }
}
