package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.eventsourcing.kafka.Views;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
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
        return InventoryDefinition.definition();
    }

    /** Counts the SKUs with goods in a unit that their location does not keep. People have to correct them. */
    @Bean
    static MeterBinder skusInOtherUnits(Views views) {
        return registry -> Gauge.builder(
                        "mortar.inventory.skus.in.other.units", views, InventoryServiceApplication::count)
                .description("SKUs with goods in a unit that their location does not keep")
                .register(registry);
    }

    private static double count(Views views) {
        try {
            return views.list(InventoryDefinition.IN_OTHER_UNITS, InventoryDefinition.ALL, "", Integer.MAX_VALUE)
                    .size();
        } catch (KafkaUnavailable e) {
            return Double.NaN;
        }
    }

    /** A SKU may contain a slash or backslash. Percent-encoded, it stays part of its path segment. */
    @Bean
    static TomcatConnectorCustomizer slashesInSkus() {
        return connector -> {
            connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        };
    }
}
