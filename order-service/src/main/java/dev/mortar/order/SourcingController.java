package dev.mortar.order;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.Keyless;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.StateTopicWriter;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.order.OrderDefinition.PublishedRules;
import dev.mortar.order.PlaceOrderRequest.FulfilmentRequest;
import dev.mortar.order.PlaceOrderRequest.LineRequest;
import dev.mortar.order.PlaceOrderRequest.OrderChannel;
import dev.mortar.order.Sourcing.Demand;
import dev.mortar.order.Sourcing.Share;
import dev.mortar.order.SourcingCopy.Planned;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Shows how orders choose their locations, tries it out, and changes the rules. */
@RestController
@Tag(name = "sourcing")
class SourcingController {

    private static final Duration RULES_READ_MAX = Duration.ofSeconds(2);

    private final Views views;
    private final SourcingCopy copy;
    private final StateTable<SourcingRules> rules;
    private final StateTopicWriter writer;
    private final Clock clock = Clock.systemUTC();

    SourcingController(Views views, SourcingCopy copy, StateTables tables, StateTopicWriter writer) {
        this.views = views;
        this.copy = copy;
        this.rules = tables.get(OrderDefinition.RULES);
        this.writer = writer;
    }

    /** The rules have another revision than the caller expected; 0 if there are none. */
    record RulesChanged(String rulesId, long expected, int actual) implements Rejection {

        @Override
        public Kind kind() {
            return Kind.PRECONDITION_FAILED;
        }

        @Override
        public String message() {
            return "The current revision of the rules " + rulesId + " is " + actual + ", not " + expected;
        }
    }

    /**
     * An order to try out: the body of an order that is placed.
     *
     * @param rules rules to try; default: those in force for the channel
     */
    record DryRunRequest(
            @NotNull OrderChannel channel,
            @Nullable @Id String channelId,
            @Nullable @PersonId String customerId,
            @Nullable Acceptance acceptance,

            @NotNull @Size(min = 1, max = LineRequest.LINES_MAX)
            List<@NotNull @Valid LineRequest> lines,

            @NotNull @Size(min = 1, max = 100) List<@NotNull @Valid FulfilmentRequest> fulfilments,
            @Nullable @Id String paymentReference,
            @Nullable @Id String locationId,
            @Nullable @Valid SourcingRulesRequest rules) {

        RequestedOrder order() {
            return new PlaceOrderRequest(
                            channel,
                            channelId,
                            customerId,
                            acceptance,
                            lines,
                            fulfilments,
                            paymentReference,
                            locationId)
                    .command("dry-run", Duration.ZERO)
                    .order();
        }
    }

    /**
     * The plans of an order that was not placed, one for each group of units without a location.
     *
     * @param rulesId absent if the request has the rules
     */
    record DryRunResponse(
            @Nullable String rulesId, @Nullable Integer rulesRevision, List<PlanResponse> plans) {}

    /**
     * A plan for some units.
     *
     * @param copyAsOf the figures are at least as new as this
     * @param shares the chosen locations with their units; empty if no locations have all units
     * @param candidates the locations that were looked at, the best first
     * @param leftOut numbers of locations that did not pass a fence
     * @param score penalty of the chosen locations together
     */
    record PlanResponse(
            FulfilmentMethod method,
            List<LinePart> parts,
            Instant copyAsOf,
            List<Share> shares,
            List<SourcingCandidate> candidates,
            List<SourcingCandidate.LeftOut> leftOut,
            long score) {

        private static PlanResponse of(UnsourcedPart part, Planned planned) {
            return new PlanResponse(
                    part.method(),
                    part.parts(),
                    planned.asOf(),
                    planned.plan().shares(),
                    SourcingCandidate.of(planned.plan()),
                    SourcingCandidate.LeftOut.of(planned.plan()),
                    planned.plan().score());
        }
    }

    @Operation(
            summary = "Show how the locations of an order were chosen, newest run first",
            description = "Callers from outside see only the chosen locations.")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/orders/{orderId}/sourcing")
    SourcingResponse runs(@PathVariable @Id String orderId, Caller caller, QueryRequest query) {
        // A foreign order has the answer of an unknown one.
        if (views.get(OrderDefinition.ORDERS, orderId, "", query)
                .filter(row -> caller.sees(OrderDefinition.owner(row.value())))
                .isEmpty()) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + orderId + ".");
        }
        return SourcingResponse.of(
                orderId,
                views.all(OrderDefinition.HISTORY, orderId).map(Row::value),
                !caller.actor().comesFromOutside());
    }

    @Operation(
            summary = "Show which locations an order would get, without placing it",
            description = "The body is that of an order, and optionally the rules to try. Only fulfilments without a"
                    + " location are planned. Nothing is reserved or recorded.")
    @Access({ASSOCIATE_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @PostMapping("/v1/sourcing/dry-run")
    DryRunResponse dryRun(@Valid @RequestBody DryRunRequest body, Caller caller) {
        if (caller.actor().comesFromOutside()) {
            // A plan shows the stock of many stores.
            throw AccessDenied.role(null);
        }
        RequestedOrder order = body.order();
        OrderRejection mistake = OrderRules.mistake(order);
        if (mistake != null) {
            throw new CommandRejected(mistake);
        }
        SourcingRules tried = body.rules() == null
                ? SourcingRules.inForce(rules.values(), order.channelId())
                : body.rules().rules("dry-run", 0);
        return new DryRunResponse(
                body.rules() == null ? tried.rulesId() : null,
                body.rules() == null ? tried.revision() : null,
                order.unsourced().stream()
                        .map(part -> PlanResponse.of(part, plan(part, tried)))
                        .toList());
    }

    private Planned plan(UnsourcedPart part, SourcingRules tried) {
        Demand demand = new Demand(part.method(), part.parts(), part.splitMax(), part.latestReadyAt(), Set.of());
        return copy.plan(demand, part.cell(), part.nearLocationId(), tried);
    }

    @Operation(summary = "Show the current sourcing rules of a sales channel, or the default ones")
    @Access({ASSOCIATE_ANY, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/sourcing/rules/{rulesId}")
    ResponseEntity<SourcingRules> rules(@PathVariable @Id String rulesId) {
        return shown(SourcingRules.newest(rules.values(), rulesId)
                .orElseThrow(() ->
                        new ResponseStatusException(HttpStatus.NOT_FOUND, "There are no rules " + rulesId + ".")));
    }

    @Operation(
            summary = "Set the sourcing rules of a sales channel, or the default ones: a new revision",
            description = "The id is a channelId, or default for channels without rules of their own. If-Match has the"
                    + " current revision; it is required if there is one.")
    @Access({BACK_OFFICE, OPERATOR})
    @PutMapping("/v1/sourcing/rules/{rulesId}")
    synchronized ResponseEntity<SourcingRules> setRules(
            @PathVariable @Id String rulesId,
            @Keyless CommandRequest request,
            @Valid @RequestBody SourcingRulesRequest body) {
        rules.awaitEnd(RULES_READ_MAX);
        int current = SourcingRules.newest(rules.values(), rulesId)
                .map(SourcingRules::revision)
                .orElse(0);
        Long expected = request.expectedSequence();
        if (expected == null && current > 0) {
            throw new BadRequest("If-Match", "is required to change rules; it is now \"" + current + "\"");
        }
        requireRevision(rulesId, expected == null ? 0 : expected, current);
        SourcingRules changed = body.rules(rulesId, current + 1);
        String key = rulesId + "|" + changed.revision();
        writer.put(
                OrderDefinition.RULES,
                key,
                OrderDefinition.PUBLISHED_RULES.write(
                        new PublishedRules(changed, clock.instant().truncatedTo(ChronoUnit.MICROS), request.actor())));
        rules.awaitEnd(RULES_READ_MAX);
        if (!changed.equals(rules.get(key))) {
            // Another instance has written the same revision at the same time.
            throw new CommandRejected(new RulesChanged(rulesId, current, changed.revision()));
        }
        return shown(changed);
    }

    private static void requireRevision(String rulesId, long expected, int current) {
        if (expected != current) {
            throw new CommandRejected(new RulesChanged(rulesId, expected, current));
        }
    }

    private static ResponseEntity<SourcingRules> shown(SourcingRules rules) {
        return ResponseEntity.ok().eTag(Integer.toString(rules.revision())).body(rules);
    }
}
