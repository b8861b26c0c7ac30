package dev.mortar.pickup;

/** Why goods may leave. Never holds a pickup code: the controller compares, this says what came of it. */
sealed interface Proof {

    /** A code was shown that was derived under this key for this issue; whether that is the valid one is decided. */
    record Code(String keyId, int issue) implements Proof {}

    /** A code was shown that was never issued for the fulfilment. */
    record WrongCode() implements Proof {}

    /**
     * A courier takes the goods to the shopper.
     *
     * @param courierId opaque id of the courier
     */
    record Courier(String courierId) implements Proof {}

    /**
     * An associate answers for it by name.
     *
     * @param associateId opaque id of the associate
     */
    record NamedOverride(String associateId, Reason reason) implements Proof {

        /** Why the shopper showed no code. */
        enum Reason {
            CODE_NOT_AT_HAND,
            CODE_LOCKED,
            CODE_UNREADABLE
        }
    }
}
