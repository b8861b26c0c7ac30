@NullMarked
package dev.mortar.kafka;

import org.jspecify.annotations.NullMarked;
