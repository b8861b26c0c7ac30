package dev.mortar.returns;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTable;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsCommand.LineToReturn;
import dev.mortar.values.Disposition;
import dev.mortar.values.Money;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/** Accepts returns over HTTP and answers queries about them. */
@RestController
@RequestMapping("/v1/orders/{orderId}")
@Tag(name = "Returns", description = "Accepts returned goods at any location and requests their refunds.")
class ReturnsController {

    private static final int MAX_LINES = 2_000;

    private final CommandGateway<ReturnsCommand> gateway;
    private final Views views;
    private final StateTables tables;
    private final SecurityLog security;

    ReturnsController(CommandGateway<ReturnsCommand> gateway, Views views, StateTables tables, SecurityLog security) {
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
        this.security = security;
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_ANY, BACK_OFFICE, SERVICE})
    @GetMapping("/returnable")
    @Operation(summary = "List the returnable units of an order, with refund and last instant to return them")
    ResponseEntity<ReturnableResponse> returnable(@PathVariable @Id String orderId, Caller caller, QueryRequest query) {
        Row<Purchased> row = row(orderId, caller, query);
        return Replies.row(
                row,
                new ReturnableResponse(
                        orderId,
                        row.value().lines().stream().map(ReturnableLine::of).toList()));
    }

    @Access({ASSOCIATE_ANY, LEAD_STORE, SERVICE_FOR})
    @PostMapping("/returns")
    @Operation(
            summary = "Accept a return at any location and request its refund",
            description =
                    "The return id is derived from the Idempotency-Key. A line may be listed several times, for example"
                            + " with different dispositions; its quantities are added up. A rejection is stored under"
                            + " its key. To try again after a rejection, use a new key.")
    ResponseEntity<Return> accept(
            @PathVariable @Id String orderId, CommandRequest request, @Valid @RequestBody AcceptReturnRequest body) {
        request.caller().requireActingIn(body.locationId());
        if (body.override() != null) {
            request.caller().require(LEAD_STORE);
        }
        List<LineToReturn> lines = body.linesToReturn();
        checkLocation(body.locationId());
        checkUnits(orderId, request.caller(), body);
        String returnId = request.derivedId("return");
        String path = "/v1/orders/{orderId}/returns/{returnId}";
        String location = UriComponentsBuilder.fromPath(path)
                .encode()
                .buildAndExpand(orderId, returnId)
                .toUriString();
        Reply reply = gateway.send(
                new AcceptReturn(
                        orderId,
                        returnId,
                        body.locationId(),
                        lines,
                        body.override() == null
                                ? null
                                : new WindowOverride(
                                        request.actor(), body.override().reason())),
                request,
                location);
        if (body.override() != null) {
            security.acted("RETURN_OVERRIDE", body.override().reason());
        }
        return Replies.created(location, reply, reply.as(Return.class));
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_ANY, BACK_OFFICE, SERVICE})
    @GetMapping("/returns")
    @Operation(summary = "List the returns of an order, oldest first")
    ResponseEntity<ReturnsResponse> returns(@PathVariable @Id String orderId, Caller caller, QueryRequest query) {
        Row<Purchased> row = row(orderId, caller, query);
        return Replies.row(row, new ReturnsResponse(orderId, row.value().returns()));
    }

    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_ANY, BACK_OFFICE, SERVICE})
    @GetMapping("/returns/{returnId}")
    @Operation(summary = "Get a return")
    ResponseEntity<Return> one(
            @PathVariable @Id String orderId, @PathVariable @Id String returnId, Caller caller, QueryRequest query) {
        Row<Purchased> row = row(orderId, caller, query);
        Return found = row.value().find(returnId);
        if (found == null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "There is no return " + returnId + " of order " + orderId + ".");
        }
        return Replies.row(row, found);
    }

    private void checkLocation(String locationId) {
        if (tables.<String>get(ReturnsDefinition.LOCATIONS).get(locationId) == null) {
            throw new BadRequest("locationId", "is not a known location");
        }
    }

    /**
     * Refuses a line in a unit that the location does not use for the SKU. The decider checks all other rules. It also
     * refuses an order that the caller may not see, so nothing is said about such an order here.
     */
    private void checkUnits(String orderId, Caller caller, AcceptReturnRequest body) {
        Purchased purchased = views.get(ReturnsDefinition.ORDERS, orderId, "")
                .map(Row::value)
                .filter(found -> caller.sees(ReturnsDefinition.owner(found)))
                .orElse(null);
        StateTable<Unit> unitsKept = tables.get(ReturnsDefinition.LEVELS);
        for (int i = 0; purchased != null && i < body.lines().size(); i++) {
            BoughtLine line = purchased.line(body.lines().get(i).lineId());
            Unit kept = line == null
                    ? null
                    : unitsKept.get(body.locationId() + "|" + line.line().sku());
            if (line != null && kept != null && kept != line.line().unit()) {
                throw new BadRequest(
                        "lines[" + i + "].lineId",
                        "is in " + line.line().unit() + "; location " + body.locationId() + " keeps SKU "
                                + line.line().sku() + " in " + kept);
            }
        }
    }

    private Row<Purchased> row(String orderId, Caller caller, QueryRequest query) {
        return views.get(ReturnsDefinition.ORDERS, orderId, "", query)
                .filter(found -> caller.sees(ReturnsDefinition.owner(found.value())))
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, new ReturnsRejection.NothingHasLeft(orderId).message()));
    }

    /**
     * A return to accept.
     *
     * @param locationId where the goods are now
     * @param override accepts goods after their return window, or null
     */
    record AcceptReturnRequest(
            @NotNull @Id String locationId,
            @NotEmpty @Size(max = MAX_LINES) List<@NotNull @Valid LineRequest> lines,
            @Nullable @Valid OverrideRequest override) {

        /** @throws BadRequest if a line has a reason that only a courier can report */
        List<LineToReturn> linesToReturn() {
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).reason() == ReturnReason.UNDELIVERABLE) {
                    throw new BadRequest(
                            "lines[" + i + "].reason", "is only for parcels that a courier brings back; give another");
                }
            }
            return lines.stream().map(LineRequest::lineToReturn).toList();
        }
    }

    /**
     * Units of a line to return.
     *
     * @param quantity in the unit of the line
     * @param reason why it is returned, except UNDELIVERABLE; default: UNKNOWN
     * @param condition its condition; default: UNKNOWN
     * @param disposition where it goes: RESTOCK, DAMAGED or RETURN_TO_VENDOR
     */
    record LineRequest(
            @NotNull @Id String lineId,
            @NotNull @Min(1) @Max(Fields.QUANTITY_MAX) Long quantity,
            @Nullable ReturnReason reason,
            @Nullable ReturnCondition condition,
            @NotNull Disposition disposition) {

        LineToReturn lineToReturn() {
            return new LineToReturn(
                    lineId,
                    quantity,
                    Objects.requireNonNullElse(reason, ReturnReason.UNKNOWN),
                    Objects.requireNonNullElse(condition, ReturnCondition.UNKNOWN),
                    disposition);
        }
    }

    /**
     * Accepts goods after their return window. The lead who calls is responsible for it.
     *
     * @param reason code of the reason: capitals, digits and underscores, never free text
     */
    record OverrideRequest(
            @NotNull
            @Pattern(regexp = "[A-Z0-9_]{1,50}", message = "must be a code of 1 to 50 capitals, digits and underscores")
            String reason) {}

    /**
     * The returnable units of an order.
     *
     * @param lines every line that was handed over, even if all its units are returned
     */
    record ReturnableResponse(String orderId, List<ReturnableLine> lines) {}

    /**
     * A line that was handed over. Quantities are in its unit.
     *
     * @param lost units that a courier lost
     * @param returnable units that can still be returned until {@code returnableUntil}
     * @param refund refund if all of them are returned
     * @param returnableUntil last instant to return them without an override
     */
    record ReturnableLine(
            String lineId,
            String sku,
            @Nullable String title,
            Unit unit,
            String fulfilmentId,
            long handedOver,
            long returned,
            long lost,
            long returnable,
            Money refund,
            Instant returnableUntil) {

        static ReturnableLine of(BoughtLine line) {
            return new ReturnableLine(
                    line.lineId(),
                    line.line().sku(),
                    line.line().title(),
                    line.line().unit(),
                    line.fulfilmentId(),
                    line.handedOver(),
                    line.returned(),
                    line.lost(),
                    line.remaining(),
                    line.refundFor(line.remaining()),
                    line.returnableUntil());
        }
    }

    record ReturnsResponse(String orderId, List<Return> returns) {}
}
