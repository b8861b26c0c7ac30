package dev.mortar.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.Uuid;

/** How the broker is launched: one real Kafka node, broker and controller in one process. */
final class Broker {
    private Broker() {}

    /** Writes the settings, formats the storage if that was never done, and says how the broker is launched. */
    static Launch launch(Build build, Path data, int port, int controllerPort, List<StackOptions.Link> links) {
        Path settings = data.resolve("server.properties");
        Path logging = data.resolve("log4j2.properties");
        try {
            Files.createDirectories(data);
            Files.writeString(settings, settings(data, port, controllerPort, links));
            Files.writeString(logging, LOGGING);
        } catch (IOException e) {
            throw new StackFailure("The broker's settings could not be written: " + e.getMessage(), e);
        }
        var environment = Map.of("LOG4J_CONFIGURATION_FILE", logging.toString());
        if (!Files.exists(data.resolve("log").resolve("meta.properties"))) {
            format(new Launch(
                    build.libraries(),
                    List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    "kafka.tools.StorageTool",
                    List.of("format", "--cluster-id", Uuid.randomUuid().toString(), "--config", settings.toString()),
                    environment));
        }
        return new Launch(
                build.libraries(),
                Launch.options("-Xms64m -Xmx384m -Xmn48m -XX:+UseCompactObjectHeaders -XX:+UseSerialGC"
                        + " -XX:+ExitOnOutOfMemoryError"),
                "kafka.Kafka",
                List.of(settings.toString()),
                environment);
    }

    static boolean isReady(int port) {
        try (var admin = Topics.admin("127.0.0.1:" + port, Duration.ofSeconds(5))) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void format(Launch launch) {
        var command = new ProcessBuilder(launch.command(List.of()));
        launch.applyTo(command.environment());
        Launch.run(command, "The broker's storage could not be formatted");
    }

    private static String settings(Path data, int port, int controllerPort, List<StackOptions.Link> links) {
        var listeners =
                new StringBuilder("PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        var advertised = new StringBuilder("PLAINTEXT://127.0.0.1:" + port);
        var protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        var threads = new StringBuilder();
        for (int i = 0; i < links.size(); i++) {
            listeners.append(",LINK%d://127.0.0.1:%d".formatted(i, links.get(i).broker()));
            advertised.append(",LINK%d://127.0.0.1:%d".formatted(i, links.get(i).advertised()));
            protocols.append(",LINK%d:PLAINTEXT".formatted(i));
            threads.append("listener.name.link%d.num.network.threads=1\n".formatted(i));
        }
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%1$d
                listeners=%2$s
                advertised.listeners=%3$s
                listener.security.protocol.map=%4$s
                inter.broker.listener.name=PLAINTEXT
                controller.listener.names=CONTROLLER
                log.dirs=%5$s

                auto.create.topics.enable=false
                unclean.leader.election.enable=false

                # One broker: the internal topics have one replica, and few partitions, which start faster.
                default.replication.factor=1
                min.insync.replicas=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1

                # Members of a group come one by one when a stack starts; waiting for more of them only delays it.
                group.initial.rebalance.delay.ms=0
                # What a transaction waits when it follows the previous one too closely.
                add.partitions.to.txn.retry.backoff.ms=2
                # So that a load of groups which an election has overtaken notices it at once and ends, and does not count
                # as the load that the election began (docs/adr/offsets-can-be-lost.md); a small topic is loaded soon.
                offsets.load.buffer.size=65536
                offsets.topic.segment.bytes=4194304
                # A stack that was down for weeks goes on where it stopped.
                offsets.retention.minutes=525600
                # The cleaner takes this from the heap at once; 128 MB are the default.
                log.cleaner.dedupe.buffer.size=8388608
                # Two cores: fewer hops between threads.
                num.network.threads=1
                num.io.threads=2
                """.formatted(controllerPort, listeners, advertised, protocols, data.resolve("log")) + threads;
    }

    private static final String LOGGING = """
            status=error
            rootLogger.level=warn
            rootLogger.appenderRef.stdout.ref=stdout
            appender.stdout.type=Console
            appender.stdout.name=stdout
            appender.stdout.layout.type=PatternLayout
            appender.stdout.layout.pattern=%d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1}: %m%n
            logger.server.name=kafka.server.KafkaRaftServer
            logger.server.level=info
            """;
}
