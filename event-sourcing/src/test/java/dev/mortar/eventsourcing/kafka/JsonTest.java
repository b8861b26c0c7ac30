package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonTest {

    sealed interface Asked {
        record Sell(
                String sku,
                long units,
                List<String> serials,
                @Nullable String note) implements Asked {}
    }

    @Test
    void aNullableComponentMayBeLeftOut() {
        Asked sell = new Asked.Sell("a", 1, List.of(), null);

        assertThat(Json.read(Json.write(Asked.class, sell), Asked.class)).isEqualTo(sell);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'Sell','units':1,'serials':[]}",
                "{'type':'Sell','sku':null,'units':1,'serials':[]}",
                "{'type':'Sell','sku':'a','serials':[]}",
                "{'type':'Sell','sku':'a','units':1}",
                "{'type':'Sell','sku':'a','units':1,'serials':null}",
                "{'type':'Sell','sku':'a','units':1,'serials':[null]}"
            })
    void jsonWithoutARequiredComponentCannotBeRead(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Json.read(bytes, Asked.class)).isInstanceOf(JacksonException.class);
    }
}
