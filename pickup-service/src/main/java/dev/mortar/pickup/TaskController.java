package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.http.Cursor;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.pickup.PickupCommand.AcceptTask;
import dev.mortar.pickup.PickupCommand.RejectTask;
import dev.mortar.pickup.PickupEvent.TaskRejectionReason;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

/** The tasks of a store over HTTP: its queue, and the answer whether it does a task. */
@RestController
@Tag(name = "Pickups", description = "Picks, stages and hands over the reserved goods of an order.")
class TaskController {

    private static final int MAX_PAGE = 200;
    /** The goods of a queue fit on the shelves of its location, so their data fits into memory. */
    private static final int MAX_QUEUE = 50_000;

    private final PickupSender commands;
    private final Views views;
    private final Clock clock = Clock.systemUTC();

    TaskController(PickupSender commands, Views views) {
        this.commands = commands;
        this.views = views;
    }

    @Access({ASSOCIATE_STORE, BACK_OFFICE, OPERATOR})
    @GetMapping("/v1/locations/{locationId}/pickups")
    @Operation(
            summary = "List the queue of a location: its open pickups by promised time, then by age",
            description = "overdue lists only pickups that are late: not accepted, not picked or not ready in time."
                    + " atRisk lists only pickups that have to be picked in the next 30 minutes and are not ready.")
    QueueBody queue(
            @PathVariable @Id String locationId,
            @RequestParam(required = false) Pickup.@Nullable State state,
            @RequestParam(defaultValue = "false") boolean overdue,
            @RequestParam(defaultValue = "false") boolean atRisk,
            @RequestParam(defaultValue = "50") @Min(1) @Max(MAX_PAGE) int limit,
            @RequestParam(required = false) @Nullable String cursor,
            Caller caller) {
        caller.sees(Owner.ofLocation(locationId));
        Instant now = clock.instant();
        Position after = cursor == null ? null : Cursor.read(cursor, Position::read);
        List<Pickup.Open> page = views.all(PickupDefinition.QUEUES, locationId)
                .limit(MAX_QUEUE)
                .map(Row::value)
                .filter(pickup -> state == null || pickup.state() == state)
                .filter(pickup -> !overdue || TaskRules.isOverdue(pickup, now))
                .filter(pickup -> !atRisk || TaskRules.isAtRisk(pickup, now))
                .filter(pickup -> after == null || Position.ORDER.compare(Position.of(pickup), after) > 0)
                .sorted(Comparator.comparing(Position::of, Position.ORDER))
                .limit(limit + 1L)
                .toList();
        return new QueueBody(
                page.stream().limit(limit).map(PickupBody::of).toList(),
                page.size() > limit ? Position.of(page.get(limit - 1)).cursor() : null);
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/accept")
    @Operation(
            summary = "Accept the task",
            description = "A store may accept a task that it rejected until order-service has cancelled it.")
    ResponseEntity<PickupBody> accept(@PathVariable @Id String fulfilmentId, CommandRequest request) {
        return commands.send(new AcceptTask(fulfilmentId), request);
    }

    @Access({ASSOCIATE_STORE})
    @PostMapping("/v1/pickups/{fulfilmentId}/reject")
    @Operation(
            summary = "Reject the task, because the store cannot do it",
            description = "Order-service then cancels the rest of the pickup. Units that are not found are reported"
                    + " with /short instead.")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "409", description = "Ready, ended, or rejected for another reason")
    ResponseEntity<PickupBody> reject(
            @PathVariable @Id String fulfilmentId, CommandRequest request, @Valid @RequestBody RejectRequest body) {
        return commands.send(new RejectTask(fulfilmentId, body.reason()), request);
    }

    record RejectRequest(@NotNull TaskRejectionReason reason) {}

    record QueueBody(
            List<PickupBody> pickups,

            @Nullable @Schema(description = "Cursor of the next page; absent on the last page")
            String nextCursor) {}

    /** Position in a queue: by promised time (pickups without one come last), then by age. */
    private record Position(Instant promisedAt, Instant requestedAt, String fulfilmentId) {

        static final Comparator<Position> ORDER = Comparator.comparing(Position::promisedAt)
                .thenComparing(Position::requestedAt)
                .thenComparing(Position::fulfilmentId);

        static Position of(Pickup.Open pickup) {
            Goods goods = pickup.goods();
            Instant promisedAt = goods.times().promisedAt();
            return new Position(
                    promisedAt == null ? Instant.MAX : promisedAt,
                    goods.requestedAt(),
                    goods.fulfilment().fulfilmentId());
        }

        static Position read(List<String> parts) {
            return new Position(Instant.parse(parts.get(0)), Instant.parse(parts.get(1)), parts.get(2));
        }

        String cursor() {
            return Cursor.of(promisedAt, requestedAt, fulfilmentId);
        }
    }
}
