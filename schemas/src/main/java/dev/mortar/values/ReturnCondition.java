package dev.mortar.values;

/** The condition of returned goods. UNKNOWN if nobody checked. */
public enum ReturnCondition {
    UNKNOWN,
    UNOPENED,
    OPENED,
    USED,
    DAMAGED
}
