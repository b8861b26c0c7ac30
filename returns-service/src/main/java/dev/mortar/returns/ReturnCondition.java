package dev.mortar.returns;

/** The condition of returned goods. UNKNOWN if nobody checked. */
enum ReturnCondition {
    UNKNOWN,
    UNOPENED,
    OPENED,
    USED,
    DAMAGED
}
