package dev.mortar.eventsourcing.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.FileSystemUtils;

/**
 * {@code POST /actuator/checkpoint} makes a checkpoint of the local store beside it and answers with its {@code path}.
 * Its files are hard links, so it is quick to make and needs little disk space until the store replaces its own. The
 * next checkpoint deletes it. Answers 503 while the store is not open.
 */
@WebEndpoint(id = "checkpoint")
record CheckpointEndpoint(Path stateDir, Supplier<@Nullable LocalStore> store) {
    private static final String NAME = "checkpoint-";

    @WriteOperation
    synchronized WebEndpointResponse<Map<String, String>> make() throws IOException {
        LocalStore open = store.get();
        if (open == null) {
            return new WebEndpointResponse<>(
                    Map.of("detail", "The local store is not open. Repeat the request later."),
                    WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
        List<Path> older;
        try (Stream<Path> all = Files.list(stateDir)) {
            older = all.filter(each -> each.getFileName().toString().startsWith(NAME))
                    .toList();
        }
        for (Path each : older) {
            FileSystemUtils.deleteRecursively(each);
        }
        Path made = stateDir.toAbsolutePath().resolve(NAME + System.nanoTime());
        open.checkpoint(made);
        return new WebEndpointResponse<>(Map.of("path", made.toString()));
    }
}
