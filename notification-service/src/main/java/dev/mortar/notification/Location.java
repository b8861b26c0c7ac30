package dev.mortar.notification;

import java.time.ZoneId;

/** The name and time zone of a location, for mails. */
public record Location(String name, ZoneId zone) {}
