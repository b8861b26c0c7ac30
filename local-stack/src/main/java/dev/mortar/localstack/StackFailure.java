package dev.mortar.localstack;

import org.jspecify.annotations.Nullable;

/** Something that keeps the stack, or a command, from its work; the message is for the person who typed the command. */
public final class StackFailure extends RuntimeException {
    public StackFailure(String message) {
        super(message);
    }

    public StackFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The failure of a thread that was interrupted while it waited. */
    static StackFailure interrupted(String waitedFor, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StackFailure("Interrupted while waiting for " + waitedFor, e);
    }
}
