package dev.mortar.simulation;

/** Everything that goes wrong on purpose. */
public enum Fault {
    /** An instance dies between two steps; the next one has its store, an older copy of it, or an empty one. */
    CRASH,
    /** An instance dies while it writes its next transaction, or around the commit; the transaction may stay open. */
    CRASH_IN_TRANSACTION,
    /** The lane is given to the other instance, and the former owner has not noticed. */
    TAKE_OVER,
    /** The other instance takes over while a transaction is written. */
    TAKE_OVER_IN_TRANSACTION,
    /** Both instances believe that they own the lane. */
    TWO_OWNERS,
    /** A commit times out; the transaction is committed or not. */
    UNKNOWN_COMMIT,
    /** An instance's follower stands still for a while. */
    LAG,
    /** An instance starts with the store of a log that goes on where this one ends. */
    STRANGE_STORE,
    /** Commands and replies expire that are old enough; perhaps days pass before. */
    EXPIRE,
    /** A process listener dies, and sends again everything that it did not commit. */
    CRASH_PROCESS,
    /** A process listener's group begins again with the first event. */
    RESET_PROCESS,
    CRASH_SENDER,
    /** The notification sender hears of everything again. */
    RESET_SENDER,
    /** The sourcer dies with the plans that it has not sent, and plans again with a newer copy of the stock. */
    CRASH_SOURCER,
    /** The sourcer hears of all runs again. */
    RESET_SOURCER,
    /** A part stands still for a while, and its work is late. */
    FREEZE,
    DUPLICATE_REQUEST,
    LOSE_REQUEST,
    LOSE_REPLY,
    /** A client sends an old request again, under its old key. */
    REPEAT_REQUEST,
    /** The wall clock of one instance is set, by up to some hours. */
    INSTANCE_CLOCK,
    BROKER_CLOCK,
    /** The mail server refuses, or breaks off. */
    MAIL_REFUSED
}
