package dev.mortar.notification;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
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
    EmailTemplates emailTemplates(
            @Value("${mortar.pickup.secret}") String secret, @Value("${mortar.pickup.secret-file}") String secretFile) {
        return new EmailTemplates(PickupCode.configured(secret, secretFile));
    }
}
