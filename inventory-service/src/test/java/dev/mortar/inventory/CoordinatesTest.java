package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.values.Coordinates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatesTest {

    @Test
    void readsLatitudeAndLongitude() {
        assertThat(StockController.coordinates("-33.86,151.2")).isEqualTo(new Coordinates(-33.86, 151.2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,2,3", "91,0", "0,181", "NaN,0", "a,b", "1;2"})
    void refusesInvalidCoordinates(String near) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> StockController.coordinates(near))
                .satisfies(bad -> assertThat(bad.field()).isEqualTo("near"));
    }
}
