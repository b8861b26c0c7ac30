/** Tests of orders: first the rules by example, then under random commands, then what goes in and out. */
@NullMarked
package dev.mortar.order;

import org.jspecify.annotations.NullMarked;
