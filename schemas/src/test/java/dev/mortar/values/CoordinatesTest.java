package dev.mortar.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CoordinatesTest {
    private final Coordinates mumbai = new Coordinates(19.0760, 72.8777);

    @Test
    void measuresGreatCircles() {
        assertThat(mumbai.distanceMetres(new Coordinates(18.5204, 73.8567))).isCloseTo(120_200, within(500L));
        assertThat(mumbai.distanceMetres(new Coordinates(64.1466, -21.9426))).isCloseTo(8_340_000, within(30_000L));
        assertThat(mumbai.distanceMetres(mumbai)).isZero();
    }

    @Test
    void measuresAcrossTheDateLineAndThePole() {
        assertThat(new Coordinates(0, 179.5).distanceMetres(new Coordinates(0, -179.5)))
                .isCloseTo(111_200, within(100L));
        assertThat(new Coordinates(90, 0).distanceMetres(new Coordinates(90, 123)))
                .isZero();
        assertThat(new Coordinates(0, 0).distanceMetres(new Coordinates(0, 180)))
                .isCloseTo(20_015_000, within(1_000L));
    }
}
