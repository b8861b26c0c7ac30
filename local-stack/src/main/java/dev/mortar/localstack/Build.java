package dev.mortar.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jars that the Maven build left for the stack to run.
 *
 * <p>Nothing is run from where the next build would overwrite it: jars of this project are first copied into
 * {@code .stack/cache/apps}, under a digest of their content.
 */
record Build(Path root) {
    /** Finds the project above the working directory: Maven runs tests in a module, people call from anywhere. */
    static Build find() {
        String given = System.getProperty("mortar.root");
        if (given != null) {
            return new Build(Path.of(given).toAbsolutePath());
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("mortar")) && Files.isDirectory(folder.resolve("local-stack"))) {
                return new Build(folder);
            }
        }
        throw new StackFailure("The project's folder is not above " + here);
    }

    /** Files that the stack computes once per build and keeps between runs. */
    Path cache() {
        return root.resolve(".stack").resolve("cache");
    }

    /** The libraries of the broker, of the mail server and of the issuer. */
    List<Path> libraries() {
        return jars(root.resolve("local-stack/target/lib"));
    }

    /** This module itself as a jar, or as a folder of classes where it was not packaged. */
    Path ownCode() {
        try {
            Path code = Path.of(Build.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.isDirectory(code) ? code : keep("mail", code).resolve(code.getFileName());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One flat class path, which a start-up cache can cover. Generated classes replace others, so they come first. */
    List<Path> registryClassPath() {
        Path registry = root.resolve("local-stack/target/registry");
        List<Path> classPath = new ArrayList<>();
        classPath.add(registry.resolve("quarkus/generated-bytecode.jar"));
        classPath.add(registry.resolve("quarkus/transformed-bytecode.jar"));
        List.of("app", "lib/boot", "lib/main").forEach(folder -> classPath.addAll(jars(registry.resolve(folder))));
        return classPath;
    }

    /** The service's jar, extracted: its libraries lie beside it, which starts faster than a jar of jars. */
    Path service(String service) {
        Path target = root.resolve(service + "-service/target");
        List<Path> built = jars(target).stream()
                .filter(jar -> jar.toString().endsWith("-app.jar"))
                .toList();
        if (built.size() != 1) {
            throw new StackFailure("The " + service + " service is not built: " + target
                    + " should hold one jar that ends in -app.jar. Run: mvn package -DskipTests");
        }
        return keep(service, built.getFirst()).resolve(built.getFirst().getFileName());
    }

    /** Copies (or extracts, if it is a jar of jars) a jar into a folder that is named by its content. */
    private Path keep(String name, Path jar) {
        Path kept = cache().resolve("apps").resolve(name + "-" + digest(jar));
        try {
            if (Files.isDirectory(kept)) {
                Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
                return kept;
            }
            Files.createDirectories(kept.getParent());
            Path unfinished = Files.createTempDirectory(kept.getParent(), name + "-unfinished-");
            if (isJarOfJars(jar)) {
                extract(jar, unfinished);
            } else {
                Files.copy(jar, unfinished.resolve(jar.getFileName()));
            }
            try {
                Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
                // Another stack extracts the same jar at the same time; its copy is the same.
                Stack.delete(unfinished);
            }
            return kept;
        } catch (IOException e) {
            throw new StackFailure(jar + " could not be copied to " + kept + ": " + e.getMessage(), e);
        }
    }

    /** Deletes the copies of earlier builds, unless a test that still runs on one may have taken it within the hour. */
    void dropOutdated() {
        Path apps = cache().resolve("apps");
        if (!Files.isDirectory(apps)) {
            return;
        }
        try (Stream<Path> kept = Files.list(apps)) {
            Map<String, List<Path>> byName = kept.collect(
                    Collectors.groupingBy(copy -> copy.getFileName().toString().replaceFirst("-[^-]*$", "")));
            for (List<Path> copies : byName.values()) {
                copies.sort(Comparator.comparing(Build::lastUse).reversed());
                for (Path old : copies.subList(1, copies.size())) {
                    if (lastUse(old).isBefore(Instant.now().minus(Duration.ofHours(1)))) {
                        Stack.delete(old);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant lastUse(Path copy) {
        try {
            return Files.getLastModifiedTime(copy).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isJarOfJars(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.getEntry("BOOT-INF/") != null;
        }
    }

    private static void extract(Path jar, Path folder) {
        var command = new ProcessBuilder(Launch.JAVA, "-Djarmode=tools", "-jar", jar.toString(), "extract");
        command.command().addAll(List.of("--force", "--destination", folder.toString()));
        command.environment().keySet().removeAll(Launch.JVM_VARIABLES);
        Launch.run(command, jar + " could not be extracted");
    }

    private static List<Path> jars(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new StackFailure(folder + " is missing: the build has not run. Run: mvn package -DskipTests");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of names, sizes and checksums of all entries: as good as of the content, which is hundreds of megabytes. */
    private static String digest(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            return Launch.digest(file.stream()
                    .map(entry -> entry.getName() + " " + entry.getSize() + " " + entry.getCrc())
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
