package dev.mortar.simulation;

/** What goes wrong on purpose. */
public enum Fault {
    /** An instance dies with its decider's partition; its open transaction is aborted later. */
    CRASH_DECIDER,
    /** The same, and its group has forgotten how far it was: the next one reads all commands again. */
    RESET_DECIDER,
    /** A partition is given to another instance, and the one that had it has not noticed. */
    ZOMBIE,
    /** A process listener dies; what it sent and did not commit is sent again. */
    CRASH_PROCESS,
    /** A process listener's group begins again with the first event. */
    RESET_PROCESS,
    /** The notification sender dies with all attempts under way. */
    CRASH_SENDER,
    /** The notification sender hears of everything again. */
    RESET_SENDER,
    /** A part stands still for a while: its partitions fall behind the others, its timers are late. */
    FREEZE,
    /** A request reaches the log twice. */
    DUPLICATE_REQUEST,
    /** A request never reaches the log. */
    LOSE_REQUEST,
    /** A reply never reaches who waits for it. */
    LOSE_REPLY,
    /** A client sends an old request again, under its old key. */
    REPEAT_REQUEST,
    /** The wall clock of one decider's instance is set, by up to some hours. */
    INSTANCE_CLOCK,
    /** The broker's clock steps forward. */
    BROKER_CLOCK,
    /** The mail server refuses, or breaks off. */
    MAIL_REFUSED
}
