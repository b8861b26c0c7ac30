/** Tests of notification-service, from the rules outwards. */
@NullMarked
package dev.mortar.notification;

import org.jspecify.annotations.NullMarked;
