package dev.mortar.notification;

import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.QueryRequest;
import dev.mortar.eventsourcing.http.Replies;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.Views;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** What became of notifications. They are requested by events alone, so there is nothing to post. */
@RestController
@Tag(name = "Notifications")
class NotificationController {

    private static final int LIST_MAX = 1_000;
    private static final String LIST_DEFAULT = "100";
    private static final int ROWS_PER_READ = 500;
    private static final Comparator<NotificationStatus> NEWEST_FIRST = Comparator.comparing(
                    NotificationStatus::requestedAt)
            .reversed()
            .thenComparing(NotificationStatus::notificationId);

    private final Views views;

    NotificationController(Views views) {
        this.views = views;
    }

    /** The notifications of a shopper, newest first. */
    record NotificationList(List<NotificationStatus> notifications) {}

    @GetMapping("/v1/notifications/{notificationId}")
    @Operation(summary = "What became of a notification")
    ResponseEntity<NotificationStatus> get(@PathVariable @Id String notificationId, QueryRequest query) {
        Row<NotificationStatus> row = views.get(NotificationTopology.BY_ID, notificationId, "", query)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such notification."));
        return Replies.row(row, row.value());
    }

    @GetMapping("/v1/customers/{customerId}/notifications")
    @Operation(summary = "What a shopper was told, or is still to be told, newest first")
    NotificationList ofCustomer(
            @PathVariable @Id String customerId,
            @RequestParam(defaultValue = LIST_DEFAULT) @Min(1) @Max(LIST_MAX) int limit) {
        var newest = new PriorityQueue<>(NEWEST_FIRST.reversed());
        String from = "";
        List<Row<NotificationStatus>> rows;
        do {
            rows = views.list(NotificationTopology.BY_CUSTOMER, customerId, from, ROWS_PER_READ);
            for (Row<NotificationStatus> row : rows) {
                newest.add(row.value());
                if (newest.size() > limit) {
                    newest.remove();
                }
                // The first name after the last one that was read.
                from = row.name() + "\0";
            }
        } while (rows.size() == ROWS_PER_READ);
        return new NotificationList(newest.stream().sorted(NEWEST_FIRST).toList());
    }
}
