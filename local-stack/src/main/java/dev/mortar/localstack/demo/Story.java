package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Part;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A purchase and how far it came. Written by one thread at a time. */
public final class Story {
    private static final Set<String> ENDS = Set.of("COMPLETED", "CANCELLED", "REJECTED");

    final Purchase purchase;
    volatile @Nullable String orderId;
    /** COMPLETED, CANCELLED, REJECTED, or the state of the order when it was last seen. */
    volatile String state = "";
    /** Why it was cancelled or rejected; empty otherwise. */
    volatile String reason = "";
    /** When it was ordered, by {@link System#nanoTime()}. */
    volatile long orderedAtNs;
    /** From the request to the confirmation; 0 when it was not confirmed. */
    volatile long confirmedAfterNs;
    /** Something that must never happen. */
    volatile @Nullable String failure;
    /** Units that were cancelled or came back, of those that the purchase asks for. */
    final Queue<Part> reversed = new ConcurrentLinkedQueue<>();
    /** Units that pickup-service acknowledged to have handed over. */
    volatile long handedOver;

    volatile boolean handedOverByCode;

    Story(Purchase purchase) {
        this.purchase = purchase;
    }

    String name() {
        return purchase.name();
    }

    /** Something that went wrong and never should; null when nothing did. */
    public @Nullable String failure() {
        return failure;
    }

    boolean isOver() {
        return ENDS.contains(state);
    }

    /** Whether the goods were ordered for pickup or delivery. */
    boolean byPickup() {
        return purchase.channel().ordered() && purchase.method() != Purchase.Method.CARRY_OUT;
    }

    /** Notes how an order stands; what was carried out of a store goes into the books once that is final. */
    void see(JsonNode order, Books books) {
        boolean wasOver = isOver();
        state = order.path("state").asString("");
        reason = order.path("reason").asString("");
        if (wasOver || !isOver()) {
            return;
        }
        long byPickup = 0;
        for (JsonNode line : order.path("lines")) {
            String lineId = line.path("lineId").asString();
            long gone = line.path("handedOver").asLong();
            long ended = gone
                    + line.path("rejected").asLong()
                    + line.path("cancelled").asLong();
            if (ended != line.path("quantity").asLong()) {
                failure = "Order " + orderId + " is over, and not every unit of line " + lineId + " is: " + line;
            }
            boolean carriedOut = purchase.line(Integer.parseInt(lineId)).carriedOut();
            if (carriedOut && purchase.channel() == Channel.STORE && gone > 0) {
                books.enter(purchase.takenAt(), line.path("sku").asString(), Books.Entry.GONE, gone);
            } else if (!carriedOut) {
                byPickup += gone;
            }
        }
        if (byPickup != handedOver) {
            failure = "Order " + orderId + " says that " + byPickup + " units left, pickup-service said " + handedOver;
        }
    }
}
