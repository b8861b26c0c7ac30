package dev.mortar.notification;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.RotatedSecret;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Starts notification-service. */
@SpringBootApplication
class NotificationServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(NotificationServiceApplication.class, args);
    }

    @Bean
    ServiceDefinition<NotificationCommand, Notification, Notification, NotificationEvent> definition() {
        return NotificationDefinition.definition();
    }

    @Bean
    EmailTemplates emailTemplates(@Value("${mortar.pickup.secret-file}") String secretFile) {
        return new EmailTemplates(
                new PickupCode(RotatedSecret.ofFile("pickup secret", "MORTAR_PICKUP_SECRET_FILE", secretFile)));
    }
}
