package dev.mortar.eventsourcing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the field of the contract that a component stands for, if the component has another name. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface FieldName {

    /**
     * Name of the field. {@code meta.recordedAt} is a field of the event's meta block. The component is then only read,
     * because the lane writes that block.
     */
    String value();
}
