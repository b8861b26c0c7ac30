package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SimulatedStoresTest {

    @Test
    void forgetADeadlineThatIsRemovedAsKafkasStoresDo() {
        var store = new DeciderStore(SimulatedStores.empty().entryStore());
        store.putDeadline(Instant.EPOCH, "card");
        store.flush();

        store.removeDeadline(Instant.EPOCH, "card");
        store.flush();

        assertThat(store.due(Instant.EPOCH, 1)).isEmpty();
    }
}
