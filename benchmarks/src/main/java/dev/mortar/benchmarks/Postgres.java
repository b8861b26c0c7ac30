package dev.mortar.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A PostgreSQL server as a process of its own, from a library, which tar and xz unpack. It is there for Linux
 * on x86-64. PostgreSQL refuses to run as root, so root runs it as the user nobody, who has to be able to reach the
 * project's folder.
 */
final class Postgres implements AutoCloseable {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final String UNPRIVILEGED = "nobody";
    /** The group of nobody has another name on each Linux, and the same number. */
    private static final String UNPRIVILEGED_GROUP = "65534";

    private static final String SETTINGS = """
            listen_addresses = '127.0.0.1'
            port = %d
            unix_socket_directories = ''
            fsync = on
            shared_buffers = 256MB
            max_wal_size = 2GB
            max_connections = 60
            """;
    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final long LOOK_NS = 50_000_000;

    private final Process server;
    private final int port;

    private Postgres(Process server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Makes an empty database and serves it; a commit waits for the disk. */
    static Postgres start(Path folder) throws IOException, InterruptedException {
        Path programs = Files.createDirectories(folder.resolve("postgres"));
        Path data = Files.createDirectories(folder.resolve("data"));
        File log = folder.resolve("postgres.log").toFile();
        Path archive = folder.resolve("postgres.txz");
        try (InputStream in = Objects.requireNonNull(Postgres.class.getResourceAsStream(ARCHIVE))) {
            Files.copy(in, archive);
        }
        run(new ProcessBuilder("tar", "-xJf", archive.toString(), "-C", programs.toString()), log);
        if (isRoot()) {
            run(new ProcessBuilder("chown", UNPRIVILEGED, data.toString()), log);
        }
        List<String> setUp = List.of("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", data + "");
        run(process(folder, programs.resolve("bin/initdb"), setUp), log);
        int port = BaselineTarget.freePort();
        Path settings = data.resolve("postgresql.auto.conf");
        Files.writeString(settings, SETTINGS.formatted(port));
        Process server = process(folder, programs.resolve("bin/postgres"), List.of("-D", data.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::destroyForcibly));
        var postgres = new Postgres(server, port);
        long endNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (!postgres.answers()) {
            if (!server.isAlive() || System.nanoTime() > endNs) {
                throw new IOException("PostgreSQL did not get ready, see " + log);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return postgres;
    }

    /** For JDBC. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    long pid() {
        return server.pid();
    }

    @Override
    public void close() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
            server.destroyForcibly();
        }
    }

    private boolean answers() {
        try (var connection = DriverManager.getConnection(url())) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static ProcessBuilder process(Path folder, Path program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED_GROUP));
            command.addAll(List.of("--clear-groups", "--pdeathsig", "KILL"));
        }
        command.add(program.toString());
        command.addAll(arguments);
        return new ProcessBuilder(command).directory(folder.toFile());
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void run(ProcessBuilder builder, File log) throws IOException, InterruptedException {
        int exit = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start()
                .waitFor();
        if (exit != 0) {
            String hint = isRoot() ? "; the user " + UNPRIVILEGED + " has to be able to reach its folder" : "";
            throw new IOException("PostgreSQL could not be set up, see " + log + hint);
        }
    }
}
