/** A short run of what {@code ./mortar chaos} does. */
@NullMarked
package dev.mortar.chaos;

import org.jspecify.annotations.NullMarked;
