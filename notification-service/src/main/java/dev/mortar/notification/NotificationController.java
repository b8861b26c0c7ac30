package dev.mortar.notification;

import static dev.mortar.eventsourcing.Grant.*;

import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.Reply;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import dev.mortar.notification.NotificationCommand.RepeatNotification;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Comparator;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.server.ResponseStatusException;

/** Shows notifications and repeats them. Events request notifications; a caller can only request a repeat. */
@RestController
@Tag(name = "Notifications")
class NotificationController {

    private static final int LIST_MAX = 1_000;
    private static final String LIST_DEFAULT = "100";
    private static final Comparator<NotificationStatus> NEWEST_FIRST = Comparator.comparing(
                    NotificationStatus::requestedAt)
            .reversed()
            .thenComparing(NotificationStatus::notificationId);

    private final CommandGateway<NotificationCommand> commands;
    private final Views views;

    NotificationController(CommandGateway<NotificationCommand> commands, Views views) {
        this.commands = commands;
        this.views = views;
    }

    /**
     * A repeat of another notification.
     *
     * @param repeat counted from 1
     * @param repeatsMax how often a notification can be repeated
     */
    record RepeatResponse(String notificationId, String repeatOf, int repeat, int repeatsMax) {}

    /** The notifications of a shopper, newest first. */
    record NotificationList(List<NotificationStatus> notifications) {}

    @Access({SHOPPER_OWN, BACK_OFFICE, OPERATOR})
    @GetMapping("/v1/notifications/{notificationId}")
    @Operation(summary = "Show the state of a notification")
    ResponseEntity<NotificationStatus> get(@PathVariable @Id String notificationId, Caller caller, QueryRequest query) {
        Row<NotificationStatus> row = views.get(NotificationDefinition.BY_ID, notificationId, "", query)
                .filter(found -> caller.sees(Owner.ofCustomer(found.value().customerId())))
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no notification " + notificationId + "."));
        return Replies.row(row, row.value());
    }

    @Access({ASSOCIATE_ANY, BACK_OFFICE, SERVICE})
    @PostMapping("/v1/notifications/{notificationId}/repeats")
    @Operation(
            summary = "Repeat a notification: a new one with the same content is sent",
            description = "At most " + NotificationDecider.MAX_REPEATS
                    + " repeats, after the notification has ended and while its content is still true.")
    @ApiResponse(responseCode = "201")
    @ApiResponse(responseCode = "404", description = "The notification was never requested")
    @ApiResponse(
            responseCode = "409",
            description =
                    "The notification is not sent yet, is out of date, is a repeat itself, or has no repeats left")
    ResponseEntity<RepeatResponse> repeat(@PathVariable @Id String notificationId, CommandRequest request) {
        String repeatId = request.derivedId("repeat");
        String path = "/v1/notifications/" + repeatId;
        Reply reply = commands.send(new RepeatNotification(notificationId, repeatId), request, path);
        int repeat = reply.as(Notification.Over.class).repeats().ids().indexOf(repeatId) + 1;
        return Replies.created(
                path, reply, new RepeatResponse(repeatId, notificationId, repeat, NotificationDecider.MAX_REPEATS));
    }

    @Access({SHOPPER_OWN, BACK_OFFICE, OPERATOR})
    @GetMapping("/v1/customers/{customerId}/notifications")
    @Operation(summary = "List the notifications of a shopper, newest first")
    NotificationList ofCustomer(
            @PathVariable @Id String customerId,
            @RequestParam(defaultValue = LIST_DEFAULT) @Min(1) @Max(LIST_MAX) int limit,
            Caller caller) {
        if (!caller.sees(Owner.ofCustomer(customerId))) {
            return new NotificationList(List.of());
        }
        return new NotificationList(views.all(NotificationDefinition.BY_CUSTOMER, customerId)
                .map(Row::value)
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .toList());
    }
}
