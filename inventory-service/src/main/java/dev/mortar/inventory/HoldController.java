package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.inventory.LineRequest.LINES_MAX;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Keyless;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryDefinition.Outcome;
import dev.mortar.inventory.StockEntry.Hold;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Holds units for carts. */
@RestController
@Tag(name = "holds", description = "Units that carts hold for a short time")
@RequestMapping("/v1/locations/{locationId}/holds")
class HoldController {

    private static final long SECONDS_MAX = 3_600;
    private static final long SECONDS = 900;

    private final StockSender stock;
    private final LocationViews locations;
    private final Views views;

    HoldController(StockSender stock, LocationViews locations, Views views) {
        this.stock = stock;
        this.locations = locations;
        this.views = views;
    }

    /** Units for a cart to hold; by default for 15 minutes and an online channel. */
    record HoldRequest(
            @NotNull @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid LineRequest> lines,
            @Nullable Channel channel,
            @Nullable @Min(1) @Max(SECONDS_MAX) Long seconds) {}

    /**
     * A change of a hold.
     *
     * @param lines all units to hold from now on
     * @param channel from which more units are taken; by default an online one
     * @param seconds from now to its end
     */
    record HoldChangeRequest(
            @Nullable @Size(min = 1, max = LINES_MAX) List<@NotNull @Valid LineRequest> lines,
            @Nullable Channel channel,
            @Nullable @Min(1) @Max(SECONDS_MAX) Long seconds) {

        void check() {
            if (lines == null && seconds == null) {
                throw new BadRequest("lines", "or seconds must be given");
            }
        }
    }

    /** A hold. {@code expiresAt} is absent when the request was repeated after the hold had ended. */
    record HoldResponse(
            String holdId, String locationId, @Nullable Instant expiresAt, List<StockLevelResponse> stock) {}

    /** A hold that has not ended. */
    record OpenHoldResponse(String holdId, String locationId, List<SkuQuantity> lines, Instant expiresAt) {}

    @Access(
            value = {SHOPPER_OWN, ASSOCIATE_STORE, SERVICE_FOR},
            takesGoods = true)
    @PostMapping
    @Operation(summary = "Hold units for a cart for a short time")
    ResponseEntity<HoldResponse> hold(
            @PathVariable @Id String locationId, CommandRequest request, @Valid @RequestBody HoldRequest body) {
        String holdId = request.derivedId("hold");
        Reply reply = send(
                new HoldStock(
                        locationId,
                        holdId,
                        shopper(request),
                        channel(body.channel()),
                        LineRequest.goods(body.lines()),
                        body.seconds() == null ? SECONDS : body.seconds()),
                request);
        return Replies.created(
                LocationResponse.path(locationId) + "/holds/" + holdId, reply, held(locationId, holdId, reply));
    }

    @Access(
            value = {SHOPPER_OWN, ASSOCIATE_STORE, SERVICE_FOR},
            takesGoods = true)
    @PatchMapping("/{holdId}")
    @Operation(
            summary = "Change the units of a hold, its end or both",
            description = "A hold lasts an hour at most from when it was made. If more units are not available, it"
                    + " stays as it was.")
    @ApiResponse(responseCode = "404", description = "It has ended")
    ResponseEntity<HoldResponse> change(
            @PathVariable @Id String locationId,
            @PathVariable @Id String holdId,
            CommandRequest request,
            @Valid @RequestBody HoldChangeRequest body) {
        body.check();
        Reply reply = send(
                new ChangeHold(
                        locationId,
                        holdId,
                        shopper(request),
                        channel(body.channel()),
                        body.lines() == null ? null : LineRequest.goods(body.lines()),
                        body.seconds()),
                request);
        return Replies.ok(reply, held(locationId, holdId, reply));
    }

    @Access({SHOPPER_OWN, ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR})
    @GetMapping("/{holdId}")
    @Operation(summary = "Show a hold that has not ended")
    ResponseEntity<OpenHoldResponse> show(
            @PathVariable @Id String locationId, @PathVariable @Id String holdId, Caller caller, QueryRequest query) {
        locations.registered(locationId, query);
        Row<Hold> row = views.get(InventoryDefinition.HOLDS, locationId, holdId).orElse(null);
        if (row == null || !caller.sees(new Owner(row.value().heldBy(), null, Set.of(locationId), null))) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "There is no hold " + holdId + "; it may have ended.");
        }
        Hold hold = row.value();
        return Replies.row(row, new OpenHoldResponse(holdId, locationId, hold.lines(), hold.expiresAt()));
    }

    @Access({SHOPPER_OWN, ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR})
    @DeleteMapping("/{holdId}")
    @Operation(summary = "Release a hold; if it has already ended, nothing changes")
    ResponseEntity<Void> release(
            @PathVariable @Id String locationId, @PathVariable @Id String holdId, @Keyless CommandRequest request) {
        Reply reply = send(new ReleaseHold(locationId, holdId, shopper(request)), request);
        return ResponseEntity.noContent().eTag(Long.toString(reply.sequence())).build();
    }

    private Reply send(InventoryCommand command, CommandRequest request) {
        return stock.send(command, request, "/stock");
    }

    private static HoldResponse held(String locationId, String holdId, Reply reply) {
        return new HoldResponse(holdId, locationId, reply.as(Outcome.class).expiresAt(), StockSender.levels(reply));
    }

    private static Channel channel(@Nullable Channel channel) {
        return channel == null ? Channel.ONLINE : channel;
    }

    /** The shopper who calls or for whom a service speaks; null if there is none. */
    private static @Nullable String shopper(CommandRequest request) {
        return request.actor().type() == Actor.Type.SHOPPER ? request.actor().id() : null;
    }
}
