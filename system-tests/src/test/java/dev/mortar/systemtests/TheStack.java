package dev.mortar.systemtests;

import dev.mortar.chaos.Network;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The one stack of this virtual machine, started when a test first asks for it; it ends with the virtual machine. Its
 * logs and data stay in {@code target/stack} until the next run.
 */
public final class TheStack {

    private static final Path FOLDER = Path.of("target", "stack").toAbsolutePath();
    private static final Map<String, Network> NETWORKS = new HashMap<>();
    private static final Stack STACK = start();

    private TheStack() {}

    /** Started when it is asked for first. */
    public static Stack get() {
        return STACK;
    }

    /** The network between a service and the broker. */
    static Network network(String noun) {
        return Objects.requireNonNull(NETWORKS.get(noun));
    }

    /** A file beside its data. */
    static Path file(String name, String content) {
        try {
            return Files.writeString(FOLDER.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stack start() {
        try {
            Stack.delete(FOLDER);
            // The first one to stop leaves a start-up cache to all that start later.
            StackOptions options = StackOptions.forTests(FOLDER).withLinks().recording();
            for (String noun : options.services()) {
                NETWORKS.put(noun, new Network(options.link(noun)));
            }
            return Stack.start(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
