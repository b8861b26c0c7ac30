package dev.mortar.benchmarks;

import dev.mortar.benchmarks.baseline.Baseline;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The service that would be built instead, with a PostgreSQL of its own, beside a Mortar at rest; its events go to the
 * same brokers.
 */
final class BaselineTarget implements Target, AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final long LOOK_NS = 50_000_000;

    private final Rig rig;
    private final Postgres postgres;
    private final Process service;
    private final int port;
    private final EventWatch watch;

    private BaselineTarget(Rig rig, Postgres postgres, Process service, int port, EventWatch watch) {
        this.rig = rig;
        this.postgres = postgres;
        this.service = service;
        this.port = port;
        this.watch = watch;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param folder for everything it writes
     * @param fsync whether a commit waits for the disk
     */
    static BaselineTarget start(Rig rig, Path folder, boolean fsync)
            throws IOException, InterruptedException, ExecutionException {
        Files.createDirectories(folder);
        String topic = "baseline.events-" + (fsync ? "fsync" : "no-fsync");
        String bootstrap = rig.stack().bootstrapServers();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        Postgres postgres = Postgres.start(folder, fsync);
        int port = freePort();
        File log = folder.resolve("service.log").toFile();
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Baseline.class.getName(),
                        Integer.toString(port),
                        postgres.url(),
                        bootstrap,
                        topic)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(service::destroyForcibly));
        var target = new BaselineTarget(rig, postgres, service, port, EventWatch.start(bootstrap, List.of(topic)));
        long endNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (Http.get(target.orderUrl() + "/ready").join().status() != 200) {
            if (!service.isAlive() || System.nanoTime() > endNs) {
                target.close();
                throw new IOException("The baseline did not get ready, see " + log);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return target;
    }

    @Override
    public String orderUrl() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public EventWatch watch() {
        return watch;
    }

    @Override
    public boolean announcesReservations() {
        return false;
    }

    @Override
    public Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("baseline service", service.pid());
        pids.put("PostgreSQL", postgres.pid());
        pids.putAll(rig.pids());
        return pids;
    }

    /** Nobody audits it. */
    @Override
    public void acknowledged(String key, String orderId) {}

    @Override
    public void close() throws IOException, InterruptedException {
        watch.close();
        service.destroy();
        if (!service.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
            service.destroyForcibly();
        }
        postgres.close();
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
