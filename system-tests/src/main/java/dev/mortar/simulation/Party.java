package dev.mortar.simulation;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Somebody who sends commands, and the role in which the edge lets them act. */
record Party(Role role, Actor actor) {
    /** The only associate of each store, who is a lead as well. */
    static final String ASSOCIATE = "assoc-1";

    static final String TILL = "till-1";

    private static final String SHOP = "online-shop";

    /** The route by which a command comes in. */
    private static final Map<String, String> ROUTES = Map.ofEntries(
            Map.entry("PlaceOrder", "POST /v1/orders"),
            Map.entry("CancelOrder", "POST /v1/orders/{orderId}/cancel"),
            Map.entry("MoveFulfilment", "POST /v1/orders/{orderId}/fulfilments/{fulfilmentId}/move"),
            Map.entry("RecordSale", "POST /v1/sales"),
            Map.entry("RegisterLocation", "PUT /v1/locations/{locationId}"),
            Map.entry("ReceiveStock", "POST /v1/locations/{locationId}/receipts"),
            Map.entry("AdjustStock", "POST /v1/locations/{locationId}/adjustments"),
            Map.entry("CountStock", "POST /v1/locations/{locationId}/counts"),
            Map.entry("TransferStock", "POST /v1/locations/{locationId}/transfers"),
            Map.entry("BookTransferReceipt", "POST /v1/locations/{locationId}/transfers/{transferId}/receipts"),
            Map.entry("PauseCapacity", "POST /v1/locations/{locationId}/pauses"),
            Map.entry("SetSafetyStock", "PUT /v1/locations/{locationId}/safety-stock"),
            Map.entry("HoldStock", "POST /v1/locations/{locationId}/holds"),
            Map.entry("ChangeHold", "PATCH /v1/locations/{locationId}/holds/{holdId}"),
            Map.entry("ReleaseHold", "DELETE /v1/locations/{locationId}/holds/{holdId}"),
            Map.entry("AcceptTask", "POST /v1/pickups/{fulfilmentId}/accept"),
            Map.entry("RejectTask", "POST /v1/pickups/{fulfilmentId}/reject"),
            Map.entry("ExtendDeadline", "POST /v1/pickups/{fulfilmentId}/extend"),
            Map.entry("StartPicking", "POST /v1/pickups/{fulfilmentId}/picking"),
            Map.entry("ReportShort", "POST /v1/pickups/{fulfilmentId}/short"),
            Map.entry("MarkReady", "POST /v1/pickups/{fulfilmentId}/ready"),
            Map.entry("NoteOnTheWay", "POST /v1/pickups/{fulfilmentId}/on-the-way"),
            Map.entry("NoteArrival", "POST /v1/pickups/{fulfilmentId}/arrived"),
            Map.entry("HandOver", "POST /v1/pickups/{fulfilmentId}/handover"),
            Map.entry("PackParcel", "POST /v1/pickups/{fulfilmentId}/parcels"),
            Map.entry("DeliverParcel", "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/delivered"),
            Map.entry("ReportFailedAttempt", "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/attempt-failed"),
            Map.entry("ReturnParcel", "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/returned"),
            Map.entry("LoseParcel", "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/lost"),
            Map.entry("ReissueCode", "POST /v1/pickups/{fulfilmentId}/code"),
            Map.entry("CancelPickup", "POST /v1/pickups/{fulfilmentId}/cancel"),
            Map.entry("AcceptReturn", "POST /v1/orders/{orderId}/returns"));

    private static final Map<String, List<Grant>> GRANTED = new HashMap<>();

    static {
        Route.all().forEach(route -> GRANTED.put(route.toString(), Objects.requireNonNull(route.grants())));
    }

    static Party shopper(String id) {
        return new Party(Role.SHOPPER, new Actor(Actor.Type.SHOPPER, id, null));
    }

    /** The online shop, which speaks for a shopper. */
    static Party shopFor(String shopper) {
        return new Party(Role.SERVICE, new Actor(Actor.Type.SHOPPER, shopper, null, SHOP));
    }

    /** The online shop, which speaks for nobody, as for a guest. */
    static Party shop() {
        return new Party(Role.SERVICE, Actor.system(SHOP));
    }

    static Party link(String orderId) {
        return new Party(Role.ORDER_LINK, Actor.ofLink(orderId));
    }

    static Party associate(String location) {
        return new Party(Role.ASSOCIATE, new Actor(Actor.Type.ASSOCIATE, ASSOCIATE, location));
    }

    static Party lead(String location) {
        return new Party(Role.LEAD, new Actor(Actor.Type.ASSOCIATE, ASSOCIATE, location));
    }

    static Party till(String location) {
        return new Party(Role.TILL, new Actor(Actor.Type.TILL, TILL, location));
    }

    static Party courier(String id) {
        return new Party(Role.COURIER, new Actor(Actor.Type.COURIER, id, null));
    }

    static Party backOffice() {
        return new Party(Role.BACK_OFFICE, new Actor(Actor.Type.BACK_OFFICE, "clerk-1", null));
    }

    /** The shopper by whom something is held; null if the party is none and speaks for none. */
    @Nullable
    String shopperId() {
        return actor.type() == Actor.Type.SHOPPER ? actor.id() : null;
    }

    /**
     * The caller of a command's route.
     *
     * @throws IllegalStateException if the edge refuses the role, so that such a command never gets to a lane
     */
    Caller sends(String command) {
        List<Grant> granted = Objects.requireNonNull(GRANTED.get(Objects.requireNonNull(ROUTES.get(command), command)));
        Caller caller = Caller.of(actor, role, granted, role == Role.SERVICE, Instant.MAX);
        if (caller.grants().isEmpty()) {
            throw new IllegalStateException("The edge does not let a " + role + " send " + command);
        }
        return caller;
    }
}
