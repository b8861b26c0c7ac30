package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;

class CursorTest {
    private record Place(Instant at, String id) {
        static Place read(List<String> parts) {
            return new Place(Instant.parse(parts.get(0)), parts.get(1));
        }
    }

    @Test
    void aPlaceComesBackAsItWas() {
        Place place = new Place(Instant.MAX, "чай 250 г");
        String cursor = Cursor.of(place.at(), place.id());

        assertThat(cursor).matches("[A-Za-z0-9_-]+");
        assertThat(Cursor.read(cursor, Place::read)).isEqualTo(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "eWVzdGVyZGF5fGE", "MjAyNi0wNi0wMVQxMjowMDowMFo"})
    void whatNoPageGaveIsRefused(String cursor) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> Cursor.read(cursor, Place::read))
                .withMessage("is not a cursor from an earlier page")
                .satisfies(bad -> {
                    assertThat(bad.field()).isEqualTo("cursor");
                    assertThat(bad.status()).isEqualTo(HttpStatus.BAD_REQUEST);
                });
    }
}
