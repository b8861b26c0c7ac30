package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
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

    @Bean
    static MeterBinder sourcingRows(SourcingCopy copy) {
        return registry -> Gauge.builder("mortar.sourcing.rows", copy, SourcingCopy::rows)
                .description("Stock levels with units that can be sold, in the memory of this instance")
                .register(registry);
    }
}
