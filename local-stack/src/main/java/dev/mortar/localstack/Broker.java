package dev.mortar.localstack;

import dev.mortar.kafka.KafkaAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** How the broker is launched: one real Kafka node, broker and controller in one process. */
final class Broker {
    private Broker() {}

    /**
     * Writes the settings, formats the storage if that was never done, and says how the broker is launched.
     *
     * @param secured its certificate and users; null if it asks nobody who they are
     */
    static Launch launch(
            Build build,
            Path data,
            int port,
            int controllerPort,
            List<StackOptions.Link> links,
            @Nullable Credentials secured) {
        Path settings = data.resolve("server.properties");
        Path logging = data.resolve("log4j2.properties");
        try {
            Files.createDirectories(data);
            String text = settings(data, port, controllerPort, links, secured != null);
            SecretFile.write(settings, secured == null ? text : text + security(secured, listeners(links.size())));
            Files.writeString(logging, LOGGING);
        } catch (IOException e) {
            throw new StackFailure("The broker's settings could not be written: " + e.getMessage(), e);
        }
        var environment = Map.of("LOG4J_CONFIGURATION_FILE", logging.toString());
        if (!Files.exists(data.resolve("log").resolve("meta.properties"))) {
            format(build, data, settings, environment, secured);
        }
        return new Launch(
                build.libraries(),
                Launch.options("-Xms64m -Xmx384m -Xmn48m -XX:+UseCompactObjectHeaders -XX:+UseSerialGC"
                        + " -XX:+ExitOnOutOfMemoryError"),
                "kafka.Kafka",
                List.of(settings.toString()),
                environment);
    }

    static boolean isReady(Map<String, Object> client) {
        try (var admin = Topics.admin(client, Duration.ofSeconds(5))) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The first users are in the storage before anybody could make them: those that make the others. */
    private static void format(
            Build build, Path data, Path settings, Map<String, String> environment, @Nullable Credentials secured) {
        List<String> arguments = new ArrayList<>(
                List.of("format", "--cluster-id", Uuid.randomUuid().toString(), "--config", settings.toString()));
        Path file = data.resolve("format.arguments");
        try {
            if (secured != null) {
                for (String user : List.of(Credentials.BROKER, Credentials.RELEASE)) {
                    arguments.add("--add-scram");
                    arguments.add("%s=[name=%s,iterations=%d,password=%s]"
                            .formatted(Credentials.MECHANISM, user, Users.ITERATIONS, secured.password(user)));
                }
            }
            var options = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
            var launch = new Launch(build.libraries(), options, "kafka.tools.StorageTool", arguments, environment);
            List<String> command = launch.command(List.of());
            // In a file, because everybody on the machine can read a command line.
            SecretFile.write(file, command.stream().skip(1).map(Broker::quoted).collect(Collectors.joining("\n")));
            var process = new ProcessBuilder(command.getFirst(), "@" + file);
            launch.applyTo(process.environment());
            try {
                Launch.run(process, "The broker's storage could not be formatted");
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new StackFailure("The broker's storage could not be formatted: " + e.getMessage(), e);
        }
    }

    /** As the Java launcher reads an argument in a file. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * Everybody shows who they are: clients by user and password, brokers at the controller by certificate.
     *
     * @param listeners the names of the listeners of clients, in small letters
     */
    static String security(Credentials secured, List<String> listeners) throws IOException {
        String password = secured.certificates().keyStorePassword();
        var text = new StringBuilder("""

                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                allow.everyone.if.no.acl.found=false
                super.users=User:%1$s;User:%2$s
                sasl.enabled.mechanisms=%3$s
                sasl.mechanism.inter.broker.protocol=%3$s
                ssl.keystore.type=PKCS12
                ssl.keystore.location=%4$s
                ssl.keystore.password=%5$s
                ssl.key.password=%5$s
                ssl.truststore.type=PEM
                ssl.truststore.location=%6$s
                listener.name.controller.ssl.client.auth=required
                # CN=broker is User:broker.
                ssl.principal.mapping.rules=RULE:^CN=([a-z]+)$/$1/
                """.formatted(
                        Credentials.BROKER,
                        Credentials.RELEASE,
                        Credentials.MECHANISM,
                        secured.certificates().keyStore(),
                        password,
                        secured.certificates().authority()));
        // The broker is a client of its own listener too: it ends the transactions of its partitions.
        String login =
                KafkaAccess.login(Credentials.MECHANISM, Credentials.BROKER, secured.password(Credentials.BROKER));
        listeners.forEach(name -> text.append("listener.name.%s.%s.sasl.jaas.config=%s\n"
                .formatted(name, Credentials.MECHANISM.toLowerCase(Locale.ROOT), login)));
        return text.toString();
    }

    /** The names of the listeners of clients, as settings have them. */
    private static List<String> listeners(int links) {
        List<String> names = new ArrayList<>(List.of("clients"));
        for (int i = 0; i < links; i++) {
            names.add("link" + i);
        }
        return names;
    }

    private static String settings(
            Path data, int port, int controllerPort, List<StackOptions.Link> links, boolean secured) {
        String protocol = secured ? "SASL_SSL" : "PLAINTEXT";
        var listeners = new StringBuilder("CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        var advertised = new StringBuilder("CLIENTS://127.0.0.1:" + port);
        var protocols = new StringBuilder("CLIENTS:" + protocol + ",CONTROLLER:" + (secured ? "SSL" : "PLAINTEXT"));
        var threads = new StringBuilder();
        for (int i = 0; i < links.size(); i++) {
            listeners.append(",LINK%d://127.0.0.1:%d".formatted(i, links.get(i).broker()));
            advertised.append(",LINK%d://127.0.0.1:%d".formatted(i, links.get(i).advertised()));
            protocols.append(",LINK%d:%s".formatted(i, protocol));
            threads.append("listener.name.link%d.num.network.threads=1\n".formatted(i));
        }
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%1$d
                listeners=%2$s
                advertised.listeners=%3$s
                listener.security.protocol.map=%4$s
                inter.broker.listener.name=CLIENTS
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
