package dev.mortar.pickup;

/** The proof for a handover. It never holds a pickup code: the controller compares the code, and this is the result. */
sealed interface Proof {

    /** The shown code was derived from this key for this issue. The decider checks whether it is the valid one. */
    record Code(String keyId, int issue) implements Proof {}

    /** The shown code was never issued for the fulfilment. */
    record WrongCode() implements Proof {}

    /** A courier takes the goods to the shopper. */
    record Courier(String courierId) implements Proof {}

    /** An associate takes responsibility for a handover without a code. */
    record NamedOverride(String associateId, Reason reason) implements Proof {

        /** Why the shopper showed no code. */
        enum Reason {
            CODE_NOT_AT_HAND,
            CODE_LOCKED,
            CODE_UNREADABLE
        }
    }
}
