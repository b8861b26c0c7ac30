package dev.mortar.localstack;

/** Something that keeps the stack from running; the message is meant for the person who started it. */
public final class StackFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StackFailure(String message) {
        super(message);
    }

    StackFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
