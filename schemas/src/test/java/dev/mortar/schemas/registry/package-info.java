@NullMarked
package dev.mortar.schemas.registry;

import org.jspecify.annotations.NullMarked;
