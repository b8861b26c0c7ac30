package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.avro.Protocol;
import org.junit.jupiter.api.Test;

class ContractTest {
    private static final Pattern ON_A_TOPIC = Pattern.compile("@topic\\(\"([^\"]+)\"\\)[^{]*record\\s+(\\w+)");

    @Test
    void listsEveryRecordThatTheSchemaFilesPutOnATopic() throws IOException {
        var declared = new ArrayList<String>();
        try (var files = Files.list(Path.of("src", "main", "avro"))) {
            for (var file : files.toList()) {
                ON_A_TOPIC
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(match -> declared.add(match.group(1) + " " + match.group(2)));
            }
        }

        assertThat(Contract.topics().stream()
                        .flatMap(topic -> topic.types().stream()
                                .map(type -> topic.name() + " " + type.schema().getName())))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void knowsTopicKeyOwnerAndListeners() {
        var topic = topic("order.events");

        assertThat(topic.key()).isEqualTo("orderId");
        assertThat(topic.owner()).isEqualTo("order-service");
        assertThat(topic.kind()).isEqualTo(Contract.Kind.EVENT);
        assertThat(topic("inventory.levels").kind()).isEqualTo(Contract.Kind.STATE);
        assertThat(topic("customer.contact-reads").kind()).isEqualTo(Contract.Kind.RECORD);
        assertThat(type(topic, "OrderPlaced").listeners()).contains("inventory-service");
        assertThat(topic("inventory.levels").key()).isEqualTo("locationId|sku");
        assertThat(topic("inventory.levels").readers()).containsExactly("order-service", "returns-service");
        assertThat(topic("customer.contacts").owner()).isEqualTo("notification-service");
    }

    @Test
    void namesSubjectsByTopicAndRecordForEventsAndByTopicForOthers() {
        var events = topic("order.events");
        var state = topic("order.summaries");

        assertThat(events.subject("", type(events, "OrderPlaced")))
                .isEqualTo("order.events-dev.mortar.schemas.order.OrderPlaced");
        assertThat(state.subject("staging.", type(state, "OrderSummary"))).isEqualTo("staging.order.summaries-value");
        assertThat(topic("customer.contact-reads")
                        .subject("", topic("customer.contact-reads").types().getFirst()))
                .isEqualTo("customer.contact-reads-value");
    }

    @Test
    void listenersAndReadersAreServicesOfMortar() {
        var services = Contract.topics().stream().map(Contract.Topic::owner).toList();

        assertThat(Contract.topics().stream().flatMap(topic -> topic.readers().stream()))
                .isNotEmpty()
                .allSatisfy(reader -> assertThat(services).contains(reader));
    }

    @Test
    void refusesAKindThatItDoesNotKnow() {
        var protocol = Protocol.parse("""
                {"protocol":"P","namespace":"dev.mortar.schemas.order","types":[
                 {"type":"record","name":"OrderPlaced","topic":"order.notes","key":"orderId","state":"forgotten","fields":[]}],
                 "messages":{}}""");

        assertThatThrownBy(() -> Contract.topics(List.of(protocol)))
                .hasMessageContaining("OrderPlaced")
                .hasMessageContaining("forgotten");
    }

    @Test
    void refusesRecordsThatDisagreeAboutTheirTopic() {
        var protocol = Protocol.parse("""
                {"protocol":"P","namespace":"dev.mortar.schemas.order","types":[
                 {"type":"record","name":"OrderPlaced","topic":"order.events","key":"orderId","fields":[]},
                 {"type":"record","name":"OrderConfirmed","topic":"order.events","key":"customerId","fields":[]}],
                 "messages":{}}""");

        assertThatThrownBy(() -> Contract.topics(List.of(protocol)))
                .hasMessageContaining("OrderConfirmed")
                .hasMessageContaining("OrderPlaced")
                .hasMessageContaining("order.events");
    }

    private static Contract.Topic topic(String name) {
        return Contract.topics().stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Contract.RecordType type(Contract.Topic topic, String name) {
        return topic.types().stream()
                .filter(type -> type.schema().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
