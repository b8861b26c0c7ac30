package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.pickup.Examples.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.State;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.pickup.TrackedParcel.Delivery;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Parcels are packed, taken by a courier, and end once. */
class ParcelRulesTest {

    private static final Instant OVERDUE_AT = NOON.plus(Duration.ofDays(10));
    private static final Instant LOST_AT = NOON.plus(Duration.ofDays(30));

    private static final PackParcel PACK_MUGS = pack("p1", "T-1", new LineQuantity("1", 3));
    private static final PackParcel PACK_TEA = pack("p2", null, new LineQuantity("2", 500));
    private static final ParcelPacked MUGS_PACKED = new ParcelPacked(DELIVERY, MUG_PARCEL);
    private static final ParcelPacked TEA_PACKED = new ParcelPacked(DELIVERY, TEA_PARCEL);

    private static final DeliverParcel DELIVER = new DeliverParcel(ID, "p1", null, DeliveryProof.PIN);
    private static final ReportFailedAttempt FAIL = new ReportFailedAttempt(ID, "p1", "NOBODY_HOME", DEADLINE);
    private static final ReturnParcel RETURN = returned(new LineQuantity("1", 3));
    private static final LoseParcel LOSE = new LoseParcel(ID, "p1");
    private static final List<PickupCommand> NEWS = List.of(DELIVER, FAIL, RETURN, LOSE);

    private static final ParcelDelivered DELIVERED =
            new ParcelDelivered(DELIVERY, "p1", NOON, DeliveryProof.PIN, List.of(MUGS));
    private static final DeliveryAttemptFailed FAILED =
            new DeliveryAttemptFailed(DELIVERY, "p1", 1, "NOBODY_HOME", DEADLINE);
    private static final ParcelReturned RETURNED = new ParcelReturned(DELIVERY, "p1", "store-4", back(3), NOON);
    private static final ParcelLost LOST =
            new ParcelLost(DELIVERY, "p1", ParcelLossReason.CARRIER_SAYS, List.of(MUGS), NOON);
    private static final ParcelFound FOUND = new ParcelFound(DELIVERY, "p1", NOON, DeliveryProof.PIN);
    private static final PickupOverdue OVERDUE = new PickupOverdue(DELIVERY, OverdueKind.DELIVERY, OVERDUE_AT);
    private static final CheckDeadline CHECK = new CheckDeadline(ID);

    private static PackParcel pack(String parcelId, @Nullable String trackingReference, LineQuantity... lines) {
        return new PackParcel(ID, parcelId, List.of(lines), "carrier-1", trackingReference);
    }

    private static ReturnParcel returned(LineQuantity... lines) {
        return new ReturnParcel(
                ID,
                "p1",
                "store-4",
                List.of(lines).stream()
                        .map(line -> new ReturnLine(
                                line.lineId(), line.quantity(), ReturnCondition.UNOPENED, Disposition.RESTOCK))
                        .toList());
    }

    private static List<ParcelReturnLine> back(long mugs) {
        return List.of(new ParcelReturnLine("1", "MUG 12", mugs, ReturnCondition.UNOPENED, Disposition.RESTOCK));
    }

    private static HandOver toCourier(LineQuantity @Nullable ... taken) {
        return new HandOver(ID, new Proof.Courier("courier-2"), taken == null ? null : List.of(taken), null, null);
    }

    private static final HandOver ALL_TO_COURIER = toCourier((LineQuantity[]) null);

    /** A courier took two parcels at noon. */
    private static DeciderScenario<PickupCommand, Pickup, PickupEvent> shippedPickup() {
        return readyDelivery().given(MUGS_PACKED, TEA_PACKED, shipped(MUG_PARCEL, TEA_PARCEL));
    }

    @Nested
    class Packing {

        @Test
        void isAccepted() {
            readyDelivery().when(PACK_MUGS).then(MUGS_PACKED).when(PACK_TEA).then(TEA_PACKED);
        }

        @Test
        void addsUpTheSameLine() {
            readyDelivery()
                    .when(pack("p1", "T-1", new LineQuantity("1", 1), new LineQuantity("1", 2)))
                    .then(MUGS_PACKED);
        }

        @Test
        void changesNothingWhenRepeated() {
            readyDelivery().given(MUGS_PACKED).when(PACK_MUGS).thenNothing();
            shippedPickup().when(PACK_MUGS).thenNothing();
        }

        @Test
        void isRejectedWhenTheParcelHasOtherContent() {
            for (PackParcel other : List.of(
                    pack("p1", "T-1", new LineQuantity("1", 2)),
                    pack("p1", "T-1", new LineQuantity("1", 3), new LineQuantity("2", 1)),
                    pack("p1", "T-2", new LineQuantity("1", 3)),
                    new PackParcel(ID, "p1", PACK_MUGS.lines(), "carrier-2", "T-1"))) {
                readyDelivery().given(MUGS_PACKED).when(other).thenRejected(new ParcelDiffers(ID, "p1"));
            }
        }

        @Test
        void isRejectedWithMoreThanIsLeft() {
            readyDelivery()
                    .when(pack("p1", null, new LineQuantity("1", 4)))
                    .thenRejected(new MoreThanLeft(ID, "1", 4, 3))
                    .when(pack("p1", null, new LineQuantity("1", 2)))
                    .then(new ParcelPacked(
                            DELIVERY, new Parcel("p1", List.of(MUGS.withQuantity(2)), "carrier-1", null)))
                    .when(pack("p2", null, new LineQuantity("1", 2)))
                    .thenRejected(new MoreThanLeft(ID, "1", 2, 1))
                    .when(pack("p2", null, new LineQuantity("9", 1)))
                    .thenRejected(new UnknownLine(ID, "9"));
        }

        @Test
        void isRejectedUnlessADeliveryIsReady() {
            pickup().when(PACK_MUGS).thenRejected(new UnknownPickup(ID));
            pickup().given(requested(DELIVERY)).when(PACK_MUGS).thenRejected(new WrongState(ID, State.REQUESTED));
            readyPickup().when(PACK_MUGS).thenRejected(new WrongMethod(ID, Method.PICKUP));
            readyDelivery()
                    .given(shipped(MUG_PARCEL))
                    .when(PACK_TEA)
                    .thenRejected(new WrongState(ID, State.HANDED_OVER));
        }

        @Test
        void isRejectedAfterFiftyParcels() {
            readyDelivery()
                    .given(IntStream.range(0, 50)
                            .mapToObj(i -> new ParcelPacked(
                                    DELIVERY, new Parcel("tea-" + i, List.of(TEA.withQuantity(1)), "carrier-1", null)))
                            .toList())
                    .when(PACK_MUGS)
                    .thenRejected(new TooManyParcels(ID, 50));
        }

        @Test
        void isVoidWhenUnitsAreCancelled() {
            PickupCancelled cancelled = new PickupCancelled(
                    DELIVERY, "c1", List.of(MUGS.withQuantity(1)), false, EndReason.CANCELLED_BY_SHOPPER, 1, 0);
            readyDelivery()
                    .given(MUGS_PACKED, TEA_PACKED)
                    .when(new AnswerCancellation(
                            ID, "c1", EndReason.CANCELLED_BY_SHOPPER, List.of(new LineQuantity("1", 1)), false))
                    .then(cancelled)
                    .when(PACK_MUGS)
                    .thenRejected(new MoreThanLeft(ID, "1", 3, 2))
                    .when(PACK_TEA)
                    .then(TEA_PACKED);
            Pickup.Known whole = (Pickup.Known) readyDelivery()
                    .given(MUGS_PACKED)
                    .givenCommands(new CancelPickup(ID, EndReason.CANCELLED_BY_RETAILER))
                    .state();
            assertThat(whole.goods().parcels()).isEmpty();
        }
    }

    @Nested
    class TheHandover {

        @Test
        void makesOneParcelOfGoodsThatNobodyPacked() {
            readyDelivery().when(ALL_TO_COURIER).then(shipped(new Parcel(ID + "-p1", LINES, "courier-2", null)));
            List<PickupEvent> part =
                    readyDelivery().when(toCourier(new LineQuantity("1", 2))).events();
            assertThat(part)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            PickupHandedOver.class,
                            event -> assertThat(event.parcels())
                                    .containsExactly(
                                            new Parcel(ID + "-p1", List.of(MUGS.withQuantity(2)), "courier-2", null)));
        }

        @Test
        void takesTheParcels() {
            readyDelivery().given(MUGS_PACKED, TEA_PACKED).when(ALL_TO_COURIER).then(shipped(MUG_PARCEL, TEA_PARCEL));
            readyDelivery()
                    .given(MUGS_PACKED, TEA_PACKED)
                    .when(toCourier(new LineQuantity("1", 3), new LineQuantity("2", 500)))
                    .then(shipped(MUG_PARCEL, TEA_PARCEL));
        }

        @Test
        void isRejectedWhileUnitsAreInNoParcel() {
            readyDelivery()
                    .given(MUGS_PACKED)
                    .when(ALL_TO_COURIER)
                    .thenRejected(new UnitsNotPacked(ID, "2", 500))
                    .when(toCourier(new LineQuantity("1", 3)))
                    .thenRejected(new UnitsNotPacked(ID, "2", 500));
        }

        @Test
        void isRejectedForSomeOfTheParcels() {
            readyDelivery()
                    .given(MUGS_PACKED, TEA_PACKED)
                    .when(toCourier(new LineQuantity("1", 3)))
                    .thenRejected(new ParcelsTakenInPart(ID));
        }

        @Test
        void givesAShopperNoParcels() {
            HandOver override =
                    new HandOver(ID, new NamedOverride("a-1", NamedOverride.Reason.CODE_NOT_AT_HAND), null, null, null);
            Pickup.Known after = (Pickup.Known)
                    readyDelivery().given(MUGS_PACKED).givenCommands(override).state();
            assertThat(after.goods().parcels()).isEmpty();
            assertThat(PickupBody.of(after).delivery()).isNull();
        }
    }

    @Nested
    class News {

        @Test
        void ofADeliveryIsAccepted() {
            shippedPickup().when(DELIVER).then(DELIVERED);
        }

        @Test
        void ofADeliveryHasTheTimeOfTheCourierUntilNow() {
            Instant earlier = NOON.minusSeconds(60);
            shippedPickup()
                    .when(new DeliverParcel(ID, "p1", earlier, DeliveryProof.PIN))
                    .then(new ParcelDelivered(DELIVERY, "p1", earlier, DeliveryProof.PIN, List.of(MUGS)));
            shippedPickup()
                    .when(new DeliverParcel(ID, "p1", NOON.plusSeconds(1), DeliveryProof.PIN))
                    .then(DELIVERED);
        }

        @Test
        void ofFailedAttemptsIsCounted() {
            shippedPickup()
                    .when(FAIL)
                    .then(FAILED)
                    .when(new ReportFailedAttempt(ID, "p1", "ROAD_CLOSED", null))
                    .then(new DeliveryAttemptFailed(DELIVERY, "p1", 2, "ROAD_CLOSED", null))
                    .when(DELIVER)
                    .then(DELIVERED);
        }

        @Test
        void ofAReturnIsAcceptedForTheUnitsOfTheParcel() {
            shippedPickup().when(RETURN).then(RETURNED);
            shippedPickup()
                    .when(returned(new LineQuantity("1", 1)))
                    .then(new ParcelReturned(DELIVERY, "p1", "store-4", back(1), NOON));
            shippedPickup()
                    .when(returned(new LineQuantity("1", 3), new LineQuantity("1", 1)))
                    .thenRejected(new MoreThanPacked(ID, "p1", "1", 4, 3))
                    .when(returned(new LineQuantity("2", 1)))
                    .thenRejected(new MoreThanPacked(ID, "p1", "2", 1, 0));
        }

        @Test
        void ofALossIsAccepted() {
            shippedPickup().when(LOSE).then(LOST);
        }

        @Test
        void changesNothingAfterTheFirstEnd() {
            for (PickupEvent end : List.of(DELIVERED, RETURNED)) {
                NEWS.forEach(late -> shippedPickup().given(end).when(late).thenNothing());
            }
            List.of(FAIL, RETURN, LOSE)
                    .forEach(late -> shippedPickup().given(LOST).when(late).thenNothing());
        }

        @Test
        void findsALostParcelOnce() {
            shippedPickup().given(LOST).when(DELIVER).then(FOUND).when(DELIVER).thenNothing();
        }

        @Test
        void isRejectedBeforeTheHandoverAndOfAnUnknownParcel() {
            for (PickupCommand news : NEWS) {
                pickup().when(news).thenRejected(new UnknownPickup(ID));
                readyDelivery().given(MUGS_PACKED).when(news).thenRejected(new WrongState(ID, State.READY));
                readyDelivery().given(shipped(TEA_PARCEL)).when(news).thenRejected(new UnknownParcel(ID, "p1"));
            }
        }
    }

    @Nested
    class TheTimer {

        @Test
        void tellsOnceThatParcelsAreOverdue() {
            shippedPickup()
                    .at(OVERDUE_AT.minusMillis(1))
                    .when(CHECK)
                    .thenNothing()
                    .at(OVERDUE_AT)
                    .when(CHECK)
                    .then(OVERDUE)
                    .when(CHECK)
                    .thenNothing();
        }

        @Test
        void givesUpEachParcelThatIsStillOut() {
            DeciderScenario<PickupCommand, Pickup, PickupEvent> overdue =
                    shippedPickup().given(OVERDUE);
            overdue.at(LOST_AT.minusMillis(1)).when(CHECK).thenNothing();
            overdue.at(LOST_AT)
                    .when(CHECK)
                    .then(noNews(MUG_PARCEL), noNews(TEA_PARCEL))
                    .when(CHECK)
                    .thenNothing();
            overdue.given(DELIVERED).at(LOST_AT).when(CHECK).then(noNews(TEA_PARCEL));
        }

        @Test
        void givesUpAloneIfItIsLate() {
            shippedPickup().at(LOST_AT).when(CHECK).then(noNews(MUG_PARCEL), noNews(TEA_PARCEL));
        }

        @Test
        void hasNothingToDoWithoutAParcelOnItsWay() {
            readyDelivery()
                    .given(shipped(MUG_PARCEL), DELIVERED)
                    .at(LOST_AT)
                    .when(CHECK)
                    .thenNothing();
            // A courier took these goods before there were parcels.
            readyDelivery().given(shipped()).at(LOST_AT).when(CHECK).thenNothing();
        }

        private ParcelLost noNews(Parcel parcel) {
            return new ParcelLost(DELIVERY, parcel.parcelId(), ParcelLossReason.NO_NEWS, parcel.lines(), LOST_AT);
        }
    }

    @Nested
    class TheDelivery {

        private @Nullable Delivery after(PickupEvent... news) {
            Pickup.Known pickup = (Pickup.Known) shippedPickup().given(news).state();
            return PickupBody.of(pickup).delivery();
        }

        private ParcelDelivered teaDelivered() {
            return new ParcelDelivered(DELIVERY, "p2", NOON, DeliveryProof.PIN, List.of(TEA));
        }

        @Test
        void isAsFarAsTheLeastFarParcel() {
            assertThat(after()).isEqualTo(Delivery.SHIPPED);
            assertThat(after(FAILED)).isEqualTo(Delivery.FAILED);
            assertThat(after(FAILED, DELIVERED)).isEqualTo(Delivery.SHIPPED);
            assertThat(after(teaDelivered(), LOST)).isEqualTo(Delivery.LOST);
            assertThat(after(teaDelivered(), LOST, FOUND)).isEqualTo(Delivery.LOST);
            assertThat(after(teaDelivered(), RETURNED)).isEqualTo(Delivery.RETURNED);
            assertThat(after(teaDelivered(), DELIVERED)).isEqualTo(Delivery.DELIVERED);
        }

        @Test
        void isAbsentBeforeTheHandover() {
            Pickup.Known packed =
                    (Pickup.Known) readyDelivery().given(MUGS_PACKED).state();
            assertThat(PickupBody.of(packed).delivery()).isNull();
            assertThat(PickupBody.of(packed).parcels())
                    .extracting(PickupBody.ParcelBody::state)
                    .containsExactly(TrackedParcel.State.PACKED);
        }

        @Test
        void goesToTheDestinationOfTheOrder() {
            Pickup.Known pickup = (Pickup.Known)
                    pickup().givenCommands(new RequestPickup(DELIVERY, Channel.ONLINE, LINES, PROMISED, null, "home-1"))
                            .given(new PickingStarted(DELIVERY))
                            .state();
            assertThat(PickupBody.of(pickup).destinationId()).isEqualTo("home-1");
        }

        @Test
        void showsEachParcel() {
            Pickup.Known pickup =
                    (Pickup.Known) shippedPickup().given(FAILED, LOST, FOUND).state();
            assertThat(PickupBody.of(pickup).parcels().getFirst())
                    .isEqualTo(new PickupBody.ParcelBody(
                            "p1", List.of(MUGS), "carrier-1", "T-1", TrackedParcel.State.LOST, 1, null, NOON, NOON));
        }
    }
}
