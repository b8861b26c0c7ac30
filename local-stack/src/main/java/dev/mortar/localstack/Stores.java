package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The stores of a stack's services: compared with their events, and rebuilt from them. Which generation of its store a
 * service runs on stands in a file beside its data, so that the next start uses it too.
 */
public final class Stores {
    private static final int DIFFERENT = 1;

    private final Stack stack;
    private final Build build;

    Stores(Stack stack, Build build) {
        this.stack = stack;
        this.build = build;
    }

    /** The generation that a service runs on or will be started on; 0 when its store was never rebuilt. */
    public int generation(String service) {
        Path file = file(service);
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).trim()) : 0;
        } catch (IOException | NumberFormatException e) {
            throw new StackFailure("The store's generation cannot be read from " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether a service's store equals its events. The service may be running.
     *
     * @param report given each line of what was compared
     * @throws StackFailure when it cannot be found out
     */
    public boolean verify(String service, Consumer<String> report) {
        int status = run(service, "verify-store", generation(service), report);
        if (status != 0 && status != DIFFERENT) {
            throw new StackFailure("The store of " + service + " could not be compared with its events");
        }
        return status == 0;
    }

    /**
     * Writes a generation of a stopped service's store from its events; its next start is on it.
     *
     * @param report given each line of what was done
     * @throws StackFailure when it was refused or failed; the service stays on the store it has
     */
    public void rebuild(String service, int generation, Consumer<String> report) {
        if (run(service, "rebuild-store", generation, report) != 0) {
            throw new StackFailure("The store of " + service + " was not rebuilt");
        }
        Path file = file(service);
        try {
            Path unfinished = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(unfinished, Integer.toString(generation));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StackFailure("The store's generation could not be written to " + file, e);
        }
    }

    private int run(String service, String what, int generation, Consumer<String> report) {
        Launch launch = Service.launch(build, service, stack.environment(service, generation), "--mortar.run=" + what);
        List<String> command = new ArrayList<>(
                launch.command(new AotCache(build.cache().resolve("aot"), false).options(service, launch)));
        var builder = new ProcessBuilder(command)
                .directory(stack.options().folder().toFile())
                .redirectErrorStream(true);
        launch.applyTo(builder.environment());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            try (var lines = process.inputReader()) {
                lines.lines().forEach(report);
            }
            return process.waitFor();
        } catch (IOException e) {
            throw new StackFailure(service + " could not be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackFailure("Interrupted while " + service + " was at " + what, e);
        }
    }

    private Path file(String service) {
        return stack.service(service).data().resolve("store-generation");
    }
}
