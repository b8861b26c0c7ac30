package dev.mortar.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file with a JSON object on each line, written at once. Thread-safe. */
public final class JsonLines implements AutoCloseable {
    private final Writer file;

    public JsonLines(Path path) throws IOException {
        file = Files.newBufferedWriter(path);
    }

    public synchronized void write(Map<String, ? extends @Nullable Object> line) {
        try {
            file.write(Http.json(line) + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
