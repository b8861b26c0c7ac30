package dev.mortar.pickup;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Sends the commands of the controllers and answers with the pickup after them. */
@Component
final class PickupSender {
    private final CommandGateway<PickupCommand> commands;

    PickupSender(CommandGateway<PickupCommand> commands) {
        this.commands = commands;
    }

    ResponseEntity<PickupBody> send(PickupCommand command, CommandRequest request) {
        return send(command, command, request);
    }

    /** @param asked the command without the facts that the service added */
    ResponseEntity<PickupBody> send(PickupCommand command, PickupCommand asked, CommandRequest request) {
        Reply reply = reply(command, asked, request);
        return Replies.ok(reply, PickupBody.of(reply.as(Pickup.Known.class)));
    }

    /** The reply to a command, for a controller that has to look at it first. */
    Reply reply(PickupCommand command, PickupCommand asked, CommandRequest request) {
        return commands.send(command, asked, request, "/v1/pickups/" + command.fulfilmentId());
    }
}
