package dev.mortar.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JDK's ahead-of-time caches, which more than halve the time a process needs to start.
 *
 * <p>A cache is recorded while a process does its normal work, is written when the process is stopped in an orderly
 * way, and serves every later start with the same jars and options. So the first {@code up} after a build records, the
 * first {@code down} writes. All classes that were used between the two are in it: a stack that traded meanwhile
 * ({@code ./mortar demo}) answers its first requests faster as well.
 *
 * @param records whether starts without a cache record one
 */
record AotCache(Path folder, boolean records) {
    /** Options that use the cache of a program, or record it, or neither. */
    List<String> options(String program, Launch launch) throws IOException {
        if (launch.classPath().stream().anyMatch(Files::isDirectory)) {
            return List.of();
        }
        Path cache = folder.resolve(program + "-" + launch.digest() + ".aot");
        if (Files.exists(cache)) {
            return List.of("-XX:AOTCache=" + cache);
        }
        if (!records) {
            return List.of();
        }
        Files.createDirectories(folder);
        for (Path outdated : files(program)) {
            Files.delete(outdated);
        }
        return List.of("-XX:AOTCacheOutput=" + cache + ".new");
    }

    /** Whether the running process of a program will write a cache when it ends. */
    boolean isRecording(ProcessHandle process) {
        return process.info().arguments().stream()
                .flatMap(Stream::of)
                .anyMatch(option -> option.startsWith("-XX:AOTCacheOutput="));
    }

    /** Takes the cache that a process of the program wrote into use; only when that process ended in an orderly way. */
    void accept(String program) {
        try {
            for (Path written : files(program)) {
                if (written.toString().endsWith(".new")) {
                    Path cache = Path.of(written.toString().replaceFirst("\\.new$", ""));
                    Files.move(written, cache, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> files(String program) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches(program + "-[0-9a-f]{16}\\.aot.*"))
                    .toList();
        }
    }
}
