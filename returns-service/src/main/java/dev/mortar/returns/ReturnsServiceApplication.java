package dev.mortar.returns;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Starts returns-service. */
@SpringBootApplication
class ReturnsServiceApplication {

    static void main(String[] arguments) {
        SpringApplication.run(ReturnsServiceApplication.class, arguments);
    }

    /** @param returnWindow how long after the handover goods can be returned, ISO 8601 */
    @Bean
    ServiceDefinition<ReturnsCommand, Returns, Returns, ReturnsEvent> definition(
            @Value("${returns.window}") Duration returnWindow) {
        return ReturnsDefinition.definition(returnWindow);
    }
}
