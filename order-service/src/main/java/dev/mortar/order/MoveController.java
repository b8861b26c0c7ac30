package dev.mortar.order;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.Time;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.CommandRejected;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.order.OrderCommand.MoveFulfilment;
import dev.mortar.order.OrderRejection.UnknownLocation;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Shortage;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Moves goods of a confirmed order to another store. */
@RestController
@Tag(name = "orders")
class MoveController {

    private final CommandGateway<OrderCommand> gateway;
    private final Views views;
    private final StateTables tables;
    private final Duration decideWithin;

    MoveController(
            CommandGateway<OrderCommand> gateway,
            Views views,
            StateTables tables,
            @Value("${order.decide-within}") Duration decideWithin) {
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
        this.decideWithin = decideWithin;
    }

    /**
     * A move to another store.
     *
     * @param method PICKUP or CURBSIDE; default: as before
     * @param latestReadyAt last instant at which the goods may be ready
     */
    record MoveRequest(
            @NotNull @Id String locationId,
            @Nullable FulfilmentMethod method,
            @Nullable @Time Instant latestReadyAt) {}

    enum MoveState {
        /** The new store has not answered. */
        RESERVING,
        /** The new store has reserved the goods, and the old one has not let its goods go. */
        ASKING,
        MOVED,
        /** The goods stay at the old store. */
        KEPT
    }

    /**
     * A move.
     *
     * @param fulfilmentId the fulfilment at the new store
     * @param readyAt when the goods are ready there; absent until it is known
     * @param reason why the new store refused
     * @param shortages the units that the new store does not have
     */
    record MoveResponse(
            String moveId,
            MoveState state,
            String fulfilmentId,
            String locationId,
            @Nullable Instant readyAt,
            @Nullable EndReason reason,
            List<Shortage> shortages) {

        static MoveResponse of(String moveId, FulfilmentContents added) {
            MoveState state = switch (added.progress()) {
                case FulfilmentProgress.Waiting _ -> MoveState.RESERVING;
                case FulfilmentProgress.SetAside _ -> MoveState.ASKING;
                case FulfilmentProgress.Rejected _, FulfilmentProgress.Withdrawn _ -> MoveState.KEPT;
                case FulfilmentProgress.Reserved _,
                        FulfilmentProgress.HandedOver _,
                        FulfilmentProgress.Cancelled _,
                        FulfilmentProgress.Moved _ -> MoveState.MOVED;
            };
            FulfilmentProgress.Rejected rejected =
                    added.progress() instanceof FulfilmentProgress.Rejected it ? it : null;
            return new MoveResponse(
                    moveId,
                    state,
                    added.fulfilment().fulfilmentId(),
                    added.fulfilment().locationId(),
                    added.fulfilment().promisedAt(),
                    rejected == null ? null : rejected.reason(),
                    rejected == null ? List.of() : rejected.shortages());
        }

        private boolean isOver() {
            return state == MoveState.MOVED || state == MoveState.KEPT;
        }
    }

    @Operation(
            summary = "Move goods that wait for the shopper to another store",
            description = "The old store keeps the goods until the new one has reserved them. With Prefer: wait=N the"
                    + " request waits up to N seconds for the outcome and answers 200. If the time passes first, it"
                    + " answers 202.")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, SERVICE_FOR})
    @PostMapping("/v1/orders/{orderId}/fulfilments/{fulfilmentId}/move")
    ResponseEntity<MoveResponse> move(
            @PathVariable @Id String orderId,
            @PathVariable @Id String fulfilmentId,
            CommandRequest request,
            @Valid @RequestBody MoveRequest body) {
        if (tables.<SourcingLocation>get(OrderDefinition.LOCATIONS).get(body.locationId()) == null) {
            throw new CommandRejected(new UnknownLocation("locationId", body.locationId()));
        }
        String moveId = request.derivedId("move");
        String path = OrderResponse.path(orderId) + "/moves/" + moveId;
        MoveFulfilment command = new MoveFulfilment(
                orderId,
                fulfilmentId,
                moveId,
                body.locationId(),
                body.method(),
                body.latestReadyAt() == null ? null : body.latestReadyAt().truncatedTo(ChronoUnit.MICROS),
                decideWithin);
        Reply reply = gateway.send(command, request, path);
        MoveResponse now = move(reply.as(Order.class), moveId).orElseThrow();
        MoveResponse awaited = now.isOver() || request.waitFor().isZero()
                ? now
                : views.await(
                                OrderDefinition.ORDERS,
                                orderId,
                                "",
                                row -> row.sequence() >= reply.sequence()
                                        && move(row.value(), moveId)
                                                .filter(MoveResponse::isOver)
                                                .isPresent(),
                                request.waitFor())
                        .flatMap(row -> move(row.value(), moveId))
                        .orElse(now);
        return ResponseEntity.status(awaited.isOver() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create(path))
                .body(awaited);
    }

    @Operation(summary = "Get a move of goods to another store")
    @Access({SHOPPER_OWN, LINK_OWN, ASSOCIATE_STORE, BACK_OFFICE, OPERATOR, SERVICE})
    @GetMapping("/v1/orders/{orderId}/moves/{moveId}")
    MoveResponse get(
            @PathVariable @Id String orderId, @PathVariable @Id String moveId, Caller caller, QueryRequest query) {
        return views.get(OrderDefinition.ORDERS, orderId, "", query)
                .map(Row::value)
                .filter(order -> caller.sees(OrderDefinition.owner(order)))
                .flatMap(order -> move(order, moveId))
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "Order " + orderId + " has no move " + moveId + "."));
    }

    private static Optional<MoveResponse> move(Order order, String moveId) {
        OrderContents contents = Order.contents(order);
        SourcingRun run = contents.run(moveId);
        return run == null || run.request().trigger() != Trigger.SHOPPER_MOVE
                ? Optional.empty()
                : contents.added(run).findFirst().map(added -> MoveResponse.of(moveId, added));
    }
}
