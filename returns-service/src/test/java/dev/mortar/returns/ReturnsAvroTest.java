package dev.mortar.returns;

import static dev.mortar.returns.Goods.GOODWILL;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.testkit.EventSamples;
import dev.mortar.returns.ReturnsEvent.PurchaseRecorded;
import dev.mortar.returns.ReturnsEvent.RefundRequested;
import dev.mortar.returns.ReturnsEvent.ReturnAccepted;
import dev.mortar.returns.ReturnsProcess.Incoming;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.values.Channel;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReturnsAvroTest {

    private static final Instant ACCEPTED_AT = Instant.parse("2026-06-20T09:30:00.123Z");

    private static final EventMeta META = new EventMeta(
            UUID.fromString("6f1a0c52-9c1b-5f36-9d3c-0d5c0a8f0e11"),
            0,
            2,
            4L,
            17L,
            Instant.parse("2026-06-20T09:29:58.000001Z"),
            ACCEPTED_AT,
            UUID.fromString("0c1e4f4e-53d7-5a0e-8c8e-1b7a7c1f2d33"),
            UUID.fromString("b2a7c1d0-0f6e-5d8b-a1c4-7a2f3e4d5c66"),
            null,
            "correlation-1",
            new dev.mortar.schemas.Actor(ActorType.ASSOCIATE, "a-17", "store-2"));

    private static final OrderLine LAMP = new OrderLine(
            "lamp",
            "LAMP 20",
            "Lampe für draußen",
            2,
            Unit.EACH,
            pounds(2500),
            pounds(1),
            pounds(1000),
            false,
            List.of("serial-1", "serial-2"),
            List.of("lot-1"),
            "seller-1");

    private static final OrderLine FLOUR = new OrderLine(
            "flour", "flour", null, 1500, Unit.GRAM, pounds(1), pounds(0), pounds(0), true, List.of(), List.of(), null);

    private static final ReturnedLine BACK = new ReturnedLine(
            "lamp",
            "LAMP 20",
            "Lampe für draußen",
            1,
            Unit.EACH,
            ReturnReason.DAMAGED_IN_TRANSIT,
            ReturnCondition.DAMAGED,
            Disposition.RETURN_TO_VENDOR,
            pounds(2999));

    /** The first of each type is its approved sample. */
    private static final List<ReturnsEvent> EVENTS = List.of(
            new PurchaseRecorded(
                    ORDER,
                    "order-1-1",
                    "customer-1",
                    Channel.POS,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    Goods.UNTIL,
                    List.of(new PurchasedLine(LAMP, LAMP.total()), new PurchasedLine(FLOUR, FLOUR.total())),
                    "payment-1"),
            new PurchaseRecorded(
                    ORDER,
                    "order-1-1",
                    null,
                    Channel.ONLINE,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    Goods.UNTIL,
                    List.of(),
                    null),
            new ReturnAccepted(
                    ORDER,
                    "customer-1",
                    new Return("return-1", "store-2", ACCEPTED_AT, List.of(BACK), pounds(2999), GOODWILL)),
            new ReturnAccepted(
                    ORDER, null, new Return("return-1", "store-2", ACCEPTED_AT, List.of(BACK), pounds(2999), null)),
            new RefundRequested(ORDER, "return-1", pounds(2999), "payment-1"),
            new RefundRequested(ORDER, "return-1", pounds(2999), null));

    static List<ReturnsEvent> events() {
        return EVENTS;
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventIsReadAsItWasWritten(ReturnsEvent event) {
        SpecificRecord written = ReturnsAvro.EVENTS.write(event, META);

        assertThat(ReturnsAvro.EVENTS.reader().knows(written.getSchema().getFullName()))
                .isTrue();
        assertThat(ReturnsAvro.EVENTS.read(EventSamples.overTheWire(written))).isEqualTo(event);
    }

    static Stream<ReturnsEvent> samples() {
        return Stream.of(PurchaseRecorded.class, ReturnAccepted.class, RefundRequested.class)
                .map(type ->
                        EVENTS.stream().filter(type::isInstance).findFirst().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theCurrentCodeReadsTheApprovedSampleOfEveryEvent(ReturnsEvent expected) {
        assertThat(ReturnsAvro.EVENTS.read(EventSamples.approved(ReturnsAvro.EVENTS.write(expected, META), 1)))
                .isEqualTo(expected);
    }

    @Test
    void readsHandoversOfOrderService() {
        dev.mortar.schemas.OrderLine line = incoming(dev.mortar.schemas.Unit.GRAM);
        assertThat(ReturnsAvro.INCOMING.read(handedOver(line)))
                .isEqualTo(new Incoming.FulfilmentHandedOver(
                        ORDER,
                        "order-1-1",
                        "customer-1",
                        Channel.STORE,
                        "store-1",
                        Goods.HANDED_OVER_AT,
                        ACCEPTED_AT,
                        List.of(FLOUR),
                        "payment-1"));
    }

    @Test
    void failsOnAnUnknownUnit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReturnsAvro.INCOMING.read(handedOver(incoming(dev.mortar.schemas.Unit.UNKNOWN))))
                .withMessageContaining("UNKNOWN");
    }

    private static FulfilmentHandedOver handedOver(dev.mortar.schemas.OrderLine line) {
        return FulfilmentHandedOver.newBuilder()
                .setMeta(META)
                .setOrderId(ORDER)
                .setFulfilmentId("order-1-1")
                .setCustomerId("customer-1")
                .setChannel(dev.mortar.schemas.Channel.STORE)
                .setMethod(FulfilmentMethod.CARRY_OUT)
                .setLocationId("store-1")
                .setHandedOverAt(Goods.HANDED_OVER_AT)
                .setLines(List.of(line))
                .setPaymentReference("payment-1")
                .build();
    }

    private static dev.mortar.schemas.OrderLine incoming(dev.mortar.schemas.Unit unit) {
        return dev.mortar.schemas.OrderLine.newBuilder()
                .setLineId("flour")
                .setSku("flour")
                .setQuantity(1500)
                .setUnit(unit)
                .setUnitPrice(new dev.mortar.schemas.Money(1L, "GBP"))
                .setDiscount(new dev.mortar.schemas.Money(0L, "GBP"))
                .setTax(new dev.mortar.schemas.Money(0L, "GBP"))
                .build();
    }

    static List<Arguments> enums() {
        return List.of(
                Arguments.of(Unit.values(), dev.mortar.schemas.Unit.values()),
                Arguments.of(Channel.values(), dev.mortar.schemas.Channel.values()),
                Arguments.of(ReturnReason.values(), dev.mortar.schemas.returns.ReturnReason.values()),
                Arguments.of(ReturnCondition.values(), dev.mortar.schemas.returns.ReturnCondition.values()),
                Arguments.of(Disposition.values(), dev.mortar.schemas.returns.Disposition.values()),
                Arguments.of(Actor.Type.values(), ActorType.values()));
    }

    @ParameterizedTest
    @MethodSource("enums")
    void everySymbolOfTheContractHasItsConstant(Enum<?>[] words, Enum<?>[] symbols) {
        assertThat(known(words)).containsExactlyElementsOf(known(symbols));
    }

    private static List<String> known(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(Enum::name)
                .filter(name -> !name.equals("UNKNOWN"))
                .toList();
    }
}
