package dev.mortar.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A PostgreSQL server as a process of its own, from a library: nothing needs to be installed. It is there for Linux on
 * x86-64. PostgreSQL refuses to run as root: for root it runs as the user nobody, who then has to be able to reach the
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
            fsync = %s
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

    /**
     * Makes an empty database and serves it.
     *
     * @param fsync whether a commit waits for the disk
     */
    static Postgres start(Path folder, boolean fsync) throws IOException, InterruptedException {
        Path programs = folder.resolve("postgres");
        Path data = folder.resolve("data");
        unpack(programs);
        Files.createDirectories(data);
        if (isRoot()) {
            giveAway(data);
        }
        File log = folder.resolve("postgres.log").toFile();
        int initialised = process(
                        folder,
                        log,
                        programs.resolve("bin/initdb"),
                        "-A",
                        "trust",
                        "-U",
                        "postgres",
                        "-E",
                        "UTF8",
                        "--locale=C",
                        "-D",
                        data.toString())
                .start()
                .waitFor();
        if (initialised != 0) {
            throw new IOException("PostgreSQL could not be set up, see " + log
                    + (isRoot() ? "; the user " + UNPRIVILEGED + " has to be able to reach " + folder : ""));
        }
        int port = BaselineTarget.freePort();
        Path settings = data.resolve("postgresql.auto.conf");
        Files.writeString(settings, SETTINGS.formatted(port, fsync ? "on" : "off"));
        Process server = process(folder, log, programs.resolve("bin/postgres"), "-D", data.toString())
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

    private static ProcessBuilder process(Path folder, File log, Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of(
                    "setpriv",
                    "--reuid",
                    UNPRIVILEGED,
                    "--regid",
                    UNPRIVILEGED_GROUP,
                    "--clear-groups",
                    "--pdeathsig",
                    "KILL"));
        }
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void giveAway(Path data) throws IOException {
        UserPrincipal owner =
                data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED);
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.setOwner(directory, owner);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void unpack(Path folder) throws IOException {
        try (InputStream archive = Postgres.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) {
                throw new IOException("There is no PostgreSQL for this machine among the libraries");
            }
            try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    Path path = folder.resolve(entry.getName()).normalize();
                    if (!path.startsWith(folder)) {
                        throw new IOException(entry.getName() + " would lie outside of " + folder);
                    }
                    if (entry.isDirectory()) {
                        Files.createDirectories(path);
                    } else if (entry.isSymbolicLink()) {
                        Files.createDirectories(path.getParent());
                        Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                    } else {
                        Files.createDirectories(path.getParent());
                        Files.copy(tar, path);
                        boolean program = (entry.getMode() & 0100) != 0;
                        Files.setPosixFilePermissions(
                                path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                    }
                }
            }
        }
    }
}
