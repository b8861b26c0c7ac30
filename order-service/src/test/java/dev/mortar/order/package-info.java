/** Tests of orders: the rules by example, the rules under random commands, then requests and events. */
@NullMarked
package dev.mortar.order;

import org.jspecify.annotations.NullMarked;
