package dev.mortar.benchmarks;

import dev.mortar.benchmarks.baseline.Baseline;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final String TOPIC = "baseline.events";
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

    /** Starts it and waits until it is ready; everything that it writes goes to the folder. */
    static BaselineTarget start(Rig rig, Path folder) throws IOException, InterruptedException, ExecutionException {
        Files.createDirectories(folder);
        String bootstrap = rig.stack().bootstrapServers();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        Postgres postgres = Postgres.start(folder);
        int port = freePort();
        File log = folder.resolve("service.log").toFile();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(java, "-Xmx384m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Baseline.class.getName()));
        command.addAll(List.of(port + "", postgres.url(), bootstrap, TOPIC));
        Process service = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(service::destroyForcibly));
        var target = new BaselineTarget(rig, postgres, service, port, EventWatch.start(bootstrap, List.of(TOPIC)));
        long endNs = System.nanoTime() + READY_WITHIN.toNanos();
        while (Http.get(target.orderUrl() + "/compiled-ms").join().status() != 200) {
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

    @Override
    public double compiledMs() {
        return Double.parseDouble(Http.get(orderUrl() + "/compiled-ms").join().body());
    }

    @Override
    public void settle() throws InterruptedException {
        rig.settle();
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
