package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static final String BROKERS = "127.0.0.1:1";

    @TempDir
    private Path folder;

    private Credentials credentials;

    @BeforeEach
    void make() {
        credentials = new Credentials(folder.resolve("data"));
        assertThat(credentials.exist()).isFalse();
        credentials.make(List.of("order-service"), List.of("127.0.0.1", "kafka"));
    }

    @Test
    void nobodyElseReadsTheFiles() throws IOException {
        credentials.propertiesFile(BROKERS, "order-service", List.of(""), Map.of());

        try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
            assertThat(all.filter(Files::isRegularFile))
                    .hasSize(3 + 3 + 1)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void theBrokersCertificateIsSignedForItsNamesAndFor90Days() throws IOException, GeneralSecurityException {
        var certificates = credentials.certificates();
        KeyStore store = KeyStore.getInstance(
                certificates.keyStore().toFile(),
                certificates.keyStorePassword().toCharArray());
        var broker = (X509Certificate) store.getCertificate("broker");
        try (var in = Files.newInputStream(certificates.authority())) {
            broker.verify(CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey());
        }

        assertThat(store.size()).isOne();
        assertThat(broker.getSubjectAlternativeNames().toString()).contains("127.0.0.1", "kafka");
        assertThat(broker.getExtendedKeyUsage()).hasSize(2);
        assertThat(Duration.between(Instant.now(), broker.getNotAfter().toInstant()))
                .isBetween(Duration.ofDays(89), Duration.ofDays(90));
    }

    @Test
    void whatIsThereStays() throws IOException {
        String password = credentials.password("order-service");
        String authority = credentials.certificates().authorityText();

        credentials.make(List.of("order-service", "pickup-service"), List.of("127.0.0.1"));

        assertThat(credentials.password("order-service")).isEqualTo(password).hasSize(64);
        assertThat(credentials.password("pickup-service")).hasSize(64).isNotEqualTo(password);
        assertThat(credentials.certificates().authorityText()).isEqualTo(authority);
    }

    @Test
    void theFileOfAClientIsEnoughForAClient() throws IOException {
        var settings = new Properties();
        try (var reader =
                Files.newBufferedReader(credentials.propertiesFile(BROKERS, "order-service", List.of(""), Map.of()))) {
            settings.load(reader);
        }
        Stack.delete(folder.resolve("data"));

        try (Admin admin = Admin.create(settings)) {
            assertThat(admin).isNotNull();
        }
        assertThat(settings.getProperty("sasl.jaas.config")).contains("username=\"order-service\"");
    }

    @Test
    void aStackWithDataIsNotSecuredLater() throws IOException {
        Path plain = folder.resolve("plain");
        Files.createDirectories(plain.resolve("data").resolve("broker"));
        var options = StackOptions.forTests(plain).withSecurity();

        assertThatThrownBy(() -> new Stack(Build.find(), options))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("./mortar down --wipe");
    }
}
