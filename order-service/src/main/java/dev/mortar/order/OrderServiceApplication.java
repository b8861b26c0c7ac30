package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Starts order-service. */
@SpringBootApplication
class OrderServiceApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(OrderServiceApplication.class, arguments);
    }

    @Bean
    ServiceDefinition<OrderCommand, Order, Order, OrderEvent> definition() {
        return OrderDefinition.definition();
    }
}
