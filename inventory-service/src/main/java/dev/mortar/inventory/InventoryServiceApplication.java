package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;

/** Runs inventory-service. */
@SpringBootApplication
class InventoryServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(InventoryServiceApplication.class, args);
    }

    @Bean
    ServiceDefinition<InventoryCommand, Stock, StockEntry, InventoryEvent> definition() {
        return InventoryTopology.definition();
    }

    /** A SKU may hold a slash or backslash: percent-encoded, it stays part of its path segment. */
    @Bean
    static TomcatConnectorCustomizer slashesInSkus() {
        return connector -> {
            connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        };
    }
}
