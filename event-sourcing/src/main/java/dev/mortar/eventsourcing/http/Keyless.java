package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.CommandRequest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@link CommandRequest} whose request is idempotent by itself. {@code Idempotency-Key} is then optional;
 * without it the command id is random.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Keyless {}
