package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.StackFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The shoppers' mails, read from the mail view as they come in: for the pickup codes in them, and to be counted. */
public final class Mailbox implements AutoCloseable {
    private static final Pattern CODE = Pattern.compile("(?m): ([0-9A-Z]{4}-[0-9A-Z]{4})\\s*$");
    private static final Pattern ORDER = Pattern.compile("(?m): ([0-9a-f]{8}-[0-9a-f-]{27})\\s*$");
    private static final long POLL_MS = 500;
    private static final int MAILPIT_PAGE = 200;
    /** A mail may show up a little after one that came later. */
    private static final long OVERLAP_MS = 10_000;

    private final Api api;
    private final String domain;
    private final Map<String, String> codes = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Thread reader;
    private long since;
    private volatile boolean closed;

    /** Reads, from now on, the mails to addresses with this domain. */
    public Mailbox(Api api, String domain) {
        this.api = api;
        this.domain = domain;
        since = System.currentTimeMillis();
        reader = Thread.ofVirtual().name("mailbox").start(this::read);
    }

    /** The code in the mail about an order's pickup; null when no such mail comes in time. */
    @Nullable
    String code(String orderId, Duration patience) {
        return Api.await(patience, () -> codes.get(orderId));
    }

    int count() {
        return seen.size();
    }

    @Override
    public void close() {
        closed = true;
        reader.interrupt();
    }

    private void read() {
        try {
            boolean mailpit = api.get("mail", "/api/mails?since=" + since).status() == 404;
            while (!closed) {
                if (mailpit) {
                    readMailpit();
                } else {
                    readMailServer();
                }
                Api.pause(POLL_MS);
            }
        } catch (StackFailure e) {
            if (!closed) {
                System.err.println("The mails cannot be read any more: " + e.getMessage());
            }
        }
    }

    /** The local stack's mail view. */
    private void readMailServer() {
        JsonNode mails =
                api.get("mail", "/api/mails?since=" + (since - OVERLAP_MS)).required();
        for (JsonNode mail : mails) {
            since = Math.max(
                    since, Instant.parse(mail.path("receivedAt").asString()).toEpochMilli());
            if (isNew(mail.path("id").asString(), mail.path("recipient").asString(""))) {
                learnCode(mail.path("text").asString(""));
            }
        }
    }

    /** The mail view of the containers: newest first, and the text only one by one. */
    private void readMailpit() {
        boolean more = true;
        for (int start = 0; more; start += MAILPIT_PAGE) {
            more = false;
            JsonNode page = api.get("mail", "/api/v1/messages?start=" + start + "&limit=" + MAILPIT_PAGE)
                    .required();
            for (JsonNode mail : page.path("messages")) {
                String id = mail.path("ID").asString();
                if (isNew(id, mail.path("To").path(0).path("Address").asString(""))) {
                    more = true;
                    learnCode(api.get("mail", "/api/v1/message/" + id)
                            .required()
                            .path("Text")
                            .asString(""));
                }
            }
        }
    }

    /** Whether a mail is one of this run and was not seen before; from now on it was. */
    private boolean isNew(String id, String recipient) {
        return recipient.endsWith("@" + domain) && seen.add(id);
    }

    private void learnCode(String text) {
        Matcher order = ORDER.matcher(text);
        Matcher code = CODE.matcher(text);
        if (order.find() && code.find()) {
            codes.put(order.group(1), code.group(1));
        }
    }
}
