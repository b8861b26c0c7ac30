package dev.mortar.audit;

import static dev.mortar.audit.Stories.OSLO;
import static dev.mortar.audit.Stories.RIGA;
import static dev.mortar.audit.SyntheticLog.*;
import static dev.mortar.schemas.FulfilmentMethod.PICKUP;

import dev.mortar.schemas.*;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** A log that keeps all promises: stories of orders that look for locations. Each story has a SKU of its own. */
final class SourcingStories {
    static final String BERGEN = "bergen-1";

    private final Stories day;

    private SourcingStories(Stories day) {
        this.day = day;
    }

    static void happenOn(Stories day) {
        day.register(BERGEN);
        var stories = new SourcingStories(day);
        stories.overTwoStores();
        stories.shortPickThatMoves();
        stories.storeRejectionThatMoves();
        stories.keptBecauseReady();
        stories.noSourceForAnOrder();
        stories.noSourceForAUnit();
        stories.noSourceForTheLastUnit();
        stories.noSourceForARejectedTask();
        stories.cancelledWhileARunIsOpen();
    }

    private static LinePart part(String sku, long firstUnit, long quantity) {
        return new LinePart("1", sku, quantity, firstUnit);
    }

    // The events of runs.

    private static Facts facts(String orderId, String sku, long quantity) {
        return Facts.of("orderId", orderId)
                .with("customerId", "customer-" + orderId)
                .with("channel", Channel.ONLINE)
                .with("method", PICKUP)
                .with("lines", List.of(line("1", sku, quantity, 333)))
                .with("total", money(quantity * 333))
                .with("paymentReference", "payment")
                .with("mayMove", true);
    }

    /** An order of one line without a location; gives the request for one. */
    static LoggedEvent placed(Stories day, String orderId, String sku, long quantity) {
        var parts = List.of(part(sku, 0, quantity));
        var near = UnsourcedPart.newBuilder()
                .setMethod(PICKUP)
                .setParts(parts)
                .setNearLocationId(OSLO)
                .build();
        var decideBy = day.now.plus(Duration.ofMinutes(30));
        var placed = facts(orderId, sku, quantity)
                .with("fulfilments", List.of())
                .with("unsourced", List.of(near))
                .with("decideBy", decideBy);
        var run = facts(orderId, sku, quantity)
                .with("runId", orderId + "-r1")
                .with("attempt", 1)
                .with("trigger", SourcingTrigger.PLACED)
                .with("parts", parts)
                .with("nearLocationId", OSLO)
                .with("splitMax", 2)
                .with("decideBy", decideBy)
                .with("reason", EndReason.OUT_OF_STOCK);
        day.write(null, placed.event(OrderPlaced.class), run.event(SourcingRequested.class));
        return day.events().getLast();
    }

    private SourcingRequested again(
            String orderId,
            int number,
            SourcingTrigger trigger,
            LinePart part,
            String replaces,
            boolean held,
            EndReason reason,
            String... excluded) {
        var run = Facts.of("orderId", orderId)
                .with("runId", orderId + "-r" + number)
                .with("attempt", number + 1)
                .with("trigger", trigger)
                .with("method", PICKUP)
                .with("parts", List.of(part))
                .with("replaces", replaces)
                .with("held", held)
                .with("nearLocationId", OSLO)
                .with("excluded", List.of(excluded))
                .with("splitMax", held ? 1 : 2)
                .with("decideBy", day.now.plus(Duration.ofMinutes(30)))
                .with("reason", reason);
        return (SourcingRequested) run.event(SourcingRequested.class);
    }

    private SourcingCandidate candidate(String location, String sku, @Nullable SourcingFence failed) {
        var now = day.change(location, sku, 0, 0, 0, 0, 0).getAfter();
        long available = now.getOnHand() - now.getCommitted();
        long sequence = day.events().stream()
                .filter(event -> event.key().equals(location))
                .count();
        return SourcingCandidate.newBuilder()
                .setLocationId(location)
                .setDistanceMetres(100)
                .setStock(available > 0 ? List.of(new SourcingStock(sku, available, sequence)) : List.of())
                .setSeenAt(day.now)
                .setFailed(failed)
                .setVerdict(failed == null ? SourcingVerdict.CHOSEN : SourcingVerdict.FENCED)
                .build();
    }

    private SpecificRecord decided(LoggedEvent requested, SourcingOutcome outcome, SourcingCandidate... candidates) {
        boolean isLookedAt = outcome != SourcingOutcome.NOT_NEEDED;
        return Facts.of("orderId", requested.key())
                .with("runId", requested.field("runId"))
                .with("outcome", outcome)
                .with("rulesId", isLookedAt ? "default" : null)
                .with("copyAsOf", isLookedAt ? day.now : null)
                .with("candidates", Arrays.asList(candidates))
                .event(SourcingDecided.class);
    }

    private FulfilmentAdded added(LoggedEvent requested, int number, String location, LinePart part) {
        var run = (SourcingRequested) requested.event();
        var group = Fulfilment.newBuilder(fulfilment(run.getOrderId(), number, PICKUP, location, "1"))
                .setParts(List.of(part))
                .setReplaces(run.getReplaces())
                .setMayMove(true)
                .build();
        var added = Facts.of("orderId", run.getOrderId())
                .with("runId", run.getRunId())
                .with("channel", Channel.ONLINE)
                .with("fulfilment", group)
                .with("lines", List.of(line("1", part.getSku(), part.getQuantity(), 333)))
                .with("decideBy", run.getDecideBy());
        return (FulfilmentAdded) added.event(FulfilmentAdded.class);
    }

    /** A run that chooses one location; gives the added fulfilment. */
    private LoggedEvent planned(LoggedEvent requested, int number, String location) {
        var part = ((SourcingRequested) requested.event()).getParts().getFirst();
        var candidates = Stream.of(OSLO, RIGA, BERGEN)
                .map(each -> candidate(each, part.getSku(), each.equals(location) ? null : fence(requested, each)))
                .toArray(SourcingCandidate[]::new);
        day.write(
                requested,
                decided(requested, SourcingOutcome.PLANNED, candidates),
                added(requested, number, location, part));
        return day.events().getLast();
    }

    private static SourcingFence fence(LoggedEvent requested, String location) {
        boolean isExcluded =
                ((SourcingRequested) requested.event()).getExcluded().contains(location);
        return isExcluded ? SourcingFence.EXCLUDED : SourcingFence.DISTANCE;
    }

    /** A run without a location, and the events that follow in its command; gives the first of them. */
    private LoggedEvent noSource(LoggedEvent requested, String sku, SpecificRecord... then) {
        var candidates = Stream.of(OSLO, RIGA, BERGEN)
                .map(each -> candidate(
                        each,
                        sku,
                        fence(requested, each) == SourcingFence.EXCLUDED
                                ? SourcingFence.EXCLUDED
                                : SourcingFence.STOCK))
                .toArray(SourcingCandidate[]::new);
        var decided = decided(requested, SourcingOutcome.NO_SOURCE, candidates);
        day.write(requested, Stream.concat(Stream.of(decided), Stream.of(then)).toArray(SpecificRecord[]::new));
        return day.events().get(day.events().size() - then.length);
    }

    // The events of an added fulfilment.

    private static Facts of(LoggedEvent added) {
        var event = (FulfilmentAdded) added.event();
        var group = event.getFulfilment();
        var part = group.getParts().getFirst();
        return facts(event.getOrderId(), part.getSku(), part.getQuantity())
                .with("runId", event.getRunId())
                .with("fulfilment", group)
                .with("fulfilmentId", group.getFulfilmentId())
                .with("locationId", group.getLocationId());
    }

    private static SkuQuantity units(LoggedEvent added) {
        var part = ((FulfilmentAdded) added.event()).getFulfilment().getParts().getFirst();
        return SyntheticLog.units(part.getSku(), part.getQuantity());
    }

    private StockChange committed(LoggedEvent added, int sign) {
        var location = ((FulfilmentAdded) added.event()).getFulfilment().getLocationId();
        return day.change(
                location, units(added).getSku(), 0, sign * units(added).getQuantity(), 0, 0, 0);
    }

    private LoggedEvent reserved(LoggedEvent added) {
        var decideBy = ((FulfilmentAdded) added.event()).getDecideBy();
        var facts = of(added)
                .with("reserved", List.of(units(added)))
                .with("expiresAt", decideBy.plus(Duration.ofMinutes(15)))
                .with("changes", List.of(committed(added, 1)));
        return day.write(added, facts.event(StockReserved.class));
    }

    private void requested(LoggedEvent added, LoggedEvent confirmed) {
        day.write(confirmed, of(added).event(ReservationConfirmed.class));
        var picks = List.of(pick("1", units(added).getSku(), units(added).getQuantity()));
        day.write(confirmed, day.timed(of(added).with("lines", picks)).event(PickupRequested.class));
    }

    private void moved(LoggedEvent added, LoggedEvent cause) {
        var facts = of(added).with("cancellationId", cause.field("cancellationId"));
        var confirmed = day.write(cause, facts.event(FulfilmentConfirmed.class));
        day.mail(confirmed, Template.FULFILMENT_MOVED);
        requested(added, confirmed);
    }

    /** The added fulfilment is reserved, and the old one is asked to let its units go; gives the request. */
    private LoggedEvent asked(LoggedEvent added, Stories.Order old, boolean unlessReady) {
        var event = (FulfilmentAdded) added.event();
        var request = old.facts()
                .with("cancellationId", old.fulfilmentId() + '-' + event.getRunId())
                .with("reason", EndReason.MOVED)
                .with("unlessReady", unlessReady)
                .with("parts", List.of(new CancellationPart(old.fulfilmentId(), old.parts(old.quantityOfFirst()))));
        day.write(
                reserved(added),
                of(added).event(FulfilmentReserved.class),
                request.event(OrderCancellationRequested.class));
        return day.events().getLast();
    }

    // The stories.

    private void overTwoStores() {
        day.receive(OSLO, "S1", 2);
        day.receive(RIGA, "S1", 1);
        var run = placed(day, "s1", "S1", 3);
        day.write(
                run,
                decided(
                        run,
                        SourcingOutcome.PLANNED,
                        candidate(OSLO, "S1", null),
                        candidate(RIGA, "S1", null),
                        candidate(BERGEN, "S1", SourcingFence.STOCK)),
                added(run, 1, OSLO, part("S1", 0, 2)),
                added(run, 2, RIGA, part("S1", 2, 1)));
        var two = day.events().get(day.events().size() - 2);
        var one = day.events().getLast();
        day.write(reserved(two), of(two).event(FulfilmentReserved.class));
        var groups = Stream.of(two, one)
                .map(each -> ((FulfilmentAdded) each.event()).getFulfilment())
                .toList();
        day.write(
                reserved(one),
                of(one).event(FulfilmentReserved.class),
                facts("s1", "S1", 3).with("fulfilments", groups).event(OrderConfirmed.class));
        var confirmed = day.events().getLast();
        day.mail(confirmed, Template.ORDER_CONFIRMED);
        requested(two, confirmed);
        requested(one, confirmed);
    }

    private Stories.Order picking(String id, String sku, long quantity) {
        day.receive(OSLO, sku, quantity);
        var order = Stories.order(id, PICKUP, sku, quantity);
        day.ordered(order);
        day.picking(order);
        return order;
    }

    /** One unit is not found, and the order looks for another location; gives its request. */
    private LoggedEvent shortPick(Stories.Order order) {
        var missing = day.lineShort(order, ShortReason.NOT_FOUND);
        day.notFound(order, missing, "adjustment-" + order.id(), day.changed(order.skuOfFirst(), 0, -1));
        var last = part(order.skuOfFirst(), order.quantityOfFirst() - 1, 1);
        var trigger = SourcingTrigger.SHORT_PICK;
        var id = order.fulfilmentId();
        return day.write(missing, again(order.id(), 1, trigger, last, id, false, EndReason.SHORT_PICK, OSLO));
    }

    /** Riga has the unit when it is chosen, and no longer when it is asked. Bergen has it. */
    private void shortPickThatMoves() {
        day.receive(RIGA, "S2", 1);
        day.receive(BERGEN, "S2", 1);
        var run = shortPick(picking("s2", "S2", 3));
        var inRiga = planned(run, 2, RIGA);
        var lost = at(RIGA).with("adjustmentId", "adjustment-s2-riga").with("reason", AdjustmentReason.LOST);
        var gone = List.of(day.change(RIGA, "S2", -1, 0, 0, 0, 0));
        day.write(null, lost.with("movedAt", day.now).with("changes", gone).event(StockAdjusted.class));
        var refusing = of(inRiga)
                .with("reason", ReservationRejectionReason.INSUFFICIENT_STOCK)
                .with("requested", List.of(units(inRiga)))
                .with("shortages", List.of(new Shortage("S2", 1L, 0L)));
        var refused = day.write(inRiga, refusing.event(StockReservationRejected.class));
        var trigger = SourcingTrigger.RESERVATION_REFUSED;
        day.write(
                refused,
                of(inRiga).with("reason", EndReason.OUT_OF_STOCK).event(FulfilmentRejected.class),
                again("s2", 2, trigger, part("S2", 2, 1), "s2-2", false, EndReason.SHORT_PICK, RIGA, OSLO));
        var inBergen = planned(day.events().getLast(), 3, BERGEN);
        moved(inBergen, reserved(inBergen));
    }

    private static Facts at(String location) {
        return Facts.of("locationId", location);
    }

    private LoggedEvent rejectedByItsStore(Stories.Order order) {
        var rejecting = order.facts().with("reason", TaskRejectionReason.EQUIPMENT);
        var rejected = day.write(null, rejecting.event(PickupTaskRejected.class));
        return day.write(rejected, held(order, SourcingTrigger.STORE_REJECTED));
    }

    private SourcingRequested held(Stories.Order order, SourcingTrigger trigger) {
        var all = part(order.skuOfFirst(), 0, order.quantityOfFirst());
        return again(order.id(), 1, trigger, all, order.fulfilmentId(), true, EndReason.NO_SOURCE, OSLO);
    }

    private void storeRejectionThatMoves() {
        day.receive(RIGA, "S3", 2);
        var order = picking("s3", "S3", 2);
        var added = planned(rejectedByItsStore(order), 2, RIGA);
        var asked = asked(added, order, false);
        var cancelled = day.pickupCancelled(order, asked, 2, true, EndReason.MOVED);
        day.released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        moved(added, cancelled);
    }

    /** The store is late, and its goods are ready before it is asked to let them go. */
    private void keptBecauseReady() {
        day.receive(OSLO, "S4", 1);
        day.receive(RIGA, "S4", 1);
        var order = Stories.order("s4", PICKUP, "S4", 1);
        var pickBy = ((PickupRequested) TaskStories.promised(day, order).event()).getPickBy();
        var overdue = TaskStories.overdue(day, order, OverdueKind.PICK, Objects.requireNonNull(pickBy));
        var added = planned(day.write(overdue, held(order, SourcingTrigger.OVERDUE)), 2, RIGA);
        var asked = asked(added, order, true);
        day.picking(order);
        day.ready(order, 1);
        var refused = day.cancellationRefused(order, asked, CancellationRefusalReason.READY);
        day.write(
                refused,
                Facts.of("orderId", "s4")
                        .with("cancellationId", asked.field("cancellationId"))
                        .with("fulfilmentId", "s4-1")
                        .event(OrderCancellationRefused.class),
                of(added).with("reason", WithdrawalReason.OLD_PLACE_KEPT).event(FulfilmentWithdrawn.class));
        var releasing = of(added)
                .with("reason", ReleaseReason.FULFILMENT_WITHDRAWN)
                .with("released", List.of(units(added)))
                .with("whole", true)
                .with("changes", List.of(committed(added, -1)));
        day.write(day.events().getLast(), releasing.event(StockReleased.class));
        var handedOver = day.handedOver(order, 1, 0, 1, 1);
        day.booked(order, handedOver, 1, 0);
        day.completed(order, handedOver, 1, 0);
    }

    private void noSourceForAnOrder() {
        var run = placed(day, "s5", "S5", 1);
        var rejecting = facts("s5", "S5", 1).with("fulfilments", List.of()).with("reason", EndReason.OUT_OF_STOCK);
        day.mail(noSource(run, "S5", rejecting.event(OrderRejected.class)), Template.ORDER_REJECTED);
    }

    private void noSourceForAUnit() {
        var order = picking("s6", "S6", 2);
        var cancelled = noSource(shortPick(order), "S6", inRun(order, EndReason.SHORT_PICK));
        day.mail(cancelled, Template.ORDER_LINES_CANCELLED);
    }

    /** The units of an order's first run end. */
    private static SpecificRecord inRun(Stories.Order order, EndReason reason) {
        return Stories.cancelling(order, reason, 333, line("1", order.skuOfFirst(), 1, 333))
                .with("runId", order.id() + "-r1")
                .event(OrderLinesCancelled.class);
    }

    private void noSourceForTheLastUnit() {
        var order = picking("s7", "S7", 1);
        var cancelling = order.facts().with("reason", EndReason.SHORT_PICK);
        day.mail(noSource(shortPick(order), "S7", cancelling.event(OrderCancelled.class)), Template.ORDER_CANCELLED);
    }

    private void noSourceForARejectedTask() {
        var order = picking("s8", "S8", 1);
        var request = order.facts()
                .with("cancellationId", "s8-1-rejected")
                .with("reason", EndReason.NO_SOURCE)
                .with("parts", List.of(new CancellationPart("s8-1", order.parts(1))));
        var asked = noSource(rejectedByItsStore(order), "S8", request.event(OrderCancellationRequested.class));
        var cancelled = day.pickupCancelled(order, asked, 1, true, EndReason.NO_SOURCE);
        day.released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        day.orderCancelled(order, cancelled, EndReason.NO_SOURCE);
    }

    /** One unit needs a location, and one is at the store. */
    private void cancelledWhileARunIsOpen() {
        var order = picking("s9", "S9", 2);
        var run = shortPick(order);
        var reason = EndReason.CANCELLED_BY_SHOPPER;
        var request = order.facts()
                .with("cancellationId", "cancellation-s9")
                .with("reason", reason)
                .with("parts", List.of(new CancellationPart("s9-1", order.parts(1))));
        day.write(
                null,
                decided(run, SourcingOutcome.NOT_NEEDED),
                inRun(order, reason),
                request.event(OrderCancellationRequested.class));
        var asked = day.events().getLast();
        day.mail(day.events().get(day.events().size() - 2), Template.ORDER_LINES_CANCELLED);
        var cancelled = day.pickupCancelled(order, asked, 1, true, reason);
        day.released(order, cancelled, ReleaseReason.PICKUP_CANCELLED, order.units(1), true, day.changed("S9", 0, -1));
        day.orderCancelled(order, cancelled, reason);
    }
}
