package dev.mortar.chaos;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** How a process is deceived, and the local store of an instance that is down. */
final class Machine {
    private Machine() {}

    static void deleteStore(Part instance) {
        try {
            Stack.delete(instance.data().resolve("state"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void replaceStore(Part instance, Path checkpoint) {
        try {
            for (Path store : list(instance.data().resolve("state"))) {
                if (store.getFileName().toString().startsWith("store-")) {
                    Stack.delete(store);
                    Files.createDirectory(store);
                    for (Path file : list(checkpoint)) {
                        Files.copy(file, store.resolve(file.getFileName()));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    static void limitFiles(Part part, String limit) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("/usr/bin/prlimit", "--pid", Long.toString(part.pid()), "--fsize=" + limit)
                .redirectErrorStream(true)
                .start();
        String said = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!prlimit.waitFor(10, TimeUnit.SECONDS) || prlimit.exitValue() != 0) {
            throw new IOException("prlimit: " + said);
        }
    }

    /**
     * The environment that sets a process's time of day off; empty when Debian's package faketime is not installed.
     * Only the time of day is off, as when a clock is set wrong: a wait takes as long as ever.
     */
    static Map<String, String> clock(int hours) throws IOException {
        Path libraries = Path.of("/usr/lib");
        if (!Files.isDirectory(libraries)) {
            return Map.of();
        }
        try (Stream<Path> found = Files.find(libraries, 3, (path, _) -> path.endsWith("libfaketimeMT.so.1"))) {
            return found.findFirst()
                    .map(library -> Map.of(
                            "LD_PRELOAD",
                            library.toString(),
                            "FAKETIME",
                            "%+dh".formatted(hours),
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1",
                            "DONT_FAKE_MONOTONIC",
                            "1"))
                    .orElse(Map.of());
        }
    }
}
