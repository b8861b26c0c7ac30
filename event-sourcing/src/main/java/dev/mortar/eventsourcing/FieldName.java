package dev.mortar.eventsourcing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the Avro field of a record component that has a different name. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface FieldName {
    /**
     * Name of the field. {@code meta.recordedAt} names a field of the event's meta block. Such a component is only
     * read, because the lane writes that block.
     */
    String value();
}
