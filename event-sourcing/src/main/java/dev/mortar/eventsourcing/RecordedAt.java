package dev.mortar.eventsourcing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of an event that is {@code recordedAt} of the event's meta block. If the event has a field of the
 * component's name, the component is that field's value, and {@code recordedAt} only when the field is null.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface RecordedAt {}
