package dev.mortar.returns;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Accepts what comes back and computes the refund. */
@SpringBootApplication
class ReturnsServiceApplication {

    static void main(String[] arguments) {
        SpringApplication.run(ReturnsServiceApplication.class, arguments);
    }

    /** @param returnWindow how long goods can come back after they were handed over, ISO 8601 */
    @Bean
    ServiceDefinition<ReturnsCommand, Returns, Returns, ReturnsEvent> definition(
            @Value("${returns.window}") Duration returnWindow) {
        return ReturnsDefinition.definition(returnWindow);
    }
}
