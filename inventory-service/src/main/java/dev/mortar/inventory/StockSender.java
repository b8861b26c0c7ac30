package dev.mortar.inventory;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.inventory.InventoryDefinition.Outcome;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Sends the commands of requests. */
@Component
class StockSender {

    private final CommandGateway<InventoryCommand> gateway;

    StockSender(CommandGateway<InventoryCommand> gateway) {
        this.gateway = gateway;
    }

    /** The booked id, and the stock of the document's SKUs after it. */
    record BookedResponse(String id, String locationId, List<StockLevelResponse> stock) {}

    /** @param part of the location's path that shows the result */
    Reply send(InventoryCommand command, CommandRequest request, String part) {
        return gateway.send(command, request, LocationResponse.path(command.locationId()) + part);
    }

    /** Books a document under its id. */
    ResponseEntity<BookedResponse> book(String id, InventoryCommand command, CommandRequest request) {
        Reply reply = send(command, request, "/stock");
        return Replies.ok(reply, new BookedResponse(id, command.locationId(), levels(reply)));
    }

    /** The stock after the command. */
    static List<StockLevelResponse> levels(Reply reply) {
        return reply.as(Outcome.class).stock().stream()
                .map(stock -> StockLevelResponse.of(stock, null))
                .toList();
    }
}
