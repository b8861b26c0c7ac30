package dev.mortar.eventsourcing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The grants of a route. A handler without this annotation refuses every caller. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Access {
    Grant[] value();

    /** Whether each call takes goods from others, so that a shopper may call the route only a few times a minute. */
    boolean takesGoods() default false;
}
