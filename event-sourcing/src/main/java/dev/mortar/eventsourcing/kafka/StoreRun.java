package dev.mortar.eventsourcing.kafka;

import java.io.PrintStream;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * A service's program that does one thing to its store and ends: {@code --mortar.run=verify-store} or
 * {@code rebuild-store}. Exit status 0 when all is well, 1 when the store differs from its events, 2 when it could not
 * be done.
 */
final class StoreRun<C, S, V, E> implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(StoreRun.class);
    private static final int DIFFERENT = 1;
    private static final int NOT_DONE = 2;

    /** Something that keeps it from being done. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }
    }

    private final ServiceDefinition<C, S, V, E> definition;
    private final MortarProperties properties;
    private final KafkaSettings settings;
    private final ApplicationContext context;

    StoreRun(
            ServiceDefinition<C, S, V, E> definition,
            MortarProperties properties,
            KafkaSettings settings,
            ApplicationContext context) {
        this.definition = definition.storeGeneration(properties.storeGeneration());
        this.properties = properties;
        this.settings = settings;
        this.context = context;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        int status = run(System.out);
        System.exit(SpringApplication.exit(context, () -> status));
    }

    private int run(PrintStream out) {
        try (Admin admin = Admin.create(settings.admin())) {
            var log = new StoreLog<>(definition, settings, admin);
            return switch (properties.run()) {
                case SERVICE -> throw new IllegalStateException("a service runs until it is stopped");
                case VERIFY_STORE -> new StoreVerification<>(log, out).run() ? 0 : DIFFERENT;
                case REBUILD_STORE -> {
                    new StoreRebuild<>(definition, settings, log, admin, out).run();
                    yield 0;
                }
            };
        } catch (Refused e) {
            out.println("Refused: " + e.getMessage());
            return NOT_DONE;
        } catch (RuntimeException e) {
            LOG.debug("could not be done", e);
            out.println("Could not be done: " + e);
            return NOT_DONE;
        } finally {
            out.flush();
        }
    }

    /** Keeps web server, controllers and everything else that nobody asks for out of such a run. */
    static final class Settings implements EnvironmentPostProcessor {

        @Override
        public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
            if (!environment.getProperty("mortar.run", "service").equals("service")) {
                environment
                        .getPropertySources()
                        .addFirst(new MapPropertySource(
                                "mortar-store-run",
                                Map.of(
                                        "spring.main.web-application-type",
                                        "none",
                                        "spring.main.lazy-initialization",
                                        "true",
                                        "management.endpoint.health.validate-group-membership",
                                        "false",
                                        "logging.level.root",
                                        "WARN")));
            }
        }
    }
}
