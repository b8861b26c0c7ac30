package dev.mortar.eventsourcing.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The directory of an instance's local store. Its name is a digest of everything on which the rows depend: the folded
 * topics, the shapes of entries and rows, and the versions of the fold. So a release that folds differently begins with
 * a new directory, and after a rollback the earlier release finds its own directory again.
 */
final class StoreDirectory {
    /** Raised when the kit stores its rows differently. */
    private static final int FOLD_VERSION = 2;

    private static final int DIGEST_CHARACTERS = 16;
    private static final int KEPT = 2;

    private StoreDirectory() {}

    /**
     * The directory for a service's store, given the ids of the folded topics by name. Keeps the most recently used
     * other store and deletes the rest.
     */
    static Path in(Path stateDir, ServiceDefinition<?, ?, ?, ?> definition, Map<String, String> topicIds) {
        Path directory = stateDir.resolve("store-" + digest(definition, topicIds));
        try {
            Files.createDirectories(directory);
            Files.setLastModifiedTime(directory, FileTime.fromMillis(System.currentTimeMillis()));
            List<Path> stores;
            try (Stream<Path> found = Files.list(stateDir)) {
                stores = found.filter(each -> each.getFileName().toString().startsWith("store-"))
                        .sorted(Comparator.comparing(StoreDirectory::usedAt).reversed())
                        .toList();
            }
            for (Path old : stores.subList(Math.min(KEPT, stores.size()), stores.size())) {
                delete(old);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime usedAt(Path directory) {
        try {
            return Files.getLastModifiedTime(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory) {
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(ServiceDefinition<?, ?, ?, ?> definition, Map<String, String> topicIds) {
        StringBuilder text = new StringBuilder("fold ").append(FOLD_VERSION).append('\n');
        text.append(new TreeMap<>(topicIds)).append('\n');
        text.append("entries ").append(definition.storeVersion).append(' ');
        Set<Class<?>> shapes = new LinkedHashSet<>();
        describe(definition.entryType, shapes, text);
        definition.indexes.forEach(view -> text.append(name("index", view.name(), view.version())));
        definition.eventViews.forEach(view -> text.append(name("events", view.name(), view.version())));
        definition.foldedViews.forEach(view -> {
            text.append(name("view", view.name(), view.version()));
            describe(view.rowType(), shapes, text);
        });
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGEST_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String name(String kind, String view, int version) {
        return kind + " " + view + " " + version + "\n";
    }

    private static void describe(Type type, Set<Class<?>> described, StringBuilder text) {
        text.append(type.getTypeName()).append('\n');
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                describe(argument, described, text);
            }
        } else if (type instanceof Class<?> plain
                && plain.getName().startsWith("dev.mortar.")
                && described.add(plain)) {
            if (plain.isSealed()) {
                for (Class<?> permitted : plain.getPermittedSubclasses()) {
                    describe(permitted, described, text);
                }
            } else if (plain.isRecord()) {
                for (RecordComponent component : plain.getRecordComponents()) {
                    text.append(component.getName()).append(' ');
                    describe(component.getGenericType(), described, text);
                }
            }
        }
    }
}
