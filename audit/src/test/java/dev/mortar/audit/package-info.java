@NullMarked
package dev.mortar.audit;

import org.jspecify.annotations.NullMarked;
