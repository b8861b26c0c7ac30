package dev.mortar.notification;

import java.time.ZoneId;

/** A location as shoppers know it. */
public record Location(String name, ZoneId zone) {}
