package dev.mortar.eventsourcing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the field of the contract that a component of an event stands for, when it is not called as the component. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface FieldName {

    /** Names of the field. The component stands for the first that the event has. */
    String[] value();
}
