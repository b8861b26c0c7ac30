package dev.mortar.order;

/** Quantities of a line or a part of it, in its unit. Units neither rejected, cancelled nor handed over are open. */
record LineProgress(long rejected, long cancelled, long handedOver) {
    static final LineProgress NONE = new LineProgress(0, 0, 0);

    /** Units that are no longer open. */
    long closed() {
        return rejected + cancelled + handedOver;
    }

    LineProgress plus(LineProgress more) {
        return new LineProgress(rejected + more.rejected, cancelled + more.cancelled, handedOver + more.handedOver);
    }

    static LineProgress ofRejected(long units) {
        return new LineProgress(units, 0, 0);
    }

    static LineProgress ofCancelled(long units) {
        return new LineProgress(0, units, 0);
    }

    static LineProgress ofHandedOver(long units) {
        return new LineProgress(0, 0, units);
    }
}
