package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.testkit.RandomCommands;
import dev.mortar.eventsourcing.testkit.RandomCommands.Run;
import dev.mortar.eventsourcing.testkit.RandomCommands.Step;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The invariants of a pickup under any sequence of commands. */
class PickupRandomCommandsTest {

    private static final String ID = "order-1-1";

    @Test
    void theInvariantsHoldUnderRandomCommands() {
        Set<Class<?>> events = new RandomCommands<>(new PickupDecider(), 4_000, 40).hold(Attack::new);
        assertThat(events).containsExactlyInAnyOrder(PickupEvent.class.getPermittedSubclasses());
    }

    /** A pickup is requested, and then anything happens to it. */
    private static final class Attack implements Run<PickupCommand, Pickup, PickupEvent> {
        private final Random random;
        private final RequestPickup request;
        private final ExpectedPickup expected;
        private int commands;

        Attack(Random random) {
            this.random = random;
            request = request(random);
            expected = new ExpectedPickup(request);
        }

        @Override
        public Duration pause() {
            // A long pause ends what nobody works on.
            if (expected.handovers > 0 && random.nextInt(8) == 0) {
                return Duration.ofDays(random.nextInt(12));
            }
            return random.nextInt(60) == 0
                    ? Duration.ofHours(random.nextInt(100))
                    : Duration.ofMillis(random.nextInt(30_000));
        }

        @Override
        public PickupCommand next(Pickup pickup, Instant now) {
            if (commands++ == 0) {
                return request;
            }
            return pickup instanceof Pickup.HandedOver ended && random.nextInt(3) > 0
                    ? news(random, ended, now)
                    : command(random, request, commands, now);
        }

        @Override
        public void check(Step<PickupCommand, Pickup, PickupEvent> step) {
            if (step.decision() instanceof Decision.Rejected<PickupEvent>(var reason)) {
                assertThat(step.command())
                        .as("no command of a process or timer is rejected, but this one was: %s", reason)
                        .isNotInstanceOfAny(RequestPickup.class, AnswerCancellation.class, CheckDeadline.class);
            }
            step.events().forEach(event -> expected.check(event, step.command(), step.now()));
            expected.checkState(step.after());
        }
    }

    /** Computes the expected values from the events alone. */
    private static final class ExpectedPickup {
        private final Map<String, Long> open = new HashMap<>();
        private int handovers;
        private boolean ready;
        private boolean ended;
        private boolean reminded;
        private int wrongAttempts;
        private int issue;
        private String keyId = "";
        private @Nullable Instant deadline;

        private final RequestPickup request;
        private final Set<OverdueKind> overdue = EnumSet.noneOf(OverdueKind.class);
        private @Nullable Instant endBy;
        private @Nullable Instant readyAt;
        private boolean answered;
        private boolean rejected;
        private int extensions;
        private int extendedByShopper;

        private final Map<String, Parcel> packed = new LinkedHashMap<>();
        private final Map<String, Parcel> out = new LinkedHashMap<>();
        private final Map<String, Integer> attempts = new HashMap<>();
        private final Set<String> lost = new HashSet<>();
        private @Nullable Instant handedOverAt;

        ExpectedPickup(RequestPickup request) {
            this.request = request;
            request.lines().forEach(line -> open.put(line.lineId(), line.quantity()));
        }

        void check(PickupEvent event, PickupCommand cause, Instant now) {
            if (!(event instanceof PickupCancellationRefused) && out.isEmpty() && lost.isEmpty()) {
                assertThat(ended)
                        .as("no event follows the end, but there was %s", event)
                        .isFalse();
            }
            switch (event) {
                case PickupRequested e -> {
                    endBy = e.times().endBy();
                    assertThat(e.times().pickBy())
                            .as("time to pick")
                            .isAfterOrEqualTo(now.plus(Duration.ofMinutes(15)));
                    assertThat(endBy).as("the end").isAfter(e.times().pickBy());
                }
                case PickupAccepted e -> {
                    assertThat(ready).as("accepted before ready").isFalse();
                    answered = true;
                    rejected = false;
                }
                case PickupTaskRejected e -> {
                    assertThat(ready || rejected)
                            .as("rejected once, before ready")
                            .isFalse();
                    answered = true;
                    rejected = true;
                }
                case PickingStarted e -> {
                    assertThat(rejected).as("no picking while rejected").isFalse();
                    answered = true;
                }
                case PickupOverdue e -> checkOverdue(e, now);
                case PickupDeadlineExtended e -> {
                    assertThat(e.previous()).as("the earlier deadline").isEqualTo(deadline);
                    assertThat(e.pickupDeadline())
                            .as("the new deadline")
                            .isAfter(deadline)
                            .isAfter(now);
                    extensions++;
                    extendedByShopper += e.byShopper() ? 1 : 0;
                    assertThat(e.extensions()).as("extensions are counted").isEqualTo(extensions);
                    assertThat(extendedByShopper).as("the shopper extends once").isLessThanOrEqualTo(1);
                    deadline = e.pickupDeadline();
                    reminded = false;
                }
                case CustomerOnTheWay e -> {}
                case CustomerArrived e -> {}
                case PickupCancellationRefused e -> {
                    if (e.reason() == RefusalReason.READY) {
                        assertThat(ready && !ended).as("refused while ready").isTrue();
                        assertThat(((AnswerCancellation) cause).unlessReady())
                                .as("refused as asked")
                                .isTrue();
                    }
                }
                case PickupLineShort e -> subtract(e.lineId(), e.missing());
                case PickupReady e -> {
                    ready = true;
                    readyAt = now;
                    assertThat(rejected).as("not ready while rejected").isFalse();
                    issue = e.codeIssue();
                    keyId = e.codeKeyId();
                    deadline = e.pickupDeadline();
                    checkRemaining(e.lines());
                }
                case PickupReminderDue e -> {
                    assertThat(ready && !reminded)
                            .as("only one reminder, and only when ready")
                            .isTrue();
                    assertThat(now).as("reminded before the deadline").isBefore(deadline);
                    assertThat(e.codeIssue()).as("reminded of the valid code").isEqualTo(issue);
                    reminded = true;
                    checkRemaining(e.lines());
                }
                case PickupCodeReissued e -> {
                    assertThat(e.codeIssue()).as("issues are counted").isEqualTo(issue + 1);
                    issue = e.codeIssue();
                    keyId = e.codeKeyId();
                    wrongAttempts = 0;
                    checkRemaining(e.lines());
                }
                case PickupCodeRejected e -> {
                    wrongAttempts++;
                    assertThat(e.wrongAttempts())
                            .as("wrong attempts are counted")
                            .isEqualTo(wrongAttempts);
                    assertThat(e.locked()).as("the fifth wrong attempt locks").isEqualTo(wrongAttempts == 5);
                    assertThat(wrongAttempts).as("no attempts after the lock").isLessThanOrEqualTo(5);
                }
                case PickupHandedOver e -> {
                    handovers++;
                    assertThat(ready).as("handed over only when ready").isTrue();
                    assertThat(handovers).as("handed over once").isEqualTo(1);
                    if (deadline != null) {
                        assertThat(now).as("handed over by the deadline").isBeforeOrEqualTo(deadline);
                    }
                    checkProof(e, ((HandOver) cause).proof());
                    checkLastCodeIssue(e.lastCodeIssue());
                    assertThat(e.handedOver().isEmpty())
                            .as("no units handed over only if the shopper refused everything")
                            .isEqualTo(List.of().equals(((HandOver) cause).taken()));
                    assertThat(e.notTakenReason() == null)
                            .as("has a reason only for units not taken")
                            .isEqualTo(e.notTaken().isEmpty() || ((HandOver) cause).notTakenReason() == null);
                    e.handedOver().forEach(line -> subtract(line.lineId(), line.quantity()));
                    checkRemaining(e.notTaken());
                    checkParcels(e);
                    handedOverAt = now;
                    ended = true;
                }
                case PickupExpired e -> {
                    assertThat(now).as("not expired before the deadline").isAfterOrEqualTo(deadline);
                    checkLastCodeIssue(e.lastCodeIssue());
                    checkRemaining(e.lines());
                    ended = true;
                }
                case PickupCancelled e -> {
                    e.lines().forEach(line -> subtract(line.lineId(), line.quantity()));
                    packed.clear();
                    boolean nothingRemains = open.values().stream().allMatch(remaining -> remaining == 0);
                    assertThat(e.whole()).as("whole only if no unit remains").isEqualTo(nothingRemains);
                    checkLastCodeIssue(e.lastCodeIssue());
                    ended = e.whole();
                    if (e.reason() == EndReason.NOT_PICKED_IN_TIME) {
                        assertThat(ready).as("not ready").isFalse();
                        assertThat(now).as("ended by the timer").isAfterOrEqualTo(endBy);
                    }
                    if (e.reason() == EndReason.NOT_FETCHED) {
                        assertThat(now)
                                .as("ended by the timer")
                                .isAfterOrEqualTo(
                                        Objects.requireNonNull(readyAt).plus(Duration.ofDays(7)));
                    }
                }
                case ParcelPacked e -> {
                    assertThat(ready && !ended && deadline == null)
                            .as("packed only while a delivery is ready")
                            .isTrue();
                    assertThat(packed.put(e.parcel().parcelId(), e.parcel()))
                            .as("a parcel is packed once")
                            .isNull();
                    units(packed.values())
                            .forEach((lineId, units) -> assertThat(units)
                                    .as("packed units of line %s", lineId)
                                    .isLessThanOrEqualTo(open.get(lineId)));
                }
                case ParcelDelivered e -> {
                    end(e.parcelId());
                    assertThat(e.deliveredAt()).as("delivered").isBeforeOrEqualTo(now);
                }
                case DeliveryAttemptFailed e -> {
                    assertThat(out).as("on its way").containsKey(e.parcelId());
                    assertThat(e.attempt())
                            .as("attempts are counted")
                            .isEqualTo(attempts.merge(e.parcelId(), 1, Integer::sum));
                }
                case ParcelReturned e -> {
                    Map<String, Long> units = units(List.of(end(e.parcelId())));
                    e.lines()
                            .forEach(line -> assertThat(units.merge(line.lineId(), -line.quantity(), Long::sum))
                                    .as("returned units of line %s", line.lineId())
                                    .isNotNegative());
                }
                case ParcelLost e -> {
                    end(e.parcelId());
                    lost.add(e.parcelId());
                    assertThat(e.reason() == ParcelLossReason.NO_NEWS)
                            .as("given up by the timer")
                            .isEqualTo(cause instanceof CheckDeadline);
                    if (e.reason() == ParcelLossReason.NO_NEWS) {
                        assertThat(now)
                                .as("given up after 30 days")
                                .isAfterOrEqualTo(
                                        Objects.requireNonNull(handedOverAt).plus(Duration.ofDays(30)));
                    }
                }
                case ParcelFound e ->
                    assertThat(lost.remove(e.parcelId()))
                            .as("found once after it was lost")
                            .isTrue();
            }
        }

        private Parcel end(String parcelId) {
            Parcel ended = out.remove(parcelId);
            assertThat(ended)
                    .as("parcel %s ends once, after the handover", parcelId)
                    .isNotNull();
            return Objects.requireNonNull(ended);
        }

        private void checkParcels(PickupHandedOver event) {
            if (event.courierId() == null) {
                assertThat(event.parcels()).as("a shopper takes no parcels").isEmpty();
                return;
            }
            if (!packed.isEmpty()) {
                assertThat(event.parcels()).as("the packed parcels").containsExactlyElementsOf(packed.values());
            }
            Map<String, Long> handedOver = new HashMap<>();
            event.handedOver().forEach(line -> handedOver.put(line.lineId(), line.quantity()));
            assertThat(units(event.parcels())).as("each unit is in a parcel").isEqualTo(handedOver);
            event.parcels().forEach(parcel -> out.put(parcel.parcelId(), parcel));
        }

        private static Map<String, Long> units(Collection<Parcel> parcels) {
            Map<String, Long> units = new HashMap<>();
            parcels.forEach(
                    parcel -> parcel.lines().forEach(line -> units.merge(line.lineId(), line.quantity(), Long::sum)));
            return units;
        }

        private void checkOverdue(PickupOverdue event, Instant now) {
            assertThat(overdue.add(event.kind())).as("%s is new", event).isTrue();
            assertThat(now).as("%s is not early", event).isAfterOrEqualTo(event.dueAt());
            boolean fits = switch (event.kind()) {
                case ACCEPT -> !answered && event.dueAt().equals(request.acceptBy());
                case PICK -> !ready;
                case PROMISE -> !ready && event.dueAt().equals(request.promisedAt());
                case COURIER -> ready && deadline == null;
                case DELIVERY ->
                    !out.isEmpty()
                            && event.dueAt()
                                    .equals(Objects.requireNonNull(handedOverAt).plus(Duration.ofDays(10)));
            };
            assertThat(fits).as("%s fits the state", event).isTrue();
        }

        private void checkProof(PickupHandedOver event, Proof proof) {
            boolean delivery = event.fulfilment().method() == Method.DELIVERY;
            boolean valid = switch (proof) {
                case Proof.WrongCode wrong -> false;
                case Proof.Code code ->
                    !delivery
                            && wrongAttempts < 5
                            && code.issue() == issue
                            && code.keyId().equals(keyId)
                            && event.codeIssue() != null
                            && event.codeIssue() == issue;
                case Proof.Courier courier -> delivery && courier.courierId().equals(event.courierId());
                case NamedOverride override -> override.equals(event.handover().overriddenBy());
            };
            assertThat(valid).as("%s is the proof of %s", proof, event).isTrue();
        }

        private void checkLastCodeIssue(@Nullable Integer lastCodeIssue) {
            assertThat(lastCodeIssue).as("the last issue of the code").isEqualTo(ready ? issue : null);
        }

        private void subtract(String lineId, long quantity) {
            long remaining = open.merge(lineId, -quantity, Long::sum);
            assertThat(remaining).as("line %s has no negative quantity", lineId).isNotNegative();
        }

        private void checkRemaining(List<PickupLine> lines) {
            Map<String, Long> expected = new HashMap<>();
            open.forEach((lineId, quantity) -> {
                if (quantity > 0) {
                    expected.put(lineId, quantity);
                }
            });
            Map<String, Long> listed = new HashMap<>();
            lines.forEach(line -> listed.merge(line.lineId(), line.quantity(), Long::sum));
            assertThat(listed).as("lists all remaining units").isEqualTo(expected);
        }

        void checkState(Pickup pickup) {
            if (pickup instanceof Pickup.Open state) {
                checkRemaining(state.goods().remaining());
                assertThat(state.goods().remaining())
                        .as("an open pickup has goods")
                        .isNotEmpty();
            }
            if (pickup instanceof Pickup.HandedOver state) {
                assertThat(state.goods().parcels())
                        .filteredOn(TrackedParcel::isOut)
                        .extracting(TrackedParcel::parcel)
                        .as("the parcels that are out")
                        .containsExactlyElementsOf(out.values());
            }
            assertThat(pickup instanceof Pickup.Ended).as("ended or not").isEqualTo(ended);
            if (pickup instanceof Pickup.Ready state) {
                assertThat(state.locked()).as("locked or not").isEqualTo(wrongAttempts >= 5);
            }
        }
    }

    private static RequestPickup request(Random random) {
        Method method = List.of(Method.values()).get(random.nextInt(Method.values().length));
        List<PickupLine> lines = new ArrayList<>();
        for (int line = 1; line <= 1 + random.nextInt(3); line++) {
            // Two lines may have the same SKU.
            lines.add(new PickupLine("" + line, "sku-" + random.nextInt(2), null, 1 + random.nextInt(4), Unit.EACH));
        }
        Instant promisedAt = random.nextBoolean() ? null : NOON.plusSeconds(random.nextInt(2_000));
        Instant acceptBy = random.nextBoolean() ? null : NOON.plusSeconds(random.nextInt(300));
        return new RequestPickup(
                new Fulfilment(ID, "order-1", "store-1", null, method),
                Channel.ONLINE,
                lines,
                promisedAt,
                acceptBy,
                null);
    }

    private static PickupCommand command(Random random, RequestPickup request, int step, Instant now) {
        // Commands towards a handover are more frequent, because otherwise few pickups would reach it.
        return switch (random.nextInt(30)) {
            case 0, 1, 2 -> new StartPicking(ID);
            case 3 -> new ReportShort(ID, lineId(random), 1 + random.nextInt(4), ShortReason.NOT_FOUND);
            case 4, 5, 6 ->
                new MarkReady(
                        ID, random.nextBoolean() ? "A" : null, Duration.ofSeconds(1 + random.nextInt(400)), "k1", null);
            case 7 -> new NoteOnTheWay(ID, null);
            case 8 -> new NoteArrival(ID, random.nextBoolean() ? "4" : null);
            case 9 -> new HandOver(ID, proof(random), null, null, null);
            case 10 -> {
                boolean refused = random.nextInt(4) == 0;
                yield new HandOver(
                        ID,
                        proof(random),
                        refused ? List.of() : randomLines(random),
                        NotTakenReason.CHANGED_MIND,
                        null);
            }
            case 11, 12, 13, 14, 15 -> new HandOver(ID, new Proof.WrongCode(), null, null, null);
            case 16 -> new ReissueCode(ID, random.nextBoolean() ? "k1" : "k2");
            case 17 -> random.nextInt(4) == 0 ? new CancelPickup(ID, EndReason.CANCELLED_BY_RETAILER) : request;
            case 18 ->
                new AnswerCancellation(
                        ID,
                        "c" + random.nextInt(step),
                        EndReason.CANCELLED_BY_SHOPPER,
                        randomLines(random),
                        random.nextBoolean());
            case 19 -> random.nextInt(3) == 0 ? new RejectTask(ID, TaskRejectionReason.CLOSED) : new AcceptTask(ID);
            case 20, 21 -> new ExtendDeadline(ID, now.plusSeconds(random.nextInt(600)), random.nextBoolean());
            case 22, 23 -> pack(random, randomLines(random));
            case 24 ->
                pack(
                        random,
                        request.lines().stream()
                                .map(line -> new LineQuantity(line.lineId(), line.quantity()))
                                .toList());
            default -> new CheckDeadline(ID);
        };
    }

    private static PackParcel pack(Random random, List<LineQuantity> lines) {
        return new PackParcel(ID, "p" + random.nextInt(4), lines, "carrier-1", random.nextBoolean() ? "t" : null);
    }

    /** News of a parcel that may have ended before, or that was never packed. */
    private static PickupCommand news(Random random, Pickup.HandedOver pickup, Instant now) {
        List<TrackedParcel> parcels = pickup.goods().parcels();
        String parcelId = parcels.isEmpty() || random.nextInt(20) == 0
                ? "p9"
                : parcels.get(random.nextInt(parcels.size())).parcel().parcelId();
        return switch (random.nextInt(8)) {
            case 0, 1 -> new DeliverParcel(ID, parcelId, now.plusSeconds(random.nextInt(9) - 4), DeliveryProof.PHOTO);
            case 2, 3 -> new ReportFailedAttempt(ID, parcelId, "NOBODY_HOME", null);
            case 4 ->
                new ReturnParcel(
                        ID,
                        parcelId,
                        "store-2",
                        randomLines(random).stream()
                                .map(line -> new ReturnLine(
                                        line.lineId(), line.quantity(), ReturnCondition.UNOPENED, Disposition.RESTOCK))
                                .toList());
            case 5 -> new LoseParcel(ID, parcelId);
            default -> new CheckDeadline(ID);
        };
    }

    private static Proof proof(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new NamedOverride("associate-1", NamedOverride.Reason.CODE_LOCKED);
            case 1, 2 -> new Proof.Courier("courier-1");
            default -> new Proof.Code(random.nextInt(4) == 0 ? "k2" : "k1", 1 + random.nextInt(2));
        };
    }

    private static List<LineQuantity> randomLines(Random random) {
        List<LineQuantity> lines = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            lines.add(new LineQuantity(lineId(random), 1 + random.nextInt(3)));
        }
        return lines;
    }

    private static String lineId(Random random) {
        return "" + (1 + random.nextInt(4));
    }
}
