package dev.mortar.order;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The current order.
 *
 * @param state PLACED, CONFIRMED, REJECTED, CANCELLED or COMPLETED
 * @param locationId store where it was placed; null for an online order
 * @param placedAt when the broker appended the command
 * @param decideBy last instant for the answers to its reservations, while it is PLACED
 * @param total what the shopper pays for the lines that are neither rejected nor cancelled
 * @param reason why it was rejected or cancelled
 * @param shortages the missing units, if it was rejected for lack of stock
 * @param returnIds accepted returns
 */
record OrderResponse(
        String orderId,
        String state,
        Channel channel,
        @Nullable String channelId,
        @Nullable String customerId,
        Acceptance acceptance,
        @Nullable String locationId,
        @Nullable String tillId,
        @Nullable String receiptNumber,
        @Nullable String paymentReference,
        Instant placedAt,
        @Nullable Instant decideBy,
        Money total,
        @Nullable EndReason reason,
        List<Shortage> shortages,
        List<Line> lines,
        List<FulfilmentGroup> fulfilments,
        List<CancellationRequest> cancellations,
        List<String> returnIds) {

    /**
     * A line with the progress of its units. Open units are neither rejected, cancelled nor handed over.
     *
     * @param line the units that leave with the fulfilment, with their share of discount and tax
     * @param fulfilmentId null while the order looks for a location for the units, or if it found none
     * @param total price of these units as they were placed
     * @param reserved units that are reserved at the location
     */
    record Line(
            @JsonUnwrapped OrderLine line,
            @Nullable String fulfilmentId,
            Money total,
            long open,
            long reserved,
            @JsonUnwrapped LineProgress progress,
            long returned) {}

    /**
     * A group of lines that leaves one location by one method.
     *
     * @param handedOverAt by the clock of the store or the till
     * @param delivery its parcels that have ended
     */
    record FulfilmentGroup(
            @JsonUnwrapped Fulfilment fulfilment,
            FulfilmentStatus status,
            @Nullable EndReason reason,
            List<Shortage> shortages,
            @Nullable Instant handedOverAt,
            List<Parcel> delivery) {}

    /**
     * A parcel that has ended.
     *
     * @param at when it was delivered, by the clock of the courier
     */
    record Parcel(
            String parcelId,
            ParcelEnd.State state,
            @Nullable Instant at) {}

    /** The progress of a fulfilment; see {@link FulfilmentProgress}. */
    enum FulfilmentStatus {
        WAITING,
        RESERVED,
        REJECTED,
        HANDED_OVER,
        CANCELLED,
        SET_ASIDE,
        MOVED,
        WITHDRAWN
    }

    /**
     * A request for cancellation.
     *
     * @param waitingFor fulfilments for which pickup-service has not answered
     * @param refusedBy fulfilments that pickup-service refused to cancel
     */
    record CancellationRequest(
            String cancellationId, EndReason reason, List<String> waitingFor, List<String> refusedBy) {}

    static String path(String orderId) {
        return "/v1/orders/" + orderId;
    }

    static OrderResponse of(Order order) {
        OrderContents contents = Order.contents(order);
        RequestedOrder placed = contents.requested();
        TillSale sale = contents.sale();
        return new OrderResponse(
                contents.orderId(),
                Order.known(order).name(),
                placed.channel(),
                placed.channelId(),
                placed.customerId(),
                placed.acceptance(),
                placed.locationId(),
                sale == null ? null : sale.tillId(),
                sale == null ? null : sale.receiptNumber(),
                placed.paymentReference(),
                contents.placedAt(),
                order instanceof Order.Placed waiting ? waiting.decideBy() : null,
                contents.total(),
                reason(order),
                order instanceof Order.Rejected rejected ? rejected.shortages() : List.of(),
                lines(contents),
                contents.fulfilments().stream().map(OrderResponse::fulfilment).toList(),
                contents.cancellations().stream()
                        .map(OrderResponse::cancellation)
                        .toList(),
                contents.returnIds());
    }

    private static @Nullable EndReason reason(Order order) {
        return switch (order) {
            case Order.Rejected rejected -> rejected.reason();
            case Order.Cancelled cancelled -> cancelled.reason();
            case Order.Unplaced _, Order.Placed _, Order.Confirmed _, Order.Completed _ -> null;
        };
    }

    private static List<Line> lines(OrderContents contents) {
        Map<String, Long> returned = new HashMap<>(contents.returned());
        List<Line> lines = new ArrayList<>();
        for (FulfilmentContents each : contents.fulfilments()) {
            boolean reserved =
                    !each.fulfilment().carriedOut() && each.progress() instanceof FulfilmentProgress.Reserved;
            Map<String, FulfilmentContents.Part> parts =
                    each.parts().stream().collect(Collectors.toMap(FulfilmentContents.Part::lineId, part -> part));
            for (OrderLine line : contents.linesOf(List.of(each.fulfilment()))) {
                FulfilmentContents.Part part = Objects.requireNonNull(parts.get(line.lineId()), line::lineId);
                // A return names the line only. It is shown at the first fulfilment that handed units of it over.
                long cameBack = Math.min(part.progress().handedOver(), returned.getOrDefault(line.lineId(), 0L));
                returned.merge(line.lineId(), -cameBack, Long::sum);
                lines.add(new Line(
                        line,
                        each.fulfilment().fulfilmentId(),
                        line.total(),
                        part.open(),
                        reserved ? part.open() : 0,
                        part.progress(),
                        cameBack));
            }
        }
        for (SourcingRun run : contents.runs()) {
            for (FulfilmentContents.Part part : run.units()) {
                OrderLine line = contents.lines(Stream.of(part)).getFirst();
                lines.add(new Line(line, null, line.total(), part.open(), 0, part.progress(), 0));
            }
        }
        return lines;
    }

    private static FulfilmentGroup fulfilment(FulfilmentContents contents) {
        FulfilmentProgress progress = contents.progress();
        FulfilmentProgress.Rejected rejected = progress instanceof FulfilmentProgress.Rejected it ? it : null;
        FulfilmentProgress.HandedOver handedOver = progress instanceof FulfilmentProgress.HandedOver it ? it : null;
        return new FulfilmentGroup(
                contents.fulfilment(),
                status(progress),
                rejected == null ? null : rejected.reason(),
                rejected == null ? List.of() : rejected.shortages(),
                handedOver == null ? null : handedOver.at(),
                handedOver == null
                        ? List.of()
                        : handedOver.ended().stream()
                                .map(each -> new Parcel(each.parcelId(), each.state(), each.at()))
                                .toList());
    }

    static FulfilmentStatus status(FulfilmentProgress progress) {
        return switch (progress) {
            case FulfilmentProgress.Waiting _ -> FulfilmentStatus.WAITING;
            case FulfilmentProgress.Reserved _ -> FulfilmentStatus.RESERVED;
            case FulfilmentProgress.Rejected _ -> FulfilmentStatus.REJECTED;
            case FulfilmentProgress.HandedOver _ -> FulfilmentStatus.HANDED_OVER;
            case FulfilmentProgress.Cancelled _ -> FulfilmentStatus.CANCELLED;
            case FulfilmentProgress.SetAside _ -> FulfilmentStatus.SET_ASIDE;
            case FulfilmentProgress.Moved _ -> FulfilmentStatus.MOVED;
            case FulfilmentProgress.Withdrawn _ -> FulfilmentStatus.WITHDRAWN;
        };
    }

    private static CancellationRequest cancellation(Cancellation cancellation) {
        return new CancellationRequest(
                cancellation.cancellationId(),
                cancellation.reason(),
                cancellation.unanswered().stream()
                        .map(Cancellation.Part::fulfilmentId)
                        .toList(),
                cancellation.refused());
    }
}
