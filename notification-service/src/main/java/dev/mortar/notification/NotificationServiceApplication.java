package dev.mortar.notification;

import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.eventsourcing.security.RotatedSecret;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
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
            @Value("${mortar.pickup.secret-file}") String secretFile,
            @Value("${mortar.mail.order-page}") String orderPage,
            OrderLinks links) {
        return new EmailTemplates(
                new PickupCode(RotatedSecret.ofFile("pickup secret", "MORTAR_PICKUP_SECRET_FILE", secretFile)),
                links,
                orderPage);
    }

    /** Counts the erasures without a proof after 24 hours. People have to find out why. */
    @Bean
    static MeterBinder overdueErasures(Erasures erasures) {
        return registry -> Gauge.builder("mortar.erasures.overdue", erasures, NotificationServiceApplication::overdue)
                .description("Erasures of contacts without a proof after 24 hours")
                .register(registry);
    }

    private static double overdue(Erasures erasures) {
        try {
            return erasures.overdue();
        } catch (KafkaUnavailable e) {
            return Double.NaN;
        }
    }
}
