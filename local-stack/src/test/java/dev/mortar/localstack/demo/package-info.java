@NullMarked
package dev.mortar.localstack.demo;

import org.jspecify.annotations.NullMarked;
