package dev.mortar.systemtests;

import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The one stack with a broker and a registry that ask everybody who they are, started when a test first asks for it; it
 * ends with the virtual machine. The tests that use it run one after the other at the end.
 */
final class TheSecuredStack {
    static final Path FOLDER = Path.of("target", "secured-stack").toAbsolutePath();

    private static final Stack STACK = start();

    private TheSecuredStack() {}

    static Stack get() {
        return STACK;
    }

    private static Stack start() {
        try {
            Stack.delete(FOLDER);
            return Stack.start(StackOptions.forTests(FOLDER).withSecurity());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
