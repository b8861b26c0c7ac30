package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.SecurityLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Runs the service that the application's one {@link ServiceDefinition} bean defines. */
@AutoConfiguration
@EnableConfigurationProperties(MortarProperties.class)
public class MortarAutoConfiguration {
    @Bean
    KafkaSettings kafkaSettings(MortarProperties properties, ServiceDefinition<?, ?, ?, ?> definition) {
        return new KafkaSettings(properties, definition.noun);
    }

    @Bean
    <C> CommandGateway<C> commandGateway(
            ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        return new CommandGateway<>(definition, settings, meters);
    }

    @Bean
    Views views() {
        return new Views();
    }

    @Bean
    StateTables stateTables(ServiceDefinition<?, ?, ?, ?> definition) {
        return new StateTables(definition);
    }

    @Bean(destroyMethod = "stop")
    StateTopicWriter stateTopicWriter(KafkaSettings settings) {
        return new StateTopicWriter(settings);
    }

    @Bean
    <C, S, V, E> ServiceRuntime<C, S, V, E> serviceRuntime(
            ServiceDefinition<C, S, V, E> definition,
            KafkaSettings settings,
            CommandGateway<C> gateway,
            Views views,
            StateTables tables,
            MeterRegistry meters,
            ObjectProvider<Effect<E>> effect) {
        return new ServiceRuntime<>(definition, settings, gateway, views, tables, meters, effect.getIfAvailable());
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    <C> DeadLetterStore<C> deadLetterStore(
            ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        return new DeadLetterStore<>(definition, settings, meters);
    }

    @Bean
    SecurityLog securityLog(ServiceDefinition<?, ?, ?, ?> definition, MeterRegistry meters) {
        return new SecurityLog(definition.noun, meters);
    }

    @Bean
    DeadLetterEndpoint deadLetterEndpoint(
            DeadLetterStore<?> store, ServiceRuntime<?, ?, ?, ?> runtime, SecurityLog security) {
        return new DeadLetterEndpoint(store, runtime, security);
    }

    @Bean
    CheckpointEndpoint checkpointEndpoint(MortarProperties properties, ServiceRuntime<?, ?, ?, ?> runtime) {
        return new CheckpointEndpoint(Path.of(properties.stateDir()), runtime::store);
    }

    /** Down if only a new process can continue. Part of liveness, so it does not depend on Kafka. */
    @Bean
    HealthIndicator aliveHealthIndicator(ServiceRuntime<?, ?, ?, ?> runtime) {
        return () -> runtime.gaveUp() ? Health.down().build() : Health.up().build();
    }

    /** Up if everything runs. Part of readiness, never of liveness. */
    @Bean
    HealthIndicator mortarHealthIndicator(ServiceRuntime<?, ?, ?, ?> runtime) {
        return () -> {
            Map<String, String> missing = runtime.missing();
            return missing.isEmpty()
                    ? Health.up().build()
                    : Health.outOfService().withDetails(missing).build();
        };
    }
}
