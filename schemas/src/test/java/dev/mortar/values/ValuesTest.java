package dev.mortar.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ValuesTest {

    @Test
    void anEnumHasTheSymbolsOfTheContract() {
        assertThat(names(Unit.values())).isEqualTo(known(dev.mortar.schemas.Unit.values()));
        assertThat(names(Channel.values())).isEqualTo(known(dev.mortar.schemas.Channel.values()));
        assertThat(names(FulfilmentMethod.values())).isEqualTo(known(dev.mortar.schemas.FulfilmentMethod.values()));
        assertThat(names(EndReason.values())).isEqualTo(known(dev.mortar.schemas.EndReason.values()));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Stream.of(constants).map(Enum::name).toList();
    }

    private static List<String> known(Enum<?>[] symbols) {
        return names(symbols).stream().filter(name -> !name.equals("UNKNOWN")).toList();
    }
}
