package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.View;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.order.OrderCompleted;
import dev.mortar.schemas.returns.RefundRequested;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The smallest service that has everything: a card is charged, spent, and expires. */
final class GiftCard {
    static final Instant EXPIRES_AT = Instant.parse("2026-06-02T00:00:00Z");

    sealed interface Command {
        String cardId();

        record Charge(String cardId, long amount) implements Command {}

        record Expire(String cardId) implements Command {}

        record Crash(String cardId) implements Command {}
    }

    sealed interface Event {
        record Charged(String cardId, long amount) implements Event {}

        record Expired(String cardId) implements Event {}
    }

    record Card(long amount, boolean expired, boolean known) {}

    record CardExpired(String cardId) implements Rejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "The card has expired";
        }
    }

    static final Decider<Command, Card, Event> DECIDER = new Decider<>() {
        @Override
        public Card initialState() {
            return new Card(0, false, false);
        }

        @Override
        public Decision<Event> decide(Card card, Command command, Instant now) {
            return switch (command) {
                case Command.Charge(String id, long amount) ->
                    card.expired()
                            ? Decision.rejected(new CardExpired(id))
                            : Decision.accepted(new Event.Charged(id, amount));
                case Command.Expire(String id) ->
                    card.expired() || now.isBefore(EXPIRES_AT)
                            ? Decision.accepted()
                            : Decision.accepted(new Event.Expired(id));
                case Command.Crash _ -> throw new IllegalStateException("a bug");
            };
        }

        @Override
        public Card evolve(Card card, Event event) {
            return switch (event) {
                case Event.Charged charged -> new Card(card.amount() + charged.amount(), false, true);
                case Event.Expired _ -> new Card(0, true, true);
            };
        }
    };

    static final View.OfEntries<Card, Card> CARDS = View.ofState("cards", Card.class);

    /** Cards by the size of their last charge: a view under another key. */
    static final View.Folded<Event, String> BY_AMOUNT = new View.Folded<>(
            "by-amount",
            1,
            String.class,
            event -> switch (event.event()) {
                case Event.Charged(String id, long amount) -> List.of(new View.RowKey("amount-" + amount, id));
                case Event.Expired _ -> List.of();
            },
            (row, key, event) -> event.offset() + " " + event.aggregateId());

    /** Cards by what is on them. */
    static final View.Index<Card, Card> WORTH =
            new View.Index<>("worth", 1, Card.class, GiftCard::worth, Function.identity());

    /** Charges of a card. */
    static final View.OfEvents<Event> CHARGES = new View.OfEvents<>(
            "charges",
            1,
            event -> event.event() instanceof Event.Charged
                    ? List.of(new View.RowKey(event.aggregateId(), Long.toString(event.sequence())))
                    : List.of());

    private GiftCard() {}

    private static View.@Nullable RowKey worth(String cardId, Card card) {
        return card.expired() ? null : new View.RowKey("worth-" + card.amount(), cardId);
    }

    static ServiceDefinition<Command, Card, Card, Event> definition() {
        return ServiceDefinition.of("giftcard", DECIDER, Command.class, Card.class, Command::cardId)
                .events(new EventBinder<>(GiftCard::write, reader()))
                .deadlines(GiftCard::deadline)
                .owner((command, card) -> card.known() ? Owner.ofCustomer("owner of " + command.cardId()) : null)
                .view(CARDS)
                .view(WORTH)
                .view(CHARGES)
                .view(BY_AMOUNT);
    }

    private static @Nullable Deadline<Command> deadline(Card card) {
        return card.expired() || card.amount() == 0
                ? null
                : new Deadline<>(EXPIRES_AT, new Command.Expire("card-of-" + card.amount()));
    }

    private static SpecificRecord write(Event event, EventMeta meta) {
        return switch (event) {
            case Event.Charged(String id, long amount) ->
                RefundRequested.newBuilder()
                        .setMeta(meta)
                        .setOrderId(id)
                        .setReturnId("none")
                        .setAmount(new Money(amount, "EUR"))
                        .build();
            case Event.Expired(String id) ->
                OrderCompleted.newBuilder()
                        .setMeta(meta)
                        .setOrderId(id)
                        .setHandedOver(List.of())
                        .build();
        };
    }

    private static EventReader<Event> reader() {
        return EventReader.<Event>create()
                .on(
                        RefundRequested.class,
                        avro -> new Event.Charged(
                                avro.getOrderId(), avro.getAmount().getAmount()))
                .on(OrderCompleted.class, avro -> new Event.Expired(avro.getOrderId()));
    }
}
