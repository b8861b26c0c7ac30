package dev.mortar.pickup;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.RotatedSecret;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Starts pickup-service. */
@SpringBootApplication
public class PickupServiceApplication {

    /** Starts the service. {@code application.yaml} lists the environment variables that configure it. */
    public static void main(String[] arguments) {
        SpringApplication.run(PickupServiceApplication.class, arguments);
    }

    @Bean
    ServiceDefinition<PickupCommand, Pickup, Pickup, PickupEvent> definition() {
        return PickupDefinition.definition();
    }

    @Bean
    PickupCode pickupCode(@Value("${mortar.pickup.secret-file}") String secretFile) {
        return new PickupCode(RotatedSecret.ofFile("pickup secret", "MORTAR_PICKUP_SECRET_FILE", secretFile));
    }
}
