package dev.mortar.localstack;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;

/**
 * The issuer of the local stack. It makes a signing key once and serves the public part of it, as an identity provider
 * does. It gives no tokens: {@link Tokens} signs them with the file of the key.
 */
public final class Issuer {
    /** Where an issuer publishes its keys. */
    static final String PATH = "/.well-known/jwks.json";

    private static final int KEY_BITS = 2048;

    private Issuer() {}

    /** Arguments: address, port, file of the key. Serves until it is ended. */
    public static void main(String[] arguments) throws IOException {
        var address = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        RSAKey key = read(SecretFile.makeOnce(Path.of(arguments[2]), Issuer::newKey));
        serve(address, key);
        System.out.printf("Keys at http://%s:%d%s%n", address.getHostString(), address.getPort(), PATH);
    }

    static Launch launch(Build build, int port, Path keys) {
        String heap = "-Xms8m -Xmx32m";
        return Launch.own(build, heap, Issuer.class, "127.0.0.1", Integer.toString(port), keys.toString());
    }

    static HttpServer serve(InetSocketAddress address, RSAKey key) throws IOException {
        byte[] keys = new JWKSet(key).toString(true).getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, keys);
            }
        });
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, byte[] keys) throws IOException {
        if (!exchange.getRequestURI().getRawPath().equals(PATH)) {
            exchange.sendResponseHeaders(404, -1);
        } else if (!exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(405, -1);
        } else {
            exchange.getResponseHeaders().set("Content-Type", "application/jwk-set+json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
        }
    }

    /** A JWK set (RFC 7517) with a new private key. */
    static String newKey() {
        try {
            RSAKey key = new RSAKeyGenerator(KEY_BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
            return new JWKSet(key).toString(false);
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform makes RSA keys", e);
        }
    }

    /** Reads the private key in a JWK set. */
    static RSAKey read(Path file) {
        if (!Files.exists(file)) {
            throw new StackFailure("There is no signing key in " + file + "; ./mortar up makes it");
        }
        try {
            RSAKey key = JWKSet.load(file.toFile()).getKeys().getFirst().toRSAKey();
            if (key.isPrivate()) {
                return key;
            }
            throw new StackFailure("The key in " + file + " is public; only a private one can sign");
        } catch (IOException | ParseException | RuntimeException e) {
            throw e instanceof StackFailure failure
                    ? failure
                    : new StackFailure("The signing key in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
