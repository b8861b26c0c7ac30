@NullMarked
package dev.mortar.localstack;

import org.jspecify.annotations.NullMarked;
