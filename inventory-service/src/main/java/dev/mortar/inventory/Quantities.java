package dev.mortar.inventory;

/**
 * The quantities of one SKU at one location in one unit, or a change of them.
 *
 * @param onHand physically there and fit for sale; below 0 when more was sold than was recorded
 * @param committed reserved for orders
 * @param held held by carts for a short time
 * @param safetyStock kept from online channels
 * @param damaged there and unfit for sale; not part of on hand
 * @param toVendor there and waiting to go back to the vendor; not part of on hand
 * @param inTransit sent by other locations and not here yet; not part of on hand
 */
record Quantities(
        long onHand, long committed, long held, long safetyStock, long damaged, long toVendor, long inTransit) {

    static final Quantities NONE = new Quantities(0, 0, 0, 0, 0, 0, 0);

    static Quantities ofOnHand(long onHand) {
        return new Quantities(onHand, 0, 0, 0, 0, 0, 0);
    }

    static Quantities ofCommitted(long committed) {
        return new Quantities(0, committed, 0, 0, 0, 0, 0);
    }

    static Quantities ofHeld(long held) {
        return new Quantities(0, 0, held, 0, 0, 0, 0);
    }

    static Quantities ofSafetyStock(long safetyStock) {
        return new Quantities(0, 0, 0, safetyStock, 0, 0, 0);
    }

    static Quantities ofDamaged(long damaged) {
        return new Quantities(0, 0, 0, 0, damaged, 0, 0);
    }

    static Quantities ofToVendor(long toVendor) {
        return new Quantities(0, 0, 0, 0, 0, toVendor, 0);
    }

    static Quantities ofInTransit(long inTransit) {
        return new Quantities(0, 0, 0, 0, 0, 0, inTransit);
    }

    Quantities plus(Quantities other) {
        return new Quantities(
                onHand + other.onHand,
                committed + other.committed,
                held + other.held,
                safetyStock + other.safetyStock,
                damaged + other.damaged,
                toVendor + other.toVendor,
                inTransit + other.inTransit);
    }

    /** Units that a channel can still sell; never below 0. */
    long available(Channel channel) {
        long unclaimed = onHand - committed - held;
        return switch (channel) {
            case STORE -> Math.max(0, unclaimed);
            case ONLINE -> Math.max(0, unclaimed - safetyStock);
        };
    }

    /** How many committed units are not on hand. */
    long shortBy() {
        return Math.max(0, committed - Math.max(0, onHand));
    }
}
