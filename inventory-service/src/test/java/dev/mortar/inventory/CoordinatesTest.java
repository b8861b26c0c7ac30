package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.inventory.StockController.Coordinates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatesTest {

    private final Coordinates mumbai = new Coordinates(19.0760, 72.8777);

    @Test
    void measuresGreatCircles() {
        assertThat(mumbai.distanceKm(new Coordinates(18.5204, 73.8567))).isCloseTo(120.2, within(0.5));
        assertThat(mumbai.distanceKm(new Coordinates(64.1466, -21.9426))).isCloseTo(8_340, within(30.0));
        assertThat(mumbai.distanceKm(mumbai)).isZero();
    }

    @Test
    void measuresAcrossTheDateLineAndThePole() {
        assertThat(new Coordinates(0, 179.5).distanceKm(new Coordinates(0, -179.5)))
                .isCloseTo(111.2, within(0.1));
        assertThat(new Coordinates(90, 0).distanceKm(new Coordinates(90, 123))).isCloseTo(0, within(0.001));
        assertThat(new Coordinates(0, 0).distanceKm(new Coordinates(0, 180))).isCloseTo(20_015, within(1.0));
    }

    @Test
    void readsLatitudeAndLongitude() {
        assertThat(Coordinates.parse("-33.86,151.2")).isEqualTo(new Coordinates(-33.86, 151.2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,2,3", "91,0", "0,181", "NaN,0", "a,b", "1;2"})
    void refusesInvalidCoordinates(String near) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> Coordinates.parse(near))
                .satisfies(bad -> assertThat(bad.field()).isEqualTo("near"));
    }
}
