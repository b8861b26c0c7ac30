package dev.mortar.chaos;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The local stores of instances that are down, as directories. */
final class LocalStores {

    private LocalStores() {}

    /** Deletes all that an instance has folded. */
    static void delete(Part instance) {
        try {
            Stack.delete(stateOf(instance));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a copy of a checkpoint in the place of the store. */
    static void replace(Part instance, Path checkpoint) {
        try {
            for (Path store : list(stateOf(instance))) {
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

    private static Path stateOf(Part instance) {
        return instance.data().resolve("state");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
