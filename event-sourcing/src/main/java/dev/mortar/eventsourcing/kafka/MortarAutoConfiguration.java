package dev.mortar.eventsourcing.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.apache.kafka.streams.state.HostInfo;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
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
            ServiceDefinition<C, ?, ?, ?> definition,
            KafkaSettings settings,
            MortarProperties properties,
            MeterRegistry meters) {
        return new CommandGateway<>(definition, settings, properties.replyTimeout(), meters);
    }

    @Bean
    Views views(ServiceDefinition<?, ?, ?, ?> definition, MortarProperties properties) {
        return new Views(
                definition,
                new HostInfo(
                        properties.instanceUrl().getHost(),
                        properties.instanceUrl().getPort()));
    }

    @Bean
    StateTables stateTables(ServiceDefinition<?, ?, ?, ?> definition) {
        return new StateTables(definition);
    }

    @Bean
    StateTopicWriter stateTopicWriter(KafkaSettings settings) {
        return new StateTopicWriter(settings);
    }

    @Bean
    @ConditionalOnProperty(name = "mortar.run", havingValue = "service", matchIfMissing = true)
    <C, S, V, E> ServiceRuntime<C, S, V, E> serviceRuntime(
            ServiceDefinition<C, S, V, E> definition,
            MortarProperties properties,
            KafkaSettings settings,
            CommandGateway<C> gateway,
            Views views,
            StateTables tables,
            StateTopicWriter stateWriter,
            MeterRegistry meters,
            ObjectProvider<Effect<E>> effect) {
        return new ServiceRuntime<>(
                definition, properties, settings, gateway, views, tables, stateWriter, meters, effect.getIfAvailable());
    }

    @Bean
    @ConditionalOnMissingBean(ServiceRuntime.class)
    <C, S, V, E> StoreRun<C, S, V, E> storeRun(
            ServiceDefinition<C, S, V, E> definition,
            MortarProperties properties,
            KafkaSettings settings,
            ApplicationContext context) {
        return new StoreRun<>(definition, properties, settings, context);
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    @ConditionalOnBean(ServiceRuntime.class)
    <C> DeadLetterOffice<C> deadLetterOffice(
            ServiceDefinition<C, ?, ?, ?> definition, KafkaSettings settings, MeterRegistry meters) {
        return new DeadLetterOffice<>(definition, settings, meters);
    }

    @Bean
    @ConditionalOnBean(ServiceRuntime.class)
    DeadLetterEndpoint deadLetterEndpoint(DeadLetterOffice<?> office) {
        return new DeadLetterEndpoint(office);
    }

    /** Down when only a new process can go on; part of liveness, so it never asks whether Kafka is there. */
    @Bean
    @ConditionalOnBean(ServiceRuntime.class)
    HealthIndicator aliveHealthIndicator(ServiceRuntime<?, ?, ?, ?> runtime) {
        return () -> runtime.gaveUp() ? Health.down().build() : Health.up().build();
    }

    /** Up when everything runs; part of readiness, never of liveness. */
    @Bean
    @ConditionalOnBean(ServiceRuntime.class)
    HealthIndicator mortarHealthIndicator(ServiceRuntime<?, ?, ?, ?> runtime) {
        return () -> {
            Map<String, String> missing = runtime.missing();
            return missing.isEmpty()
                    ? Health.up().build()
                    : Health.outOfService().withDetails(missing).build();
        };
    }
}
