package dev.mortar.schemas.registry;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All published versions of every record, in files {@code released/<full name>/<n>.avsc} that never change.
 * {@code released/SHA256SUMS} has their digests, in the format of {@code sha256sum --check}.
 */
public final class ReleasedSchemas {
    static final String DIGESTS = "SHA256SUMS";

    /** Properties that are not published: a hint for Java's code generator, and the services that read a record. */
    private static final Set<String> UNPUBLISHED = Set.of("avro.java.string", "listeners", "readers");

    /** Properties that must not change, because readers depend on them as much as on the fields. */
    private static final List<String> PLACE = List.of("topic", "key", "state");

    private static final Pattern VERSION_FILE = Pattern.compile("[^/]+/[1-9][0-9]*\\.avsc");

    private final Path folder;

    /** The released schemas in a folder. The folder need not exist yet. */
    public ReleasedSchemas(Path folder) {
        this.folder = folder;
    }

    /**
     * Releases the schemas that differ from their last version. Exits with 1 if a schema would break an earlier
     * version.
     */
    public static void main(String[] args) {
        if (args.length != 1) {
            throw new IllegalArgumentException("Usage: ReleasedSchemas <folder>");
        }
        var released = new ReleasedSchemas(Path.of(args[0]));
        var working = released.working(Contract.topics());
        var problems = new ArrayList<>(released.problems());
        problems.addAll(released.violations(working));
        if (problems.isEmpty()) {
            released.release(working, System.out);
        } else {
            problems.forEach(System.err::println);
            System.err.println("Nothing was released");
            System.exit(1);
        }
    }

    /** The current schemas of a contract in their published form, by full name. */
    Map<String, Schema> working(List<Contract.Topic> topics) {
        return topics.stream()
                .flatMap(topic -> topic.types().stream())
                .map(type -> published(type.schema()))
                .collect(Collectors.toMap(Schema::getFullName, schema -> schema, (a, b) -> a, TreeMap::new));
    }

    private static Schema published(Schema schema) {
        var tree = JsonMapper.shared().readTree(schema.toString());
        removeUnpublished(tree);
        return new Schema.Parser().parse(tree.toString());
    }

    private static void removeUnpublished(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(UNPUBLISHED);
        }
        node.forEach(ReleasedSchemas::removeUnpublished);
    }

    /** Changes in the folder that no release made; empty if there are none. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        var digests = digests();
        var files = files();
        for (var file : files) {
            var digest = digests.remove(file);
            if (digest == null) {
                problems.add(file + " was not written by a release: " + DIGESTS + " does not list it");
            } else if (!digest.equals(digest(folder.resolve(file)))) {
                problems.add(file + " was changed after its release");
            }
        }
        digests.keySet().forEach(file -> problems.add(file + " was released and is missing"));
        versions().forEach((name, versions) -> {
            for (int n = 1; n <= versions.size(); n++) {
                if (!files.contains(name + "/" + n + ".avsc")) {
                    problems.add(name + " has " + versions.size() + " versions and no version " + n);
                }
            }
        });
        return problems;
    }

    /** How the current schemas break released ones; empty if they do not. */
    List<String> violations(Map<String, Schema> working) {
        var violations = new ArrayList<String>();
        versions().forEach((name, versions) -> {
            var schema = working.get(name);
            if (schema == null) {
                violations.add(name + " was released and is missing");
                return;
            }
            Compatibility.FULL_TRANSITIVE
                    .violations(schema, versions)
                    .forEach(violation -> violations.add(name + ": " + violation));
            for (int i = 0; i < versions.size(); i++) {
                var version = name + ": unlike version " + (i + 1);
                for (var property : PLACE) {
                    if (!Objects.equals(
                            schema.getProp(property), versions.get(i).getProp(property))) {
                        violations.add(version + " in its @" + property);
                    }
                }
                compareLogicalTypes(version, schema, versions.get(i), violations);
            }
        });
        return violations;
    }

    /** Avro's own rules ignore logical types, so they would allow a change from microseconds to milliseconds. */
    private static void compareLogicalTypes(String version, Schema now, Schema before, List<String> violations) {
        if (now.getType() == Schema.Type.UNION && before.getType() == Schema.Type.UNION) {
            for (var branch : now.getTypes()) {
                before.getTypes().stream()
                        .filter(earlier -> earlier.getType() == branch.getType())
                        .forEach(earlier -> compareLogicalTypes(version, branch, earlier, violations));
            }
        } else if (now.getType() != before.getType()) {
            return;
        } else if (now.getType() == Schema.Type.ARRAY) {
            compareLogicalTypes(version, now.getElementType(), before.getElementType(), violations);
        } else if (now.getType() == Schema.Type.MAP) {
            compareLogicalTypes(version, now.getValueType(), before.getValueType(), violations);
        } else if (now.getType() == Schema.Type.RECORD) {
            for (var field : now.getFields()) {
                var earlier = before.getField(field.name());
                if (earlier != null) {
                    var place = version + " at " + now.getName() + "." + field.name();
                    compareLogicalTypes(place, field.schema(), earlier.schema(), violations);
                }
            }
        } else if (!nameOf(now.getLogicalType()).equals(nameOf(before.getLogicalType()))) {
            violations.add(
                    version + ": " + nameOf(before.getLogicalType()) + " became " + nameOf(now.getLogicalType()));
        }
    }

    private static String nameOf(@Nullable LogicalType type) {
        return type == null ? "no logical type" : type.getName();
    }

    /** Writes a new version of each schema that differs from its last released one, and prints it. */
    void release(Map<String, Schema> working, PrintStream out) {
        var versions = versions();
        int count = 0;
        for (var schema : working.values()) {
            var earlier = versions.getOrDefault(schema.getFullName(), List.of());
            if (!earlier.isEmpty() && earlier.getLast().toString().equals(schema.toString())) {
                continue;
            }
            var file = schema.getFullName() + "/" + (earlier.size() + 1) + ".avsc";
            write(file, schema.toString(true) + "\n");
            out.println("released " + file);
            count++;
        }
        out.println(count + " of " + working.size() + " records have a new version");
    }

    /** The released versions in order, by full name. */
    Map<String, List<Schema>> versions() {
        return files().stream()
                .filter(VERSION_FILE.asMatchPredicate())
                .sorted(Comparator.comparing(ReleasedSchemas::number))
                .collect(groupingBy(
                        file -> file.substring(0, file.indexOf('/')),
                        TreeMap::new,
                        mapping(file -> new Schema.Parser().parse(text(folder.resolve(file))), toList())));
    }

    private static int number(String file) {
        return Integer.parseInt(file.substring(file.indexOf('/') + 1, file.length() - ".avsc".length()));
    }

    private List<String> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .filter(file -> !file.equals(DIGESTS))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> digests() {
        var digests = new TreeMap<String, String>();
        if (Files.exists(folder.resolve(DIGESTS))) {
            text(folder.resolve(DIGESTS))
                    .lines()
                    .map(line -> line.split("  ", 2))
                    .forEach(entry -> digests.put(entry[1], entry[0]));
        }
        return digests;
    }

    private void write(String file, String text) {
        var path = folder.resolve(file);
        try {
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, text, StandardOpenOption.CREATE_NEW);
            Files.writeString(
                    folder.resolve(DIGESTS),
                    digest(path) + "  " + file + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
