package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SimulatedStoresTest {

    private final SimulatedStores stores = SimulatedStores.empty(Duration.ofSeconds(90));

    @Test
    void forgetADeadlineThatIsRemovedAsKafkasStoresDo() {
        var store = new DeciderStore(stores.entryStore());
        store.putDeadline(Instant.EPOCH, "card");
        store.flush();

        store.removeDeadline(Instant.EPOCH, "card");
        store.flush();

        assertThat(store.due(Instant.EPOCH, 1)).isEmpty();
    }

    @Test
    void forgetARequestOnceANewerOneIsOlderThanTheRetentionAsKafkasStoresDo() {
        var requests = stores.requestStore();
        requests.put("early", new byte[1], 0);
        requests.put("later", new byte[1], 89_999);

        assertThat(requests.fetch("early", 0, 0).hasNext()).isTrue();
        requests.put("much later", new byte[1], 90_000);
        assertThat(requests.fetch("early", 0, 0).hasNext()).isFalse();
        assertThat(requests.fetch("later", 0, 90_000).hasNext()).isTrue();
    }
}
