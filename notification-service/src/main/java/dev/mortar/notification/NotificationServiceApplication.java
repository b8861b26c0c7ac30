package dev.mortar.notification;

import dev.mortar.eventsourcing.kafka.CommandGateway;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.StateTables;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Starts notification-service. */
@SpringBootApplication
class NotificationServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(NotificationServiceApplication.class, args);
    }

    @Bean
    ServiceDefinition<NotificationCommand, Notification, Notification, NotificationEvent> definition() {
        return NotificationTopology.definition();
    }

    @Bean
    MailServer mailServer(JavaMailSenderImpl settings, @Value("${mortar.mail.from}") String from) {
        return new MailServer(settings, from);
    }

    @Bean
    EmailTemplates emailTemplates(
            @Value("${mortar.pickup.secret}") String secret, @Value("${mortar.pickup.secret-file}") String secretFile) {
        return new EmailTemplates(PickupCode.configured(secret, secretFile));
    }

    @Bean
    NotificationSender notificationSender(
            CommandGateway<NotificationCommand> gateway,
            StateTables tables,
            EmailTemplates templates,
            MailServer mailServer,
            @Value("${mortar.mail.sends-at-once}") int sendsAtOnceMax) {
        return new NotificationSender(
                gateway,
                tables.get(NotificationTopology.CONTACTS),
                tables.get(NotificationTopology.LOCATIONS),
                templates,
                mailServer,
                sendsAtOnceMax);
    }
}
