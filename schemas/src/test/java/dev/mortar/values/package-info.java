@NullMarked
package dev.mortar.values;

import org.jspecify.annotations.NullMarked;
