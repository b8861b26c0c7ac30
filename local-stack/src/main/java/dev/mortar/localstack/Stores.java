package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** The local stores of a stack's services, each proved by a replay of its log. */
public final class Stores {
    private static final int DIFFERENT = 1;
    private static final Duration CHECKPOINT_MAX = Duration.ofSeconds(30);

    private final Stack stack;
    private final Build build;

    Stores(Stack stack, Build build) {
        this.stack = stack;
        this.build = build;
    }

    /** Has a running instance, such as {@code "order-2"}, make a checkpoint, which stays until the next one. */
    public Path checkpoint(String instance) {
        try {
            Http.Answer made = Http.send(
                    "POST", stack.managementUrl(instance) + "/actuator/checkpoint", null, CHECKPOINT_MAX, operator());
            if (made.status() != 200) {
                throw new StackFailure(instance + " made no checkpoint: " + made.status() + " " + made.body());
            }
            return Path.of(made.body().required("path").asString());
        } catch (IOException e) {
            throw new StackFailure(instance + " made no checkpoint, it does not answer: " + e.getMessage(), e);
        }
    }

    private String[] operator() {
        return stack.tokens().headers(Tokens.OPERATOR).toArray(String[]::new);
    }

    /**
     * Folds the log of an instance again, up to where the checkpoint ends, and compares all rows; true when they are
     * the same. The report is given each line of the comparison.
     */
    public boolean replay(String instance, Path checkpoint, Consumer<String> report) {
        String service = Service.of(instance);
        String[] arguments = {"--mortar.run=replay", "--mortar.checkpoint=" + checkpoint};
        Launch launch = Service.launch(build, service, stack.settings().of(instance), arguments);
        var cache = new AotCache(build.cache().resolve("aot"), false);
        try {
            var builder = new ProcessBuilder(launch.command(cache.options(service, launch)))
                    .directory(stack.options().folder().toFile())
                    .redirectErrorStream(true);
            launch.applyTo(builder.environment());
            Process process = builder.start();
            process.getOutputStream().close();
            try (var lines = process.inputReader()) {
                lines.lines().forEach(report);
            }
            int status = process.waitFor();
            if (status != 0 && status != DIFFERENT) {
                throw new StackFailure("The store of " + instance + " could not be compared with its log");
            }
            return status == 0;
        } catch (IOException e) {
            throw new StackFailure(instance + " could not be replayed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("the replay of " + instance, e);
        }
    }

    /** The same with the store as it is now. */
    public boolean replay(String instance, Consumer<String> report) {
        return replay(instance, checkpoint(instance), report);
    }
}
