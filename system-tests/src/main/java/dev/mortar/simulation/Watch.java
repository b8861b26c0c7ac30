package dev.mortar.simulation;

import dev.mortar.audit.Audit;
import dev.mortar.audit.AuditRules;
import dev.mortar.audit.LoggedEvent;
import dev.mortar.audit.RecordId;
import dev.mortar.eventsourcing.kafka.Json;
import dev.mortar.eventsourcing.kafka.SimulatedKafka;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import dev.mortar.notification.SimulatedSender.Mail;
import dev.mortar.schemas.notification.CustomerContact;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads every committed event once and hands it to the audit; also judges what a run leaves behind. */
final class Watch {
    private static final Set<String> OPEN_STATES = Set.of(
            "Placed",
            "Confirmed",
            "Reservation",
            "Hold",
            "Transfer",
            "Requested",
            "Picking",
            "Ready",
            "Pending",
            "Sending");
    /** Any fault may hold a service up for long; a wait without end shows when all is over. */
    private static final Duration PATIENCE = Duration.ofDays(3_650);

    private static final int VIOLATIONS_KEPT = 3;
    private static final int IDS_IN_MEMORY = 100_000;
    private static final int MAILS_PER_NOTIFICATION_MAX = 2;

    private final SimulatedKafka log;
    private final Services services;
    private final Deserializer<SpecificRecord> deserializer;
    private final Consumer<String> tell;
    private final Map<String, long[]> positions = new HashMap<>();
    private final Audit audit;
    private int events;

    Watch(SimulatedKafka log, Services services, Deserializer<SpecificRecord> deserializer, Consumer<String> tell) {
        this.log = log;
        this.services = services;
        this.deserializer = deserializer;
        this.tell = tell;
        this.audit = new Audit(
                new AuditRules(log.partitions(), PATIENCE, PATIENCE, Duration.ZERO, VIOLATIONS_KEPT, IDS_IN_MEMORY));
    }

    int events() {
        return events;
    }

    /** How a shopper can be reached, from the beginning: not at all, or by mail. */
    void contact(String customerId, boolean reachable, boolean consent, Instant at) {
        CustomerContact contact = CustomerContact.newBuilder()
                .setCustomerId(customerId)
                .setEmail(customerId + "@example.org")
                .setLocale("en")
                .setEmailConsent(consent)
                .setChangedAt(at)
                .build();
        audit.contact(customerId, at, reachable ? contact : null);
    }

    /** Events that were committed since the last time, in some order that keeps that of each partition. */
    List<SpecificRecord> look() {
        List<SpecificRecord> seen = new ArrayList<>();
        services.definitions.forEach(definition -> {
            String topic = definition.noun() + ".events";
            long[] reached = positions.computeIfAbsent(topic, any -> new long[log.partitions()]);
            for (int partition = 0; partition < log.partitions(); partition++) {
                for (Entry entry = log.committed(topic, partition, reached[partition]);
                        entry != null;
                        entry = log.committed(topic, partition, reached[partition])) {
                    reached[partition] = entry.offset() + 1;
                    SpecificRecord event = Objects.requireNonNull(deserializer.deserialize(topic, entry.value()));
                    events++;
                    audit.accept(LoggedEvent.labelled(
                            new RecordId(topic, partition, entry.offset()),
                            Instant.ofEpochMilli(entry.timestampMs()),
                            String.valueOf(entry.key()),
                            entry.headers(),
                            event));
                    tell.accept("  " + topic + "/" + partition + "/" + entry.offset() + " "
                            + event.getSchema().getName() + " " + entry.key());
                    seen.add(event);
                }
            }
        });
        return seen;
    }

    /** The faults of the log when all is over: nobody will ever do what is still owed. */
    List<String> problems(long nowMs) {
        List<String> problems = new ArrayList<>();
        audit.finish(Instant.ofEpochMilli(nowMs).plus(PATIENCE).plus(PATIENCE))
                .violations()
                .forEach(violation -> problems.add(violation.invariant()
                        + ": " + violation.explanation() + " "
                        + violation.evidence().stream()
                                .map(each -> each.recordId() + " " + each.type())
                                .toList()));
        services.definitions.forEach(
                definition -> problems.addAll(log.commandsWithoutCommittedSource(definition.noun() + ".commands")));
        services.definitions.forEach(definition -> log.committed(definition.noun() + ".dead-letters")
                .forEach(dead -> problems.add("a dead letter of " + definition.noun() + ": "
                        + new String(
                                dead.headers().lastHeader("dead-letter-cause").value(), StandardCharsets.UTF_8))));
        return problems;
    }

    /** Entries of stores that say that something is still under way. */
    List<String> unfinished(List<String> entries) {
        return entries.stream()
                .filter(entry -> OPEN_STATES.contains(
                        Json.mapper().readTree(entry).path("type").asString("")))
                .map(entry -> "not over: " + entry)
                .toList();
    }

    /** Mails that should not have been sent. */
    List<String> mails(List<Mail> mails) {
        List<String> problems = new ArrayList<>();
        Set<String> attempts = new HashSet<>();
        Map<String, Integer> counts = new HashMap<>();
        for (Mail mail : mails) {
            if (!attempts.add(mail.notificationId() + "|" + mail.attempt())) {
                problems.add("attempt " + mail.attempt() + " of " + mail.notificationId() + " was mailed twice");
            }
            if (counts.merge(mail.notificationId(), 1, Integer::sum) > MAILS_PER_NOTIFICATION_MAX) {
                problems.add(mail.notificationId() + " was mailed more than " + MAILS_PER_NOTIFICATION_MAX + " times");
            }
        }
        return problems;
    }
}
