@NullMarked
package dev.mortar.pickup;

import org.jspecify.annotations.NullMarked;
