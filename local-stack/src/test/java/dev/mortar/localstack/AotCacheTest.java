package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
    @TempDir
    Path folder;

    private final int port = Ports.free().of("tiny");
    private Part part;

    @BeforeEach
    void packTinyService() throws IOException {
        part = tiny(true);
        String name = TinyService.class.getName().replace('.', '/') + ".class";
        try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("tiny.jar")));
                InputStream compiled = AotCacheTest.class.getResourceAsStream("/" + name)) {
            jar.putNextEntry(new JarEntry(name));
            jar.write(compiled == null ? new byte[0] : compiled.readAllBytes());
        }
    }

    @AfterEach
    void killWhatIsLeft() {
        part.kill9();
    }

    @Test
    void whatOneStartRecordedServesTheNext() throws IOException {
        part.start();
        part.awaitReady();
        assertThat(options()).anyMatch(option -> option.startsWith("-XX:AOTCacheOutput="));
        part.stop();

        assertThat(caches()).singleElement().asString().endsWith(".aot");
        part.start();
        part.awaitReady();
        assertThat(options()).contains("-XX:AOTCache=" + caches().getFirst());
    }

    @Test
    void aStartThatNeverGotReadyLeavesNoCache() throws IOException {
        part = tiny(false);
        part.start();
        part.stop();

        assertThat(caches()).noneMatch(cache -> cache.toString().endsWith(".aot"));
    }

    @Test
    void aKilledProcessLeavesNoCache() throws IOException {
        part.start();
        part.awaitReady();
        part.kill9();

        assertThat(caches()).noneMatch(cache -> cache.toString().endsWith(".aot"));
    }

    @Test
    void anotherJarNeedsAnotherCache() throws IOException {
        Launch before = launch();
        String digest = before.digest();

        Files.write(folder.resolve("tiny.jar"), new byte[] {0}, StandardOpenOption.APPEND);

        assertThat(launch().digest()).isNotEqualTo(digest);
    }

    private Part tiny(boolean getsReady) {
        return new Part("tiny", "tiny", List.of(port), place(), this::launch, () -> getsReady && !Ports.isFree(port));
    }

    private Part.Place place() {
        return new Part.Place(folder, true, new AotCache(folder.resolve("aot"), true));
    }

    private Launch launch() {
        return new Launch(
                List.of(folder.resolve("tiny.jar")),
                List.of("-Xmx64m", "-XX:+UseSerialGC"),
                TinyService.class.getName(),
                List.of(Integer.toString(port)),
                Map.of());
    }

    private List<String> options() {
        return ProcessHandle.of(part.pid())
                .flatMap(process -> process.info().arguments())
                .map(List::of)
                .orElseThrow();
    }

    private List<Path> caches() {
        try (Stream<Path> files = Files.list(folder.resolve("aot"))) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
