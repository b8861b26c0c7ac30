package dev.mortar.returns;

/** Why goods are returned. UNKNOWN if nobody asked. */
enum ReturnReason {
    UNKNOWN,
    CHANGED_MIND,
    DEFECTIVE,
    WRONG_ARTICLE,
    NOT_AS_DESCRIBED,
    TOO_LATE,
    DAMAGED_IN_TRANSIT,
    OTHER,
    /** A courier brought the goods back. A shopper cannot give this reason. */
    UNDELIVERABLE
}
