package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.http.BadRequest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NotificationControllerTest {

    @ParameterizedTest
    @EnumSource(names = {"ASSOCIATE", "SYSTEM"})
    void letsTheRetailerRepeatANotification(Actor.Type type) {
        assertThatCode(() -> NotificationController.requireRetailer(new Actor(type, "a17", null)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"ASSOCIATE", "SYSTEM"},
            mode = EnumSource.Mode.EXCLUDE)
    void refusesARepeatByAnyOtherActor(Actor.Type type) {
        assertThatThrownBy(() -> NotificationController.requireRetailer(new Actor(type, "c1", null)))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns("Mortar-Actor", BadRequest::field);
    }
}
