package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.order.SourcingLocation.Bookings;
import dev.mortar.values.Calendar;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.Coordinates;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningHours;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourcingLocationTest {

    private static final Instant NOW = Instant.parse("2026-06-01T10:20:00Z");
    private static final FulfilmentMethod PICKUP = FulfilmentMethod.PICKUP;
    private static final List<OpeningHours> NINE_TO_SIX = Stream.of(DayOfWeek.values())
            .map(day -> new OpeningHours(day, "09:00", "18:00"))
            .toList();

    private final Map<Instant, Bookings> booked = new HashMap<>();

    private static SourcingLocation location(
            int leadMinutes, List<OpeningHours> week, List<String> dispatchTimes, List<CapacityRule> capacity) {
        return new SourcingLocation(
                "store",
                new Coordinates(0, 0),
                Set.of(PICKUP),
                true,
                leadMinutes,
                30,
                new Calendar(ZoneOffset.UTC, week, List.of(), dispatchTimes),
                capacity);
    }

    private static List<CapacityRule> limited(int ordersPerSlot) {
        return Stream.of(DayOfWeek.values())
                .map(day -> new CapacityRule(PICKUP, day, "00:00", "24:00", ordersPerSlot))
                .toList();
    }

    private static Instant at(String time) {
        return Instant.parse("2026-06-01T" + time + ":00Z");
    }

    private @Nullable Instant readyAt(SourcingLocation location) {
        return location.readyAt(PICKUP, NOW, booked::get);
    }

    @Test
    void promisesTheEndOfTheFirstSlotAfterTheLeadTime() {
        assertThat(readyAt(location(60, NINE_TO_SIX, List.of(), List.of()))).isEqualTo(at("12:00"));
        assertThat(readyAt(location(101, NINE_TO_SIX, List.of(), List.of()))).isEqualTo(at("13:00"));
    }

    @Test
    void promisesNoSlotThatEndsInTheClosingBuffer() {
        assertThat(readyAt(location(6 * 60, NINE_TO_SIX, List.of(), List.of()))).isEqualTo(at("17:00"));
        assertThat(readyAt(location(7 * 60, NINE_TO_SIX, List.of(), List.of())))
                .isEqualTo(at("10:00").plus(Duration.ofDays(1)));
    }

    @Test
    void keepsSlotsOnlyIfItsHoursOrLimitsAreKnown() {
        assertThat(location(60, List.of(), List.of(), List.of()).keepsSlots(PICKUP))
                .isFalse();
        assertThat(location(60, NINE_TO_SIX, List.of(), List.of()).keepsSlots(PICKUP))
                .isTrue();
        SourcingLocation limited = location(60, List.of(), List.of(), limited(1));
        assertThat(limited.keepsSlots(PICKUP)).isTrue();
        assertThat(limited.keepsSlots(FulfilmentMethod.DELIVERY)).isFalse();
    }

    @Test
    void skipsFullSlots() {
        booked.put(at("11:00"), new Bookings(2, 0));
        booked.put(at("12:00"), new Bookings(1, 0));
        assertThat(readyAt(location(60, NINE_TO_SIX, List.of(), limited(2)))).isEqualTo(at("13:00"));
        assertThat(readyAt(location(60, NINE_TO_SIX, List.of(), List.of()))).isEqualTo(at("12:00"));
    }

    @Test
    void goodsThatAreNotStagedYetTakeTheFirstPlaces() {
        booked.put(at("09:00"), new Bookings(2, 2));
        booked.put(at("10:00"), new Bookings(2, 1));
        assertThat(readyAt(location(0, NINE_TO_SIX, List.of(), limited(2)))).isEqualTo(at("13:00"));
    }

    @Test
    void hasNoSlotIfItsLimitIsZero() {
        assertThat(readyAt(location(60, NINE_TO_SIX, List.of(), limited(0)))).isNull();
    }

    @Test
    void aDeliveryIsReadyWhenTheCouriersLeave() {
        assertThat(location(60, NINE_TO_SIX, List.of("15:30"), List.of())
                        .readyAt(FulfilmentMethod.DELIVERY, NOW, booked::get))
                .isEqualTo(at("15:30"));
    }
}
