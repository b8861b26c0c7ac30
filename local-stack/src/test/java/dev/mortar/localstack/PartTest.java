package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final int port = Ports.free().of("tiny");

    static Part tiny(Path folder, int port, String argument, boolean attached) {
        var place = new Part.Place(folder, attached, new AotCache(folder.resolve("aot"), false));
        List<Path> classPath = Stream.of(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .toList();
        return new Part(
                "tiny",
                "tiny",
                List.of(port),
                place,
                () -> new Launch(
                        classPath, List.of("-Xmx32m"), TinyService.class.getName(), List.of(argument), Map.of()),
                () -> answers(port));
    }

    private Part tiny() {
        return tiny(folder, port, Integer.toString(port), true);
    }

    @AfterEach
    void killWhatIsLeft() {
        tiny().kill9();
    }

    @Test
    void startsAndStopsInAnOrderlyWay() {
        Part part = tiny();
        part.start();
        part.awaitReady();

        assertThat(part.stop()).isTrue();

        assertThat(part.isRunning()).isFalse();
        assertThat(part.log()).content().contains("ended in an orderly way");
    }

    @Test
    void isKilledWithoutAWordAndStartsAgain() {
        Part part = tiny();
        part.start();
        part.awaitReady();
        long first = part.pid();

        part.kill9();
        assertThat(part.isRunning()).isFalse();
        part.start();
        part.awaitReady();

        assertThat(part.pid()).isNotEqualTo(first);
        assertThat(part.log()).content().doesNotContain("ended in an orderly way");
    }

    @Test
    void answersNobodyWhileItIsFrozen() {
        Part part = tiny();
        part.start();
        part.awaitReady();

        part.freeze();
        // A signal is delivered when the kernel gets to it: an answer may still be on its way.
        await().until(() -> !part.isReady());
        assertThat(part.isRunning()).isTrue();

        part.resume();
        part.awaitReady();
        assertThat(part.isReady()).isTrue();
    }

    @Test
    void aSecondStartIsHarmlessAndAnotherObjectFindsTheProcess() {
        Part part = tiny();
        part.start();
        part.awaitReady();

        Part same = tiny();
        same.start();

        assertThat(same.pid()).isEqualTo(part.pid());
    }

    @Test
    void aPidFileOfAnotherProcessIsNotBelieved() throws IOException {
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(
                folder.resolve("run/tiny.pid"), ProcessHandle.current().pid() + " 12345");

        assertThat(tiny().isRunning()).isFalse();
    }

    @Test
    void aProcessThatEndsWhileItStartsIsShownWithTheEndOfItsLog() {
        Part part = tiny(folder, port, "broken", true);
        part.start();

        assertThatThrownBy(part::awaitReady)
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("tiny ended during the start")
                .hasMessageContaining("cannot go on without a port");
    }

    @Test
    void aTakenPortIsNamedWithTheProcessThatHasIt() throws IOException {
        try (var other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();
            assertThatThrownBy(() -> tiny().start())
                    .isInstanceOf(StackFailure.class)
                    .hasMessageContaining("Port " + port + ", needed by tiny, is taken by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void anAttachedProcessDiesWithTheVirtualMachineThatStartedIt() throws IOException {
        Process parent = parent("attached");
        ProcessHandle child = child(parent);

        parent.destroyForcibly();

        await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
    }

    @Test
    void aDetachedProcessOutlivesTheVirtualMachineThatStartedIt() throws IOException {
        Process parent = parent("detached");
        ProcessHandle child = child(parent);

        parent.destroyForcibly().onExit().join();

        assertThat(child.isAlive()).isTrue();
        assertThat(tiny().pid()).isEqualTo(child.pid());
    }

    private Process parent(String how) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString(),
                        Integer.toString(port),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessHandle child(Process parent) throws IOException {
        var out = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
        return ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
    }

    private static boolean answers(int port) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
