package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class IssuerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Path keys = Path.of("");
    private @Nullable HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        keys = SecretFile.makeOnce(folder.resolve("issuer/keys.json"), Issuer::newKey);
        server = Issuer.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Issuer.read(keys));
    }

    @AfterEach
    void stop() {
        requireNonNull(server).stop(0);
    }

    @Test
    void onlyThePublicPartOfTheKeyIsServed() throws Exception {
        HttpResponse<String> answer = send("GET", Issuer.PATH);

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode key = JsonMapper.shared().readTree(answer.body()).path("keys").path(0);
        assertThat(key.propertyNames()).containsExactlyInAnyOrder("kty", "use", "kid", "e", "n");
        RSAKey made = Issuer.read(keys);
        assertThat(JWKSet.parse(answer.body()).getKeys()).containsExactly(made.toPublicJWK());
        assertThat(made.size()).isEqualTo(2048);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/keys.json", "/.well-known/jwks.json/", "/.well-known/jwks.json/x", "/.well-known"})
    void nothingElseIsServed(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void nothingCanBeChanged(String method) throws Exception {
        assertThat(send(method, Issuer.PATH).statusCode()).isEqualTo(405);
    }

    @Test
    void theKeyIsMadeOnceAndOnlyItsOwnerMayReadIt() throws IOException {
        String first = Files.readString(keys);

        SecretFile.makeOnce(keys, Issuer::newKey);

        assertThat(keys).content().isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rw-------");
        try (var files = Files.list(keys.getParent())) {
            assertThat(files).containsExactly(keys);
        }
    }

    @Test
    void aPublicKeyOrNoKeyIsRefused() throws Exception {
        Path other = folder.resolve("other.json");
        Files.writeString(other, send("GET", Issuer.PATH).body());
        assertThatThrownBy(() -> Issuer.read(other))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("is public");

        Files.writeString(other, "{\"keys\":[]}");
        assertThatThrownBy(() -> Issuer.read(other))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("cannot be read");
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        var url = URI.create(
                "http://127.0.0.1:" + requireNonNull(server).getAddress().getPort() + path);
        var request = HttpRequest.newBuilder(url)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
