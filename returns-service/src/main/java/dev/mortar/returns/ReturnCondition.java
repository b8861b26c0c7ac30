package dev.mortar.returns;

/** In what state goods come back; unknown when nobody looked. */
enum ReturnCondition {
    UNKNOWN,
    UNOPENED,
    OPENED,
    USED,
    DAMAGED
}
