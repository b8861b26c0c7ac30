package dev.mortar.returns;

import static dev.mortar.returns.Goods.GOODWILL;
import static dev.mortar.returns.Goods.ORDER;
import static dev.mortar.returns.Goods.pounds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.testkit.EventContractTest;
import dev.mortar.returns.ReturnsEvent.*;
import dev.mortar.returns.ReturnsProcess.Incoming;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.order.FulfilmentDelivered;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentLost;
import dev.mortar.schemas.order.FulfilmentUndelivered;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReturnsContractTest extends EventContractTest<ReturnsEvent> {

    private static final Instant ACCEPTED_AT = Instant.parse("2026-06-20T09:30:00.123Z");

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
            pounds(2999),
            null);

    private static final List<ReturnsEvent> EVENTS = List.of(
            new PurchaseRecorded(new Purchase(
                    ORDER,
                    "order-1-1",
                    "customer-1",
                    Channel.POS,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    Goods.UNTIL,
                    List.of(new PurchasedLine(LAMP, LAMP.total()), new PurchasedLine(FLOUR, FLOUR.total())),
                    "payment-1")),
            new PurchaseRecorded(new Purchase(
                    ORDER,
                    "order-1-1",
                    null,
                    Channel.ONLINE,
                    "store-1",
                    Goods.HANDED_OVER_AT,
                    Goods.UNTIL,
                    List.of(),
                    null)),
            new ReturnWindowMoved(ORDER, "order-1-1", Goods.UNTIL.plusSeconds(60), Goods.UNTIL),
            new PurchaseLost(ORDER, "order-1-1", "parcel-1", List.of(new LineQuantity("lamp", "LAMP 20", 1))),
            new ReturnAccepted(
                    ORDER,
                    "customer-1",
                    new Return("return-1", "store-2", ACCEPTED_AT, List.of(BACK), pounds(2999), GOODWILL)),
            new ReturnAccepted(
                    ORDER, null, new Return("return-1", "store-2", ACCEPTED_AT, List.of(BACK), pounds(2999), null)),
            new RefundRequested(ORDER, "return-1", pounds(2999), "payment-1"),
            new RefundRequested(ORDER, "return-1", pounds(2999), null));

    ReturnsContractTest() {
        super(ReturnsDefinition.EVENTS, ReturnsEvent.class, ACCEPTED_AT);
    }

    @Override
    protected List<ReturnsEvent> samples() {
        return EVENTS;
    }

    @Test
    void readsHandoversOfOrderService() {
        dev.mortar.schemas.OrderLine line = incoming(dev.mortar.schemas.Unit.GRAM);
        assertThat(read(ReturnsDefinition.INCOMING, handedOver(line)))
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
    void readsTheEndsOfParcels() {
        assertThat(read(
                        ReturnsDefinition.INCOMING,
                        FulfilmentDelivered.newBuilder()
                                .setMeta(meta(ACCEPTED_AT))
                                .setOrderId(ORDER)
                                .setFulfilmentId("order-1-1")
                                .setParcelId("parcel-1")
                                .setDeliveredAt(Goods.HANDED_OVER_AT)
                                .setLines(List.of())
                                .build()))
                .isEqualTo(new Incoming.FulfilmentDelivered(ORDER, "order-1-1", ACCEPTED_AT));
        assertThat(read(
                        ReturnsDefinition.INCOMING,
                        FulfilmentUndelivered.newBuilder()
                                .setMeta(meta(ACCEPTED_AT))
                                .setOrderId(ORDER)
                                .setFulfilmentId("order-1-1")
                                .setParcelId("parcel-1")
                                .setReturnedTo("store-2")
                                .setLines(List.of(dev.mortar.schemas.returns.ParcelReturnLine.newBuilder()
                                        .setLineId("flour")
                                        .setSku("flour")
                                        .setQuantity(500)
                                        .setCondition(dev.mortar.schemas.returns.ReturnCondition.DAMAGED)
                                        .setDisposition(dev.mortar.schemas.returns.Disposition.DAMAGED)
                                        .build()))
                                .build()))
                .isEqualTo(new Incoming.FulfilmentUndelivered(
                        ORDER,
                        "order-1-1",
                        "parcel-1",
                        "store-2",
                        List.of(new ParcelReturnLine(
                                "flour", "flour", 500, ReturnCondition.DAMAGED, Disposition.DAMAGED))));
        assertThat(read(
                        ReturnsDefinition.INCOMING,
                        FulfilmentLost.newBuilder()
                                .setMeta(meta(ACCEPTED_AT))
                                .setOrderId(ORDER)
                                .setFulfilmentId("order-1-1")
                                .setParcelId("parcel-1")
                                .setLines(List.of(incoming(dev.mortar.schemas.Unit.GRAM)))
                                .setAmount(new dev.mortar.schemas.Money(1500L, "GBP"))
                                .build()))
                .isEqualTo(new Incoming.FulfilmentLost(
                        ORDER, "order-1-1", "parcel-1", List.of(new LineQuantity("flour", "flour", 1500))));
    }

    @Test
    void failsOnAnUnknownUnit() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> read(ReturnsDefinition.INCOMING, handedOver(incoming(dev.mortar.schemas.Unit.UNKNOWN))))
                .withMessageContaining("UNKNOWN");
    }

    private static FulfilmentHandedOver handedOver(dev.mortar.schemas.OrderLine line) {
        return FulfilmentHandedOver.newBuilder()
                .setMeta(meta(ACCEPTED_AT))
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
