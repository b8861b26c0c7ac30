package dev.mortar.localstack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The certificate of a broker, and the authority that signed it and nothing else. The authority's key is thrown away:
 * new certificates have a new authority.
 */
final class Certificates {
    private static final int VALID_DAYS = 90;
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);
    private static final String AUTHORITY = "authority";
    /** Also the broker's name at the controller, to which it shows its certificate. */
    private static final String BROKER = "broker";

    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** What clients trust, in PEM. */
    Path authority() {
        return folder.resolve("ca.pem");
    }

    String authorityText() {
        try {
            return Files.readString(authority());
        } catch (IOException e) {
            throw new StackFailure(authority() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The broker's key and certificate, in PKCS12. */
    Path keyStore() {
        return folder.resolve("broker.p12");
    }

    String keyStorePassword() throws IOException {
        return Files.readString(passwordFile());
    }

    private Path passwordFile() {
        return folder.resolve("keystore-password");
    }

    /** Makes them if there are none or they end within 30 days; the broker must not run. */
    void make(List<String> hosts) {
        try {
            if (Files.exists(authority()) && ends().isAfter(Instant.now().plus(RENEWED_BEFORE_END))) {
                return;
            }
            SecretFile.write(passwordFile(), SecretFile.random());
            Path both = folder.resolve("both.p12");
            Files.deleteIfExists(both);
            key(both, AUTHORITY, "-ext", "bc:critical=ca:true", "-ext", "ku:critical=keyCertSign,cRLSign");
            String names = String.join(
                    ",", hosts.stream().map(Certificates::alternativeName).toList());
            key(both, BROKER, "-signer", AUTHORITY, "-ext", "san=" + names, "-ext", "eku=serverAuth,clientAuth");
            split(both);
            Files.delete(both);
        } catch (IOException | GeneralSecurityException e) {
            throw new StackFailure("The broker's certificate could not be made: " + e.getMessage(), e);
        }
    }

    private static String alternativeName(String host) {
        return (host.matches("[0-9.]+") ? "ip:" : "dns:") + host;
    }

    private Instant ends() throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(authority())) {
            var certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return certificate.getNotAfter().toInstant();
        }
    }

    private void key(Path store, String alias, String... more) {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", alias));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + alias));
        command.addAll(List.of("-validity", Integer.toString(VALID_DAYS), "-storetype", "PKCS12"));
        command.addAll(List.of(
                "-keystore", store.toString(), "-storepass:file", passwordFile().toString()));
        command.addAll(Arrays.asList(more));
        var process = new ProcessBuilder(command);
        process.environment().keySet().removeAll(Launch.JVM_VARIABLES);
        Launch.run(process, "The key of the " + alias + " could not be made");
    }

    /** Writes the broker's part and the authority's certificate to files of their own. */
    private void split(Path both) throws IOException, GeneralSecurityException {
        char[] password = keyStorePassword().toCharArray();
        KeyStore made = KeyStore.getInstance(both.toFile(), password);
        Certificate[] chain = made.getCertificateChain(BROKER);
        KeyStore broker = KeyStore.getInstance("PKCS12");
        broker.load(null, password);
        broker.setKeyEntry(BROKER, made.getKey(BROKER, password), password, chain);
        var bytes = new ByteArrayOutputStream();
        broker.store(bytes, password);
        Files.deleteIfExists(keyStore());
        Files.createFile(
                keyStore(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(keyStore(), bytes.toByteArray());
        var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        SecretFile.write(
                authority(),
                "-----BEGIN CERTIFICATE-----\n"
                        + encoder.encodeToString(chain[chain.length - 1].getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }
}
