package dev.mortar.benchmarks;

import dev.mortar.localstack.Topics;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The {@link Baseline} with a PostgreSQL of its own, beside a Mortar at rest; its events go to the same broker.
 * PostgreSQL comes from a library for Linux on x86-64, which tar and xz unpack. It refuses to run as root, so root runs
 * it as the user nobody, which has to be able to reach the project's folder.
 */
final class BaselineTarget implements AutoCloseable {
    private static final String TOPIC = "baseline.events";
    private static final int PARTITIONS = 4;
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    /** The group of nobody has another name on each Linux, and the same number. */
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid", "nobody", "--regid", "65534", "--clear-groups", "--pdeathsig", "KILL");

    private static final String SETTINGS = """
            listen_addresses = '127.0.0.1'
            port = %d
            unix_socket_directories = ''
            fsync = on
            shared_buffers = 256MB
            max_wal_size = 2GB
            max_connections = 60
            """;
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Rig rig;
    private final Path folder;
    private final Process database;
    private final Process service;
    private final int port = freePort();
    private final EventWatch watch;

    /** Starts it and waits until it is ready; everything that it writes goes to the folder. */
    BaselineTarget(Rig rig, Path folder) throws Exception {
        this.rig = rig;
        this.folder = Files.createDirectories(folder);
        String bootstrap = rig.stack.bootstrapServers();
        try (Admin admin = Topics.admin(rig.stack.client())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        int databasePort = freePort();
        database = database(databasePort);
        String url = "jdbc:postgresql://127.0.0.1:" + databasePort + "/postgres?user=postgres";
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(java, "-Xmx384m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Baseline.class.getName()));
        command.addAll(List.of(Integer.toString(port), url, bootstrap, TOPIC));
        service = start("service.log", command);
        watch = EventWatch.start(rig.stack.client(), List.of(TOPIC));
        long endNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (Posts.get(url() + "/compiled-ms").join().status() != 200) {
            if (!service.isAlive() || System.nanoTime() > endNs) {
                close();
                throw new IOException("The baseline did not get ready, see the logs in " + folder);
            }
            Thread.sleep(LOOK);
        }
    }

    private Process database(int databasePort) throws IOException, InterruptedException {
        Path programs = Files.createDirectories(folder.resolve("postgres"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Path archive = folder.resolve("postgres.txz");
        try (InputStream in = Objects.requireNonNull(BaselineTarget.class.getResourceAsStream(ARCHIVE))) {
            Files.copy(in, archive);
        }
        run(List.of("tar", "-xJf", archive.toString(), "-C", programs.toString()));
        if (ROOT) {
            run(List.of("chown", "nobody", data.toString()));
        }
        String where = data.toString();
        run(unprivileged(programs, "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-D", where));
        Files.writeString(data.resolve("postgresql.auto.conf"), SETTINGS.formatted(databasePort));
        return start("postgres.log", unprivileged(programs, "postgres", "-D", where));
    }

    private static List<String> unprivileged(Path programs, String program, String... arguments) {
        List<String> command = new ArrayList<>(ROOT ? AS_NOBODY : List.of());
        command.add(programs.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        if (start("set-up.log", command).waitFor() != 0) {
            throw new IOException("PostgreSQL could not be set up, see set-up.log in " + folder);
        }
    }

    private Process start(String log, List<String> command) throws IOException {
        File output = folder.resolve(log).toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
        return process;
    }

    /** The baseline as a taker of orders; nobody audits it. */
    Target target() {
        return new Target(
                url(), () -> new String[0], watch, false, this::pids, this::compiledMs, rig.meter, (_, _) -> {});
    }

    private String url() {
        return "http://127.0.0.1:" + port;
    }

    private Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("baseline service", service.pid());
        pids.put("PostgreSQL", database.pid());
        pids.putAll(rig.pids());
        return pids;
    }

    private double compiledMs() {
        return Double.parseDouble(Posts.get(url() + "/compiled-ms").join().body());
    }

    @Override
    public void close() throws InterruptedException {
        watch.close();
        for (Process process : List.of(service, database)) {
            process.destroy();
            if (!process.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
