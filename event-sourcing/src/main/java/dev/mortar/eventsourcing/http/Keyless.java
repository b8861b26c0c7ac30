package dev.mortar.eventsourcing.http;

import dev.mortar.eventsourcing.CommandRequest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a {@link CommandRequest} of a request that is idempotent by nature: without {@code Idempotency-Key} its id is
 * random.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Keyless {}
