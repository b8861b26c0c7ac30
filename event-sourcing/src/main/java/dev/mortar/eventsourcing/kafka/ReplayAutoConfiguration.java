package dev.mortar.eventsourcing.kafka;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.FileSystemUtils;

/**
 * Runs a service's program with {@code --mortar.run=replay --mortar.checkpoint=DIRECTORY}. The program compares the
 * checkpoint of a running instance with the log and ends. Exit status: 0 if they are the same, 1 if they differ, 2 if
 * it could not compare them.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "mortar.run", havingValue = ReplayAutoConfiguration.REPLAY)
@EnableConfigurationProperties(MortarProperties.class)
public class ReplayAutoConfiguration {
    static final String REPLAY = "replay";

    /** Excluded, because it would create all beans that have metrics. */
    private static final String METRICS =
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration";

    private static final Logger LOG = LoggerFactory.getLogger(ReplayAutoConfiguration.class);
    private static final int DIFFERENT = 1;
    private static final int CANNOT_TELL = 2;

    @Bean
    <C, S, V, E> ApplicationRunner replay(
            ServiceDefinition<C, S, V, E> definition, MortarProperties properties, ApplicationContext context) {
        return _ -> {
            Path checkpoint = Path.of(context.getEnvironment().getRequiredProperty("mortar.checkpoint"));
            int status = replay(definition, properties, checkpoint, System.out);
            System.out.flush();
            System.exit(SpringApplication.exit(context, () -> status));
        };
    }

    private static <C, S, V, E> int replay(
            ServiceDefinition<C, S, V, E> definition, MortarProperties properties, Path checkpoint, PrintStream out)
            throws IOException {
        KafkaSettings settings = new KafkaSettings(properties, definition.noun);
        Path directory = Files.createTempDirectory("mortar-replay-");
        try (LocalStore stored = RocksLocalStore.readOnly(checkpoint);
                LocalStore fresh = new RocksLocalStore(directory);
                Consumer<String, byte[]> consumer = new KafkaConsumer<>(settings.consumer(REPLAY))) {
            out.printf("%s: the store in %s and the fold of the log%n", definition.noun, checkpoint);
            int partitions = consumer.partitionsFor(settings.prefixed(definition.eventsTopic()))
                    .size();
            Fold<C, S, V, E> fold = new Fold<>(definition, settings.deserializer(), properties.rememberCommands());
            boolean same = new StoreReplay<>(definition, properties.topicPrefix(), fold, out)
                    .isSame(stored, partitions, fresh, consumer);
            return same ? 0 : DIFFERENT;
        } catch (RuntimeException e) {
            LOG.debug("Not compared", e);
            out.println("The comparison failed: " + e);
            return CANNOT_TELL;
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    /** Without this, a failed start would end with status 1, which means that store and log differ. */
    private static final class FailedStart implements ApplicationListener<ApplicationFailedEvent> {
        @Override
        public void onApplicationEvent(ApplicationFailedEvent failed) {
            System.out.println("The comparison failed: " + failed.getException());
            System.out.flush();
            Runtime.getRuntime().halt(CANNOT_TELL);
        }
    }

    /** Switches the service itself off in such a run: web server, lanes, listeners. */
    static final class Settings implements EnvironmentPostProcessor {
        @Override
        public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
            if (environment.getProperty("mortar.run", "").equals(REPLAY)) {
                environment
                        .getPropertySources()
                        .addFirst(new MapPropertySource(
                                "mortar-replay",
                                Map.of(
                                        "spring.autoconfigure.exclude",
                                        MortarAutoConfiguration.class.getName() + "," + METRICS,
                                        "spring.main.web-application-type",
                                        "none",
                                        "spring.main.lazy-initialization",
                                        "true",
                                        "management.endpoint.health.validate-group-membership",
                                        "false",
                                        "logging.level.root",
                                        "WARN")));
                application.addListeners(new FailedStart());
            }
        }
    }
}
