package dev.mortar.systemtests;

import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The one stack of this virtual machine, started when a test first asks for it; it ends with the virtual machine. */
final class TheStack {

    private static final Stack STACK = start();

    private TheStack() {}

    static Stack get() {
        return STACK;
    }

    private static Stack start() {
        try {
            Path folder = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target").toAbsolutePath()), "stack-");
            return Stack.start(StackOptions.forTests(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
