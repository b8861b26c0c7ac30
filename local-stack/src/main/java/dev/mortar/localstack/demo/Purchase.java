package dev.mortar.localstack.demo;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A purchase, with everything that people decide about it.
 *
 * @param name unique in a run
 * @param method how the goods leave, except lines that are carried out
 * @param takenAt where it is bought: the store for STORE and tills; not looked at for ONLINE
 * @param from where the goods leave; if sourced, the place near which an order finds its locations
 * @param sourced whether the order names no location; only ONLINE
 * @param customerId null for a guest
 * @param soldAt by the clock of the till; not looked at for orders
 * @param cancelled parts of lines that the shopper cancels as soon as the order is confirmed
 * @param missing units that the associate does not find
 * @param returns units that come back after the handover
 */
public record Purchase(
        String name,
        Channel channel,
        Method method,
        String takenAt,
        String from,
        boolean sourced,
        @Nullable String customerId,
        List<Line> lines,
        Instant soldAt,
        Ending ending,
        List<Part> cancelled,
        List<Part> missing,
        List<Return> returns) {

    /** How it is bought. LATE_TILL is a till that was offline and uploads its sales later, in a batch. */
    public enum Channel {
        ONLINE,
        STORE,
        TILL,
        LATE_TILL;

        boolean ordered() {
            return this == ONLINE || this == STORE;
        }
    }

    /** How goods leave, in the words of order-service. */
    public enum Method {
        PICKUP,
        CURBSIDE,
        DELIVERY,
        CARRY_OUT
    }

    /** The last thing that the shopper does. */
    public enum Ending {
        TAKES_IT,
        NEVER_COMES,
        CANCELS_AT_ONCE,
        CANCELS_WHEN_READY
    }

    /** Where returned goods go, in the words of returns-service. */
    public enum Disposition {
        RESTOCK,
        DAMAGED,
        RETURN_TO_VENDOR
    }

    /**
     * A line. Its id in the order is its place in the list, counted from 1.
     *
     * @param unitPrice in minor units
     * @param carriedOut whether the shopper takes it along at once; only in orders of channel STORE
     */
    public record Line(String sku, String title, long quantity, long unitPrice, String currency, boolean carriedOut) {}

    /** Units of a line, by its place; row is the line of the feed that asks for it, 0 when none does. */
    public record Part(int line, long quantity, int row) {

        String lineId() {
            return Integer.toString(line);
        }
    }

    /** Goods that are brought back to a location, by a name that is unique in a run. */
    public record Return(String name, String locationId, Disposition disposition, List<Part> parts) {}

    public Purchase {
        lines = List.copyOf(lines);
        cancelled = List.copyOf(cancelled);
        missing = List.copyOf(missing);
        returns = List.copyOf(returns);
    }

    Line line(int number) {
        return lines.get(number - 1);
    }
}
