package dev.mortar.simulation;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.schemas.EventMeta;
import dev.mortar.simulation.Clients.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shoppers, holders of links, associates, tills and couriers who send commands of others in their own name. Each of
 * them then sends the same command for an object that does not exist, and the answers must not differ.
 */
final class Thieves {
    /** A store that works on no order. */
    private static final String STRANGE_STORE = "tromso";

    private static final String FORBIDDEN = "Forbidden";
    private static final Set<String> OF_HOLDS = Set.of("ReleaseHold", "ChangeHold");

    /** A command for the object of another, and the same command for an object that does not exist. */
    private record Theft(Request stolen, String id, Request unknown, String unknownId) {}

    private final Drafts drafts;
    private final List<Theft> thefts = new ArrayList<>();
    private final Queue<Request> controls = new ArrayDeque<>();
    /** The requests of thieves, by correlation id. */
    private final Map<String, Request> sent = new HashMap<>();

    private final List<String> problems = new ArrayList<>();

    Thieves(Drafts drafts) {
        this.drafts = drafts;
    }

    int thefts() {
        return thefts.size();
    }

    /** The next command of a thief for an object that does not exist; null if none is due. */
    @Nullable
    Request control() {
        return controls.poll();
    }

    /** A request in the name of a thief; null if everybody in the role of its sender may send it. */
    @Nullable
    Request steal(Request honest, RandomGenerator random) {
        Party thief = thief(honest, random);
        if (thief == null) {
            return null;
        }
        ObjectNode command = honest.command.deepCopy();
        if (OF_HOLDS.contains(honest.text("type")) && random.nextBoolean()) {
            // The edge names the caller; without that, the thief would name the shopper.
            command.put("heldBy", thief.shopperId());
        }
        String id = honest.text(
                switch (honest.service) {
                    case "inventory" -> "locationId";
                    case "pickup" -> "fulfilmentId";
                    default -> "orderId";
                });
        String unknownId = "unknown-" + thefts.size();
        Request stolen = request("a thief, " + thief.actor() + ": " + honest.what, honest, thief, command);
        ObjectNode ofUnknown =
                (ObjectNode) Json.mapper().readTree(command.toString().replace(id, unknownId));
        Request unknown = request(stolen.what + ", for " + unknownId, honest, thief, ofUnknown);
        thefts.add(new Theft(stolen, id, unknown, unknownId));
        controls.add(unknown);
        return stolen;
    }

    private Request request(String what, Request honest, Party thief, ObjectNode command) {
        Request request = drafts.request(what, honest.service, honest.text("type"), thief);
        request.command.setAll(command);
        sent.put(request.head.correlationId(), request);
        return request;
    }

    private static @Nullable Party thief(Request honest, RandomGenerator random) {
        Party party = new Party(Objects.requireNonNull(honest.head.caller().role()), honest.head.actor());
        boolean ofSeveralStores =
                honest.service.equals("order") || honest.text("type").equals("ReturnParcel");
        String store = ofSeveralStores ? STRANGE_STORE : otherStore(party.actor(), random);
        return switch (party.role()) {
            case SHOPPER -> Party.shopper(otherShopper(party.actor(), random));
            case ORDER_LINK -> Party.link("another");
            case SERVICE -> party.actor().via() == null ? null : Party.shopFor(otherShopper(party.actor(), random));
            // Any associate accepts a return. At the edge its store has to be that of the return.
            case ASSOCIATE, LEAD ->
                honest.service.equals("returns")
                        ? null
                        : party.role() == Role.LEAD ? Party.lead(store) : Party.associate(store);
            case TILL -> Party.till(store);
            case COURIER -> Party.courier("another");
            case BACK_OFFICE, OPERATOR -> null;
        };
    }

    private static String otherShopper(Actor shopper, RandomGenerator random) {
        List<String> others = Drafts.CUSTOMERS.stream()
                .filter(each -> !each.equals(shopper.id()))
                .toList();
        return Drafts.pick(others, random);
    }

    private static String otherStore(Actor associate, RandomGenerator random) {
        List<String> others = Drafts.LOCATIONS.stream()
                .filter(each -> !each.equals(associate.locationId()))
                .toList();
        return Drafts.pick(others, random);
    }

    /** Looks whether a thief made an event. */
    void see(SpecificRecord event) {
        Request theft = sent.get(((EventMeta) event.get(0)).getCorrelationId());
        if (theft != null) {
            problems.add("theft: " + theft.what + " made " + event.getSchema().getName());
        }
    }

    /** Events that thieves made, and answers by which they can tell the object of another from none. */
    List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        for (Theft theft : thefts) {
            String found = theft.stolen.answer();
            String expected = theft.unknown.answer();
            // The retailer's own people may know that the object exists.
            boolean mayKnow =
                    !theft.stolen.head.actor().comesFromOutside() && found != null && found.startsWith(FORBIDDEN);
            if (found != null
                    && expected != null
                    && !mayKnow
                    && !found.replace(theft.id, theft.unknownId).equals(expected)) {
                all.add("theft: " + theft.stolen.what + " was answered " + found + ", and for an unknown object "
                        + expected);
            }
        }
        return all;
    }
}
