package dev.mortar.eventsourcing.kafka;

/** Faults of the code or its set-up that a simulation can be told to have, to see that its judge notices them. */
public enum PlantedDefect {
    /** The decider forgets which source positions it has decided. */
    SKIP_DEDUPE_OF_EVENTS,
    /** The decider forgets which requests it has decided. */
    SKIP_DEDUPE_OF_REQUESTS,
    /** The decider has no note of its own of how far it has decided. */
    TRUST_GROUP_OFFSETS,
    /** Processes read what lies on the log, committed or not. */
    READ_UNCOMMITTED,
    /** Events are committed as they are written, before the state they belong to. */
    SEND_BEFORE_COMMIT,
    /** A new instance compares its store with the log while the log does not show all that is committed. */
    START_BEFORE_MARKERS,
    /** After a crash the store still has the writes of the aborted transaction. */
    REUSE_STALE_STORE,
    /** An instance whose partition was given to another can still commit. */
    COMMIT_AFTER_FENCING,
    /** The position of input is committed without what was made of it. */
    LOSE_STATE_AT_COMMIT,
    /** Some deadlines are never looked at. */
    SKIP_DUE_TIMER,
    /** Now is the instance's wall clock. */
    DECIDE_BY_INSTANCE_CLOCK,
    /** A command of a process is not sent, and its event counts as read. */
    LOSE_COMMAND,
    /** Processes commit that they have read an event before its commands are sent. */
    COMMIT_BEFORE_SEND,
    /** Commands of a process overtake one another on their way to a partition. */
    REORDER_SENDS,
    /** Some events of a transaction are lost. */
    TEAR_TRANSACTION,
    /** Mails are sent without a claim. */
    SEND_WITHOUT_CLAIM,
    /** A sender that crashed begins again where it was, as if its claims still held. */
    SEND_AGAIN_AFTER_CRASH
}
