package dev.mortar.returns;

/** Why goods come back; unknown when nobody asked. */
enum ReturnReason {
    UNKNOWN,
    CHANGED_MIND,
    DEFECTIVE,
    WRONG_ARTICLE,
    NOT_AS_DESCRIBED,
    TOO_LATE,
    DAMAGED_IN_TRANSIT,
    OTHER
}
