package dev.mortar.eventsourcing.kafka;

/** Faults of the code or its set-up that a simulation can be told to have, to see that its judge notices them. */
public enum PlantedDefect {
    /** Transactions end without a mark. */
    MARK_LOST,
    /** Marks do not name the sources of commands that gave no event. */
    MARK_WITHOUT_SOURCES,
    /** A new owner begins with the commands that are still to come, whatever the mark says. */
    MARK_PASSED_OVER,
    /** A lane looks in the store first, and in its overlay only for rows that the store does not have. */
    OVERLAY_AFTER_STORE,
    /** Rows leave the overlay before the follower has folded them. */
    OVERLAY_EVICTED_EARLY,
    /** A new owner does not wait for its follower. */
    TAKE_OVER_WITHOUT_CATCHING_UP,
    /** A lane takes over again without asking whether it still owns its partitions. */
    TAKE_OVER_UNASKED,
    /** An owner whose lane was taken over can still commit. */
    COMMIT_AFTER_FENCING,
    /** Followers read what lies on the log, committed or not. */
    FOLLOW_UNCOMMITTED,
    /** An answer does not say which events belong to it. */
    ANSWER_BEFORE_ITS_EVENTS,
    /** The highest source decided is kept for all partitions together. */
    SOURCES_NOT_BY_PARTITION,
    /** Commands of processes lose their source. */
    SKIP_DEDUPE_OF_EVENTS,
    /** The decider forgets which requests it has decided. */
    SKIP_DEDUPE_OF_REQUESTS,
    /** A lane does not ask whose the object of a command is. */
    OWNER_NOT_ASKED,
    /** A location forgets the receipts of a transfer that it has booked. */
    RECEIPT_FORGOTTEN,
    /** A pickup forgets that a parcel has ended. */
    PARCEL_END_FORGOTTEN,
    /** A location forgets when a hold was made. */
    HOLD_AGE_FORGOTTEN,
    /** Events are written outside the transaction. */
    SEND_BEFORE_COMMIT,
    /** Some events of a transaction are lost. */
    TEAR_TRANSACTION,
    /** Some deadlines are never looked at. */
    SKIP_DUE_TIMER,
    /** Now is the instance's wall clock. */
    DECIDE_BY_INSTANCE_CLOCK,
    /** Processes read what lies on the log, committed or not. */
    READ_UNCOMMITTED,
    /** A command of a process is not sent, and its event counts as read. */
    LOSE_COMMAND,
    /** Processes commit that they have read an event before its commands are sent. */
    COMMIT_BEFORE_SEND,
    /** Commands of a process overtake one another on their way to a partition. */
    REORDER_SENDS,
    /** Mails are sent without a claim. */
    SEND_WITHOUT_CLAIM,
    /** A sender that crashed begins again where it was, as if its claims still held. */
    SEND_AGAIN_AFTER_CRASH
}
